"""Demurrage: a part of what is kept goes to the common account, each month once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.mutualcredit import charge_of
from chambre.registry import api as registry
from chambre.rooms.credit.models import Charge, Community, DemurrageMonth, Rules
from chambre.rooms.credit.queries.communities import ORIGIN, members_of
from chambre.rooms.credit.services.communities import SYSTEM, lock_community
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, CreditMove


def _next(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def held_at(accounts: list[int], day: dt.date) -> dict[int, int]:
    """What accounts held at the end of a day, from the moves that are booked until then."""
    rows = CreditMove.objects.filter(day__lte=day).order_by()
    got = rows.filter(target__in=accounts).values_list("target").annotate(total=Sum("amount"))
    gave = rows.filter(source__in=accounts).values_list("source").annotate(total=Sum("amount"))
    held = dict.fromkeys(accounts, 0)
    for pk, total in got:
        held[pk] += total
    for pk, total in gave:
        held[pk] -= total
    return held


def rules_at(community: Community, day: dt.date) -> Rules | None:
    """The rules that held at the end of a day; None: there were none yet."""
    rows = community.rules.order_by("-number")
    return next((row for row in rows if day_of(row.at) <= day), None)


def day_of(at: dt.datetime) -> dt.date:
    """The day here of a moment."""
    return timezone.localtime(at).date()


@transaction.atomic
def charge_month(*, community: Community, month: dt.date, by: Actor) -> DemurrageMonth | None:
    """Take a month's demurrage from every account that held more than is exempt at its end.

    Rate and exemption are those of the rules on the last day of the month. Who has spent it since and
    stands at the floor gives what is left, and the charge says how much was due.

    Args:
        community: Whose.
        month: Any day of a month that is over.
        by: The chamber's administrator or treasurer, or the clock.

    Returns:
        The month; the one that is there when it was taken before; None: no demurrage then.

    Raises:
        Forbidden: ``by`` does not look after the credit.
        Invalid: The month is not over.
    """
    authorize(by, "credit.manage", community)
    month = month.replace(day=1)
    last = _next(month) - dt.timedelta(days=1)
    if registry.today() <= last:
        message = _("This month is not over.")
        raise Invalid(message, fields={"month": [message]})
    community = lock_community(community)
    rows = DemurrageMonth.objects.filter(community=community, month=month)
    known: DemurrageMonth | None = rows.first()
    if known is not None:
        return known
    rules = rules_at(community, last)
    if rules is None or not rules.rate:
        return None
    return _charge(community, month, last, rules, by)


def _charge(
    community: Community, month: dt.date, last: dt.date, rules: Rules, by: Actor
) -> DemurrageMonth:
    ids = list(members_of(community).values_list("account_id", flat=True))
    locked = CreditAccount.objects.select_for_update(no_key=True).filter(pk__in=ids)
    left = {row.pk: max(row.left, 0) for row in locked.order_by("is_busy", "pk")}
    held = held_at(ids, last)
    due = {pk: charge_of(held[pk], rules.rate, rules.exempt) for pk in ids}
    takes = {pk: min(cents, left[pk]) for pk, cents in due.items() if cents}
    moves = [
        treasury.UnitsMove(
            pk, community.common_id, cents, _("Demurrage of %(month)s") % {"month": f"{month:%Y-%m}"},
            f"demurrage:{community.pk}:{month:%Y-%m}:{pk}",
        )
        for pk, cents in takes.items() if cents
    ]  # fmt: skip
    done = treasury.move_many(
        chamber=community.chamber, moves=moves, day=registry.today(), by=SYSTEM, origin=ORIGIN,
        uses=("supplier", ""),
    )  # fmt: skip
    made = {move.source: outcome.move for move, outcome in zip(moves, done, strict=True)}
    row = DemurrageMonth.objects.create(
        community=community, month=month, rules=rules, total=sum(takes.values()),
        by=by.label[:254],
    )  # fmt: skip
    Charge.objects.bulk_create(
        Charge(
            month=row, account_id=pk, held=held[pk], due=due[pk], taken=takes[pk],
            move_id=made.get(pk),
        )
        for pk in takes
    )  # fmt: skip
    audit(by, "credit.demurrage.taken", row, total=row.total, accounts=len(takes))
    return row


def charge_due() -> int:
    """Take the demurrage of last month in every community that has it; how many did so now."""
    last = registry.today().replace(day=1) - dt.timedelta(days=1)
    done = 0
    for row in Community.objects.select_related("chamber"):
        if DemurrageMonth.objects.filter(community=row, month=last.replace(day=1)).exists():
            continue
        done += charge_month(community=row, month=last, by=SYSTEM) is not None
    return done
