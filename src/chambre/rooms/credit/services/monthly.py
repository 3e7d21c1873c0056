"""What is taken once for a month that is over: the frame that demurrage and the guarantee fund share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, DemurrageMonth, FundMonth, Rules
from chambre.rooms.credit.queries.communities import ORIGIN
from chambre.rooms.credit.services.communities import SYSTEM, lock_community
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

Row = TypeVar("Row", DemurrageMonth, FundMonth)


class Span(NamedTuple):
    """A month by its first and last day."""

    first: dt.date
    last: dt.date


def span_of(month: dt.date) -> Span:
    """The month of a day."""
    first = month.replace(day=1)
    after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return Span(first, after - dt.timedelta(days=1))


def day_of(at: dt.datetime) -> dt.date:
    """The day here of a moment."""
    return timezone.localtime(at).date()


def rules_at(community: Community, day: dt.date) -> Rules | None:
    """The rules that held at the end of a day; None: there were none yet."""
    rows = community.rules.order_by("-number")
    return next((row for row in rows if day_of(row.at) <= day), None)


@transaction.atomic
def once(
    *, table: type[Row], community: Community, month: dt.date, by: Actor,
    asked: Callable[[Rules], bool], write: Callable[[Community, Span, Rules, Actor], Row],
) -> Row | None:  # fmt: skip
    """Do something once for a month that is over, under the community's lock.

    Args:
        table: Where its months are.
        community: Whose.
        month: Any day of the month.
        by: The chamber's administrator or treasurer, or the clock.
        asked: Whether the rules of its last day ask for it.
        write: Does it.

    Returns:
        The month; the one that is there when it was done before; None: nothing was asked then.

    Raises:
        Forbidden: ``by`` does not look after the credit.
        Invalid: The month is not over.
    """
    authorize(by, "credit.manage", community)
    span = span_of(month)
    if registry.today() <= span.last:
        message = _("This month is not over.")
        raise Invalid(message, fields={"month": [message]})
    community = lock_community(community)
    known: Row | None = table.objects.filter(community=community, month=span.first).first()
    if known is not None:
        return known
    rules = rules_at(community, span.last)
    return write(community, span, rules, by) if rules is not None and asked(rules) else None


def take(
    community: Community, due: dict[int, int], words: str, key: str
) -> dict[int, dict[str, Any]]:
    """Take from accounts what is due, or what they can still give within their floor.

    Args:
        community: It goes to the common account.
        due: How much by account.
        words: What the holder reads.
        key: Beginning of the idempotency keys.

    Returns:
        For each account from which something was due: ``due``, ``taken``, ``move_id``.
    """
    due = {pk: cents for pk, cents in due.items() if cents}
    locked = CreditAccount.objects.select_for_update(no_key=True).filter(pk__in=due)
    left = {row.pk: max(row.left, 0) for row in locked.order_by("is_busy", "pk")}
    takes = {pk: min(cents, left[pk]) for pk, cents in due.items()}
    moves = [
        treasury.UnitsMove(pk, community.common_id, cents, words, f"{key}:{pk}")
        for pk, cents in takes.items()
        if cents
    ]
    done = treasury.move_many(
        chamber=community.chamber, moves=moves, day=registry.today(), by=SYSTEM, origin=ORIGIN,
        uses=("supplier", ""),
    )  # fmt: skip
    made = {move.source: outcome.move for move, outcome in zip(moves, done, strict=True)}
    return {
        pk: {"due": due[pk], "taken": cents, "move_id": made.get(pk)} for pk, cents in takes.items()
    }


def last_month(table: type[Row], act: Callable[..., Row | None]) -> int:
    """Do something for last month in every community in which it was not done; how many did so now."""
    last = registry.today().replace(day=1) - dt.timedelta(days=1)
    there = set(table.objects.filter(month=last.replace(day=1)).values_list("community", flat=True))
    rows = Community.objects.select_related("chamber").exclude(pk__in=there)
    return sum(act(community=row, month=last, by=SYSTEM) is not None for row in rows)
