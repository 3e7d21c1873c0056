"""A small bookkeeper: turns what happens in a structure into the lines of its FEC."""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field

from chambre.lib import accounting
from chambre.lib.fec import FecLine

JOURNALS = {
    "AN": "À-nouveaux",
    "VE": "Ventes",
    "AC": "Achats",
    "BQ": "Banque",
    "PA": "Paie",
    "SU": "Subventions",
    "OD": "Opérations diverses",
}

Leg = tuple[str, int] | tuple[str, int, str]
"""Account, amount in cents (debit positive), and the third party if there is one."""


@dataclass(slots=True)
class Bookkeeper:
    """Keeps one structure's books over the years.

    Attributes:
        slug: The structure.
        chart: ``pcg`` or ``associatif``.
        rng: The structure's own random numbers, from the fixed seed.
        third_parties: Name by auxiliary account.
    """

    slug: str
    chart: str
    rng: random.Random
    third_parties: dict[str, str]
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    lines: list[FecLine] = field(default_factory=list)
    year: int = 0
    number: int = 0

    def open_year(self, year: int) -> None:
        """Begin a year; what the year before left becomes the opening entry."""
        self.lines, self.year, self.number = [], year, 0
        legs: list[Leg] = []
        result = 0
        for (account, auxiliary), amount in sorted(self.balances.items()):
            if account[0] in "67":
                result += amount
            elif account[0] != "8" and amount:
                legs.append((account, amount, auxiliary))
        self.balances.clear()
        if result:
            legs.append(("120000" if result < 0 else "129000", result))
        if legs:
            self.post("AN", dt.date(year, 1, 1), f"AN{year}", "À-nouveaux", legs)

    def post(self, journal: str, day: dt.date, piece: str, label: str, legs: list[Leg]) -> None:
        """Write one entry; ``legs`` sum to zero."""
        if sum(leg[1] for leg in legs):
            raise ValueError(f"{label}: {legs}")
        self.number += 1
        for leg in legs:
            account, amount = leg[0], leg[1]
            auxiliary = leg[2] if len(leg) > 2 else ""
            if not amount:
                continue
            self.balances[account, auxiliary] += amount
            self.lines.append(self._line(journal, day, piece, label, account, amount, auxiliary))

    def _line(
        self,
        journal: str,
        day: dt.date,
        piece: str,
        label: str,
        account: str,
        amount: int,
        auxiliary: str,
    ) -> FecLine:
        chart = accounting.chart(self.chart, self.year)
        return FecLine(
            line=len(self.lines) + 2,
            journal=journal,
            journal_label=JOURNALS[journal],
            number=str(self.number),
            day=day,
            account=account,
            account_label=chart.label(account, "fr"),
            auxiliary=auxiliary,
            auxiliary_label=self.third_parties.get(auxiliary, ""),
            piece=piece,
            piece_day=day,
            label=label,
            amount=amount,
            side="D" if amount > 0 else "C",
            letter="",
            letter_day=None,
            valid_day=dt.date(self.year + 1, 3, 31),
            currency_amount=None,
            currency="",
            extras=None,
        )

    # What happens, in the words of a bookkeeper ------------------------------------------------

    def day(self, month: int, day: int) -> dt.date:
        """A day of the year being kept; the last of the month when the month is shorter."""
        return dt.date(self.year, month, min(day, calendar.monthrange(self.year, month)[1]))

    def about(self, cents: int, spread: int = 12) -> int:
        """An amount around another, within ``spread`` percent, in cents."""
        return cents + self.rng.randint(-cents * spread // 100, cents * spread // 100)

    def vat(self, net: int, permille: int) -> int:
        """VAT on a net amount, in cents, rounded half up."""
        return (net * permille + 500) // 1000

    def sell(
        self,
        month: int,
        day: int,
        account: str,
        net: int,
        label: str,
        customer: str,
        *,
        permille: int = 0,
        deposit: int = 0,
        delay: int = 12,
    ) -> None:
        """An invoice to a customer, and its payment ``delay`` days later (0: not paid yet)."""
        on = self.day(month, day)
        piece = f"FA{self.year}-{self.number + 1:04d}"
        tax = self.vat(net, permille)
        legs: list[Leg] = [("411000", net + tax + deposit, customer), (account, -net)]
        if tax:
            legs.append(("445710", -tax))
        if deposit:
            legs.append(("419600", -deposit))
        self.post("VE", on, piece, label, legs)
        paid = on + dt.timedelta(days=delay)
        if delay and paid.year == self.year:
            due = net + tax + deposit
            self.post(
                "BQ",
                paid,
                piece,
                f"Encaissement {piece}",
                [("512000", due), ("411000", -due, customer)],
            )

    def buy(
        self,
        month: int,
        day: int,
        account: str,
        net: int,
        label: str,
        supplier: str,
        *,
        permille: int = 0,
        delay: int = 20,
    ) -> None:
        """A supplier's invoice, and its payment ``delay`` days later (0: not paid yet)."""
        on = self.day(month, day)
        piece = f"AC{self.year}-{self.number + 1:04d}"
        # An association outside VAT bears it as part of the cost.
        tax = self.vat(net, permille)
        taxed = self.chart == "pcg"
        legs: list[Leg] = [(account, net if taxed else net + tax)]
        if tax and taxed:
            legs.append(("445660", tax))
        kind = "404000" if account[0] == "2" else "401000"
        self.post("AC", on, piece, label, [*legs, (kind, -(net + tax), supplier)])
        paid = on + dt.timedelta(days=delay)
        if delay and paid.year == self.year:
            self.post(
                "BQ",
                paid,
                piece,
                f"Règlement {piece}",
                [(kind, net + tax, supplier), ("512000", -(net + tax))],
            )

    def settle_last_year(self) -> None:
        """In January and February, what was due at the end of the year before is paid."""
        open_items = [
            (account, auxiliary, amount)
            for (account, auxiliary), amount in sorted(self.balances.items())
            if account in ("411000", "401000", "404000") and amount
        ]
        for account, auxiliary, amount in open_items:
            on = self.day(self.rng.randint(1, 2), self.rng.randint(5, 25))
            label = "Encaissement" if amount > 0 else "Règlement"
            self.post(
                "BQ",
                on,
                f"S{self.year}",
                f"{label} solde {self.third_parties.get(auxiliary, auxiliary)}",
                [("512000", amount), (account, -amount, auxiliary)],
            )

    def pay_wages(self, month: int, gross: int, label: str) -> None:
        """Wages of a month: gross, employer's share of 27 %, employee's of 22 %, paid at once."""
        employer, employee = gross * 27 // 100, gross * 22 // 100
        on = self.day(month, 28)
        self.post(
            "PA",
            on,
            f"PA{self.year}-{month:02d}",
            label,
            [
                ("641100", gross),
                ("645100", employer),
                ("431000", -(employer + employee)),
                ("421000", -(gross - employee)),
            ],
        )
        self.post(
            "BQ",
            on,
            f"PA{self.year}-{month:02d}",
            f"Virement {label}",
            [
                ("421000", gross - employee),
                ("431000", employer + employee),
                ("512000", -(gross + employer)),
            ],
        )

    def subsidy(
        self, month: int, amount: int, label: str, funder: str, paid_month: int, *, account: str
    ) -> None:
        """A subsidy: income when notified, money when paid."""
        self.post(
            "SU",
            self.day(month, 15),
            f"SU{self.year}-{month:02d}",
            label,
            [("441000", amount, funder), (account, -amount)],
        )
        self.post(
            "BQ",
            self.day(paid_month, 20),
            f"SU{self.year}-{month:02d}",
            f"Versement {label}",
            [("512000", amount), ("441000", -amount, funder)],
        )

    def various(self, month: int, day: int, label: str, legs: list[Leg]) -> None:
        """An entry of the journal of various operations."""
        self.post("OD", self.day(month, day), f"OD{self.year}-{month:02d}", label, legs)

    def bank(self, month: int, day: int, label: str, account: str, amount: int) -> None:
        """Money that comes (positive) or goes (negative) directly against an account."""
        self.post(
            "BQ",
            self.day(month, day),
            f"BQ{self.year}-{month:02d}",
            label,
            [("512000", amount), (account, -amount)],
        )

    def depreciate(self, label: str, account: str, amount: int) -> None:
        """A year's depreciation; ``account`` is the 28 account."""
        self.various(12, 31, label, [("681100", amount), (account, -amount)])

    def volunteers(self, month: int, hours: int, label: str) -> None:
        """Volunteer time at 15 € an hour, in accounts 864 and 875."""
        value = hours * 1500
        self.various(month, 30, label, [("864000", value), ("875000", -value)])
