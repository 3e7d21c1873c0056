"""The pot of a round: who lends it, what is written of it, how it is booked and given back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.lib import clearing as lib
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Computation, Loan, Obligation, PotSize, Round
from chambre.rooms.clearing.queries.rounds import refusers
from chambre.rooms.clearing.services.common import MOST, wrong

SHOWN = (1, 2, 5, 10, 25, 50, 100)
"""Sizes of pots that are shown, in hundredths of what is left to be paid."""


@dataclass(frozen=True, slots=True)
class Lending:
    """What is asked of a lender.

    Attributes:
        lender: Who lends; agrees as everybody else does, seeing to whom.
        pot: Cents, at most.
        days: From the booking until it is given back, 1 to 365.
    """

    lender: Agent
    pot: int
    days: int = 30


def check_lending(lending: Lending | None) -> None:
    """Refuse what cannot be lent.

    Raises:
        Invalid: No cents, too many, or days outside their bounds.
    """
    if lending is None:
        return
    if not 0 < lending.pot <= MOST:
        raise wrong("pot", _("More than zero, and at most %(most)d cents.") % {"most": MOST})
    if not 1 <= lending.days <= 365:
        raise wrong("pot_days", _("Between 1 and 365 days."))


def lends(row: Round) -> bool:
    """Whether a round has a pot: who lends it did not refuse."""
    return row.pot > 0 and row.lender_id not in refusers(row)


def names_of(row: Round, result: lib.Result) -> Callable[[str], int]:
    """Who stands behind the names of a result: the pot is its lender."""
    pot = result.pot.name if result.pot is not None else None

    def agent(name: str) -> int:
        if name == pot and row.lender_id is not None:
            return row.lender_id
        return int(name)

    return agent


def pot_sizes(owed: list[lib.Obligation], result: lib.Result, row: Round) -> list[lib.PotSize]:
    """What pots of several sizes would free: shares of what is left without one, and the pot itself."""
    more = result.pot.more if result.pot is not None else 0
    left = result.total - result.cleared + more
    sizes = {left * share // 100 for share in SHOWN} | {row.pot}
    return lib.pot_table(owed, sizes - {0}, max_ring=row.max_ring) if left else []


def write_pot(found: Computation, result: lib.Result, sizes: list[lib.PotSize]) -> None:
    """Write what is lent in a computation, and the table of sizes."""
    PotSize.objects.bulk_create(
        PotSize(computation=found, liquidity=size.liquidity, lent=size.lent, more=size.more)
        for size in sizes
    )
    if result.pot is not None:
        both = ((Loan.Way.LENT, result.pot.lent), (Loan.Way.LEFT, result.pot.returned))
        Loan.objects.bulk_create(
            Loan(computation=found, agent_id=int(loan.member), way=way, amount=loan.amount)
            for way, loans in both
            for loan in loans
        )


def owe_the_pot(row: Round, loans: list[Loan], day: dt.date) -> list[Obligation]:
    """The debts that a booked pot leaves: to the lender by who borrowed, by the lender to who left.

    Everybody agreed to them with their effect, so that they count at once, in later rounds too.
    """
    assert row.lender is not None
    ends = [
        (loan, loan.agent, row.lender)
        if loan.way == Loan.Way.LENT
        else (loan, row.lender, loan.agent)
        for loan in loans
    ]
    return [
        Obligation.objects.create(
            chamber_id=creditor.chamber_id or creditor.pk,
            debtor=debtor,
            creditor=creditor,
            amount=loan.amount,
            reference=reference_of(row),
            day=day,
            due=day + dt.timedelta(days=row.pot_days),
            source=Obligation.Source.PROMISE,
            state=Obligation.State.ACCEPTED,
            key=f"pot:{row.pk}:{loan.way}:{loan.agent_id}",
            by="clearing",
            decided_by="clearing",
            decided_at=timezone.now(),
        )
        for loan, debtor, creditor in ends
    ]


def reference_of(row: Round) -> str:
    """What both ends know a debt of the pot by."""
    return f"COMP-{row.pk}"
