"""Product files of WooCommerce as shops export them, read to the cent, the gram and the line."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from woocommerce_support import FRENCH, sheet

from chambre.lib.woocommerce import (
    Attribute,
    Reference,
    WooCommerceRefusal,
    read_products,
)
from chambre.lib.woocommerce.headers import LANGUAGES, STANDARD, header_for, normal, read_header


def problems(catalogue):
    return [(p.line, p.column, p.code, p.refused) for p in catalogue.problems]


@pytest.fixture(scope="module")
def farm():
    return read_products(FRENCH.encode("utf-8-sig"))


def test_a_french_export_is_read_whole(farm):
    assert [product.sku for product in farm.products] == ["POM", "CAR", "GUIDE", "PAN"]
    assert (farm.rows, farm.variations, farm.delimiter) == (6, 2, ",")
    assert problems(farm) == [(8, "Groupes de produits", "reference-unknown", False)]
    assert farm.problems[0].fr == "Il n’y a pas de produit « id:99 » dans ce fichier."
    assert farm.problems[0].en == "There is no product “id:99” in this file."


def test_variations_find_their_parent_by_number_and_by_a_sku_that_comes_later(farm):
    apples = farm.products[0]

    assert [(v.id, v.line, v.weight, v.regular_price) for v in apples.variations] == [
        (12, 2, 5000, 1250),
        (11, 5, 10000, 2200),
    ]
    assert apples.variations[0].parent == Reference(sku="POM")
    assert apples.variations[1].parent == Reference(id=10)
    assert apples.variations[1].sale_price == 1990
    assert apples.variations[1].status == "publish"  # -1 there only repeats the parent's draft


def test_a_product_is_read_to_its_last_cell(farm):
    apples = farm.products[0]

    assert (apples.id, apples.kind, apples.line) == (10, "variable", 3)
    assert apples.name == 'Pommes, "Reinette"'
    assert apples.short_description == 'Cueillies "mûres"'
    assert apples.description == "Acides.\nSe gardent."
    assert apples.categories == (("Fruits", "À pépins"), ("Fruits",))
    assert apples.tags == ("bio", "verger, haut")
    assert apples.images == ("https://ferme.test/a.jpg", "pommes.jpg")
    assert apples.upsells == (Reference(sku="PAN"),)
    assert apples.attributes == (Attribute("Poids", ("5 kg", "10 kg"), True, True, "5 kg"),)
    assert apples.meta == (("_origine", "Sarthe"),)
    assert (apples.featured, apples.tax_class, apples.stock) == (True, "reduced", None)
    assert apples.stock_status == "instock"  # nothing said: it is for the variations to say
    assert dict(apples.cells)["Certificateur"] == "FR-BIO-01"


def test_numbers_are_exact_however_they_are_written(farm):
    carrots = farm.products[1]

    assert (carrots.sale_price, carrots.regular_price) == (120000, 123456)
    assert (carrots.stock, carrots.low_stock) == (Decimal("2.5"), Decimal(1))
    assert (carrots.weight, carrots.length) == (450, 200)
    assert (carrots.sale_starts, carrots.sale_ends) == (date(2026, 6, 1), date(2026, 6, 30))
    assert (carrots.position, carrots.backorders, carrots.sold_individually) == (-1, "yes", True)
    assert carrots.description == "-10 % cette semaine"


def test_what_is_said_in_words(farm):
    guide, basket = farm.products[2:]

    assert (guide.kind, guide.virtual, guide.downloadable) == ("simple", True, True)
    assert (guide.status, guide.stock_status, guide.featured) == ("private", "onbackorder", None)
    assert guide.regular_price == 0
    assert basket.grouped == (Reference(sku="CAR"), Reference(sku="POM"), Reference(id=99))


def test_lines_count_line_breaks_inside_cells(farm):
    assert [product.line for product in farm.products] == [3, 6, 7, 8]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_are_found(delimiter, encoding):
    text = sheet(["UGS", "Nom", "Tarif régulier"], ["A", "Œufs à 2 €", "3,5"], delimiter=delimiter)

    catalogue = read_products(text.encode(encoding))

    assert catalogue.delimiter == delimiter
    assert [(p.sku, p.name, p.regular_price) for p in catalogue.products] == [
        ("A", "Œufs à 2 €", 350)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_standard_header_is_known_in_every_language(language):
    for field in STANDARD:
        column = read_header(header_for(field, language=language))
        assert column.field == field


@pytest.mark.parametrize(
    ("header", "field", "number"),
    [
        ("Attribute 1 Value(s)", "attribute_values", 1),
        ("BUTTON TEXT", "button_text", 0),
        ("Valeur(s) de l'attribut 12", "attribute_values", 12),
        ("Mis en avant\u00a0?", "featured", 0),
        ("Etat de la TVA", "tax_status", 0),
        ("Attribut 3 Wert(e)", "attribute_values", 3),
        ("Vorrätig?", "stock_status", 0),
        ("Atributo visible 2", "attribute_visible", 2),
        ("Naam eigenschap 1", "attribute_name", 1),
        ("Nome dell’attributo 1", "attribute_name", 1),
        ("Download 2 URL", "download_url", 2),
        ("Poids du colis", "", 0),
    ],
)
def test_headers_are_known_in_spite_of_case_accents_and_quotes(header, field, number):
    column = read_header(header)

    assert (column.field, column.number) == (field, number)


def test_a_meta_column_keeps_the_case_of_its_key():
    assert read_header("Meta: _Yoast_Title").key == "_Yoast_Title"
    assert read_header("Méta : _origine").key == "_origine"


def test_normal_headers_differ_only_by_words():
    assert normal("  Valeur(s) de l’attribut 1 ") == "valeur(s) de l'attribut 1"


@pytest.mark.parametrize(
    ("header", "cell", "grams"),
    [("Weight (lbs)", ".5", 227), ("Weight (oz)", "1", 28), ("Gewicht (g)", "250", 250)],
)
def test_weights_come_in_grams_whatever_the_shop_weighs_in(header, cell, grams):
    catalogue = read_products(sheet(["Name", header], ["Thym", cell]))

    assert catalogue.products[0].weight == grams


def test_lengths_come_in_millimetres():
    catalogue = read_products(sheet(["Name", "Length (in)", "Height (m)"], ["Bac", "24", "0,3"]))

    assert (catalogue.products[0].length, catalogue.products[0].height) == (610, 300)


def test_a_unit_that_is_not_known_or_not_said_is_told():
    catalogue = read_products(sheet(["Name", "Weight (stone)", "Length"], ["Courge", "1", "30"]))

    assert (catalogue.products[0].weight, catalogue.products[0].length) == (None, 300)
    assert problems(catalogue) == [
        (1, "Weight (stone)", "unit-unknown", False),
        (1, "Length", "unit-assumed", False),
    ]


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,50", 1250),
        (".5", 50),
        ("0,05", 5),
        ("12.500", 1250),
        ("1 234,50", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1,234.50", 123450),
        ("1.234.567", 123456700),
        ("€ 3", 300),
        ("90071992547409.93", 9007199254740993),
    ],
)
def test_prices_are_read_to_the_cent(cell, cents):
    catalogue = read_products(sheet(["Name", "Regular price"], ["Miel", cell]))

    assert problems(catalogue) == []
    assert catalogue.products[0].regular_price == cents


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,234", "price-finer-than-cent"),
        ("0.001", "price-finer-than-cent"),
        ("-3", "price-negative"),
        ("'-3", "price-negative"),
        ("douze", "price-unreadable"),
        ("1,2,3", "price-unreadable"),
        ("12.34.5", "price-unreadable"),
        ("1.23,4.5", "price-unreadable"),
        ("12e3", "price-unreadable"),
        ("١٢", "price-unreadable"),
        ("NaN", "price-unreadable"),
    ],
)
def test_a_price_in_doubt_refuses_its_row_and_no_other(cell, code):
    catalogue = read_products(
        sheet(["Name", "Regular price"], ["Un", "1"], ["Miel", cell], ["Deux", "2"])
    )

    assert [product.name for product in catalogue.products] == ["Un", "Deux"]
    assert problems(catalogue) == [(3, "Regular price", code, True)]
    assert catalogue.refused == catalogue.problems


@pytest.mark.parametrize(
    ("in_stock", "stock", "status", "available"),
    [
        ("1", "", "instock", True),
        ("0", "", "outofstock", False),
        ("", "", "outofstock", False),
        ("backorder", "", "onbackorder", True),
        ("1", "0", "instock", False),  # the number decides when it is counted
        ("0", "3", "outofstock", True),
        ("", "3", "instock", True),
        ("1", "'-2", "instock", False),
    ],
)
def test_what_can_be_ordered(in_stock, stock, status, available):
    catalogue = read_products(sheet(["Name", "In stock?", "Stock"], ["Poireaux", in_stock, stock]))

    assert catalogue.products[0].stock_status == status
    assert catalogue.products[0].available is available


def test_a_stock_below_zero_is_kept_as_it_is():
    catalogue = read_products(sheet(["Name", "Stock"], ["Poireaux", "-2"]))

    assert catalogue.products[0].stock == Decimal(-2)


def test_a_variation_may_share_the_stock_of_its_parent():
    catalogue = read_products(
        sheet(
            ["ID", "Type", "Name", "Stock", "Parent"],
            ["1", "variable", "Jus", "9", ""],
            ["2", "variation", "", "parent", "id:1"],
        )
    )

    assert catalogue.products[0].variations[0].stock_of_parent is True
    assert problems(catalogue) == []


HEAD = ["ID", "Type", "SKU", "Name", "Parent"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["2", "variation", "", "", ""], "Parent", "parent-missing"),
        (["2", "variation", "", "", "id:7"], "Parent", "parent-unknown"),
        (["2", "variation", "", "", "NOPE"], "Parent", "parent-unknown"),
        (["2", "variation", "S", "", "S"], "Parent", "parent-unknown"),
        (["1", "simple", "", "Double", ""], "ID", "id-repeated"),
        (["2", "simple", "a", "Double", ""], "SKU", "sku-repeated"),
        (["2", "simple", "B", "", ""], "Name", "name-missing"),
        (["deux", "simple", "B", "Deux", ""], "ID", "number-unreadable"),
        (["2", "simple", "B", "Deux", "", "trop"], "", "row-too-long"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_by_itself(row, column, code):
    catalogue = read_products(sheet(HEAD, ["1", "variable", "A", "Un", ""], row))

    assert problems(catalogue) == [(3, column, code, True)]
    assert [(p.id, p.variations) for p in catalogue.products] == [(1, ())]


def test_a_variation_of_a_variation_is_refused():
    catalogue = read_products(
        sheet(
            HEAD,
            ["1", "variable", "A", "Un", ""],
            ["2", "variation", "B", "", "A"],
            ["3", "variation", "C", "", "b"],
        )
    )

    assert problems(catalogue) == [(4, "Parent", "parent-is-variation", True)]
    assert [v.id for v in catalogue.products[0].variations] == [2]


def test_the_variations_of_a_refused_parent_say_where_it_is():
    catalogue = read_products(
        sheet(
            [*HEAD, "Regular price"],
            ["2", "variation", "", "", "A", "3"],
            ["1", "variable", "A", "Un", "", "cher"],
        )
    )

    assert catalogue.products == ()
    assert problems(catalogue) == [
        (2, "Parent", "parent-refused", True),
        (3, "Regular price", "price-unreadable", True),
    ]
    assert catalogue.problems[0].fr == (
        "Son produit parent « A » (ligne 3) n’a pas pu être repris."
    )


def test_a_cell_that_does_not_matter_is_told_and_left_out():
    catalogue = read_products(
        sheet(
            [
                "Name",
                "Date sale price ends",
                "Weight (kg)",
                "Is featured?",
                "Attribute 1 name",
                "Attribute 1 visible",
            ],
            ["Navets", "31/05/2026", "lourd", "peut-être", "Calibre", "souvent"],
        )
    )

    assert [(p.column, p.code, p.refused) for p in catalogue.problems] == [
        ("Date sale price ends", "date-unreadable", False),
        ("Weight (kg)", "number-unreadable", False),
        ("Is featured?", "word-unreadable", False),
        ("Attribute 1 visible", "word-unreadable", False),
    ]
    assert catalogue.products[0].attributes == (Attribute("Calibre"),)


def test_a_type_of_an_extension_is_kept_and_told():
    catalogue = read_products(sheet(["Type", "Name"], ["subscription", "Panier"]))

    assert catalogue.products[0].kind == "subscription"
    assert problems(catalogue) == [(2, "Type", "type-unknown", False)]


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_opened():
    catalogue = read_products('Name,SKU\nUn,A\n"Deux,B\nTrois,C\n')

    assert [product.name for product in catalogue.products] == ["Un"]
    assert problems(catalogue) == [(3, "", "quote-unclosed", True)]


def test_short_rows_and_blank_lines_do_no_harm():
    catalogue = read_products("Name,SKU,Stock\n\nUn\n,,\nDeux,B\n")

    assert [(p.name, p.sku, p.line) for p in catalogue.products] == [
        ("Un", "", 3),
        ("Deux", "B", 5),
    ]
    assert catalogue.rows == 2


def test_a_header_that_comes_twice_is_read_once():
    catalogue = read_products(sheet(["Name", "SKU", "UGS"], ["Un", "A", "B"]))

    assert catalogue.products[0].sku == "A"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"\n\n", "file-empty"),
        (b"date;montant\n1;2\n", "not-a-product-file"),
        (b"<html><body>Type</body></html>", "not-a-product-file"),
    ],
)
def test_what_is_no_product_file_is_refused(content, code):
    with pytest.raises(WooCommerceRefusal) as refusal:
        read_products(content)

    assert refusal.value.code == code
    assert refusal.value.fr
    assert refusal.value.en


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"ID", b"Name", b"SKU", b"Type", b"variation", b"Parent", b"id:1", b"1"])
        | st.sampled_from([b",", b";", b"\t", b"\n", b"\r\n", b'"', b"\x00", b"\xe9", b"\xc3\xa9"]),
        max_size=60,
    ).map(b"".join)
    | st.binary(max_size=60)
)
def test_any_bytes_are_read_or_refused(content):
    try:
        catalogue = read_products(content)
    except WooCommerceRefusal:
        return
    assert all(problem.fr and problem.en for problem in catalogue.problems)
    lines = [product.line for product in catalogue.products]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize(
    ("header", "cell", "field", "value"),
    [
        ("Published", "true", "status", "publish"),
        ("Published", "FALSE", "status", "draft"),
        ("Published", "2", "status", "pending"),
        ("In stock?", "onbackorder", "stock_status", "onbackorder"),
        ("In stock?", "outofstock", "stock_status", "outofstock"),
        ("Backorders allowed?", "yes", "backorders", "yes"),
        ("Tax status", "false", "tax_status", "none"),
        ("Sold individually?", "no", "sold_individually", False),
    ],
)
def test_yes_and_no_may_be_words(header, cell, field, value):
    catalogue = read_products(sheet(["Name", header], ["Blé", cell]))

    assert getattr(catalogue.products[0], field) == value
    assert problems(catalogue) == []


@pytest.mark.parametrize("header", ["Published", "In stock?", "Backorders allowed?"])
def test_a_word_that_means_nothing_is_told_and_the_usual_is_taken(header):
    catalogue = read_products(sheet(["Name", header], ["Blé", "bof"]))

    assert problems(catalogue) == [(2, header, "word-unreadable", False)]
    wheat = catalogue.products[0]
    assert (wheat.status, wheat.stock_status, wheat.backorders) == ("publish", "instock", "no")


def test_a_day_that_does_not_exist_is_told():
    catalogue = read_products(sheet(["Name", "Date sale price starts"], ["Blé", "2026-02-30"]))

    assert catalogue.products[0].sale_starts is None
    assert problems(catalogue) == [(2, "Date sale price starts", "date-unreadable", False)]
