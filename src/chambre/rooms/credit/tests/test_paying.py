"""Paying within bounds, taking a share of a price, requests that are scanned."""

import datetime as dt

import pytest
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.rooms.credit.models import Membership
from chambre.rooms.credit.queries.errors import NotAccepted, NotMember, NotOpen
from chambre.rooms.credit.services.communities import RulesIn, join, keep_all_bounds
from chambre.rooms.credit.services.paying import ask, pay_many, pay_request, withdraw
from chambre.rooms.credit.tests.conftest import SYSTEM, Village
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditMove

pytestmark = pytest.mark.django_db


def test_members_pay_one_another_within_both_bounds(village):
    village.pays("ada", "basile", 10_000)
    assert village.held() == [-10_000, 10_000, 0, 0, 0]
    with pytest.raises(treasury.NotEnoughUnits):
        village.pays("ada", "basile", 1)
    village.pays("cora", "basile", 10_000)
    with pytest.raises(treasury.TooManyUnits):
        village.pays("dune", "basile", 1)
    assert village.held() == [-10_000, 20_000, -10_000, 0, 0]  # and nothing happened


def test_a_payment_is_made_once_for_a_key(village):
    first = village.pays("ada", "cora", 500, key="once")
    assert village.pays("ada", "cora", 500, key="once").move == first.move
    with pytest.raises(KeyReused):
        village.pays("ada", "cora", 501, key="once")
    assert village.held() == [-500, 0, 500, 0, 0]


def test_only_the_holder_pays_and_only_members_are_paid(village):
    with pytest.raises(Forbidden):
        treasury_ = village.account("ada")
        from chambre.rooms.credit.services.paying import pay

        pay(source=treasury_, target=village.account("cora"), amount=1, reason="x", key="x",
            by=village.by("basile"))  # fmt: skip
    Membership.objects.filter(pk=village.members["dune"].pk).update(state="left")
    with pytest.raises(NotMember):
        village.pays("ada", "dune", 1)
    assert village.held() == [0, 0, 0, 0, 0]


def test_where_rules_only_warn_a_payment_beyond_the_limit_is_told():
    village = Village(RulesIn(floor=1_000, ceiling=2_000, mode="warn"))
    assert village.pays("ada", "basile", 1_000).warnings == []
    told = village.pays("ada", "basile", 1_500).warnings
    assert len(told) == 2 and "10,00" in told[0].replace(".", ",")
    assert village.held() == [-2_500, 2_500, 0, 0, 0]


def test_a_member_takes_the_share_of_a_price_that_they_said(village):
    treasury.agree_acceptance(account=village.account("cora"), share=40, by=village.by("cora"))
    village.pays("ada", "cora", 400, price=1_000)
    with pytest.raises(NotAccepted) as refused:
        village.pays("ada", "cora", 401, price=1_000)
    assert refused.value.data["most"] == 400
    with pytest.raises(NotAccepted):
        village.pays("ada", "cora", 1)  # all of it in units
    assert village.held() == [-400, 0, 400, 0, 0]


def test_bounds_grow_with_what_somebody_did_for_others():
    village = Village(RulesIn(floor=1_000, ceiling=9_000, growth_percent=50, growth_most=300))
    village.pays("ada", "basile", 1_000)
    village.pays("cora", "basile", 1_000)

    assert keep_all_bounds() == 1

    row = village.account("basile")
    assert (row.limit, row.ceiling) == (1_083, 9_083)  # half of 2,000 / 12
    assert (village.account("ada").limit, village.account("ada").ceiling) == (1_000, 9_000)
    assert keep_all_bounds() == 0


