"""Product files written again: what was not changed stands as it came, what was changed follows."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from woocommerce_support import FRENCH, cells_of, sheet

from chambre.lib.woocommerce import (
    Attribute,
    Download,
    Product,
    Reference,
    WooCommerceRefusal,
    product_of_cells,
    read_products,
    write_products,
)
from chambre.lib.woocommerce.headers import STANDARD, header_for
from chambre.lib.woocommerce.values import (
    guard,
    read_cents,
    read_list,
    read_measure,
    read_text,
    unguard,
    write_cents,
    write_list,
    write_measure,
    write_text,
)


def differences(before, after):
    """(header, line counted in rows, old, new) for each cell that differs."""
    old, new = cells_of(before), cells_of(after)
    assert new[0][: len(old[0])] == old[0]
    wider = [row + [""] * (len(new[0]) - len(row)) for row in old]
    return [
        (new[0][j], i, wider[i][j], new[i][j])
        for i in range(1, len(old))
        for j in range(len(new[0]))
        if wider[i][j] != new[i][j]
    ]


def change(catalogue, which, **values):
    return [
        replace(product, **values) if product.sku == which else product
        for product in catalogue.products
    ]


def test_a_file_is_written_again_cell_by_cell():
    catalogue = read_products(FRENCH)

    content = write_products(catalogue.products, columns=catalogue.columns)

    assert content.startswith(b"\xef\xbb\xbfID,Type,UGS,Nom,")
    assert cells_of(content) == cells_of(FRENCH)


def test_the_products_alone_carry_their_columns():
    assert cells_of(write_products(read_products(FRENCH).products)) == cells_of(FRENCH)


def test_only_changed_cells_change():
    catalogue = read_products(FRENCH)

    content = write_products(change(catalogue, "CAR", regular_price=250, sale_price=None))

    assert differences(FRENCH, content) == [
        ("Tarif promo", 4, "1 200,00 €", ""),
        ("Tarif régulier", 4, "1.234,56", "2,50"),
    ]


def test_a_changed_stock_is_written_with_its_status():
    catalogue = read_products(FRENCH)
    carrots = catalogue.products[1].with_stock(Decimal("1.25"))
    none = replace(carrots, backorders="no").with_stock(Decimal(0))

    assert carrots.stock_status == "instock"
    assert differences(
        FRENCH,
        write_products(change(catalogue, "CAR", stock=none.stock, stock_status=none.stock_status)),
    ) == [
        ("En stock ?", 4, "1", "0"),
        ("Stock", 4, "2,5", "0"),
    ]


def test_every_kind_of_change_reads_back_as_it_was_meant():
    catalogue = read_products(FRENCH)
    changed = replace(
        catalogue.products[1],
        kind="external",
        name="=Carottes",
        status="draft",
        featured=True,
        description="Deux\nlignes, et un \\n",
        sale_starts=date(2027, 1, 2),
        stock=None,
        stock_of_parent=False,
        stock_status="onbackorder",
        backorders="notify",
        weight=333,
        categories=(("Légumes", "Racines > feuilles"), ("A, B",)),
        tags=("bio, ou presque",),
        upsells=(Reference(id=10), Reference(sku="A,B")),
        external_url="https://ferme.test/",
        brands=("La ferme",),
        attributes=(Attribute("Calibre", ("gros", "petit"), True, False, "gros"),),
        downloads=(Download("https://ferme.test/r.pdf", "Recettes"),),
        meta=(("_origine", "Orne"), ("_neuf", "oui")),
    )

    content = write_products([catalogue.products[0], changed, *catalogue.products[2:]])

    assert read_products(content).products[1] == changed
    # New columns stand behind the old ones, in the language of the file.
    assert cells_of(content)[0][len(catalogue.columns) :] == [
        "URL externe",
        "Marques",
        "Download 1 name",
        "Download 1 URL",
        "Meta: _neuf",
    ]


def test_the_cells_of_a_row_are_all_that_has_to_be_kept():
    kept = [
        (json.dumps(product.cells), product.line, [json.dumps(v.cells) for v in product.variations])
        for product in read_products(FRENCH).products
    ]

    again = [
        replace(
            product_of_cells(json.loads(cells), line),
            variations=tuple(product_of_cells(json.loads(own)) for own in variations),
        )
        for cells, line, variations in kept
    ]

    assert tuple(again) == read_products(FRENCH).products
    assert sorted(cells_of(write_products(again))) == sorted(cells_of(FRENCH))


def test_attributes_keep_their_columns():
    text = sheet(
        ["Name", "Attribute 1 name", "Attribute 1 value(s)", "Attribute 2 name",
         "Attribute 2 value(s)", "Attribute 2 visible"],
        ["Miel", "", "rien", "Fleur", "Acacia", "yes"],
    )  # fmt: skip
    honey = read_products(text).products[0]
    more = replace(honey, attributes=(*honey.attributes, Attribute("Pot", ("500 g",))))

    assert differences(text, write_products([more])) == [
        ("Attribute 1 name", 1, "", "Pot"),
        ("Attribute 1 value(s)", 1, "rien", "500 g"),
    ]
    assert differences(text, write_products([replace(honey, attributes=())])) == [
        ("Attribute 2 name", 1, "Fleur", ""),
        ("Attribute 2 value(s)", 1, "Acacia", ""),
        ("Attribute 2 visible", 1, "yes", ""),
    ]


def test_rows_keep_their_order_and_new_ones_come_last():
    catalogue = read_products(FRENCH)
    new = Product(sku="N", name="Nouveau", kind="variable",
                  variations=(Product(kind="variation", regular_price=100),))  # fmt: skip

    rows = cells_of(write_products([new, *catalogue.products]))

    assert [row[0] for row in rows[1:7]] == ["12", "10", "11", "20", "30", "40"]
    parent = rows[0].index("Parent")
    assert [(row[1], row[2], row[parent]) for row in rows[7:]] == [
        ("variable", "N", ""),
        ("variation", "", "N"),
    ]


def test_variations_follow_a_parent_that_was_renamed():
    catalogue = read_products(FRENCH)

    content = write_products(change(catalogue, "POM", sku="POMME"))

    assert differences(FRENCH, content) == [
        ("Parent", 1, "POM", "POMME"),
        ("UGS", 2, "POM", "POMME"),
    ]  # the one that names it by number still does


def test_a_parent_that_cannot_be_named_is_refused():
    orphan = Product(name="Jus", kind="variable", variations=(Product(kind="variation"),))

    with pytest.raises(WooCommerceRefusal) as refusal:
        write_products([orphan])

    assert refusal.value.code == "parent-unnameable"


def test_new_products_have_the_standard_columns():
    content = write_products([Product(sku="M", name="Miel", regular_price=850, weight=500)],
                             language="fr", decimal=",")  # fmt: skip

    head, row = cells_of(content)
    assert head == [header_for(field, language="fr") for field in STANDARD]
    assert {name: cell for name, cell in zip(head, row, strict=True) if cell} == {
        "Type": "simple",
        "UGS": "M",
        "Nom": "Miel",
        "Publié": "1",
        "En stock ?": "1",
        "Autoriser les commandes de produits en rupture ?": "0",
        "Poids (kg)": "0,5",
        "Tarif régulier": "8,50",
        "Position": "0",
    }


def test_products_of_files_in_two_languages_share_their_columns():
    french = read_products(sheet(["UGS", "Nom", "Méta : _a", "Code"], ["A", "Un", "x", "7"]))
    english = read_products(sheet(["SKU", "Name", "Stock", "Meta: _a"], ["B", "Two", "3", "y"]))

    content = write_products([*french.products, *english.products])

    assert cells_of(content) == [
        ["UGS", "Nom", "Méta : _a", "Code", "Stock"],
        ["A", "Un", "x", "7", ""],
        ["B", "Two", "y", "", "3"],
    ]


def test_what_a_product_says_is_never_left_out_for_lack_of_a_column():
    catalogue = read_products(FRENCH)

    content = write_products(catalogue.products, columns=["Parent", "SKU", "Name"])

    again = read_products(content)
    assert again.products == catalogue.products
    assert cells_of(content)[0][:4] == ["Parent", "SKU", "Name", "ID"]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-10 %", "@moi", "'=x", "\tx", "''-", "'x", ""])
def test_no_cell_is_computed_by_a_spreadsheet(text):
    assert guard(text)[:1] not in set("=+-@\t\r")
    assert unguard(guard(text)) == text


def test_pounds_are_written_as_short_as_they_read_back():
    text = sheet(["Name", "Weight (lbs)"], ["Thym", "1"])
    thyme = read_products(text).products[0]

    assert differences(text, write_products([replace(thyme, weight=227)])) == [
        ("Weight (lbs)", 1, "1", "0.5")
    ]


# What holds for all files and all products.

plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
words = plain.map(lambda text: text.strip(" \u00a0\n\r\t"))
names = words.filter(bool)
items = names.filter(lambda text: text.strip() == text)
lists = st.lists(items, max_size=3).map(tuple)
flags = st.sampled_from([None, True, False])
cents = st.none() | st.integers(0, 10**9)
amounts = st.none() | st.decimals(-1000, 1000, places=3)
references = st.builds(Reference, id=st.integers(1, 10**6)) | st.builds(
    Reference, sku=items.filter(lambda text: not text.startswith("id:"))
)
texts = st.text(st.sampled_from("ab \\n\n,\"'=-é"), max_size=12).map(
    lambda text: text.strip(" \u00a0\n\r\t")
)
attributes = st.lists(
    st.builds(Attribute, names, lists, flags, flags, words), max_size=3, unique_by=lambda a: a.name
).map(tuple)
downloads = st.lists(
    st.builds(Download, names, words, words), max_size=2, unique_by=lambda d: d.url
).map(tuple)
paths = st.lists(items, min_size=1, max_size=3).map(tuple)
metas = st.dictionaries(st.sampled_from(["_a", "_b c", "D"]), names, max_size=3)


@st.composite
def products(draw, number):
    """A product with values for everything, numbered so that no two share a name."""
    return Product(
        id=number,
        kind=draw(st.sampled_from(["simple", "variable", "grouped", "external", "subscription"])),
        virtual=draw(st.booleans()),
        downloadable=draw(st.booleans()),
        sku=f"S{number}" if draw(st.booleans()) else "",
        gtin=draw(words),
        name=draw(names),
        status=draw(st.sampled_from(["publish", "private", "draft", "pending"])),
        featured=draw(flags),
        visibility=draw(words),
        short_description=draw(texts),
        description=draw(texts),
        sale_starts=draw(st.none() | st.dates()),
        sale_ends=draw(st.none() | st.dates()),
        tax_class=draw(words),
        stock_status=draw(st.sampled_from(["instock", "outofstock", "onbackorder"])),
        stock=draw(amounts),
        low_stock=draw(amounts),
        backorders=draw(st.sampled_from(["no", "yes", "notify"])),
        sold_individually=draw(flags),
        weight=draw(st.none() | st.integers(0, 10**6)),
        width=draw(st.none() | st.integers(0, 10**5)),
        reviews_allowed=draw(flags),
        purchase_note=draw(words),
        sale_price=draw(cents),
        regular_price=draw(cents),
        categories=tuple(draw(st.lists(paths, max_size=2))),
        tags=draw(lists),
        images=draw(lists),
        download_limit=draw(st.none() | st.integers(-1, 99)),
        upsells=tuple(draw(st.lists(references, max_size=2))),
        position=draw(st.integers(-5, 99)),
        attributes=draw(attributes),
        downloads=draw(downloads),
        meta=tuple(draw(metas).items()),
    )


@st.composite
def shops(draw):
    """Some products; the variable ones have variations."""
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        product = draw(products(number))
        if product.kind == "variable":
            variation = replace(
                draw(products(number + 100)),
                kind="variation",
                status="publish",
                parent=draw(st.just(product.reference)),
            )
            product = replace(product, variations=(variation,))
        found.append(product)
    return found


def by_meta(product):
    """Meta stands in the order of the columns: compared without order."""
    return replace(
        product,
        meta=tuple(sorted(product.meta)),
        variations=tuple(by_meta(variation) for variation in product.variations),
    )


@settings(max_examples=150, deadline=None)
@given(
    shops(),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([".", ","]),
    st.sampled_from(["en", "fr", "de", "es", "it", "nl"]),
)
def test_any_products_written_are_read_the_same(shop, delimiter, decimal, language):
    content = write_products(shop, delimiter=delimiter, decimal=decimal, language=language)
    catalogue = read_products(content)

    assert catalogue.refused == ()
    assert [by_meta(product) for product in catalogue.products] == [by_meta(p) for p in shop]
    again = write_products(catalogue.products, columns=catalogue.columns, delimiter=delimiter)
    assert again == content


rough = st.text(st.sampled_from("a1,;.\\>\"'=-+ é\nid:0"), max_size=6)
HEADERS = ["ID", "Name", "SKU", "Type", "Stock", "In stock?", "Weight (lbs)", "Sale price",
           "Categories", "Upsells", "Published", "Attribute 1 name", "Attribute 1 value(s)",
           "Attribute 1 visible", "Meta: x", "Position", "Whatever"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(rough, min_size=len(HEADERS), max_size=len(HEADERS)), max_size=4))
def test_any_row_that_is_taken_in_is_written_as_it_came(rows):
    catalogue = read_products(sheet(HEADERS, *rows))
    refused = {problem.line for problem in catalogue.refused}

    content = write_products(catalogue.products, columns=catalogue.columns)

    kept = [product.cells for product in catalogue.products]
    assert cells_of(content)[1:] == [[cell for _, cell in row] for row in kept]
    assert len(kept) + len(refused) == catalogue.rows
    for product in catalogue.products:
        assert [cell for _, cell in product.cells] in rows


@given(st.lists(items, max_size=4).map(tuple))
def test_lists_read_back(parts):
    assert read_list(write_list(parts)) == parts


@given(st.text())
def test_text_reads_back(text):
    assert read_text(write_text(text)) == text
    assert unguard(guard(text)) == text


@given(st.integers(0, 10**14), st.sampled_from([".", ","]))
def test_prices_read_back(amount, decimal):
    assert read_cents(write_cents(amount, decimal)) == amount


@given(
    st.integers(0, 10**8),
    st.sampled_from(["1000", "1", "453.59237", "28.349523125", "25.4", "914.4", "10"]),
)
def test_measures_read_back(value, factor):
    assert read_measure(write_measure(value, Decimal(factor)), Decimal(factor)) == value
