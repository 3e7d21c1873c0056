"""The guarantee fund: given to each month by the rules, kept apart, and paying first when a debt is lost."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core import clock
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.rooms.credit.models import Contribution, FundMonth, Guaranteed
from chambre.rooms.credit.queries.checking import differences
from chambre.rooms.credit.queries.errors import OtherUnit
from chambre.rooms.credit.queries.pots import kept_apart, pot_of
from chambre.rooms.credit.services import guarantee, leaving, monthly
from chambre.rooms.credit.services.communities import RulesIn, check_rules
from chambre.rooms.credit.services.deciding import propose_loss, propose_rules, speak
from chambre.rooms.credit.services.paying import pay
from chambre.rooms.credit.tests.conftest import SYSTEM, Village
from chambre.treasury import api as treasury

pytestmark = pytest.mark.django_db
MARCH, APRIL = dt.date(2026, 3, 31), dt.date(2026, 4, 2)
FUND = RulesIn(
    floor=10_000, hands=2, ways=["shared", "fund"], fund_share=200, fund_flat=50, fund_cover=80
)


@pytest.fixture
def insured(db, monkeypatch):
    """Two percent of receipts and half a unit a month; the fund pays four fifths of a lost debt."""
    monkeypatch.setattr(monthly, "day_of", lambda _at: dt.date(2026, 1, 1))
    return Village(FUND)


def give(village, month=MARCH):
    return guarantee.contribute_month(community=village.community, month=month, by=SYSTEM)


def test_each_month_gives_once_a_share_of_receipts_and_a_flat_part(insured):
    with clock.pretend(MARCH):
        insured.pays("ada", "basile", 5_049)
        with pytest.raises(Invalid):
            give(insured)
    with clock.pretend(APRIL):
        insured.pays("ada", "cora", 1_000)  # counts for April
        with pytest.raises(Forbidden):
            guarantee.contribute_month(
                community=insured.community, month=MARCH, by=insured.by("ada")
            )
        row = give(insured)
        assert give(insured) == row
        assert guarantee.contribute_due() == 0
    # 2 % of 50.49 is 1.0098: what is below the smallest part stays with Basile.
    assert insured.held() == [-6_049 - 50, 5_049 - 150, 1_000 - 50, -50, 300]
    assert row.total == 300
    mine = Contribution.objects.get(received=5_049)
    assert (mine.due, mine.taken, mine.move.amount) == (150, 150, 150)
    assert kept_apart(insured.community) == (0, 300)
    assert pot_of(insured.community) == 0  # nothing else may use it
    with pytest.raises(IntegrityError), transaction.atomic():
        FundMonth.objects.create(
            community=insured.community, month=row.month, rules=row.rules, total=0, by="x"
        )


def test_who_stands_at_the_floor_gives_what_is_left_and_it_says_what_was_due(insured):
    with clock.pretend(MARCH):
        insured.pays("ada", "basile", 9_980)
    with clock.pretend(APRIL):
        give(insured)
    row = Contribution.objects.get(account=insured.account("ada"))
    assert (row.due, row.taken) == (50, 20)
    assert insured.held()[0] == -10_000


def test_without_a_rule_nothing_is_given(village):
    with clock.pretend(APRIL):
        assert give(village) is None
    assert not FundMonth.objects.exists()


def lose(village, until=APRIL + dt.timedelta(days=60), key="l"):
    """Ada leaves, and two members agree that what she owes is lost."""
    going = leaving.begin(
        account=village.account("ada"), way="shared", until=until, by=village.by("ada")
    )
    decision = propose_loss(
        speaker=village.account("basile"), leaving=going, how="equal", words="Partie", key=key,
        by=village.by("basile"),
    )  # fmt: skip
    speak(
        decision=decision, speaker=village.account("cora"), yes=True, by=village.by("cora")
    )  # fmt: skip
    leaving.settle(leaving=going, by=village.by("ada"))
    return decision


def test_the_fund_pays_its_part_of_a_lost_debt_and_the_members_share_the_rest(insured):
    with clock.pretend(MARCH):
        insured.pays("ada", "basile", 200)
    with clock.pretend(APRIL):
        give(insured)  # Ada 50, Basile 4 + 50, Cora and Dune 50
        assert insured.held() == [-250, 146, -50, -50, 204]
        decision = lose(insured)
    paid = Guaranteed.objects.get()
    assert (paid.debt, paid.amount, paid.decision) == (250, 200, decision)
    assert insured.held() == [0, 146 - 17, -50 - 17, -50 - 16, 4]
    assert kept_apart(insured.community).fund == 4
    assert not insured.account("ada").is_open
    assert ledger.verify().ok


def test_the_fund_pays_no_more_than_it_has_nor_than_the_rules_allow(insured):
    with clock.pretend(MARCH):
        insured.pays("ada", "basile", 3_000)
    with clock.pretend(APRIL):
        give(insured)
        fund = kept_apart(insured.community).fund
        assert fund == 260
        decision = propose_rules(
            speaker=insured.account("basile"), words="Moins", key="r", by=insured.by("basile"),
            rules=RulesIn(**{**vars_of(FUND), "fund_most": 100}),
        )  # fmt: skip
        speak(decision=decision, speaker=insured.account("cora"), yes=True, by=insured.by("cora"))
        lose(insured)
    assert Guaranteed.objects.get().amount == 100
    assert kept_apart(insured.community).fund == 160
    assert sum(insured.held()) == 0


def vars_of(rules):
    return {name: getattr(rules, name) for name in rules.__slots__}


@pytest.mark.parametrize(
    "wrong", [{"fund_share": 10_001}, {"fund_cover": 101}, {"fund_flat": -1}, {"fund_most": -1}]
)
def test_rules_of_the_fund_make_sense(wrong):
    with pytest.raises(Invalid) as refused:
        check_rules(RulesIn(floor=0, **wrong))
    assert set(refused.value.data["fields"]) == set(wrong)


def test_a_fund_that_does_not_add_up_is_told(insured, monkeypatch):
    assert list(differences()) == []
    monkeypatch.setattr(
        "chambre.rooms.credit.queries.checking.kept_apart", lambda community: type(
            "Apart", (tuple,), {"fund": -1}
        )((0, -1)),
    )  # fmt: skip
    assert len(list(differences())) == 1


def test_hours_and_units_do_not_turn_into_one_another(village):
    hours = treasury.open_credit(
        agent=village.people["basile"], unit="HUR", limit=600, ceiling=600, by=SYSTEM
    )
    with pytest.raises(OtherUnit):
        pay(
            source=village.account("ada"), target=hours, amount=60, reason="Aide", key="h",
            by=village.by("ada"),
        )  # fmt: skip
    assert village.held() == [0] * 5
