"""Columns of raw bytes made into typed values, at the speed of C where nothing is wrong.

Each column has a cache: a dict whose ``__missing__`` reads a value the first time that it is seen,
so that the second time costs one look-up. A value that breaks a rule is *noted* in its cache;
only when something is noted are the lines looked through one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import not_
from typing import Any, NamedTuple

from .encoding import Decoder
from .findings import Findings
from .values import AMOUNT_LIMIT, read_amount, read_currency, read_date, read_side

CACHE_LIMIT = 1 << 16
"""How many different values of a column are remembered at a time."""

NO_DAY = date.min
"""Stands for an EcritureDate that cannot be read; such a file is never imported."""

_DIGITS = b"0123456789"
_TO_ZERO = bytes.maketrans(_DIGITS, b"0" * 10)
_LONG = b"0" * 14


class Cache(dict[bytes, Any]):
    """Raw value → typed value, for one column of one part.

    Attributes:
        noted: The raw values that break rules, with these rules.
    """

    def __init__(self, column: str, decoder: Decoder, findings: Findings) -> None:
        super().__init__()
        self.column = column
        self.noted: dict[bytes, tuple[str, ...]] = {}
        self._decoder = decoder
        self._findings = findings

    def __missing__(self, raw: bytes) -> Any:
        text, mixed = self._decoder.decode_or_note(raw)
        value, rules = self.read(_tidy(text))
        if mixed:
            rules = (*rules, "W_ENCODING_MIXED")
        if rules:
            self.noted[raw] = rules
        self[raw] = value
        return value

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Make a value of a text without padding, and say which rules it breaks."""
        raise NotImplementedError

    def values_of(self, raws: list[bytes], lines: Sequence[int]) -> list[Any]:
        """Type a column; ``lines`` are the numbers of its lines, for what is found."""
        if len(self) > CACHE_LIMIT:
            self.clear()
            self.noted.clear()
        first = raws[0]
        if first == raws[-1] and raws.count(first) == len(raws):
            values = [self[first]] * len(raws)
        else:
            values = list(map(self.__getitem__, raws))
        if self.noted:
            self.report(raws, lines)
        return values

    def report(self, raws: list[bytes], lines: Sequence[int]) -> None:
        """Find the lines whose value breaks rules."""
        noted = self.noted
        hits = [(line, raw) for line, raw in zip(lines, raws, strict=True) if raw in noted]
        for rule in dict.fromkeys(rule for _, raw in hits for rule in noted[raw]):
            self._findings.add_many(
                rule,
                self.column,
                (
                    (line, _tidy(self._decoder.decode(raw)))
                    for line, raw in hits
                    if rule in noted[raw]
                ),
            )


def _tidy(text: str) -> str:
    """A value without padding, and without the line breaks that some exports leave inside."""
    text = text.strip()
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


class TextCache(Cache):
    """A column of few different texts: codes, labels of accounts."""

    def __init__(
        self, column: str, decoder: Decoder, findings: Findings, empty_rule: str | None = None
    ) -> None:
        super().__init__(column, decoder, findings)
        self._empty = (empty_rule,) if empty_rule else ()

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Keep the text; it may not be empty where the column is mandatory."""
        return text, () if text else self._empty


class AccountCache(TextCache):
    """CompteNum: begins with three digits."""

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Keep the number."""
        if not text:
            return "", (*self._empty, "A_ACCOUNT")
        first = text[:3]
        fine = len(first) == 3 and first.isascii() and first.isdigit()
        return text, () if fine else ("A_ACCOUNT",)


class CurrencyCodeCache(TextCache):
    """Idevise, in capitals."""

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Keep the code."""
        return text.upper(), ()


class DateCache(Cache):
    """A column of dates."""

    def __init__(
        self,
        column: str,
        decoder: Decoder,
        findings: Findings,
        *,
        mandatory: bool = False,
        empty_rule: str | None = None,
        iso: bool = False,
    ) -> None:
        super().__init__(column, decoder, findings)
        self._mandatory = mandatory
        self._empty = (empty_rule,) if empty_rule else ()
        self._iso = iso

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Read the day; None (``NO_DAY`` where one must be) when there is none."""
        day, rules = read_date(text, mandatory=self._mandatory)
        if not text and not self._mandatory:
            rules = self._empty
        if self._iso and "W_DATE_FORM" in rules:
            rules = tuple(rule for rule in rules if rule != "W_DATE_FORM")
        return (NO_DAY if day is None and self._mandatory else day), rules


