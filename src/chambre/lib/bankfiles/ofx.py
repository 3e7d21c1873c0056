"""OFX, SGML (1.x) and XML (2.x), tag by tag, as banks really write it.

SGML leaves the end of values out; French banks declare one encoding and write another, put commas
in amounts and leave required fields out. So nothing is checked here but what a statement stands
on: the account, the rows' days and amounts, the balance.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

from .errors import BankFileRefused
from .plain import account_of, clean, find_rf, iban_of, joined, minor_of
from .plain import reference_of as ref
from .source import Limits, Part, encoding_of, text_pieces
from .types import Heading, Row, Status

_TAG = re.compile(r"<(/?)([A-Za-z0-9._:-]+)(?:\s[^<>]*)?(/?)>([^<]*)")
_DECLARED = re.compile(r"<\?[^>]*\?>")
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_AGGREGATES = frozenset(
    re.findall(
        r"\w+",
        "OFX BANKMSGSRSV1 CREDITCARDMSGSRSV1 STMTTRNRS CCSTMTTRNRS STMTRS CCSTMTRS BANKACCTFROM "
        "CCACCTFROM BANKTRANLIST BANKTRANLISTP STMTTRN STMTTRNP PAYEE BANKACCTTO CCACCTTO CURRENCY "
        "ORIGCURRENCY LEDGERBAL AVAILBAL SIGNONMSGSRSV1 SONRS STATUS FI EXTDPAYEE BALLIST BAL "
        "IMAGEDATA",
    )
)
_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS"})
_ROWS: dict[str, Status] = {"STMTTRN": "booked", "STMTTRNP": "pending"}


def is_ofx(head: bytes) -> bool:
    """Whether a file begins like OFX."""
    start = head[:2000].replace(b"\0", b"").upper()
    return b"OFXHEADER" in start or b"<OFX>" in start


def read_ofx(part: Part, limits: Limits) -> Iterator[Row | Heading]:
    """Read a file: the rows of each account, then its heading.

    Raises:
        BankFileRefused: It ends in the middle, or a row cannot be read.
    """
    reading = _Reading(part.name)
    for closing, name, text in _tags(part, limits):
        yield from reading.take(closing, name, text)
    reading.finish()


def _tags(part: Part, limits: Limits) -> Iterator[tuple[bool, str, str]]:
    """Every tag with the text after it; a tag is never cut at the end of a piece."""
    left = ""
    for piece in text_pieces(part, encoding_of(part)):
        left += piece
        if "<!" in left[:4096] and re.search(r"<!(DOCTYPE|ENTITY)", left):
            raise BankFileRefused("bank-doctype", name=part.name)
        end = left.rfind("<")
        if end <= 0:
            if len(left) > limits.line:
                raise BankFileRefused("bank-too-many", name=part.name, where="<", limit=limits.line)
            continue
        for match in _TAG.finditer(left, 0, end):
            yield bool(match[1]), match[2].upper(), match[4]
            if match[3]:
                yield True, match[2].upper(), ""
        left = left[end:]
    for match in _TAG.finditer(left):
        yield bool(match[1]), match[2].upper(), match[4]


class _Reading:
    """One reading of a file: where it is, and what the open aggregates hold."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[str, dict[str, str]]] = []
        self._statement: dict[str, dict[str, str]] = {}
        self._rows = 0
        self._currency = ""
        self._after: list[tuple[dt.date, int]] = []
        self._seen = False

    def take(self, closing: bool, name: str, text: str) -> Iterator[Row | Heading]:
        """One tag."""
        if not closing:
            if name in _AGGREGATES:
                self._begin(name)
            elif self._open:
                value = html.unescape(text).strip()
                if value or name not in self._open[-1][1]:
                    self._open[-1][1].setdefault(name, value)
                if name == "CURDEF" and not self._currency:
                    self._currency = value.upper()[:3]
            return
        if name not in _AGGREGATES:
            return
        while self._open:
            found, values = self._open.pop()
            yield from self._end(found, values)
            if found == name:
                break

    def _begin(self, name: str) -> None:
        if name in _STATEMENTS:
            self._statement, self._rows, self._currency, self._after = {}, 0, "", []
            self._seen = True
        self._open.append((name, {}))

    def _end(self, name: str, values: dict[str, str]) -> Iterator[Row | Heading]:
        """An aggregate is complete."""
        if name in _ROWS:
            self._rows += 1
            yield self._row(values, _ROWS[name])
        elif name in _STATEMENTS:
            yield self._heading(name)
        elif self._open and self._open[-1][0] in _ROWS:
            self._open[-1][1].update({f"{name}/{key}": value for key, value in values.items()})
        else:
            self._statement.setdefault(name, values)

    def finish(self) -> None:
        """Refuse a file that ended in the middle, or in which there is no statement."""
        if any(name in _STATEMENTS or name in _ROWS for name, _ in self._open):
            raise BankFileRefused("bank-truncated", name=self._name, line=self._rows)
        if not self._seen:
            raise BankFileRefused("bank-format", name=self._name, found="OFX")

    def _refuse(self, code: str, field: str, value: str = "") -> BankFileRefused:
        where = f"STMTTRN {self._rows}" if self._rows else "STMTRS"
        return BankFileRefused(code, name=self._name, where=where, field=field, value=value[:40])

    def _day(self, values: dict[str, str], *names: str) -> dt.date | None:
        for name in names:
            if text := values.get(name, ""):
                match = _DAY.match(text)
                try:
                    if match:
                        return dt.date(int(match[1]), int(match[2]), int(match[3]))
                    raise ValueError(text)
                except ValueError as error:
                    raise self._refuse("bank-value", name, text) from error
        return None

    def _amount(self, text: str, field: str, currency: str) -> int:
        decimal = "," if "," in text and "." not in text else "."
        if not text:
            raise self._refuse("bank-missing", field)
        try:
            return minor_of(text, currency, decimal)
        except ValueError as error:
            raise self._refuse("bank-value", field, text) from error

    def _row(self, values: dict[str, str], status: Status) -> Row:
        currency = self._currency or "EUR"
        other = values.get("CURRENCY/CURSYM", "").upper()
        if other and other != currency:
            raise BankFileRefused(
                "bank-entry-currency",
                name=self._name,
                where=f"STMTTRN {self._rows}",
                found=other,
                expected=currency,
            )
        amount = self._amount(values.get("TRNAMT", ""), "TRNAMT", currency)
        day = self._day(values, "DTPOSTED", "DTTRAN", "DTUSER")
        if day is None:
            raise self._refuse("bank-missing", "DTPOSTED")
        if status == "booked":
            self._after.append((day, amount))
        texts = joined([values.get("MEMO", "")])
        name = clean(values.get("NAME") or values.get("PAYEE/NAME") or values.get("EXTDPAYEE/NAME"))
        return Row(
            status=status,
            day=day,
            value_day=self._day(values, "DTAVAIL"),
            amount=amount,
            currency=currency,
            reference=(reference := ref(values.get("FITID"))),
            account_reference=reference,
            entry_reference=ref(values.get("REFNUM")),
            transaction_id=ref(values.get("CHECKNUM") or values.get("SRVRTID")),
            creditor_reference=find_rf(texts) or find_rf(name),
            party_name=name[:140],
            party_iban=iban_of(values.get("BANKACCTTO/ACCTID", "")),
            texts=texts,
            original_currency=values.get("ORIGCURRENCY/CURSYM", "").upper()[:3],
            code=clean(values.get("TRNTYPE"))[:64],
            entry_amount=amount,
            place=self._rows,
        )

    def _heading(self, name: str) -> Heading:
        statement = self._statement
        account = statement.get("BANKACCTFROM") or statement.get("CCACCTFROM") or {}
        numbers = [account.get(each, "") for each in ("BANKID", "BRANCHID", "ACCTID")]
        listed: dict[str, str] = statement.get("BANKTRANLIST", {})
        currency = self._currency or "EUR"
        heading = Heading(
            account="/".join(account_of(each) for each in numbers if each),
            currency=currency,
            first_day=self._day(listed, "DTSTART"),
            last_day=self._day(listed, "DTEND"),
        )
        balance: dict[str, Any] = statement.get("LEDGERBAL", {})
        if balance.get("BALAMT"):
            closing = self._amount(balance["BALAMT"], "BALAMT", currency)
            heading.closing_day = self._day(balance, "DTASOF")
            if heading.closing_day:  # rows of later days are not in it yet
                closing += sum(each for day, each in self._after if day > heading.closing_day)
            heading.closing = closing
        return heading
