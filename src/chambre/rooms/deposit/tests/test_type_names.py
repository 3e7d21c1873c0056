"""What a type is called by machines, of what it is made, and what one weighs."""

import json
import uuid

import pytest
from click.testing import CliRunner
from django.urls import reverse

from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import ItemType
from chambre.rooms.deposit.queries import measuring
from chambre.rooms.deposit.services import kinds, recounting, schemes

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
GRAI = "03760123456784"
"""0, company prefix 3760123, asset type 45678, check digit 4."""


def make(house, slug="caisse", **names):
    return schemes.create_type(slug=slug, scheme=house.scheme, by=SYSTEM, **names)


def refusal(house, **names):
    with pytest.raises(Invalid) as refused:
        make(house, **names)
    assert not ItemType.objects.filter(slug="caisse").exists()
    (field,) = refused.value.data["fields"]
    return field, str(refused.value.message)


@pytest.mark.parametrize("given", [GRAI, "3760123.45678", " 0376012 3456784 ", "376012345.678"])
def test_a_grai_is_given_whole_or_as_prefix_and_asset_type(house, given):
    type_ = make(house, grai=given)
    assert (type_.grai, type_.uri) == (GRAI, f"https://lysse.test/8003/{GRAI}")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("03760123456785", "serait 4, et non 5"),
        ("13760123456784", "0, douze chiffres"),
        ("3760123456784", "0, douze chiffres"),
        ("37601.2345678", "de 6 à 12 chiffres ; celui-ci en a 5"),
        ("3760123.4567", "12 chiffres ensemble ; ceux-ci en ont 11"),
        ("3760123.4567a", "que des chiffres"),
        ("٠٣٧٦٠١٢٣٤٥٦٧٨٦", "que des chiffres"),
    ],
)
def test_a_grai_that_is_none_is_told_what_is_wrong(house, given, words):
    field, told = refusal(house, grai=given)
    assert field == "grai"
    assert words in told.replace("\u202f", " ").replace("\u00a0", " ")


def test_no_licence_is_needed(house):
    number = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    assert make(house, "a").uri == "https://lysse.test/consigne/types/a"
    assert make(house, "b", own_uri="https://lysse.test/formats/b").uri.endswith("/formats/b")
    assert make(house, "c", own_uri=number.hex.upper()).uri == f"urn:uuid:{number}"


@pytest.mark.parametrize(
    "given",
    ["http://lysse.test/b", "https://", "https://lysse.test/#b", "https://a b", "bocal", "https://[x",
     "urn:uuid:6ba7b810"],
)  # fmt: skip
def test_a_name_of_its_own_is_an_address_with_https_or_a_uuid(house, given):
    assert refusal(house, own_uri=given)[0] == "own_uri"


def test_a_class_has_one_name_that_no_other_has(house):
    assert refusal(house, grai=GRAI, own_uri="https://lysse.test/b")[0] == "own_uri"
    make(house, "bac", grai=GRAI, name="Bac gris")
    field, told = refusal(house, grai="3760123.45678")
    assert field == "grai" and "Bac gris" in told


def test_the_year_says_what_was_reused_weighs(house):
    (one, other) = house.jars(2)
    for code in (one, other, one):
        house.out(code)
        house.back(code)
    kinds.change_type(type_=house.type, by=SYSTEM, material=" verre ", grams=420)

    ((type_, year),) = measuring.reuse(house.scheme, house.scheme.contracts.first().opened_on.year)
    assert (type_.material, type_.grams) == ("verre", 420)
    assert (year.first, year.again) == (2, 1)


def test_a_weight_lies_between_nothing_and_a_tonne(house, make_user):
    for wrong in (-1, 10**6 + 1):
        with pytest.raises(Invalid):
            kinds.change_type(type_=house.type, by=SYSTEM, grams=wrong)
    from chambre.core.actors import Actor

    with pytest.raises(Forbidden):
        kinds.change_type(type_=house.type, by=Actor.of(make_user("x@exemple.test")), grams=3)
    assert ItemType.objects.get(pk=house.type.pk).grams == 0


def test_what_is_weighed_again_takes_the_weight_of_its_type(house):
    cup = make(house, "gobelet", counting="class", grams=25)
    house.out(counted=(("gobelet", 40),))
    house.back(counted=(("gobelet", 30),))

    row = recounting.recount(place=house.place, type_=cup, key="r", grams=750, by=SYSTEM)
    assert (row.found, row.each, row.case) == (30, 25, None)


