"""Cycle times, stays, the log of washes, what a rotation costs, and the recall of a batch."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
from django.urls import reverse

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Costs, Item, ItemType, Lot, LotRecall
from chambre.rooms.deposit.queries import costing, recalling, timing, washing
from chambre.rooms.deposit.services import caring, schemes
from chambre.rooms.deposit.services.costing import set_costs

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def at(day: int, hour: int = 11) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def care(house, code, step, when, **facts):
    caring.care(
        codes=[code], step=step, by=SYSTEM, scheme=house.scheme, place=house.place,
        facts=facts or None, happened_at=when,
    )  # fmt: skip


@pytest.fixture
def washed(house):
    """Two jars that are washed: one went out on the 2nd and is ready on the 9th, the other is broken."""
    ItemType.objects.filter(pk=house.type.pk).update(wash=True)
    with clock.pretend(dt.date(2026, 3, 1)):
        schemes.set_tariff(scheme=house.scheme, amount=200, by=SYSTEM)
        good, broken = house.jars(2)
    with clock.pretend(dt.date(2026, 3, 2)):
        house.out(good, broken, happened_at=at(2))
    house.back(good, happened_at=at(5))
    house.back(broken, happened_at=at(6))
    care(house, good, "wash", at(6), temperature=72, minutes=40, method="tunnel")
    care(house, broken, "wash", at(7, 8))
    care(house, good, "pass", at(9))
    care(house, broken, "fail", at(10))
    return good, broken


@pytest.fixture
def steward(house, make_user, client):
    """Somebody who keeps the scheme's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    return client


def figures(client, tab, **more):
    query = {"tab": tab, "first": "2026-03-01", "last": "2026-03-31"} | more
    return client.get(reverse("deposit:figures", args=["bocaux"]), query)


def test_a_cycle_ends_when_the_object_is_ready_again(house, washed):
    assert timing.cycles(house.scheme, *MARCH) == {house.type.pk: {7: 1}}
    # Before the day on which it was ready, nothing had ended.
    assert timing.cycles(house.scheme, MARCH[0], dt.date(2026, 3, 8)) == {}
    # Were they not washed, they would have been ready when they came back.
    ItemType.objects.filter(pk=house.type.pk).update(wash=False)
    assert timing.cycles(house.scheme, *MARCH) == {house.type.pk: {3: 1, 4: 1}}


def test_a_stay_lasts_until_place_or_state_change(house, washed):
    caring.care(
        codes=[washed[0]], step="pass", by=SYSTEM, scheme=house.scheme, place=house.place,
        happened_at=at(20),
    )  # fmt: skip
    found = timing.dwells(house.scheme, *MARCH)
    place = house.place.pk
    assert found[place, "out"] == {72: 1, 96: 1}
    assert found[place, "returned"] == {24: 1, 21: 1}
    assert found[place, "washing"] == {72: 1, 75: 1}
    # It is ready since the 9th, and the second inspection changed nothing: that stay goes on.
    assert (place, "active") not in found


def test_the_log_says_what_was_washed_and_how_it_was_found(house, washed):
    last, first = washing.washes(house.scheme, *MARCH)
    assert (first.item.uri, first.before, first.after) == (washed[0], "returned", "active")
    assert (last.item.uri, last.before, last.after) == (washed[1], "returned", "damaged")
    assert washing.washes(house.scheme, MARCH[0], dt.date(2026, 3, 6)).count() == 1
    assert washing.washes(house.scheme, *MARCH, "ailleurs").count() == 0
    assert washing.washes(house.scheme, *MARCH, "halle").count() == 2


