"""A shop moves in from a product file, once, and out again cell by cell."""

from __future__ import annotations

from datetime import date

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.rooms.shop.models import Arrival, Product, Stock, StockMove, Variant
from chambre.rooms.shop.services import catalogue, stock
from chambre.rooms.shop.services.moving import bringing
from chambre.rooms.shop.services.moving.reading import Reading, read_rates
from chambre.rooms.shop.tests.conftest import SYSTEM
from chambre.rooms.shop.tests.moving_support import FRENCH, bring, cells, give

REFUSED = {"62", "63", "70"}
TAKEN = [row for row in cells(FRENCH) if row[0] not in REFUSED]
"""The cells of the file without the rows that are refused."""


def named(name):
    return Product.objects.get(name=name)


def test_a_file_comes_in_and_says_what_came_and_what_did_not(farm):
    told = bring(farm)

    assert (told["products"], told["variations"], told["updated"]) == (7, 2, 0)
    assert [row["line"] for row in told["skipped"]] == [11, 12, 13]
    assert Product.objects.count() == 7
    assert Variant.objects.count() == 8


def test_the_same_file_again_changes_nothing(farm):
    first = bring(farm)
    rows = list(Product.objects.order_by("id").values())
    variants = list(Variant.objects.order_by("id").values())
    counts = (StockMove.objects.count(), Arrival.objects.count())

    again = bring(farm)

    assert again == {"products": 0, "variations": 0, "updated": 0, "skipped": first["skipped"]}
    assert list(Product.objects.order_by("id").values()) == rows
    assert list(Variant.objects.order_by("id").values()) == variants
    assert (StockMove.objects.count(), Arrival.objects.count()) == counts


def test_each_kind_becomes_what_it_is_here(farm):
    bring(farm)

    apples, carrots = named('Pommes, "Reinette"'), named("Carottes en botte")
    small, large = apples.variants.order_by("position")
    assert (apples.state, apples.vat, apples.summary) == ("sold", 550, "Cueillies mûres")
    assert apples.description == "Acides.\n\nSe gardent."
    assert apples.tags == ["bio", "verger, haut"]
    assert sorted(str(each.parent or "") + ">" + each.name for each in apples.categories.all()) == [
        ">Fruits", "Fruits>À pépins",
    ]  # fmt: skip
    assert [photo.source for photo in apples.photos.all()] == [
        "https://ferme.test/a.jpg", "pommes.jpg", "pommes-5kg.jpg",
    ]  # fmt: skip
    assert (small.name, small.options, small.price, small.weight) == (
        "5 kg", {"Poids": "5 kg"}, 1250, 5000,
    )  # fmt: skip
    assert (small.counted, small.available, Stock.objects.get(variant=small).there) == (
        True, True, 8,
    )  # fmt: skip
    assert (large.price, large.sale_price, large.counted, large.available) == (
        2200, 1990, False, False,
    )  # fmt: skip
    one = carrots.variants.get()
    assert (one.price, one.sale_price, one.sale_from, one.sale_until) == (
        200, 180, date(2026, 6, 1), date(2026, 6, 30),
    )  # fmt: skip
    assert (one.weight, one.backorders, carrots.origin) == (450, "notify", "Sarthe")
    assert (Stock.objects.get(variant=one).there, Stock.objects.get(variant=one).beyond) == (
        12, True,
    )  # fmt: skip
    assert {each.name: each.state for each in Product.objects.exclude(state="sold")} == {
        "Le guide": "hidden", "Panier d’été": "hidden", "Le livre": "hidden", "Miel": "draft",
        "Soupe": "hidden",
    }  # fmt: skip
    assert named("Le guide").vat == 0
    assert named("Le livre").vat == 2000
    assert named("Miel").variants.get().available is False


def test_rates_are_those_that_the_manager_says(farm):
    rates = read_rates("standard=10, taux-reduit=2,1 %, taux-livre=5.5")

    bring(farm, vat=rates, default_vat=rates["standard"])

    assert named("Le livre").vat == 550
    assert named("Carottes en botte").vat == 210
    assert named("Panier d’été").vat == 1000


def test_prices_without_tax_get_their_tax(farm):
    bring(farm, without_tax=True)

    assert named("Le livre").variants.get().price == 1800
    assert named("Carottes en botte").variants.get().price == 211
    assert cells(give(farm)) == TAKEN


def test_out_again_every_cell_is_as_it_came(farm):
    bring(farm)

    assert cells(give(farm)) == TAKEN


def test_what_was_changed_here_is_changed_there_and_nothing_else(farm):
    bring(farm)
    carrots, apples = named("Carottes en botte"), named('Pommes, "Reinette"')
    catalogue.change_variant(variant=carrots.variants.get(), by=SYSTEM, price=250, sale_price=None)
    catalogue.change_product(product=apples, by=SYSTEM, state="draft", tags=["bio"])
    stock.set_stock(variant=apples.variants.get(name="5 kg"), there=3, by=SYSTEM)

    before, after = TAKEN, cells(give(farm))

    header = before[0]
    assert [
        (before[i][0], header[j], before[i][j], after[i][j])
        for i in range(len(before))
        for j in range(len(header))
        if before[i][j] != after[i][j]
    ] == [
        ("12", "Stock", "8", "3"),
        ("10", "Publié", "1", "'-1"),
        ("10", "Étiquettes", "bio, verger\\, haut", "bio"),
        ("20", "Tarif promo", "1,80 €", ""),
        ("20", "Tarif régulier", "2,00 €", "2,50"),
    ]


