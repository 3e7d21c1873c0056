"""MT940 and MT942 (SWIFT customer statement), line by line.

Field 61 carries the movement, field 86 what is known of it, in one of three ways of writing:
``?20…?32…`` after a three-digit code (German-style subfields), ``/EREF/…/REMI/…`` (SWIFT code
words), or plain words. The words of SEPA (``EREF+``, ``MREF+``, ``SVWZ+``…) are found in all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from .errors import BankFileRefused
from .plain import account_of, clean, find_rf, iban_of, joined, minor_of, rf_of
from .plain import reference_of as ref
from .source import Limits, Part, encoding_of, text_lines
from .types import Heading, Row

_FIELD = re.compile(r":(\d\d[A-Z]?):(.*)", re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+,\d*)")
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d+,\d*)(?P<code>[A-Z][A-Z0-9]{3})(?P<rest>.*)",
    re.DOTALL,
)
_STARTS = (b":20:", b"{1:", b":940:")


def is_mt940(head: bytes) -> bool:
    """Whether a file begins like MT940."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(_STARTS) or (b":20:" in head and (b":60F:" in head or b":60M:" in head))


def read_mt940(part: Part, limits: Limits) -> Iterator[Row | Heading]:
    """Read a file: the rows of each statement, then its heading.

    Raises:
        BankFileRefused: A field that cannot be read, or a statement without its end.
    """
    reading = _Reading(part.name)
    for tag, value, line in _fields(part, limits):
        yield from reading.take(tag, value, line)
    yield from reading.finish()


def _fields(part: Part, limits: Limits) -> Iterator[tuple[str, str, int]]:
    """Each field with its lines joined by line feeds, and the number of its first line."""
    lines: list[str] = []
    tag, started, size = "", 0, 0
    for number, line in enumerate(text_lines(part, encoding_of(part), limits.line), 1):
        match = _FIELD.match(line[line.rfind("{4:") + 3 :] if "{4:" in line else line)
        if match:
            if tag:
                yield tag, "\n".join(lines), started
            tag, lines, started, size = match[1], [match[2]], number, 0
        elif line.startswith(("-}", "{")) or line.strip() in {"-", "--", ""}:
            if tag:
                yield tag, "\n".join(lines), started
            tag, lines = "", []
        elif tag:
            size += len(line)
            if size > limits.line:
                raise BankFileRefused(
                    "bank-too-many", name=part.name, where=str(number), limit=limits.line
                )
            lines.append(line)
    if tag:
        yield tag, "\n".join(lines), started


