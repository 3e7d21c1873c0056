"""Communities, their rules in force, their members, and what each received from others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from chambre.core.errors import NotFound
from chambre.lib.mutualcredit import BoundsRule
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Membership, Rules
from chambre.treasury.models import CreditAccount, CreditMove

RULE_NAMES = (
    "floor", "ceiling", "mode", "growth_percent", "growth_most", "rate", "exempt", "fund_share",
    "fund_flat", "fund_cover", "fund_most", "ways", "hands", "days",
)  # fmt: skip
"""What rules say, in the order in which it is shown."""
ORIGIN = "credit"
"""How the room names itself on moves that are its own acts and nobody's payment."""


def community_of(chamber: Agent | int, unit: str) -> Community:
    """The community of a chamber in a unit.

    Raises:
        NotFound: There is none.
    """
    found = community_in(chamber, unit)
    if found is None:
        raise NotFound
    return found


def community_in(chamber: Agent | int, unit: str) -> Community | None:
    """The community of a chamber in a unit, if there is one."""
    rows = Community.objects.select_related("chamber", "common__agent")
    return rows.filter(chamber=chamber, unit=unit).first()


def page_deciding(chamber: int, unit: str) -> str:
    """Where the members decide on the accounts of a chamber in a unit; empty: there is no community.

    Args:
        chamber: Its id.
        unit: ``CRD`` or ``HUR``.
    """
    rows = Community.objects.filter(chamber=chamber, unit=unit)
    slug = rows.values_list("chamber__slug", flat=True).first()
    return reverse("credit:group", args=[slug, unit]) if slug else ""


def rules_of(community: Community) -> Rules:
    """The rules that hold now."""
    newest: Rules = community.rules.order_by("-number")[0]
    return newest


def rules_shown(rules: Rules) -> dict[str, Any]:
    """Rules by their names, with their number, for machines."""
    return {name: getattr(rules, name) for name in ("number", *RULE_NAMES)}


def bounds_rule(rules: Rules) -> BoundsRule:
    """The part of the rules that says how far accounts may go."""
    return BoundsRule(rules.floor, rules.ceiling, rules.growth_percent, rules.growth_most)


def members_of(community: Community) -> QuerySet[Membership]:
    """Members who have not left, in the order of their account's number."""
    rows = community.memberships.exclude(state=Membership.State.LEFT)
    return rows.select_related("account__agent", "account__chamber").order_by("account__number")


def membership_of(account: CreditAccount) -> Membership | None:
    """The membership of an account; None: nobody joined with it."""
    rows = Membership.objects.filter(account=account)
    return rows.select_related("community__chamber", "community__common", "account__agent").first()


def account_named(chamber: Agent, code: str) -> CreditAccount:
    """An account by its number, as it is written on a request: ``U000042`` or ``42``.

    Raises:
        NotFound: There is none.
    """
    number = code.strip().upper().removeprefix("U")
    rows = CreditAccount.objects.filter(chamber=chamber).select_related("agent", "chamber")
    row = rows.filter(number=int(number)).first() if number.isdecimal() else None
    if row is None or len(number) > 8:
        raise NotFound
    return row


def received_by(accounts: Iterable[int], day: dt.date | None = None) -> dict[int, int]:
    """What each account received from others in the twelve months before a day; the house's acts are none."""
    day = day or registry.today()
    try:
        since = day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        since = day.replace(year=day.year - 1, day=28)
    rows = CreditMove.objects.filter(target__in=list(accounts), day__gt=since, day__lte=day)
    rows = rows.exclude(origin=ORIGIN).exclude(undoes__isnull=False)
    sums = rows.order_by().values_list("target").annotate(total=Sum("amount"))
    return dict(sums)
