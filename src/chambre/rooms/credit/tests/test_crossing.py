"""Trade with another chamber: each side stays zero together, within what both agreed."""

import pytest

from chambre.core.hooks import deliver_pending
from chambre.registry import api as registry
from chambre.rooms.credit.models import Crossing
from chambre.rooms.credit.queries.errors import NoAgreement
from chambre.rooms.credit.services import crossing, leaving
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.rooms.credit.tests.conftest import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(village):
    """Another chamber, and what both agreed: 50 units one way, 80 the other."""
    other = registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
    there = open_community(
        chamber=other, unit="CRD", rules=RulesIn(floor=1_000, ceiling=6_000), by=SYSTEM
    )
    shop = registry.create_structure(slug="echoppe", name="L’Échoppe", chamber=other, by=SYSTEM)
    target = join(community=there, agent=shop, by=SYSTEM).account
    mine = crossing.agree(
        community=village.community, partner=other, owes=5_000, owed=8_000, by=SYSTEM
    )
    with pytest.raises(NoAgreement):
        send(village, mine, target, 1, "early")
    crossing.agree(community=there, partner=village.chamber, owes=8_000, owed=5_000, by=SYSTEM)
    return mine, target


def send(village, partner, target, amount, key, who="ada"):
    return crossing.send(
        source=village.account(who), partner=partner, target=target.code, amount=amount,
        reason="Farine", key=key, by=village.by(who),
    )  # fmt: skip


def deliver(row):
    """What the outbox does, each of them twice."""
    for _twice in range(2):
        crossing.arrive(row.public_id)
    row.refresh_from_db()
    return row


def sums():
    rows = CreditAccount.objects.values_list("chamber_id", "held")
    found = {}
    for chamber, held in rows:
        found[chamber] = found.get(chamber, 0) + held
    return set(found.values())


def test_units_cross_and_both_sides_stay_zero(village, two):
    partner, target = two
    row = send(village, partner, target, 4_000, "a")
    assert send(village, partner, target, 4_000, "a") == row
    deliver(row)
    for _twice in range(2):
        crossing.answer(row.public_id, "")
    row.refresh_from_db()
    target.refresh_from_db()
    partner.account.refresh_from_db()
    assert (row.state, target.held, partner.account.held) == ("done", 4_000, 4_000)
    assert sums() == {0}
    assert village.held()[0] == -4_000


def test_what_is_not_taken_there_comes_back(village, two):
    partner, target = two
    treasury.agree_acceptance(account=target, share=0, by=SYSTEM)
    row = deliver(send(village, partner, target, 4_000, "a"))
    for _twice in range(2):
        crossing.answer(row.public_id, "refusé")
    row.refresh_from_db()
    target.refresh_from_db()
    assert (row.state, row.why, target.held) == ("back", "refusé", 0)
    assert village.held() == [0, 0, 0, 0, 0]
    assert sums() == {0}


def test_no_side_owes_more_than_was_agreed(village, two):
    partner, target = two
    send(village, partner, target, 3_000, "a")
    with pytest.raises(treasury.TooManyUnits):
        send(village, partner, target, 2_001, "b", who="cora")
    send(village, partner, target, 2_000, "c", who="cora")
    assert Crossing.objects.count() == 2
    assert sums() == {0}


def by_the_worker():
    """What the worker does: each event once to each who hears it, and what they say in turn."""
    return [deliver_pending(force=True) for _round in range(3)]


def test_the_worker_lets_units_arrive_and_brings_the_answer(village, two):
    partner, target = two
    row = send(village, partner, target, 4_000, "a")
    assert by_the_worker() == [1, 1, 0]  # sent, answered, nothing left
    row.refresh_from_db()
    target.refresh_from_db()
    assert (row.state, row.why, target.held) == ("done", "", 4_000)
    assert village.held()[0] == -4_000
    assert sums() == {0}


def test_the_worker_brings_back_what_the_other_side_does_not_take(village, two):
    partner, target = two
    row = send(village, partner, target, 2_000, "a")
    gone = send(village, partner, target, 1_000, "b")
    member = target.membership
    leaving.begin(account=target, way="spend", until=registry.today(), by=SYSTEM)
    by_the_worker()
    for each in (row, gone):
        each.refresh_from_db()
        assert (each.state, bool(each.why), each.back.amount) == ("back", True, each.amount)
    member.refresh_from_db()
    assert member.state == "leaving"
    assert village.held() == [0, 0, 0, 0, 0]
    assert sums() == {0}
