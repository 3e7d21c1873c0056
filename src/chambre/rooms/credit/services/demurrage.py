"""Demurrage: a part of what is kept goes to the common account, each month once."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.lib.mutualcredit import charge_of
from chambre.rooms.credit.models import Charge, Community, DemurrageMonth, Rules
from chambre.rooms.credit.queries.communities import members_of
from chambre.rooms.credit.services.monthly import Span, last_month, once, take
from chambre.treasury.models import CreditMove


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
    return once(
        table=DemurrageMonth, community=community, month=month, by=by,
        asked=lambda rules: bool(rules.rate), write=_charge,
    )  # fmt: skip


def _charge(community: Community, span: Span, rules: Rules, by: Actor) -> DemurrageMonth:
    ids = list(members_of(community).values_list("account_id", flat=True))
    held = held_at(ids, span.last)
    month = f"{span.first:%Y-%m}"
    taken = take(
        community, {pk: charge_of(held[pk], rules.rate, rules.exempt) for pk in ids},
        _("Demurrage of %(month)s") % {"month": month}, f"demurrage:{community.pk}:{month}",
    )  # fmt: skip
    row = DemurrageMonth.objects.create(
        community=community, month=span.first, rules=rules, by=by.label[:254],
        total=sum(each["taken"] for each in taken.values()),
    )  # fmt: skip
    Charge.objects.bulk_create(
        Charge(month=row, account_id=pk, held=held[pk], **each) for pk, each in taken.items()
    )
    audit(by, "credit.demurrage.taken", row, total=row.total, accounts=len(taken))
    return row


def charge_due() -> int:
    """Take the demurrage of last month in every community that has it; how many did so now."""
    return last_month(DemurrageMonth, charge_month)
