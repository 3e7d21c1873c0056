"""The catalogue of a shop for other platforms: what is on sale, under addresses that lead somewhere."""

from __future__ import annotations

import json

from django.urls import reverse

from chambre.rooms.shop.forms.products import ProductForm, food_types
from chambre.rooms.shop.services import catalogue, shops
from chambre.rooms.shop.tests.conftest import SYSTEM

ADDRESS = "/boutique/jardin/dfc/catalogue.jsonld"


def nodes(client, address=ADDRESS):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/ld+json"
    return json.loads(answer.content)["@graph"]


def of(found, kind):
    return [node for node in found if node["@type"] == f"dfc-b:{kind}"]


def test_what_is_on_sale_is_there_with_its_price_and_stock(farm, client):
    variant = farm.sells(
        "Carottes", 250, there=7, vat=550, labels="AB, Nature & Progrès", dfc_type="carrot",
        origin="Pays de la Loire", allergens="celery",
    )  # fmt: skip
    farm.order((variant, 2))
    catalogue.add_product(
        shop=farm.shop, name="Secret", by=SYSTEM, state="draft", variants=[{"price": 1}]
    )

    found = nodes(client)

    (item,), (offer,), (product,) = (
        of(found, kind) for kind in ("CatalogItem", "Offer", "SuppliedProduct")
    )
    assert item["dfc-b:stockLimitation"] == 5.0
    assert offer["dfc-b:hasPrice"] == {
        "@type": "dfc-b:Price", "dfc-b:value": 2.5, "dfc-b:VATrate": 5.5,
        "dfc-b:hasUnit": "dfc-m:Euro",
    }  # fmt: skip
    assert product["dfc-b:name"] == "Carottes"
    assert product["dfc-b:hasType"] == "dfc-pt:carrot"
    assert product["dfc-b:hasCertification"] == ["dfc-f:Organic-AB", "dfc-f:NatureEtProgres"]
    assert product["dfc-b:hasGeographicalOrigin"] == "dfc-f:PaysDeLoire"
    assert [node["dfc-b:name"] for node in of(found, "SaleSession")] == ["Semaine 12"]
    assert "Secret" not in json.dumps(found)


def test_variants_are_of_one_group_and_producers_are_named(farm, client):
    other = shops.add_producer(shop=farm.shop, name="Le Rucher", by=SYSTEM, place="Sablé")
    catalogue.add_product(
        shop=farm.shop, name="Miel", by=SYSTEM, state="sold", producer=other,
        variants=[{"name": "250 g", "price": 500, "weight": 250}, {"name": "1 kg", "price": 1500}],
    )  # fmt: skip

    found = nodes(client)

    assert [node["dfc-b:name"] for node in of(found, "Enterprise")] == ["Le Jardin", "Le Rucher"]
    group = next(node for node in found if "dfc-b:hasVariant" in node)
    assert len(group["dfc-b:hasVariant"]) == 2
    quantities = [
        node["dfc-b:hasQuantity"]["dfc-b:value"]
        for node in of(found, "SuppliedProduct")
        if "dfc-b:hasQuantity" in node
    ]
    assert quantities == [250.0, 1.0]


def test_every_name_leads_somewhere(farm, client):
    farm.sells("Carottes", 250)

    for node in nodes(client):
        answer = client.get(node["@id"])
        assert (answer.status_code, json.loads(answer.content)["@id"]) == (200, node["@id"])
    assert client.get("/boutique/jardin/dfc/offers/0").status_code == 404


def test_others_may_keep_it_and_ask_whether_it_changed(farm, client):
    farm.sells("Carottes", 250)
    first = client.get(ADDRESS)

    again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Access-Control-Allow-Origin"] == "*"
    same = client.get("/dfc/enterprises/jardin/catalog_items")
    assert same.content == first.content


def test_a_closed_shop_shows_nothing(farm, client):
    shops.change_shop(shop=farm.shop, by=SYSTEM, is_open=False)

    assert client.get(ADDRESS).status_code == 404


def test_the_shop_says_where_it_is(farm, client):
    page = client.get(reverse("shop:catalogue", args=["jardin"])).content.decode()

    assert f'<link rel="alternate" type="application/ld+json" href="{ADDRESS}">' in page


def test_a_type_is_proposed_from_the_name(farm):
    variant = farm.sells("Tomates cerises", 400)

    assert ProductForm.of(variant.product)["dfc_type"] == "cherry-tomato"
    assert sum(len(rows) for _label, rows in food_types()[1:]) == 160


def test_it_asks_the_database_little_however_much_is_sold(
    farm, client, django_assert_max_num_queries
):
    for number in range(12):
        farm.sells(f"Produit {number}", 100 + number, there=3)

    with django_assert_max_num_queries(15):
        nodes(client)
