"""CSV: a bank's table, read with the mapping that a person approved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from chambre.lib.money import Money

from .errors import BankFileRefused
from .mapping import Mapping, cells, day_of, names_of
from .plain import clean, find_rf, iban_of, joined, minor_of
from .plain import reference_of as ref
from .source import Limits, Part, encoding_of, text_lines
from .types import Heading, Row

_FOOT = re.compile(
    r"\s*(sous-)?(total|totaux|solde|balance|saldo|nouveau solde|ancien solde)\b", re.I
)
_MOST_BAD = 50


def read_table(
    part: Part, limits: Limits, mapping: Mapping, currency: str
) -> Iterator[Row | Heading]:
    """Read a table: its rows, then what is known of it as a statement.

    A balance column is checked line by line, whichever way the table is ordered, and gives the
    balances before and after.

    Args:
        part: The file.
        limits: Against attacks.
        mapping: Which column is which.
        currency: Of the account, for amounts without one.

    Raises:
        BankFileRefused: The mapping names a column that is not there, lines that cannot be read
            (all of them are listed, up to fifty), or balances that do not follow.
    """
    if not mapping.complete:
        raise BankFileRefused("bank-mapping", name=part.name)
    reading = _Reading(part.name, mapping, currency)
    yield from reading.read(text_lines(part, encoding_of(part), limits.line))
    yield reading.heading()


class _Reading:
    def __init__(self, name: str, mapping: Mapping, currency: str) -> None:
        self._name = name
        self._mapping = mapping
        self._currency = currency
        self._at: dict[str, int] = {}
        self._bad: list[str] = []
        self._bad_count = 0
        self._skipped = 0
        self._balances = _Balances(name, currency)
        self._days: list[dt.date] = []

    def read(self, lines: Iterator[str]) -> Iterator[Row]:
        """Every row that has a day and an amount."""
        rows = cells(lines, self._mapping.delimiter)
        head: list[str] = []
        number = taken = 0
        for row in rows:
            number += 1
            if not any(cell.strip() for cell in row):
                continue
            taken += 1
            if taken <= self._mapping.head:
                head = row
                continue
            if not self._at:
                self._place(head, row)
            if found := self._row(row, number):
                yield found
        if self._bad:
            raise BankFileRefused(
                "bank-lines", name=self._name, count=self._bad_count, lines="; ".join(self._bad)
            )
        if not taken:
            raise BankFileRefused("bank-empty", name=self._name)

    def _place(self, head: list[str], first: list[str]) -> None:
        """Find the columns that the mapping names."""
        mapping = self._mapping
        names = names_of(head) if mapping.titled else []
        numbered = {f"#{number}": number - 1 for number in range(1, max(len(first), len(head)) + 1)}
        self._at = {**numbered, **{name: at for at, name in enumerate(names)}}
        for column in mapping.columns():
            if column not in self._at:
                raise BankFileRefused(
                    "bank-mapping-column",
                    name=self._name,
                    column=column,
                    columns=", ".join(names or numbered),
                )

    def _cell(self, row: list[str], column: str) -> str:
        at = self._at.get(column, -1)
        return row[at].strip() if column and at < len(row) else ""

    def _row(self, row: list[str], number: int) -> Row | None:
        """One line; nothing for a foot of the table; a line that cannot be read is kept in mind."""
        mapping = self._mapping
        day_text = self._cell(row, mapping.day)
        amount_texts = [
            self._cell(row, each) for each in (mapping.amount, mapping.debit, mapping.credit)
        ]
        if not day_text and (not any(amount_texts) or _FOOT.match(" ".join(row))):
            self._skipped += 1
            return None
        if _FOOT.match(day_text):
            self._skipped += 1
            return None
        try:
            day = day_of(day_text, mapping.day_order)
            amount = self._amount(*amount_texts)
            value = self._cell(row, mapping.value_day)
            value_day = day_of(value, mapping.day_order) if value else None
            balance = self._cell(row, mapping.balance)
            if balance:
                self._balances.add(self._number(balance), amount, number)
        except BankFileRefused:
            raise
        except ValueError as error:
            self._bad_count += 1
            if len(self._bad) < _MOST_BAD:
                self._bad.append(f"{number}: {error}")
            return None
        if not self._days or not self._days[0] <= day <= self._days[1]:
            self._days = [min([day, *self._days]), max([day, *self._days])]
        return self._described(row, number, day, value_day, amount)

    def _described(
        self, row: list[str], number: int, day: dt.date, value_day: dt.date | None, amount: int
    ) -> Row:
        mapping = self._mapping
        texts = joined([self._cell(row, each) for each in mapping.texts])
        name = clean(self._cell(row, mapping.party_name))
        currency = self._cell(row, mapping.currency).upper().replace("€", "EUR")
        if currency and currency != self._currency:
            raise BankFileRefused(
                "bank-entry-currency",
                name=self._name,
                where=str(number),
                found=currency[:10],
                expected=self._currency,
            )
        return Row(
            status="booked",
            day=day,
            value_day=value_day,
            amount=amount,
            currency=self._currency,
            reference=(reference := ref(self._cell(row, mapping.reference))[:64]),
            account_reference=reference,
            creditor_reference=find_rf(texts),
            party_name=name[:140],
            party_iban=iban_of(self._cell(row, mapping.party_iban)),
            texts=texts,
            code=clean(self._cell(row, mapping.code))[:64],
            entry_amount=amount,
            place=number,
        )

    def _number(self, text: str) -> int:
        bare = re.sub(r"(?i)eur(os?)?|€", "", text)
        return minor_of(bare, self._currency, self._mapping.decimal)

    def _amount(self, amount: str, debit: str, credit: str) -> int:
        """Signed; what stands under debit goes out, whatever its sign.

        Raises:
            ValueError: None of them is a number.
        """
        if self._mapping.amount:
            return self._number(amount)
        if not debit and not credit:
            raise ValueError(f"{self._mapping.debit}, {self._mapping.credit}: –")
        out = -abs(self._number(debit)) if debit else 0
        return out + (self._number(credit) if credit else 0)

    def heading(self) -> Heading:
        """The table as a statement."""
        opening, closing = self._balances.ends()
        notices: tuple[tuple[str, dict[str, Any]], ...] = ()
        if self._skipped:
            notices = (("skipped", {"count": str(self._skipped)}),)
        return Heading(
            currency=self._currency,
            first_day=self._days[0] if self._days else None,
            last_day=self._days[1] if self._days else None,
            opening=opening,
            closing=closing,
            notices=notices,
        )


class _Balances:
    """The balance column, read downwards and upwards at once until only one way holds."""

    def __init__(self, name: str, currency: str) -> None:
        self._name, self._currency = name, currency
        self._down = self._up = True
        self._first: tuple[int, int] | None = None
        self._last: tuple[int, int] = (0, 0)

    def add(self, balance: int, amount: int, line: int) -> None:
        """A line's balance after its movement.

        Raises:
            BankFileRefused: It follows neither from the line before nor from the line after.
        """
        if self._first is None:
            self._first = (balance, amount)
        else:
            before, moved = self._last
            down, up = before + amount == balance, balance + moved == before
            if not (self._down and down) and not (self._up and up):
                raise BankFileRefused(
                    "bank-running",
                    name=self._name,
                    line=line,
                    stated=Money(balance, self._currency),
                    reached=Money(
                        before + amount if self._down else before - moved, self._currency
                    ),
                )
            self._down, self._up = self._down and down, self._up and up
        self._last = (balance, amount)

    def ends(self) -> tuple[int | None, int | None]:
        """The balances before and after all rows, when the column was there."""
        if self._first is None:
            return None, None
        if self._down:
            return self._first[0] - self._first[1], self._last[0]
        return self._last[0] - self._last[1], self._first[0]
