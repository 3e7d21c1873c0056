"""Accounts in the chamber's credit units, as they stand and as the ledger has them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from chambre.core.actors import Actor
from chambre.core.db.questions import Question
from chambre.ledger.models import Line
from chambre.registry.models import Agent
from chambre.treasury.models import CreditAccount, CreditMove, Payment

UNIT = "CRD"
"""Unit of account of the chamber's credit units (:mod:`chambre.lib.money`)."""

HOURS = "HUR"
"""Unit of accounts in hours, in minutes. Nothing makes units of hours, or hours of units."""

ACCOUNT = "467900"
"""Account of the chamber's book on which all accounts in units are, each an auxiliary one."""

PARTNER = CreditAccount.Kind.PARTNER


_OPEN_ACCOUNT = Question(
    lambda agent, unit: (
        CreditAccount.objects.filter(agent_id=agent, unit=unit, is_open=True)
        .exclude(kind=PARTNER)
        .select_related("agent", "chamber")
        .order_by("pk")[:1]
    )
)
"""Somebody's open account in their own chamber."""


def chamber_of(agent: Agent) -> Agent | None:
    """The chamber that somebody belongs to; of a chamber, itself."""
    return agent if agent.kind == Agent.Kind.CHAMBER else agent.chamber


def credit_account(agent: Agent, unit: str = UNIT) -> CreditAccount | None:
    """Somebody's open account in their own chamber; None: they have none.

    Args:
        agent: Whose.
        unit: ``CRD``, or ``HUR`` for hours.
    """
    return next(iter(_OPEN_ACCOUNT(agent.pk, unit)), None)


def accounts_of(chamber: Agent, unit: str = UNIT) -> QuerySet[CreditAccount]:
    """Every account of a chamber in a unit, in the order of their numbers."""
    rows = CreditAccount.objects.filter(chamber=chamber, unit=unit)
    return rows.select_related("agent", "chamber").order_by("number")


def accounts_for(by: Actor, unit: str = UNIT) -> list[CreditAccount]:
    """The open accounts of a unit whose units somebody may give."""
    if by.user is None:
        return []
    rows = CreditAccount.objects.filter(is_open=True, unit=unit).exclude(kind=PARTNER)
    rows = rows.select_related("agent", "chamber")
    own = rows.filter(Q(agent__user=by.user) | ~Q(agent__kind=Agent.Kind.PERSON))
    return [row for row in own if by.may("treasury.spend_units", row.agent)]


def taken_by(payment: Payment) -> CreditAccount | None:
    """The account in which a payment's structure takes units; None: it takes none."""
    rows = CreditAccount.objects.filter(
        agent=payment.book.structure_id, unit=UNIT, is_open=True
    ).exclude(kind=PARTNER)
    return rows.select_related("agent", "chamber").first()


def moves_of(accounts: Iterable[CreditAccount]) -> QuerySet[CreditMove]:
    """The moves of accounts, the newest first."""
    ids = [account.pk for account in accounts]
    rows = CreditMove.objects.filter(Q(source__in=ids) | Q(target__in=ids))
    return rows.select_related("source__agent", "target__agent").order_by("-id")


def differing(chamber: Agent, unit: str = UNIT) -> dict[str, tuple[int, int]]:
    """Accounts that do not stand as the ledger says: code → (as it stands, as the lines say)."""
    lines = Line.objects.filter(
        book__structure=chamber, account__code=ACCOUNT, unit=unit, phase__lt=2
    )
    sums = lines.values_list("auxiliary__code").annotate(total=Sum("amount")).order_by()
    said = {code: -total for code, total in sums}
    return {
        row.code: (row.held, said.get(row.code, 0))
        for row in accounts_of(chamber, unit)
        if row.held != said.get(row.code, 0)
    }
