"""Members decide on rules, on bounds of one of them, and on a loss that they share."""

import datetime as dt
from dataclasses import asdict, replace

import pytest

from chambre.core import clock
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.rooms.credit.models import Decision, Voice
from chambre.rooms.credit.queries.communities import rules_of
from chambre.rooms.credit.queries.errors import NotOpen
from chambre.rooms.credit.services import leaving
from chambre.rooms.credit.services.deciding import (
    lapse_due,
    propose_bounds,
    propose_loss,
    propose_rules,
    speak,
)
from chambre.rooms.credit.tests.conftest import RULES

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 2)


def propose(village, who="ada", key="d", **changes):
    return propose_rules(
        speaker=village.account(who), rules=replace(RULES, **changes), words="On essaie",
        key=key, by=village.by(who),
    )  # fmt: skip


def says(village, decision, who, yes=True):
    return speak(decision=decision, speaker=village.account(who), yes=yes, by=village.by(who))


def test_two_voices_change_the_rules_and_every_bound(village):
    with clock.pretend(DAY):
        decision = propose(village, floor=5_000, rate=100)
        assert (decision.state, decision.until) == ("open", DAY + dt.timedelta(days=10))
        assert propose(village, floor=5_000, rate=100) == decision
        assert says(village, decision, "ada") == decision  # who proposed has spoken
        says(village, decision, "basile")
    decision.refresh_from_db()
    assert (decision.state, decision.decided_on) == ("agreed", DAY)
    rules = rules_of(village.community)
    assert (rules.number, rules.floor, rules.rate, rules.decision) == (2, 5_000, 100, decision)
    assert {village.account(name).limit for name in village.members} == {5_000}


def test_who_stands_beyond_a_new_bound_goes_no_further(village):
    village.pays("ada", "basile", 8_000)
    with clock.pretend(DAY):
        says(village, propose(village, floor=5_000), "basile")
    assert village.account("ada").limit == 8_000
    village.pays("basile", "ada", 4_000)
    from chambre.rooms.credit.services.communities import keep_all_bounds

    keep_all_bounds()
    assert village.account("ada").limit == 5_000


def test_bounds_of_one_member_by_decision(village):
    with clock.pretend(DAY):
        decision = propose_bounds(
            speaker=village.account("ada"), account=village.account("dune"), floor=50_000,
            ceiling=None, words="Achat d’un four", key="b", by=village.by("ada"),
        )  # fmt: skip
        says(village, decision, "cora")
    assert (village.account("dune").limit, village.account("dune").ceiling) == (50_000, 20_000)
    assert village.account("ada").limit == 10_000


def test_voices_are_said_once_and_end(village):
    with clock.pretend(DAY):
        decision = propose(village, hands=2, floor=1)
        for name in ("basile", "cora"):
            says(village, decision, name, yes=False)
        with pytest.raises(Conflict):
            says(village, decision, "basile")
        assert Decision.objects.get().state == "open"
        says(village, decision, "dune", yes=False)
        assert Decision.objects.get().state == "refused"  # one voice is left, two are needed
        late = propose(village, key="e", floor=2)
    with clock.pretend(DAY + dt.timedelta(days=11)):
        with pytest.raises(NotOpen):
            says(village, late, "basile")
        assert lapse_due() == 1
        assert lapse_due() == 0
    assert rules_of(village.community).number == 1


def test_only_members_with_reasons_and_sense(village):
    with pytest.raises(Forbidden):
        propose_rules(
            speaker=village.account("ada"), rules=RULES, words="x", key="f", by=village.by("cora")
        )
    with pytest.raises(Invalid):
        propose_rules(
            speaker=village.account("ada"), rules=RULES, words=" ", key="f", by=village.by("ada")
        )
    for wrong in ({"hands": 0}, {"rate": 10_001}, {"ways": []}, {"mode": "x"}, {"floor": -1}):
        with pytest.raises(Invalid):
            propose(village, **wrong)
    assert not Decision.objects.exists() and not Voice.objects.exists()
    assert asdict(RULES)["hands"] == 2


def test_a_loss_is_borne_by_the_common_account_and_then_by_the_members(village):
    village.pays("ada", "basile", 3_001)
    with clock.pretend(DAY):
        going = leaving.begin(
            account=village.account("ada"), way="shared", until=DAY, by=village.by("ada")
        )
        decision = propose_loss(
            speaker=village.account("basile"), leaving=going, how="equal", words="Elle a déménagé",
            key="l", by=village.by("basile"),
        )  # fmt: skip
        says(village, decision, "cora")
        assert village.held() == [0, 2_000, -1_000, -1_000, 0]  # 1,001 + 1,000 + 1,000
        leaving.settle(leaving=going, by=village.by("ada"))
    assert not village.account("ada").is_open