def test_the_page_of_times_and_the_log_in_every_format(
    house, washed, steward, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        text = figures(steward, "durees").content.decode()
    assert "Cycle : de la sortie jusqu’à être de nouveau prêt" in text
    assert "7,0" in text
    tables = json.loads(figures(steward, "durees", format="json").content)["tables"]
    (cycle,) = tables[0]["rows"]
    assert (cycle["cells"]["count"], cycle["cells"]["median"]) == (1, 70)
    with django_assert_max_num_queries(15):
        text = figures(steward, "lavages", place="halle").content.decode()
    assert "72 °C" in text
    assert "en mauvais état" in text
    packed = zipfile.ZipFile(io.BytesIO(figures(steward, "lavages", format="csv").content))
    (name,) = packed.namelist()
    rows = list(csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3
    assert figures(steward, "lavages", format="xlsx").content[:2] == b"PK"
    assert figures(steward, "lavages", format="pdf").content[:5] == b"%PDF-"
    assert "72 °C" not in figures(steward, "lavages", place="nulle-part").content.decode()


def test_after_how_many_uses_a_jar_has_paid_for_itself(house, washed, steward):
    ItemType.objects.filter(pk=house.type.pk).update(unit_cost=120)
    assert costing.worth(house.scheme, MARCH[1]) == []
    assert "Rien ne dit encore" in figures(steward, "couts").content.decode()
    set_costs(
        scheme=house.scheme, wash=15, instead=45, reason="devis 2026", by=SYSTEM,
        since=dt.date(2026, 1, 1),
    )  # fmt: skip
    (found,) = costing.worth(house.scheme, MARCH[1])
    assert (found.objects, found.uses, found.needed, found.mean) == (2, 2, 4, 1)
    assert (found.washing, found.saved) == (30, 2 * 45 - 2 * 120 - 30)
    # What holds for the type goes before what holds for all, from its day on.
    set_costs(
        scheme=house.scheme, wash=45, instead=45, reason="hausse", by=SYSTEM, type_=house.type,
        since=dt.date(2026, 3, 31),
    )  # fmt: skip
    assert costing.worth(house.scheme, dt.date(2026, 3, 30))[0].needed == 4
    assert costing.worth(house.scheme, MARCH[1])[0].needed is None


def test_costs_are_written_down_with_the_rules(house, steward):
    page = reverse("deposit:rules", args=["bocaux"])
    form = {"act": "costs", "c-since": "2026-01-01", "c-wash": "0,15", "c-instead": "0,45"}
    assert steward.post(page, form).status_code == 422
    assert not Costs.objects.exists()
    assert steward.post(page, form | {"c-reason": "devis"}).status_code == 302
    row = Costs.objects.get()
    assert (row.wash, row.instead, row.type, row.reason) == (15, 45, None, "devis")
    assert "devis" in steward.get(page).content.decode()


def test_costs_need_a_right_and_a_reason(house, make_user):
    stranger = Actor.of(make_user("dris@exemple.test"))
    with pytest.raises(Forbidden):
        set_costs(scheme=house.scheme, wash=1, instead=2, reason="x", by=stranger)
    for wrong in ({"wash": -1}, {"reason": " "}):
        asked = {"wash": 1, "instead": 2, "reason": "x"} | wrong
        with pytest.raises(Invalid):
            set_costs(scheme=house.scheme, by=SYSTEM, **asked)
    assert not Costs.objects.exists()


def test_a_batch_is_recalled_on_its_page(
    house, jar, steward, client, django_assert_max_num_queries
):
    lot = Lot.objects.get()
    page = reverse("deposit:lot", args=["bocaux", lot.pk])
    assert lot.name in steward.get(reverse("deposit:lots", args=["bocaux"])).content.decode()
    with django_assert_max_num_queries(15):
        text = steward.get(page).content.decode()
    assert "personne ne sait qui l’a : un avis au lieu" in text
    assert "Les Vergers de la Lysse" in text
    assert steward.post(page, {"reason": " "}).status_code == 422
    assert not LotRecall.objects.exists()
    assert steward.post(page, {"reason": "verre fragile"}).status_code == 302
    row = LotRecall.objects.get()
    assert (row.lot, row.reason, row.here, row.out) == (lot, "verre fragile", 0, 1)
    assert recalling.counts(lot) == {"here": 0, "people": 1, "gone": 0}
    assert "verre fragile" in steward.get(page).content.decode()

    assert house.back(jar).refund == 200
    assert Item.objects.get(uri=jar).state == "recalled"
    assert recalling.counts(lot) == {"here": 1, "people": 0, "gone": 0}
    (table,) = json.loads(steward.get(page, {"format": "json"}).content)["tables"]
    cells = table["rows"][0]["cells"]
    assert (cells["state"], cells["place"], cells["out"]) == ("rappelé", "La halle", None)
    assert steward.get(page, {"format": "csv"}).content[:2] == b"PK"
    assert steward.get(reverse("deposit:lot", args=["bocaux", 10**20])).status_code == 404


def test_what_is_found_again_of_a_recalled_batch_stays_apart(house):
    (jar,) = house.jars()
    caring.care(codes=[jar], step="lose", by=SYSTEM, scheme=house.scheme)
    caring.recall(lot=Lot.objects.get(), reason="verre fragile", by=SYSTEM)
    caring.care(codes=[jar], step="find", by=SYSTEM, scheme=house.scheme)

    assert Item.objects.get(uri=jar).state == "recalled"
    assert house.out(jar).outcome == "refused"


def test_batches_are_for_those_who_keep_the_scheme(house, jar, client, make_user):
    client.force_login(make_user("passant@exemple.test"))
    page = reverse("deposit:lot", args=["bocaux", Lot.objects.get().pk])
    assert client.get(page).status_code == 403
    assert client.post(page, {"reason": "x"}).status_code == 403
    assert client.get(reverse("deposit:lots", args=["bocaux"])).status_code == 403
    assert not LotRecall.objects.exists()


def test_another_scheme_does_not_show_this_batch(house, jar, steward):
    schemes.create_scheme(
        slug="gobelets", name="Gobelets", structure=house.structure, amount=100, by=SYSTEM
    )
    page = reverse("deposit:lot", args=["gobelets", Lot.objects.get().pk])
    assert steward.get(page).status_code == 404