def test_page_command_and_interface_take_the_same(house, two_people, client):
    client.force_login(two_people[0].user)
    page = reverse("deposit:scheme", args=["bocaux"])
    sent = {"name": "Caisse", "slug": "caisse", "counting": "serial", "material": "bois",
            "grams": "1900"}  # fmt: skip
    wrong = client.post(page, sent | {"grai": "03760123456785"})
    assert wrong.status_code == 422
    assert "serait 4, et non 5" in wrong.content.decode()
    assert client.post(page, sent | {"grai": "3760123.45678"}).status_code == 302
    assert "bois, 1 900 g" in client.get(page).content.decode().replace("\u202f", " ")
    public = client.get(
        reverse("deposit:type_public", args=["caisse"]), HTTP_ACCEPT="application/ld+json"
    )
    assert public.json()["weight"] == {
        "@type": "QuantitativeValue", "value": 1900, "unitCode": "GRM",
    }  # fmt: skip

    asked = ["type", "create", "bac", "--scheme", "bocaux", "--own-uri", "https://lysse.test/f/bac"]
    told = json.loads(CliRunner().invoke(deposit, [*asked, "--json"]).output)
    assert told["uri"] == "https://lysse.test/f/bac"
    CliRunner().invoke(deposit, ["type", "change", "bac", "--material", "acier", "--grams", "800"])
    bac = ItemType.objects.get(slug="bac")
    assert (bac.material, bac.grams) == ("acier", 800)

    made = client.post(
        "/api/deposit/schemes/bocaux/types", {"slug": "sac", "grams": 60, "material": "coton"},
        content_type="application/json",
    )  # fmt: skip
    assert (made.status_code, made.json()["grams"], made.json()["material"]) == (201, 60, "coton")
    said = client.patch(
        "/api/deposit/schemes/bocaux/types/sac", {"grams": 65}, content_type="application/json"
    )
    assert (said.json()["grams"], said.json()["material"]) == (65, "coton")
    house.out(*house.jars(1))
    kinds.change_type(type_=house.type, by=SYSTEM, material="verre", grams=420)
    (reuse,) = [
        each
        for each in client.get("/api/deposit/schemes/bocaux/figures").json()["reuse"]
        if each["type"] == "bocal"
    ]
    assert (reuse["material"], reuse["first_grams"], reuse["again_grams"]) == ("verre", 420, 0)


PAGE = reverse("deposit:type", args=["bocaux", "bocal"])


def test_what_a_type_is_made_of_and_weighs_is_changed_on_its_page(house, two_people, client):
    client.force_login(two_people[0].user)
    overview = client.get(reverse("deposit:scheme", args=["bocaux"])).content.decode()
    assert f'href="{PAGE}"' in overview
    shown = client.get(PAGE).content.decode()
    assert "Changer ce qui en est dit" in shown
    assert "2,00" in shown  # the deposit of one
    assert "https://lysse.test/consigne/types/bocal" in shown

    assert client.post(PAGE, {"material": " verre ", "grams": "420"}).status_code == 302
    row = ItemType.objects.get(slug="bocal")
    assert (row.material, row.grams) == ("verre", 420)
    assert "420 g" in client.get(PAGE).content.decode()

    assert client.post(PAGE, {"material": "", "grams": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.material, row.grams) == ("", 0)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "inférieure ou égale à 1000000"), ("en", "less than or equal to")],
)
def test_a_weight_that_is_none_is_refused_at_its_field(house, two_people, client, language, words):
    client.force_login(two_people[0].user)
    said = {"material": "verre", "grams": "1000001"}
    answer = client.post(PAGE, said, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["grams"])
    assert 'value="verre"' in answer.content.decode()  # what was typed stays
    assert ItemType.objects.get(slug="bocal").grams == 0


def test_only_who_manages_the_scheme_sees_and_changes_a_type(house, client, make_user):
    client.force_login(make_user("ines@exemple.test"))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"grams": "3"}).status_code == 403
    assert ItemType.objects.get(slug="bocal").grams == 0


def test_a_type_of_another_scheme_is_not_found(house, two_people, client):
    client.force_login(two_people[0].user)
    schemes.create_scheme(
        slug="gobelets", name="Gobelets", structure=house.structure, amount=100, by=SYSTEM
    )
    assert client.get(reverse("deposit:type", args=["gobelets", "bocal"])).status_code == 404
