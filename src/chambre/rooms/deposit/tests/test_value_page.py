"""What objects are worth: years of use and depreciation on the page and for machines; rules for machines."""

import datetime as dt

import pytest
from django.urls import reverse

from chambre.core import clock
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Depreciation, ItemType, Lot, Terms
from chambre.rooms.deposit.services import caring, schemes, stock

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=740)


@pytest.fixture
def steward(house, make_user, client):
    """Somebody who keeps the scheme's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


@pytest.fixture
def crates(house):
    """Four crates at 12,50 €; one of them is lost."""
    type_ = schemes.create_type(slug="caisse", scheme=house.scheme, by=SYSTEM, unit_cost=1_250)
    codes = stock.commission(type_=type_, count=4, by=SYSTEM)
    caring.care(codes=codes[:1], step="lose", by=SYSTEM, scheme=house.scheme)
    return codes


def test_years_of_use_are_said_and_a_year_is_booked_and_taken_back(house, crates, steward):
    address = reverse("deposit:books", args=["bocaux"])
    year = clock.today().year
    assert "37,50" in steward.get(address).content.decode()
    said = steward.post(address, {"act": "life", "l-type": "caisse", "l-years": "5"})
    assert said.status_code == 302
    assert ItemType.objects.get(slug="caisse").life == 5
    assert steward.post(address, {"act": "year", "y-year": str(year)}).status_code == 422

    with clock.pretend(clock.today() + LATER):
        for _each in range(2):
            told = steward.post(address, {"act": "year", "y-year": str(year)})
            assert told.status_code == 302
        assert Depreciation.objects.count() == 1
        shown = steward.get(address).content.decode()
        assert "en vigueur" in shown
        assert steward.post(address, {"act": "undo", "y-year": str(year)}).status_code == 302
        assert "annulée" in steward.get(address).content.decode()
    assert [row.each > 0 for row in Depreciation.objects.all()] == [True, False]


def test_who_does_not_keep_the_money_changes_nothing(house, crates, client, make_user):
    user = make_user("ines@exemple.test")
    client.force_login(user)
    address = reverse("deposit:books", args=["bocaux"])
    life = {"act": "life", "l-type": "caisse", "l-years": "5"}

    assert client.get(address).status_code == 403
    assert client.post(address, life).status_code == 403
    sent = client.put(
        "/api/deposit/types/caisse/life", {"years": 5}, content_type="application/json"
    )
    assert sent.status_code == 403
    assert ItemType.objects.get(slug="caisse").life == 0


def test_machines_depreciate_and_read_what_is_left(house, crates, steward):
    year = clock.today().year
    put = steward.put(
        "/api/deposit/types/caisse/life", {"years": 5}, content_type="application/json"
    )
    assert put.json() == {"slug": "caisse", "life": 5}
    address = "/api/deposit/schemes/bocaux/depreciation"
    with clock.pretend(clock.today() + LATER):
        done = steward.post(address, {"year": year}, content_type="application/json").json()
        again = steward.post(address, {"year": year}, content_type="application/json").json()
    assert (done["objects"], again) == (3, {"objects": 0, "amount": 0})

    value = steward.get("/api/deposit/schemes/bocaux/value").json()
    crate = next(row for row in value["types"] if row["type"] == "caisse")
    assert (crate["objects"], crate["cost"], crate["worn"]) == (3, 3_750, done["amount"])
    assert crate["left"] == 3_750 - done["amount"]
    assert value["years"] == [
        {"year": year, "in_force": True, "objects": 3, "amount": done["amount"]}
    ]


def test_machines_decide_rules_and_what_is_not_said_stays(house, steward):
    address = "/api/deposit/schemes/bocaux/rules"
    told = steward.post(
        address,
        {"reason": "AG", "counted_more": 40, "counted_days": 7, "distance_limit": None},
        content_type="application/json",
    )
    assert told.status_code == 201
    rules = steward.get(address).json()
    assert (rules["counted_more"], rules["counted_days"], rules["number"]) == (40, 7, 2)
    assert rules["distance_limit"] == 0

    off = steward.post(
        address, {"reason": "AG", "counted_more": None}, content_type="application/json"
    )
    assert (off.json()["counted_more"], off.json()["counted_days"]) == (None, 7)
    wrong = steward.post(
        address, {"reason": "AG", "counted_days": 0}, content_type="application/json"
    )
    assert wrong.status_code == 422
    assert Terms.objects.count() == 3


def test_machines_decide_the_tariff_unclaimed_deposits_and_a_recall(house, crates, steward):
    def post(address, said):
        answer = steward.post(
            f"/api/deposit/schemes/bocaux/{address}", said, content_type="application/json"
        )
        return answer.status_code, answer.json()

    own = {"amount": 500, "type": "caisse", "reason": "AG"}
    assert post("tariffs", own)[0] == 201
    assert post("tariffs", own | {"type": "nulle"})[0] == 404
    rows = steward.get("/api/deposit/schemes/bocaux/tariffs").json()
    assert [(row["amount"], row["type"]) for row in rows] == [(500, "caisse"), (200, "")]

    said = {"after_days": 730, "outcome": "keep", "reference": "AG, point 4"}
    assert post("unclaimed", said)[0] == 201
    assert post("unclaimed", said | {"outcome": "nothing"})[0] == 422

    lot = Lot.objects.get(type__slug="caisse")
    house.out(crates[1])
    assert post(f"lots/{lot.pk}/recall", {"reason": "Fendues"}) == (200, {"here": 2, "out": 1})
    assert post("lots/999999999/recall", {"reason": "Fendues"})[0] == 404
