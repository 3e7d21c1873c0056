"""Which column of a bank's table is which: guessed, corrected by a person, kept."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from typing import Any

from .plain import clean, iban_of, minor_of
from .source import Limits, Part, encoding_of, text_lines

DELIMITERS = (";", ",", "\t", "|")
DAY_ORDERS = ("dmy", "ymd", "mdy")
SHOWN = 12
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read a bank's table. A column is named by its head, or ``#3`` for the third.

    Attributes:
        delimiter: Between cells.
        head: Lines before the first row of figures, the head of the table included.
        titled: Whether the last of these lines names the columns.
        day: Column of the booking day.
        day_order: ``dmy``, ``ymd`` or ``mdy``.
        decimal: ``,`` or ``.``.
        amount: Column of the signed amount; or empty, with the two that follow.
        debit: Column of what went out; signed or not.
        credit: Column of what came in.
        value_day: Column of the value day.
        texts: Columns of words.
        party_name: Column of the other side.
        party_iban: Column of their account.
        reference: Column of the bank's own number of the movement.
        code: Column of the kind of movement.
        balance: Column of the balance after the movement.
        currency: Column of the currency.
    """

    delimiter: str = ";"
    head: int = 1
    titled: bool = True
    day: str = ""
    day_order: str = "dmy"
    decimal: str = ","
    amount: str = ""
    debit: str = ""
    credit: str = ""
    value_day: str = ""
    texts: tuple[str, ...] = ()
    party_name: str = ""
    party_iban: str = ""
    reference: str = ""
    code: str = ""
    balance: str = ""
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain values, to be kept."""
        return {**asdict(self), "texts": list(self.texts)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Mapping:
        """The mapping that was kept; unknown names are left out."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in kept.items() if name in known}
        values["texts"] = tuple(values.get("texts", ()))
        return cls(**values)

    @property
    def complete(self) -> bool:
        """Whether it says enough to read: a day, and an amount or its two columns."""
        return bool(self.day and (self.amount or (self.debit and self.credit)))

    def columns(self) -> list[str]:
        """Every column that it names."""
        single = [
            self.day, self.amount, self.debit, self.credit, self.value_day, self.party_name,
            self.party_iban, self.reference, self.code, self.balance, self.currency,
        ]  # fmt: skip
        return [each for each in (*single, *self.texts) if each]


@dataclass(frozen=True, slots=True)
class Table:
    """What a table looks like, for a person who says which column is which.

    Attributes:
        names: Heads of its columns; ``#1``, ``#2``… where it has none.
        rows: Its first rows.
        before: Lines above it (account, period, balance).
        guess: The mapping that is proposed.
    """

    names: list[str]
    rows: list[list[str]]
    before: list[str] = field(default_factory=list)
    guess: Mapping = field(default_factory=Mapping)


_WORDS = {
    "value_day": r"(date )?(de )?val(eur|ue)( date)?|valeur|value date|date_valeur|valuta",
    "day": r"date( d.?)?( |_)?(op(e|é)ration|compta(ble|bilisation)?|de comptabilisation|transaction)?"
    r"|jour|booking( date)?|posted|transaction date|completed date|date op|dateop|buchungstag",
    "debit": r"d(e|é)bits?( ?\(?(eur|euros|€)\)?)?|paid out|withdrawals?|sorties?|d(e|é)penses?|soll",
    "credit": r"cr(e|é)dits?( ?\(?(eur|euros|€)\)?)?|paid in|deposits?|entr(e|é)es?|recettes?|haben",
    "amount": r"montants?.*|amount.*|betrag.*|somme|valeur en euros|mouvement",
    "balance": r"solde.*|balance.*|running balance|saldo",
    "currency": r"devise|currency|monnaie|w(ä|a)hrung",
    "party_iban": r"iban.*|.*counterparty.*(account|iban)|compte (du )?(tiers|b(e|é)n(e|é)ficiaire"
    r"|contrepartie).*|account number",
    "party_name": r"tiers|b(e|é)n(e|é)ficiaire.*|(é|e)metteur.*|nom.*|name|payee|counterparty.*"
    r"|contrepartie.*|donneur.*|d(e|é)biteur.*",
    "reference": r"r(e|é)f(e|é)?rence.*|ref\.?|n(°|o|um(e|é)ro).*(op(e|é)ration|(é|e)criture|pi(e|è)ce)"
    r"|transaction id|id",
    "code": r"type.*|nature.*|cat(e|é)gorie|code.*|mode.*",
    "texts": r"lib(e|é)ll(e|é).*|description.*|d(e|é)tails?.*|motif.*|communication.*|memo|objet"
    r"|infos?.*|informations?.*|commentaires?|verwendungszweck|remittance.*|narrative|label",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _WORDS.items()}
_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """A head of a column, comparable: lower case, composed, single spaces, no quotes."""
    text = unicodedata.normalize("NFC", text.replace("_", " ")).lower().strip(" :*'\"")
    return _SPACES.sub(" ", text)


def cells(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """The cells of each row; quoted cells may go over several lines."""
    return csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=False)


def names_of(row: Sequence[str]) -> list[str]:
    """Names of columns from the head of a table: never empty, each once."""
    names: list[str] = []
    for number, cell in enumerate(row, 1):
        name = clean(cell)[:80] or f"#{number}"
        names.append(name if name not in names else f"{name} #{number}")
    return names


