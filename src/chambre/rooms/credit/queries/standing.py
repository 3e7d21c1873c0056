"""How accounts stand and swing: what the pages draw."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Sum

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Membership
from chambre.rooms.credit.queries.communities import members_of
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.credit import accounts_for, moves_of

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Swing:
    """How an account stood at the end of each of some months.

    Attributes:
        months: First day of each.
        held: What it held at the end of it, or holds now.
        crossings: How often it went through zero: one that never does only gives or only takes.
    """

    months: list[dt.date]
    held: list[int]
    crossings: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How a community stands.

    Attributes:
        members: Who takes part.
        owed: What all who are below zero owe together; as much as all others hold.
        moved: What moved in the last thirty days.
        moves: How often.
        near: Members who used more than four fifths of a limit.
    """

    members: int
    owed: int
    moved: int
    moves: int
    near: int


def my_accounts(by: Actor) -> list[CreditAccount]:
    """The accounts in units and hours, of people first, whose units somebody may give."""
    found = [*accounts_for(by), *accounts_for(by, "HUR")]
    joined = set(
        Membership.objects.filter(account__in=[row.pk for row in found])
        .exclude(state=Membership.State.LEFT)
        .values_list("account_id", flat=True)
    )
    rows = [row for row in found if row.pk in joined]
    return sorted(rows, key=lambda row: (row.agent.kind != "person", row.unit, row.number))


def _before(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


def swing_of(account: CreditAccount) -> Swing:
    """How an account stood over the last twelve months, counted back from what it holds now."""
    month = registry.today().replace(day=1)
    months = [month]
    while len(months) < MONTHS:
        months.insert(0, _before(months[0]))
    rows = moves_of([account]).filter(day__gte=months[0]).order_by("-day", "-id")
    changes = [
        (row.day, -row.amount if row.source_id == account.pk else row.amount) for row in rows
    ]
    held = [account.held] * MONTHS
    for at in range(MONTHS):
        end = months[at + 1] if at + 1 < MONTHS else None
        if end is not None:
            held[at] -= sum(cents for day, cents in changes if day >= end)
    now, crossings, sign = account.held, 0, account.held > 0
    for _day, cents in changes:
        now -= cents
        if now and (now > 0) != sign:
            crossings, sign = crossings + 1, now > 0
    return Swing(months, held, crossings)


def figures_of(community: Community, members: list[Membership] | None = None) -> Figures:
    """The figures of a community."""
    rows = list(members_of(community)) if members is None else members
    since = registry.today() - dt.timedelta(days=30)
    moves = CreditMove.objects.filter(
        chamber=community.chamber_id, source__unit=community.unit, day__gt=since
    ).aggregate(total=Sum("amount", default=0), count=Count("pk"))
    return Figures(
        members=len(rows),
        owed=sum(max(-row.account.held, 0) for row in rows),
        moved=moves["total"],
        moves=moves["count"],
        near=sum(_is_near(row) for row in rows),
    )


def _is_near(row: Membership) -> bool:
    held = row.account.held
    if held < 0:
        return -held * 5 > row.floor * 4
    return row.ceiling is not None and held * 5 > row.ceiling * 4
