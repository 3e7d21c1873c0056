"""The guarantee fund: members give to it each month; it pays first when a debt is lost.

It lies in the common account, where nothing else may use it (``queries.pots``). It pays only when members
have agreed that a debt is lost: else somebody could buy first and leave at the cost of the others.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.lib.mutualcredit import contribution_of, guaranteed_of
from chambre.registry import api as registry
from chambre.rooms.credit.models import (
    Community,
    Contribution,
    Decision,
    FundMonth,
    Guaranteed,
    Leaving,
    Rules,
)
from chambre.rooms.credit.queries.communities import ORIGIN, members_of, rules_of
from chambre.rooms.credit.queries.pots import kept_apart
from chambre.rooms.credit.services.communities import SYSTEM
from chambre.rooms.credit.services.monthly import Span, last_month, once, take
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditMove


def contribute_month(*, community: Community, month: dt.date, by: Actor) -> FundMonth | None:
    """Take a month's contributions to the guarantee fund, once.

    A share of what others paid each member in the month, and a flat part from whoever took part when it
    ended; by the rules on its last day. Who stands at the floor gives what is left.

    Args:
        community: Whose.
        month: Any day of a month that is over.
        by: The chamber's administrator or treasurer, or the clock.

    Returns:
        The month; the one that is there when they were taken before; None: nothing was to be given then.

    Raises:
        Forbidden: ``by`` does not look after the credit.
        Invalid: The month is not over.
    """
    return once(
        table=FundMonth, community=community, month=month, by=by,
        asked=lambda rules: bool(rules.fund_share or rules.fund_flat), write=_contribute,
    )  # fmt: skip


def _contribute(community: Community, span: Span, rules: Rules, by: Actor) -> FundMonth:
    rows = members_of(community).filter(since__lte=span.last)
    ids = list(rows.values_list("account_id", flat=True))
    received = _received_in(ids, span)
    month = f"{span.first:%Y-%m}"
    due = {
        pk: contribution_of(received.get(pk, 0), rules.fund_share, rules.fund_flat) for pk in ids
    }
    taken = take(
        community, due, _("Guarantee fund, %(month)s") % {"month": month},
        f"guarantee:{community.pk}:{month}",
    )  # fmt: skip
    row = FundMonth.objects.create(
        community=community, month=span.first, rules=rules, by=by.label[:254],
        total=sum(each["taken"] for each in taken.values()),
    )  # fmt: skip
    Contribution.objects.bulk_create(
        Contribution(month=row, account_id=pk, received=received.get(pk, 0), **each)
        for pk, each in taken.items()
    )
    audit(by, "credit.guarantee.given", row, total=row.total, accounts=len(taken))
    return row


def _received_in(accounts: list[int], span: Span) -> dict[int, int]:
    """What others paid accounts in a month; what went back and the house's own acts are none."""
    rows = CreditMove.objects.filter(day__gte=span.first, day__lte=span.last).exclude(origin=ORIGIN)
    got = rows.filter(target__in=accounts, undoes__isnull=True).order_by()
    back = rows.filter(source__in=accounts, undoes__isnull=False).order_by()
    found = dict(got.values_list("target").annotate(total=Sum("amount")))
    for pk, cents in back.values_list("source").annotate(total=Sum("amount")):
        found[pk] = max(found.get(pk, 0) - cents, 0)
    return found


def contribute_due() -> int:
    """Take last month's contributions in every community that asks for them; how many did so now."""
    return last_month(FundMonth, contribute_month)


def pay_from_fund(decision: Decision, leaving: Leaving, debt: int) -> int:
    """Pay the part of a lost debt that the rules have the fund pay; the community and account are locked.

    Args:
        decision: By which members agreed that it is lost.
        leaving: Of whom.
        debt: What is owed.

    Returns:
        How much the fund paid.
    """
    community, rules = decision.community, rules_of(decision.community)
    fund = kept_apart(community).fund
    cents = guaranteed_of(debt, fund, rules.fund_cover, rules.fund_most)
    if not cents:
        return 0
    account = leaving.membership.account_id
    (outcome,) = treasury.move_many(
        chamber=community.chamber, day=registry.today(), by=SYSTEM, origin=ORIGIN,
        uses=("bad.debt", ""),
        moves=[
            treasury.UnitsMove(
                community.common_id, account, cents, _("Guarantee fund"), f"guaranteed:{decision.pk}"
            )
        ],
    )  # fmt: skip
    row = Guaranteed.objects.create(
        leaving=leaving, decision=decision, debt=debt, amount=cents, move_id=outcome.move
    )
    audit(SYSTEM, "credit.guarantee.paid", row, debt=debt, amount=cents)
    return cents