def test_what_was_changed_here_stays_when_the_file_comes_again(farm):
    bring(farm)
    variant = named("Carottes en botte").variants.get()
    catalogue.change_variant(variant=variant, by=SYSTEM, price=250)

    told = bring(farm, FRENCH.replace("Carottes en botte", "Carottes nouvelles"))

    variant.refresh_from_db()
    assert (told["products"], told["variations"], told["updated"]) == (0, 0, 1)
    assert variant.price == 250
    assert named("Carottes nouvelles").variants.get() == variant


def test_what_changed_there_changes_here(farm):
    bring(farm)
    changed = FRENCH.replace('1,8,0,5,,"12,50"', '1,5,0,5,,"13,00"').replace(
        "Légumes,,", "Racines,,"
    )

    told = bring(farm, changed)

    small = named('Pommes, "Reinette"').variants.get(name="5 kg")
    assert (told["products"], told["variations"], told["updated"]) == (0, 0, 2)
    assert (small.price, Stock.objects.get(variant=small).there) == (1300, 5)
    assert [each.name for each in named("Carottes en botte").categories.all()] == ["Racines"]
    assert bring(farm, changed)["updated"] == 0
    assert cells(give(farm)) == [row for row in cells(changed) if row[0] not in REFUSED]


def test_pieces_promised_here_come_on_top_of_what_is_left_there(farm):
    bring(farm)
    small = named('Pommes, "Reinette"').variants.get(name="5 kg")
    farm.order((small, 2))

    bring(farm, FRENCH.replace("1,8,0,5", "1,6,0,5"))

    row = Stock.objects.get(variant=small)
    assert (row.there, row.promised, row.left) == (8, 2, 6)


def test_another_rate_for_a_class_is_taken_from_the_same_file(farm):
    bring(farm)

    told = bring(farm, vat={"reduced": 210})

    assert named("Carottes en botte").vat == 210
    assert (told["products"], told["variations"]) == (0, 0)
    assert bring(farm, vat={"reduced": 210})["updated"] == 0


def test_a_stock_that_variations_share_is_never_sold_twice(farm):
    bring(
        farm,
        "ID,Type,SKU,Name,Published,Stock,Regular price,Parent,Attribute 1 name,"
        "Attribute 1 value(s)\n"
        '1,variable,P,Plants,1,5,,,Taille,"S, M"\n'
        "2,variation,,,1,parent,3,P,Taille,S\n"
        "3,variation,,,1,parent,3,P,Taille,M\n",
    )

    assert list(Stock.objects.order_by("variant_id").values_list("there", flat=True)) == [3, 2]
    assert cells(give(farm))[1][5] == "5"
    stock.set_stock(variant=Variant.objects.get(name="S"), there=1, by=SYSTEM)
    assert [row[5] for row in cells(give(farm))[1:]] == ["3", "parent", "parent"]


def test_products_without_number_or_sku_are_known_by_their_name(farm):
    file = "Name,Published,Regular price\nPlant,1,2\nPlant,1,3\n"

    assert bring(farm, file)["products"] == 2
    assert bring(farm, file)["products"] == 0
    assert sorted(Variant.objects.values_list("price", flat=True)) == [200, 300]


def test_a_product_that_becomes_variable_sells_its_variations(farm):
    head = "ID,Type,SKU,Name,Published,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"
    bring(farm, head + "1,simple,P,Plants,1,3,,,\n")

    told = bring(
        farm,
        head + '1,variable,P,Plants,1,,,Taille,"S, M"\n2,variation,,,1,3,id:1,Taille,S\n'
        "3,variation,,,1,4,id:1,Taille,M\n",
    )

    assert (told["products"], told["variations"], told["updated"]) == (0, 2, 1)
    assert list(Variant.objects.filter(available=True).values_list("price", flat=True)) == [
        300,
        400,
    ]


def test_products_made_here_go_out_in_standard_columns_and_come_back_unchanged(farm):
    farm.sells("Tomates", 350, there=4, estimate=None)
    product = catalogue.add_product(
        shop=farm.shop, name="Œufs", by=SYSTEM, state="hidden", vat=550,
        variants=[{"name": "6", "price": 250}, {"name": "12", "price": 480}],
    )  # fmt: skip

    content = give(farm)

    head, *rows = cells(content)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["Type"], row["Nom"], row["Publié"]) for row in found] == [
        ("simple", "Tomates", "1"), ("variable", "Œufs", "0"), ("variation", "", "1"),
        ("variation", "", "1"),
    ]  # fmt: skip
    assert [row["Tarif régulier"] for row in found] == ["3.50", "", "2.50", "4.80"]
    assert found[0]["Stock"] == "4"
    assert [row["Parent"] for row in found] == ["", "", product.slug, product.slug]
    assert bring(farm, content)["products"] == 0
    assert Product.objects.count() == 2


def test_whoever_does_not_manage_the_shop_brings_nothing_in(farm):
    with pytest.raises(Forbidden):
        bringing.bring_products(
            shop=farm.shop, content=FRENCH.encode(), name="x", reading=Reading(),
            by=Actor.of(None),
        )  # fmt: skip

    assert not Product.objects.exists()


def test_what_is_no_product_file_is_refused_whole(farm):
    with pytest.raises(bringing.FileRefused):
        bring(farm, "a,b\n1,2\n")

    assert not Arrival.objects.exists()


def test_looking_first_writes_nothing_and_says_the_same(farm):
    outcome = bringing.look_at(
        shop=farm.shop, content=FRENCH.encode(), reading=Reading(), by=SYSTEM
    )

    assert not Product.objects.exists()
    assert outcome.told() == bring(farm)
    assert {row["class"]: row["rate"] for row in outcome.classes} == {
        "standard": 2000, "reduced": 550, "taux-livre": 2000, "zero": 0,
    }  # fmt: skip