class _Reading:
    """One reading of a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._heading: Heading | None = None
        self._row: Row | None = None
        self._rows = 0
        self._line = 0

    def take(self, tag: str, value: str, line: int) -> Iterator[Row | Heading]:
        """One field."""
        self._line = line
        if tag == "86" and self._row is not None:
            yield _described(self._row, value)
            self._row = None
            return
        yield from self._flush()
        if tag == "20":
            yield from self._end()
            self._heading = Heading(number=clean(value)[:64])
            self._rows = 0
            return
        heading = self._heading
        if heading is None:
            return
        if tag in {"25", "25P"}:
            heading.account = "/".join(
                account_of(each) for each in value.partition("\n")[0].split("/")
            )
        elif tag in {"28C", "28"}:
            heading.number = clean(value)[:64]
        elif tag in {"60F", "60M"}:
            heading.opening, day = self._balance(value, tag)
            heading.first_day = heading.first_day or day
        elif tag in {"62F", "62M"}:
            heading.closing, heading.closing_day = self._balance(value, tag)
            heading.last_day = heading.closing_day
        elif tag == "34F":  # an MT942: what happened so far, without balances
            heading.kind = "notification"
            heading.currency = value[:3]
        elif tag == "61":
            self._row = self._movement(value)

    def finish(self) -> Iterator[Row | Heading]:
        """What is left at the end of the file."""
        yield from self._flush()
        yield from self._end()

    def _flush(self) -> Iterator[Row]:
        if self._row is not None:
            yield self._row
            self._row = None

    def _end(self) -> Iterator[Heading]:
        heading = self._heading
        if heading is None:
            return
        if heading.kind == "statement" and heading.closing is None:
            raise BankFileRefused("bank-truncated", name=self._name, line=self._line)
        yield heading
        self._heading = None

    def _refuse(self, field: str, value: str) -> BankFileRefused:
        return BankFileRefused(
            "bank-value", name=self._name, where=str(self._line), field=field, value=value[:60]
        )

    def _balance(self, value: str, tag: str) -> tuple[int, dt.date]:
        match = _BALANCE.match(value.replace(" ", ""))
        if match is None or self._heading is None:
            raise self._refuse(tag, value)
        self._heading.currency = self._heading.currency or match[3]
        amount = self._amount(match[4], match[3], tag)
        return amount if match[1] == "C" else -amount, self._day(match[2], tag)

    def _amount(self, text: str, currency: str, tag: str) -> int:
        try:
            return minor_of(text, currency, ",")
        except ValueError as error:
            raise self._refuse(tag, text) from error

    def _day(self, text: str, tag: str) -> dt.date:
        try:
            year = int(text[:2])
            return dt.date(2000 + year if year < 80 else 1900 + year, int(text[2:4]), int(text[4:]))
        except ValueError as error:
            raise self._refuse(tag, text) from error

    def _movement(self, value: str) -> Row:
        """A field 61: ``RC`` undoes a credit, so money leaves; ``RD`` the opposite."""
        match = _MOVEMENT.match(value)
        if match is None or self._heading is None:
            raise self._refuse("61", value)
        currency = self._heading.currency or "EUR"
        value_day = self._day(match["value"], "61")
        amount = self._amount(match["amount"], currency, "61")
        mark = match["mark"]
        if mark in {"D", "ED", "RC"}:
            amount = -amount
        customer, _, more = match["rest"].partition("\n")
        customer, _, bank = customer.partition("//")
        self._rows += 1
        return Row(
            status="pending" if mark[0] == "E" else "booked",
            day=self._booked(value_day, match["booked"]),
            value_day=value_day,
            amount=amount,
            currency=currency,
            reversal=mark[0] == "R",
            reference=ref(bank),
            account_reference=ref(bank),
            end_to_end_id=ref(customer),
            info=clean(more),
            code=match["code"],
            entry_amount=amount,
            place=self._rows,
        )

    def _booked(self, value_day: dt.date, text: str | None) -> dt.date:
        """The booking day, which is written without its year: the one nearest to the value day."""
        if not text:
            return value_day
        found = []
        for year in (value_day.year - 1, value_day.year, value_day.year + 1):
            try:
                found.append(dt.date(year, int(text[:2]), int(text[2:])))
            except ValueError:
                continue
        if not found:
            raise self._refuse("61", text)
        return min(found, key=lambda day: abs(day - value_day))


_SUBFIELDS = re.compile(r"\?(\d\d)")
_CODE_WORDS = re.compile(
    r"/(EREF|CREF|KREF|MREF|MARF|CSID|CRED|REMI|ORDP|BENM|TRTP|IBAN|BIC|NAME|PREF|RTRN|ULTD|ULTC|"
    r"PURP|SWIF|ADDR|ULTB|ISDT|NRTX|OCMT|CHGS|EXCH|TRCD|SVCL|RCMT|ORCR)/"
)
_SEPA_WORDS = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC)\+")


def _described(row: Row, value: str) -> Row:
    """A row with what field 86 says of it."""
    if re.match(r"\d{3}\?\d\d", value):
        return _by_subfields(row, value)
    if _CODE_WORDS.search(value.replace("\n", "")):
        return _by_code_words(row, value.replace("\n", ""))
    return _by_words(row, clean(value.replace("\n", " ")), {})


def _by_subfields(row: Row, value: str) -> Row:
    pieces = _SUBFIELDS.split(value.replace("\n", ""))
    given: dict[str, list[str]] = {}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=False):
        given.setdefault(name, []).append(text)
    numbers = [f"{number}" for number in (*range(20, 30), *range(60, 64))]
    text = "".join(each for name in numbers for each in given.get(name, []))
    name = joined(["".join(given.get("32", []) + given.get("33", []))])
    row = row._replace(
        info=joined([row.info, *given.get("00", [])]), code=f"{row.code}+{value[:3]}"
    )
    party = {
        "party_name": name[:140],
        "party_iban": iban_of("".join(given.get("31", []))),
        "party_bic": clean("".join(given.get("30", [])))[:11],
        "return_code": "".join(given.get("34", []))[:35],
    }
    return _by_words(row, clean(text), party)


def _by_code_words(row: Row, value: str) -> Row:
    pieces = _CODE_WORDS.split(value)
    given: dict[str, str] = {}
    for name, text in zip(pieces[1::2], pieces[2::2], strict=False):
        cleaned = clean(text.strip("/"))
        given[name] = f"{given[name]} {cleaned}".strip() if name in given else cleaned
    remittance = re.sub(r"^/?(?:USTD|STRD)/+(?:CUR/+|ISO/+)?", "", given.get("REMI", ""))
    before = clean(pieces[0])
    row = row._replace(
        end_to_end_id=ref(given.get("EREF")) or row.end_to_end_id,
        mandate_id=ref(given.get("MARF") or given.get("MREF")),
        creditor_id=ref(given.get("CSID"))[:35],
        return_code=given.get("RTRN", "")[:35],
        ultimate_name=(given.get("ULTD") or given.get("ULTC") or given.get("ULTB") or "")[:140],
        batch_reference=ref(given.get("PREF")),
        info=joined([row.info, before]),
    )
    party = {
        "party_name": given.get("NAME", "")[:140],
        "party_iban": iban_of(given.get("IBAN", "")),
        "party_bic": given.get("BIC", "")[:11],
    }
    return _by_words(row, remittance.strip("/ "), party)


def _by_words(row: Row, text: str, party: dict[str, Any]) -> Row:
    """Plain words, with SEPA's words in them."""
    pieces = _SEPA_WORDS.split(text)
    given = {
        name: clean(value)
        for name, value in zip(pieces[1::2], pieces[2::2], strict=False)
        if value.strip()
    }
    words = joined([pieces[0], given.get("SVWZ", "")])
    if not party.get("party_iban") and (iban := iban_of(given.get("IBAN", ""))):
        party["party_iban"] = iban
    return row._replace(
        **party,
        end_to_end_id=ref(given.get("EREF")) or row.end_to_end_id,
        mandate_id=ref(given.get("MREF")) or row.mandate_id,
        creditor_id=ref(given.get("CRED"))[:35] or row.creditor_id,
        ultimate_name=(given.get("ABWA") or given.get("ABWE") or row.ultimate_name)[:140],
        texts=words,
        creditor_reference=rf_of(words) or find_rf(words) or find_rf(row.info),
    )
