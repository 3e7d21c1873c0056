"""What a place paid back is counted or weighed again; a difference is a case."""

import json

import pytest
from click.testing import CliRunner
from django.urls import reverse

from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.registry import api as registry
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Case, Recount
from chambre.rooms.deposit.services import schemes
from chambre.rooms.deposit.services.recounting import recount

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def cup(house):
    """Cups that are only counted: forty went out, thirty were paid back."""
    type_ = schemes.create_type(
        slug="gobelet", scheme=house.scheme, name="Gobelet bleu", counting="class", by=SYSTEM
    )
    house.out(counted=(("gobelet", 40),))
    house.back(counted=(("gobelet", 30),))
    return type_


def again(house, type_, key="r1", **said):
    return recount(place=house.place, type_=type_, key=key, by=SYSTEM, **said)


def test_what_agrees_is_no_case_and_the_next_one_begins_where_it_ended(house, cup):
    row = again(house, cup, found=30)
    assert (row.told, row.found, row.case) == (30, 30, None)
    assert again(house, cup, found=12) == row  # the same key
    house.back(counted=(("gobelet", 4),))

    following = again(house, cup, key="r2", found=4)
    assert (following.told, following.since) == (4, row.until)
    assert not Case.objects.exists()


@pytest.mark.parametrize("there", [29, 31])
def test_a_difference_is_a_case_with_both_numbers(house, cup, there):
    row = again(house, cup, found=there)
    case = Case.objects.get()
    assert (row.case, case.kind, case.place) == (case, "recount", house.place)
    assert (case.evidence["told"], case.evidence["counted"]) == (30, there)


def test_what_is_weighed_may_differ_a_little(house, cup):
    house.back(counted=(("gobelet", 10),))
    house.out(counted=(("gobelet", 60),))
    house.back(counted=(("gobelet", 60),))  # 100 in all
    assert again(house, cup, grams=2_449, each=25).found == 98
    house.out(counted=(("gobelet", 100),))
    house.back(counted=(("gobelet", 100),))
    row = again(house, cup, key="r2", grams=2_425, each=25)
    assert (row.found, Case.objects.get().evidence["grams"]) == (97, 2_425)


def test_objects_with_codes_are_counted_too(house, jar):
    house.back(jar)
    assert again(house, house.type, found=1).case is None


@pytest.mark.parametrize(
    "said", [{}, {"found": 1, "grams": 1, "each": 1}, {"grams": 10}, {"found": -1}]
)
def test_a_recount_says_one_thing(house, cup, said):
    with pytest.raises(Invalid):
        again(house, cup, **said)
    assert not Recount.objects.exists()


def test_who_runs_the_place_does_not_count_again(house, cup, make_user):
    user = make_user("ines@exemple.test")
    from chambre.core.actors import Actor

    with pytest.raises(Forbidden):
        recount(place=house.place, type_=cup, key="r1", found=30, by=Actor.of(user))
    again(house, cup, found=30)
    with pytest.raises(KeyReused):
        again(house, house.type, found=0)


def test_a_place_that_takes_nothing_back_any_more_is_counted_a_last_time(
    house, cup, two_people, client
):
    client.force_login(two_people[0].user)
    schemes.change_place(place=house.place, returns=False, by=SYSTEM)
    schemes.create_place(
        slug="atelier",
        scheme=house.scheme,
        name="L’atelier",
        returns=False,
        issues=False,
        by=SYSTEM,
    )
    page = reverse("deposit:recounts", args=["bocaux"])
    shown = client.get(page).content.decode()
    assert '<option value="halle">' in shown
    assert '<option value="atelier">' not in shown
    said = {"key": "p1", "place": "halle", "type": "gobelet", "found": "30"}
    assert client.post(page, said).status_code == 302


def test_on_the_page_at_the_command_line_and_by_machines(house, cup, client, make_user):
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client.force_login(user)
    page = reverse("deposit:recounts", args=["bocaux"])
    said = {"key": "p1", "place": "halle", "type": "gobelet"}
    assert client.post(page, said).status_code == 422
    assert client.post(page, said | {"found": "28"}).status_code == 302
    text = client.get(page).content.decode()
    assert "diffèrent" in text
    case = reverse("deposit:case", args=["bocaux", Case.objects.get().pk])
    assert "28 × Gobelet bleu" in client.get(case).content.decode()

    words = ["recount", "--place", "halle", "--type", "gobelet", "--count", "0", "--key", "c1"]
    done = CliRunner().invoke(deposit, [*words, "--json"], catch_exceptions=False)
    assert json.loads(done.output) == {"told": 0, "found": 0, "case": None}
    sent = {"key": "m1", "type": "gobelet", "found": 2}
    address = "/api/deposit/places/halle/recounts"
    told = client.post(address, sent, content_type="application/json").json()
    assert (told["told"], told["found"]) == (0, 2)
    assert told["case"] == Case.objects.order_by("pk").last().pk