def day_of(text: str, order: str) -> dt.date:
    """A day as banks write it in tables: ``31/01/2026``, ``31-01-26``, ``20260131``…

    Raises:
        ValueError: No such day.
    """
    bare = text.strip().split(" ")[0].split("T")[0]
    parts = re.split(r"[/.\-]", bare)
    if len(parts) == 1 and len(bare) == 8 and bare.isdigit():
        cuts = {"ymd": (0, 4, 6, 8), "dmy": (0, 2, 4, 8), "mdy": (0, 2, 4, 8)}[order]
        parts = [bare[cuts[n] : cuts[n + 1]] for n in range(3)]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(text)
    if len(parts[0]) == 4:
        order = "ymd"
    year, month, day = (int(parts[order.index(each)]) for each in "ymd")
    if year < 100:
        year += 2000 if year < 80 else 1900
    return dt.date(year, month, day)


def look_at(part: Part, limits: Limits) -> Table:
    """Look at a table and propose how to read it."""
    lines = list(islice(text_lines(part, encoding_of(part), limits.line), _LOOKED_AT))
    delimiter = _delimiter(lines)
    rows = [row for row in cells(iter(lines), delimiter) if any(cell.strip() for cell in row)]
    at = _head_at(rows)
    if at is None:
        return Table([], rows[:SHOWN], [], Mapping(delimiter=delimiter, head=0, titled=False))
    titled = not _has_day(rows[at])
    width = max(map(len, rows[at : at + SHOWN + 1]))
    names = names_of(rows[at]) if titled else [f"#{number}" for number in range(1, width + 1)]
    first = at + 1 if titled else at
    body = rows[first : first + _LOOKED_AT]
    guess = _guess(names, body, delimiter, first, titled)
    return Table(names, body[:SHOWN], [" ".join(row) for row in rows[:at]], guess)


def _delimiter(lines: list[str]) -> str:
    """The mark that cuts most lines into the same number of cells, three at least if possible."""
    best, chosen = (0, 0), ";"
    for mark in DELIMITERS:
        counts = [len(row) for row in cells(iter(lines[:100]), mark) if row]
        usual = max(set(counts), key=lambda n: (counts.count(n) * (n > 1), n), default=0)
        score = (counts.count(usual) if usual > 1 else 0, usual)
        if (score[0] * min(usual, 4), usual) > best:
            best, chosen = (score[0] * min(usual, 4), usual), mark
    return chosen


def _has_day(row: Sequence[str]) -> bool:
    for cell in row:
        for order in DAY_ORDERS:
            try:
                day = day_of(cell, order)
            except ValueError:
                continue
            if 1990 <= day.year <= 2100:
                return True
    return False


def _head_at(rows: list[list[str]]) -> int | None:
    """The row that names the columns, or the first row of figures when none does."""
    for at, row in enumerate(rows[:60]):
        kinds = {kind for kind in map(_kind_of, row) if kind}
        if "day" in kinds and len(kinds) >= 2 and len([c for c in row if c.strip()]) >= 3:
            return at
    for at, row in enumerate(rows[:60]):
        if len(row) >= 3 and _has_day(row):
            return at
    return None


def _kind_of(name: str) -> str:
    text = folded(name)
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(text)), "")


def _guess(
    names: list[str], rows: list[list[str]], delimiter: str, head: int, titled: bool
) -> Mapping:
    """A mapping from the names of the columns, else from what stands in them."""
    found: dict[str, Any] = {"texts": []}
    for name in names if titled else ():
        kind = _kind_of(name)
        if kind == "texts":
            found["texts"].append(name)
        elif kind:
            found.setdefault(kind, name)
    if not titled:
        found.update(_by_content(names, rows))
    if found.get("debit") and found.get("credit"):
        found.pop("amount", None)
    else:
        found.pop("debit", None)
        found.pop("credit", None)
    column = {name: [row[at] for row in rows if at < len(row)] for at, name in enumerate(names)}
    amounts = [
        each
        for kind in ("amount", "debit", "credit", "balance")
        for each in column.get(found.get(kind, ""), [])
    ]
    return Mapping(
        delimiter=delimiter,
        head=head,
        titled=titled,
        day_order=_day_order(column.get(found.get("day", ""), [])),
        decimal=_decimal(amounts),
        **{**found, "texts": tuple(found["texts"])},
    )


def _by_content(names: list[str], rows: list[list[str]]) -> dict[str, Any]:
    """Columns of a table without a head, by what stands in them."""
    found: dict[str, Any] = {"texts": []}
    for at, name in enumerate(names):
        values = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        if not values:
            continue
        if all(_has_day([value]) for value in values):
            found.setdefault("value_day" if "day" in found else "day", name)
        elif all(_is_amount(value) for value in values):
            found.setdefault("balance" if "amount" in found else "amount", name)
        elif all(iban_of(value) for value in values):
            found.setdefault("party_iban", name)
        elif all(value in {"EUR", "€"} for value in values):
            found.setdefault("currency", name)
        else:
            found["texts"].append(name)
    return found


def _is_amount(text: str) -> bool:
    for decimal in ",.":
        try:
            minor_of(text, "EUR", decimal)
        except ValueError:
            continue
        return True
    return False


def _day_order(values: list[str]) -> str:
    """The order that reads every day; day before month when both do."""
    for order in DAY_ORDERS:
        try:
            for value in values:
                if value.strip():
                    day_of(value, order)
        except ValueError:
            continue
        return order
    return "dmy"


def _decimal(values: list[str]) -> str:
    """Comma or point: whichever stands two digits before an end more often; comma in doubt."""
    points = sum(bool(re.search(r"\.\d{1,2}\D*$", value)) for value in values)
    commas = sum(bool(re.search(r",\d{1,2}\D*$", value)) for value in values)
    return "." if points > commas else ","
