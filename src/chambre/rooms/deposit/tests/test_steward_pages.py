"""Pages of those who look after a scheme: they show what is, and do what they say."""

import pytest
from django.urls import reverse

from chambre.registry import api as registry
from chambre.rooms.deposit.models import Case, CaseVoice, Contract, Item, Place, Scheme, Terms
from chambre.rooms.deposit.services import schemes
from chambre.rooms.deposit.services.asking import Condition

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(house, make_user, client):
    """Somebody who keeps the scheme's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


def page(name, *args):
    return reverse(f"deposit:{name}", args=args)


def test_every_page_of_a_scheme_shows_what_is(house, jar, steward):
    house.back(jar)
    house.back(jar)
    serial = Item.objects.get(uri=jar).serial
    shown = {
        page("schemes"): "Bocaux",
        page("scheme", "bocaux"): "0,00",
        page("items", "bocaux"): serial,
        page("item", "bocaux", serial): "rapporté",
        page("places", "bocaux"): "concordent",
        page("contracts", "bocaux") + "?state=all": serial,
        page("cases", "bocaux"): "déjà rapporté",
        page("case", "bocaux", Case.objects.get().pk): jar,
        page("rules", "bocaux"): "2,00",
        page("partners", "bocaux"): "Aucun partenaire",
    }
    for address, words in shown.items():
        answer = steward.get(address)
        assert answer.status_code == 200, address
        assert words in answer.content.decode(), address


def test_a_scheme_is_started_on_the_pages(house, steward):
    made = steward.post(
        page("schemes"),
        {"name": "Gobelets", "slug": "gobelets", "structure": "vergers", "amount": "1,50"},
    )
    assert made.status_code == 302
    cup = {"name": "Gobelet", "slug": "gobelet", "counting": "serial"}
    assert steward.post(page("scheme", "gobelets"), cup).status_code == 302
    bar = {"name": "Le bar", "slug": "bar"}
    assert steward.post(page("places", "gobelets"), bar).status_code == 302
    objects = {"type": "gobelet", "count": "3"}
    assert steward.post(page("items", "gobelets"), objects).status_code == 302

    scheme = Scheme.objects.get(slug="gobelets")
    assert scheme.tariffs.get().amount == 150
    assert Place.objects.get(slug="bar").drawer is not None
    assert scheme.items.count() == 3


def test_a_form_that_is_wrong_keeps_what_was_typed(house, steward):
    answer = steward.post(page("places", "bocaux"), {"name": "Une autre", "slug": "halle"})

    assert answer.status_code in (409, 422)
    assert "Une autre" in answer.content.decode()
    assert Place.objects.count() == 1


def test_rules_are_decided_with_their_reason(house, steward):
    form = {
        "act": "terms", "r-since": "2026-01-01", "r-takes_back": "any", "r-liability": "scheme",
        "r-damaged_kept": "40", "r-distance_limit": "0", "r-burst_count": "300",
        "r-burst_minutes": "10", "r-unlink_after": "30",
    }  # fmt: skip
    assert steward.post(page("rules", "bocaux"), form).status_code == 422
    assert steward.post(page("rules", "bocaux"), form | {"r-reason": "AG"}).status_code == 302
    assert Terms.objects.order_by("-number").first().damaged_kept == 40


def test_care_is_noted_on_the_page_of_an_object(house, jar, steward):
    house.back(jar)
    item = Item.objects.get(uri=jar)
    wash = {"act": "care", "step": "wash", "temperature": "72"}
    assert steward.post(page("item", "bocaux", item.serial), wash).status_code == 302

    assert Item.objects.get(uri=jar).state == "washing"
    assert "72" in steward.get(page("item", "bocaux", item.serial)).content.decode()


def test_a_case_is_said_and_closed_on_its_page(house, jar, steward):
    case = Case.objects.get(pk=house.back(jar, condition=Condition.DAMAGED).case)
    address = page("case", "bocaux", case.pk)
    pay = {"outcome": "pay", "means": "cash", "words": "vu"}
    assert steward.post(address, pay).status_code == 302
    assert steward.post(address, pay).status_code == 409
    assert Contract.objects.get().state == "open"

    assert steward.post(address, {"outcome": "refused", "words": "jeté"}).status_code == 302
    assert Case.objects.get().decision.outcome == "refused"


def test_a_case_with_nothing_to_pay_does_not_offer_it(house, jar, steward):
    house.back(jar)
    case = Case.objects.get(pk=house.back(jar).case)
    address = page("case", "bocaux", case.pk)
    content = steward.get(address).content.decode()
    assert 'value="refused"' in content
    assert 'value="pay"' not in content and 'name="amount"' not in content

    assert steward.post(address, {"outcome": "pay", "words": "vu"}).status_code == 422
    assert not CaseVoice.objects.exists()
    assert steward.post(address, {"outcome": "closed", "words": "vu"}).status_code == 302


@pytest.mark.parametrize("name", ["scheme", "items", "places", "contracts", "cases", "rules"])
def test_strangers_see_nothing(house, client, make_user, name):
    client.force_login(make_user("dris@exemple.test"))

    assert client.get(page(name, "bocaux")).status_code == 403


def test_machines_do_the_same(house, jar, steward):
    sent = {"key": "m1", "codes": [jar], "place": "halle", "means": "voucher"}
    told = [
        steward.post("/api/deposit/returns", sent, content_type="application/json").json()
        for _each in range(2)
    ]
    assert told[0] == told[1]
    assert (told[0]["outcome"], told[0]["refund"]) == ("refunded", 200)
    assert len(told[0]["slip"]["code"]) == 19
    status = steward.get("/api/deposit/schemes/bocaux/status").json()
    assert (status["held"], status["equal"]) == (0, True)
    serial = Item.objects.get(uri=jar).serial
    life = steward.get(f"/api/deposit/objects/{serial}").json()
    assert [move["kind"] for move in life["moves"]] == ["returned", "issued", "commissioned"]
    reused = steward.post(
        "/api/deposit/returns", sent | {"codes": ["x"]}, content_type="application/json"
    )
    assert reused.status_code == 409


def test_objects_contracts_and_cases_are_files_to_keep(
    house, jar, steward, django_assert_max_num_queries
):
    house.back(jar)
    house.back(jar)
    serial = Item.objects.get(uri=jar).serial

    def rows(name, **more):
        with django_assert_max_num_queries(15):
            answer = steward.get(page(name, "bocaux"), {"format": "json", **more})
        assert answer["Content-Disposition"].startswith("attachment")
        return [row["cells"] for row in answer.json()["tables"][0]["rows"]]

    (item,) = rows("items")
    assert (item["serial"], item["code"], item["rotations"]) == (serial, jar, 1)
    assert rows("items", state="out") == []
    (contract,) = rows("contracts", state="all")
    assert (contract["serial"], contract["paid"], contract["refunded"]) == (serial, 200, 200)
    assert rows("contracts") == []
    (case,) = rows("cases")
    assert (case["serial"], case["kind"]) == (serial, "déjà rapporté")
    for name in ("items", "contracts", "cases"):
        assert steward.get(page(name, "bocaux"), {"format": "csv"}).content[:2] == b"PK"
        assert steward.get(page(name, "bocaux"), {"format": "exe"}).status_code == 404


def test_what_is_refused_of_a_code_is_said_beside_it(house, jar, steward):
    serial = Item.objects.get(uri=jar).serial
    form = steward.post(page("item", "bocaux", serial), {"act": "label", "code": serial}).context[
        "label"
    ]
    assert list(form.errors) == ["code"]
    schemes.create_place(slug="hub", scheme=house.scheme, name="Hub", by=SYSTEM)
    sent = {"key": "h", "origin": "halle", "target": "hub", "codes": "inconnu"}
    answer = steward.post(page("handovers", "bocaux"), sent)
    assert "inconnu" in str(answer.context["form"].errors["codes"])
