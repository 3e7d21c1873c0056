"""Cash flow by the direct method: what came in and went out of the bank and the cash box, and why.

*Cash* is class 5 without 59 (what is only written off). An entry that moves cash is read through
its counterparts: each account that is not cash is netted within the entry; what is left in credit
is a receipt, what is left in debit a payment. Transfers between cash accounts (58 included) leave
no counterpart and do not appear. So *opening + receipts − payments = closing* holds to the cent,
entry by entry.

A counterpart belongs to an activity by its account:

=========================================  ==================================================
Accounts                                   Activity
=========================================  ==================================================
2, 404, 405, 4084, 462, 757, 775           investment: what lasts, bought and sold (757 and 775
                                           are proceeds booked straight to income)
10, 13, 16, 17, 4411, 451, 455, 456, 457   financing: own funds, grants for assets, loans,
                                           partners, dividends
18 (establishments), the house's links     links: between the parts of one book
everything else                            activity
=========================================  ==================================================

Suppliers, customers, staff and the State are read as they are paid: the statement says to whom and
from whom the money went, by group of two digits, not which expense it once was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .codes import bare
from .texts import Text


class Activity(StrEnum):
    """What a movement of cash is for."""

    OPERATING = "activity"
    INVESTMENT = "investment"
    FINANCING = "financing"
    LINKS = "links"


ACTIVITY_LABELS: Mapping[Activity, tuple[Text, Text]] = {
    Activity.OPERATING: (
        Text("Flux liés à l’activité", "Flows of the activity"),
        Text("Ce que l’activité encaisse et paie", "What the activity takes in and pays"),
    ),
    Activity.INVESTMENT: (
        Text("Flux liés aux opérations d’investissement", "Flows of investment"),
        Text("Ce que l’on achète et vend pour longtemps", "What is bought and sold for long"),
    ),
    Activity.FINANCING: (
        Text("Flux liés aux opérations de financement", "Flows of financing"),
        Text("Apports, emprunts et remboursements", "Contributions, loans and repayments"),
    ),
    Activity.LINKS: (
        Text("Flux entre ressources et structures", "Flows between resources and structures"),
        Text("Argent passé d’une ressource à l’autre", "Money that went between resources"),
    ),
}
"""For each activity, its name and plain words."""

_ACTIVITIES: dict[str, Activity] = {
    "2": Activity.INVESTMENT,
    "404": Activity.INVESTMENT,
    "405": Activity.INVESTMENT,
    "4084": Activity.INVESTMENT,
    "462": Activity.INVESTMENT,
    "757": Activity.INVESTMENT,
    "775": Activity.INVESTMENT,
    "10": Activity.FINANCING,
    "13": Activity.FINANCING,
    "16": Activity.FINANCING,
    "17": Activity.FINANCING,
    "4411": Activity.FINANCING,
    "451": Activity.FINANCING,
    "455": Activity.FINANCING,
    "456": Activity.FINANCING,
    "457": Activity.FINANCING,
    "18": Activity.LINKS,
    "879RES": Activity.LINKS,
}
_LONGEST = max(map(len, _ACTIVITIES))

Entry = Iterable[tuple[str, int]]
"""One journal entry: its lines as account and debit − credit in minor units."""


def is_cash(account: str) -> bool:
    """Whether an account holds cash: class 5 except 59."""
    code = bare(account)
    return code.startswith("5") and not code.startswith("59")


def activity(account: str) -> Activity:
    """Say what a movement of cash is for, from the account that stands against it."""
    code = bare(account)
    for length in range(min(_LONGEST, len(code)), 0, -1):
        if code[:length] in _ACTIVITIES:
            return _ACTIVITIES[code[:length]]
    return Activity.OPERATING


@dataclass(frozen=True, slots=True)
class FlowPart:
    """What one counterpart account brought and took, in minor units, both positive."""

    account: str
    receipts: int
    payments: int

    @property
    def net(self) -> int:
        """Receipts − payments."""
        return self.receipts - self.payments


@dataclass(frozen=True, slots=True)
class Flow:
    """A group of counterparts with the same first two digits, within one activity.

    Attributes:
        activity: What it is for.
        group: The first two digits; ``"18"`` for all links.
        receipts: What came in, in minor units.
        payments: What went out, in minor units, positive.
        parts: The accounts that make it, in order.
    """

    activity: Activity
    group: str
    receipts: int
    payments: int
    parts: tuple[FlowPart, ...]

    @property
    def net(self) -> int:
        """Receipts − payments."""
        return self.receipts - self.payments


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Cash of a period: what there was, what moved, what is left; in minor units."""

    opening: int
    flows: tuple[Flow, ...]

    @property
    def receipts(self) -> int:
        """All that came in."""
        return sum(flow.receipts for flow in self.flows)

    @property
    def payments(self) -> int:
        """All that went out, positive."""
        return sum(flow.payments for flow in self.flows)

    @property
    def closing(self) -> int:
        """Opening + receipts − payments: the cash at the end, to the cent."""
        return self.opening + self.receipts - self.payments

    def of(self, which: Activity) -> tuple[Flow, ...]:
        """Return the flows of one activity."""
        return tuple(flow for flow in self.flows if flow.activity is which)

    def net(self, which: Activity) -> int:
        """Return receipts − payments of one activity."""
        return sum(flow.net for flow in self.of(which))


