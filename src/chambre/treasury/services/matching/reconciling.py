"""The reconciliation of an account (rapprochement): its rows, and both balances side by side."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from chambre.core.actors import Actor
from chambre.treasury.models import BankAccount
from chambre.treasury.queries.bank import standing_of
from chambre.treasury.queries.matching import counts_of
from chambre.treasury.services.matching.running import match_rows


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a bank account looks like after a run; balances in cents.

    Attributes:
        matched: Booked rows that are matched, alone or by a person.
        proposed: Rows with proposals.
        unmatched: Rows with neither.
        ledger_balance: Balance of its account in the ledger on the last day of its last statement.
        statement_balance: Closing balance of that statement.
    """

    matched: int
    proposed: int
    unmatched: int
    ledger_balance: int
    statement_balance: int

    @property
    def equal(self) -> bool:
        """Whether the ledger says what the bank says."""
        return self.ledger_balance == self.statement_balance

    def as_json(self) -> dict[str, Any]:
        """As ``chambre bank reconcile --json`` prints it."""
        return {**asdict(self), "equal": self.equal}


def reconcile(account: BankAccount, by: Actor) -> Reconciliation:
    """Run the matching over an account, and say how it stands.

    Raises:
        Forbidden: ``by`` does not answer for the money.
    """
    match_rows(account, by)
    return standing(account)


def standing(account: BankAccount) -> Reconciliation:
    """How an account stands, without matching anything."""
    counts, balances = counts_of(account), standing_of(account)
    return Reconciliation(
        counts.matched, counts.proposed, counts.unmatched, balances.ledger, balances.statement
    )