class AmountCache(Cache):
    """Debit, Credit or Montant, in cents; what cannot be read counts as nothing."""

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Read the amount."""
        cents, rules = read_amount(text)
        return cents or 0, rules


class SideCache(Cache):
    """Sens; what cannot be read is None."""

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Read the side."""
        side = read_side(text)
        return side, () if side else ("E_SENS",)


class TextColumn:
    """A column of many different texts (numbers of entries, pieces, labels): decoded at once."""

    def __init__(
        self, column: str, decoder: Decoder, findings: Findings, empty_rule: str | None = None
    ) -> None:
        self._cache = TextCache(column, decoder, findings, empty_rule)
        self._decoder = decoder
        self._findings = findings
        self._empty = empty_rule

    def values_of(self, raws: list[bytes], lines: Sequence[int]) -> list[str]:
        """Type a column; ``lines`` are the numbers of its lines."""
        texts = self._decoder.decode_column(raws)
        if texts is None:
            return self._cache.values_of(raws, lines)
        if self._empty and "" in texts:
            places = ((line, "") for line, text in zip(lines, texts, strict=True) if not text)
            self._findings.add_many(self._empty, self._cache.column, places)
        return texts


class Typed(NamedTuple):
    """The amounts of some lines."""

    amounts: list[int]
    """Debit − credit, in cents."""
    sides: list[str]
    debit: int
    """Total of the debit column, in cents."""
    credit: int
    twice: list[tuple[int, int]]
    """For each line that bears two figures its place and the credit, which its amount leaves
    out."""