def test_a_request_is_paid_once_by_who_scans_it(village):
    request = ask(
        account=village.account("cora"), amount=700, reason="Pain", key="r", by=village.by("cora")
    )
    same = ask(
        account=village.account("cora"), amount=700, reason="Pain", key="r", by=village.by("cora")
    )
    assert same == request
    first = pay_request(request=request, source=village.account("ada"), by=village.by("ada"))
    again = pay_request(request=request, source=village.account("ada"), by=village.by("ada"))
    assert first.move == again.move
    with pytest.raises(NotOpen):
        pay_request(request=request, source=village.account("dune"), by=village.by("dune"))
    with pytest.raises(NotOpen):
        withdraw(request=request, by=village.by("cora"))
    assert village.held() == [-700, 0, 700, 0, 0]


def test_a_request_that_is_over_is_not_paid(village):
    facts = {"account": village.account("cora"), "amount": 5, "by": village.by("cora")}
    gone = ask(reason="Pain", key="a", **facts)
    withdraw(request=gone, by=village.by("cora"))
    old = ask(reason="Pain", key="b", until=timezone.now() + dt.timedelta(minutes=1), **facts)
    type(old).objects.filter(pk=old.pk).update(until=timezone.now())
    for request in (gone, old):
        with pytest.raises(NotOpen):
            pay_request(request=request, source=village.account("ada"), by=village.by("ada"))
    for wrong in ({"amount": 0}, {"reason": " "}, {"price": 4}):
        with pytest.raises(Invalid):
            ask(**{**facts, "reason": "Pain", "key": "c", **wrong})
    with pytest.raises(Forbidden):
        withdraw(request=gone, by=village.by("ada"))
    assert village.held() == [0, 0, 0, 0, 0]


def test_many_payments_go_in_one_commit_and_each_refusal_is_told(village):
    treasury.agree_acceptance(account=village.account("dune"), share=0, by=village.by("dune"))
    ids = {name: village.account(name).pk for name in village.members}
    moves = [
        treasury.UnitsMove(ids["ada"], ids["cora"], 6_000, "Bois", "a"),
        treasury.UnitsMove(ids["ada"], ids["cora"], 6_000, "Bois", "b"),
        treasury.UnitsMove(ids["ada"], ids["dune"], 1, "Bois", "c"),
        treasury.UnitsMove(ids["ada"], village.community.common_id, 1, "Bois", "d"),
        treasury.UnitsMove(ids["ada"], ids["basile"], 100, "Bois", "e"),
    ]
    done = pay_many(community=village.community, moves=moves, by=village.by("ada"))
    assert [each.refusal and each.refusal.code for each in done] == [
        None, "treasury.credit.not-so-much", "credit.not-accepted", "credit.no-member", None,
    ]  # fmt: skip
    assert village.held() == [-6_100, 100, 6_000, 0, 0]
    with pytest.raises(Forbidden):
        pay_many(community=village.community, moves=moves, by=village.by("basile"))
    assert CreditMove.objects.count() == 2


def test_who_joins(village):
    elsa = village.person("elsa")
    with pytest.raises(Forbidden):
        join(community=village.community, agent=elsa, by=village.by("ada"))
    row = join(community=village.community, agent=elsa, by=village.by("elsa"), accepts=50)
    assert (row.floor, row.ceiling, row.account.accepts) == (10_000, 20_000, 50)
    assert join(community=village.community, agent=elsa, by=SYSTEM) == row
    with pytest.raises(Forbidden):
        join(community=village.community, agent=elsa, by=Actor.of(None))


def test_hours_are_a_community_of_their_own(village):
    hours = Village.__new__(Village)
    hours.__dict__.update(village.__dict__)
    from chambre.rooms.credit.services.communities import open_community

    community = open_community(
        chamber=village.chamber, unit="HUR", rules=RulesIn(floor=600, ceiling=600), by=SYSTEM
    )
    hours.community = community
    hours.members = {
        name: join(community=community, agent=agent, by=SYSTEM)
        for name, agent in village.people.items()
    }
    with clock.pretend(dt.date(2026, 5, 2)):
        hours.pays("ada", "basile", 90)
    assert hours.held() == [-90, 90, 0, 0, 0]
    assert village.held() == [0, 0, 0, 0, 0]