def cash_balance(balances: Mapping[str, int]) -> int:
    """Return the cash that stands in some balances (debit − credit), overdrafts taken off."""
    return sum(amount for account, amount in balances.items() if is_cash(account))


def cash_flow(entries: Iterable[Entry], opening: int | Mapping[str, int] = 0) -> CashFlow:
    """Read the cash flow of a period from its entries.

    Args:
        entries: The journal entries of the period, **without the opening entry**; each one
            balanced, as a list of account and debit − credit in minor units. Entries that move
            no cash may be given and are passed over.
        opening: The cash at the start, or the balances in which it stands.

    Returns:
        The flows, ordered by activity then group. ``closing`` is the cash at the end.

    Raises:
        ValueError: An entry that moves cash does not balance.
    """
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        for account, amount in counterparts(entry):
            sums[account][amount > 0] += abs(amount)
    rows = ((account, receipts, payments) for account, (receipts, payments) in sums.items())
    return cash_flow_of(rows, opening)


def cash_flow_of(
    rows: Iterable[tuple[str, int, int]], opening: int | Mapping[str, int] = 0
) -> CashFlow:
    """Build the cash flow from counterparts that were already added up elsewhere.

    Args:
        rows: Counterpart account, receipts and payments (both positive), once per account.
        opening: The cash at the start, or the balances in which it stands.
    """
    groups: dict[tuple[int, str], list[FlowPart]] = defaultdict(list)
    order = list(Activity)
    for account, receipts, payments in sorted(rows):
        which = activity(account)
        group = "18" if which is Activity.LINKS else bare(account)[:2]
        groups[order.index(which), group].append(FlowPart(account, receipts, payments))
    flows = tuple(
        Flow(
            order[rank],
            group,
            sum(part.receipts for part in parts),
            sum(part.payments for part in parts),
            tuple(parts),
        )
        for (rank, group), parts in sorted(groups.items())
    )
    start = opening if isinstance(opening, int) else cash_balance(opening)
    return CashFlow(start, flows)


def counterparts(entry: Entry) -> list[tuple[str, int]]:
    """Return the accounts that stand against the cash of one entry, netted per account.

    Args:
        entry: Its lines, account and debit − credit in minor units.

    Returns:
        Account and amount: a credit (negative) is a receipt, a debit a payment. Empty when the
        entry moves no cash (what it puts on a cash account it also takes off), or only from one
        cash account to another.

    Raises:
        ValueError: The entry has lines on cash and does not balance.
    """
    lines = list(entry)
    if not any(is_cash(account) for account, _ in lines):
        return []
    if difference := sum(amount for _, amount in lines):
        raise ValueError(f"an entry is out of balance by {difference} minor units")
    net: dict[str, int] = defaultdict(int)
    for account, amount in lines:
        net[account] += amount
    if not any(amount for account, amount in net.items() if is_cash(account)):
        return []
    return [(account, amount) for account, amount in net.items() if amount and not is_cash(account)]