class Figures:
    """Debit and Credit made into one signed amount and the side that it stood on."""

    def __init__(self, decoder: Decoder, findings: Findings) -> None:
        self._debits = AmountCache("Debit", decoder, findings)
        self._credits = AmountCache("Credit", decoder, findings)
        self._zero = b"0,00"
        self._zeros: set[bytes] = {b"", b"0,00", b"0"}
        self._findings = findings

    def values_of(self, debits: list[bytes], credits: list[bytes], lines: Sequence[int]) -> Typed:
        """Type both columns."""
        in_credit = self._where(debits, credits)
        if in_credit is not None:
            figures = [
                credit if there else debit
                for there, debit, credit in zip(in_credit, debits, credits, strict=True)
            ]
            values = plain_amounts(figures)
            if values is not None:
                amounts = [
                    -value if there else value
                    for there, value in zip(in_credit, values, strict=True)
                ]
                net, gross = sum(amounts), sum(values)
                sides = ["C" if there else "D" for there in in_credit]
                return Typed(amounts, sides, (gross + net) // 2, (gross - net) // 2, [])
        return self._one_by_one(debits, credits, lines)

    def _where(self, debits: list[bytes], credits: list[bytes]) -> list[bool] | None:
        """Tell which lines have their figure in the credit; None if some have two or none."""
        zero = self._zero
        no_debit = [debit == zero for debit in debits]
        if no_debit == [credit != zero for credit in credits]:
            return no_debit
        for _ in range(2):
            no_debit = list(map(self._zeros.__contains__, debits))
            no_credit = list(map(self._zeros.__contains__, credits))
            if no_debit == list(map(not_, no_credit)):
                self._zero = next(
                    (debit for debit, none in zip(debits, no_debit, strict=True) if none), zero
                )
                return no_debit
            if not self._learn_zeros(debits, credits):
                return None
        return None

    def _learn_zeros(self, debits: list[bytes], credits: list[bytes]) -> bool:
        """Learn how this file writes zero (``0000000000,00``)."""
        if len(self._zeros) > 100:
            return False
        seen = {raw for raw in {*debits, *credits} if not raw.strip(b" 0,+-")}
        new = {raw for raw in seen - self._zeros if read_amount(raw.decode().strip()) == (0, ())}
        self._zeros |= new
        return bool(new)

    def _one_by_one(self, debits: list[bytes], credits: list[bytes], lines: Sequence[int]) -> Typed:
        debit = self._debits.values_of(debits, lines)
        credit = self._credits.values_of(credits, lines)
        sides = ["C" if c and not d else "D" for d, c in zip(debit, credit, strict=True)]
        amounts = [d or -c for d, c in zip(debit, credit, strict=True)]
        twice = []
        if 0 in amounts:
            for place, amount in enumerate(amounts):
                if not amount:
                    self._findings.add("A_NO_AMOUNT", lines[place])
        for place, (d, c) in enumerate(zip(debit, credit, strict=True)):
            if d and c:
                twice.append((place, c))
                shown = debits[place].decode("latin-1"), credits[place].decode("latin-1")
                self._findings.add(
                    "A_BOTH_SIDES",
                    lines[place],
                    debit=shown[0].strip(),
                    credit=shown[1].strip(),
                )
        return Typed(amounts, sides, sum(debit), sum(credit), twice)


def plain_amounts(figures: list[bytes]) -> list[int] | None:
    """Read amounts that all look like ``1234,56``, none of them zero; None if one does not."""
    joined = b"\t".join(figures)
    if b" " in joined:  # padding is taken off; a blank inside is left for the rules to find
        joined = b"\t".join([figure.strip(b" ") for figure in figures])
    count = len(figures)
    if joined.translate(None, _DIGITS) != (b",\t" * count)[:-1]:
        return None
    shape = joined.translate(_TO_ZERO)
    if shape.count(b",00\t") != count - 1 or not shape.endswith(b",00"):
        return None
    values = list(map(int, joined.translate(None, b",").split(b"\t")))
    if 0 in values or (_LONG in shape and max(values) >= AMOUNT_LIMIT):
        return None
    return values


class SidedFigures:
    """Montant and Sens made into one signed amount and its side."""

    def __init__(self, decoder: Decoder, findings: Findings) -> None:
        self._amounts = AmountCache("Montant", decoder, findings)
        self._sides = SideCache("Sens", decoder, findings)
        self._findings = findings

    def values_of(self, amounts: list[bytes], sides: list[bytes], lines: Sequence[int]) -> Typed:
        """Type both columns; no line has two figures here."""
        side = self._sides.values_of(sides, lines)
        values = plain_amounts(amounts)
        if values is None:
            values = self._amounts.values_of(amounts, lines)
        if 0 in values:
            for line, value in zip(lines, values, strict=True):
                if not value:
                    self._findings.add("A_NO_AMOUNT", line)
        signed = [
            -value if where == "C" else value for value, where in zip(values, side, strict=True)
        ]
        net = sum(signed)
        credit = -sum(amount for amount, where in zip(signed, side, strict=True) if where == "C")
        return Typed(signed, [where or "D" for where in side], net + credit, credit, [])


class CurrencyAmounts:
    """Montantdevise, read with the currency beside it."""

    def __init__(self, decoder: Decoder, findings: Findings) -> None:
        self._decoder = decoder
        self._findings = findings

    def values_of(
        self, raws: list[bytes], currencies: list[str], lines: Sequence[int]
    ) -> list[int | str | None]:
        """Type the column."""
        values: list[int | str | None] = [None] * len(raws)
        known: dict[tuple[bytes, str], tuple[int | str | None, tuple[str, ...]]] = {}
        for place, raw in enumerate(raws):
            if not raw or raw.isspace():
                continue
            key = raw, currencies[place]
            if key not in known:
                known[key] = read_currency(self._decoder.decode(raw).strip(), key[1])
            values[place], rules = known[key]
            for rule in rules:
                self._findings.add(
                    rule, lines[place], "Montantdevise", self._decoder.decode(raw).strip()
                )
        return values
