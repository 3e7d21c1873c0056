"""CAMT.053, .052 and .054 (ISO 20022 ``camt.05x.001.02`` to ``.13``), entry by entry."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from .camtentry import Entries
from .errors import BankFileRefused
from .plain import account_of, clean
from .source import Limits, Part
from .types import Heading, Row
from .xmlpieces import Tree, XmlPieces, every, one, text

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\.001\.\d\d")
_STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
_OPENING = ("OPBD", "PRCD", "OPBD-interim", "ITBD", "ITBD-interim")
_CLOSING = ("CLBD", "CLBD-interim", "ITBD", "ITBD-interim")

Balance = tuple[str, int, dt.date | None]
"""Kind, smallest parts, day."""


def kind_of(head: bytes) -> str:
    """``camt.053`` when a file begins like that (or .052, .054), else nothing."""
    match = re.search(rb"tech:xsd:camt\.05([234])\.001\.\d\d", head)
    return f"camt.05{match[1].decode()}" if match else ""


def read_camt(part: Part, limits: Limits) -> Iterator[Row | Heading]:
    """Read a message: the rows of each statement, then its heading.

    Raises:
        BankFileRefused: Not well-formed, or an entry that cannot be read.
    """
    pieces = XmlPieces(frozenset({"Ntry", *_STATEMENTS}), limits.line)
    entries: Entries | None = None
    seen = False
    with part.opener() as stream:
        for name, tree, statement in pieces.read(stream, part.name):
            if not seen:
                _check_root(pieces, part.name)
                seen = True
            if name == "Ntry":
                entries = entries or _begin(statement, part.name)
                yield from entries.rows(tree)
            else:
                content = tree if isinstance(tree, dict) else {}
                entries = entries or _begin(content, part.name)
                yield _heading(name, content, entries)
                entries = None
    if not seen:
        _check_root(pieces, part.name)
        raise BankFileRefused("bank-missing", name=part.name, where=pieces.root, field="Stmt")


def _check_root(pieces: XmlPieces, name: str) -> None:
    if not _NAMESPACE.fullmatch(pieces.namespace) or pieces.root != "Document":
        found = pieces.namespace or pieces.root or "XML"
        raise BankFileRefused("bank-format", name=name, found=found[:80])


def _begin(statement: Tree, name: str) -> Entries:
    """What the entries need of their statement; account and balances stand before them."""
    account = text(statement, "Acct", "Id", "IBAN") or text(statement, "Acct", "Id", "Othr", "Id")
    entries = Entries(name, account_of(account), _currency(statement))
    balances = [_balance(each, entries) for each in every(statement, "Bal")]
    entries.balances = balances
    closing = _pick(balances[::-1], _CLOSING)
    entries.day = entries.day_of(text(statement, "FrToDt", "ToDtTm"), "FrToDt") or (
        closing[2] if closing else None
    )
    return entries


def _currency(statement: Tree) -> str:
    """The account's currency: said, else that of a balance."""
    if said := clean(text(statement, "Acct", "Ccy")).upper():
        return said
    amount = one(statement, "Bal", "Amt")
    return str(amount[1]) if isinstance(amount, tuple) else ""


def _balance(balance: Tree, entries: Entries) -> Balance:
    kind = text(balance, "Tp", "CdOrPrtry", "Cd") or text(balance, "Tp", "CdOrPrtry", "Prtry")
    if text(balance, "Tp", "SubTp", "Cd") == "INTM":  # a page of a statement
        kind += "-interim"
    where = f"Bal {kind}"
    value = entries.amount_of(one(balance, "Amt"), where)
    if text(balance, "CdtDbtInd").strip() == "DBIT":
        value = -value
    day = text(balance, "Dt", "Dt") or text(balance, "Dt", "DtTm")
    return kind, value, entries.day_of(day, where)


def _heading(name: str, statement: Tree, entries: Entries) -> Heading:
    """What is known of a statement, with its balances."""
    number = text(statement, "ElctrncSeqNb") or text(statement, "LglSeqNb") or text(statement, "Id")
    heading = Heading(
        account=entries.account,
        currency=entries.currency,
        kind="statement" if name == "Stmt" else "notification",
        number=clean(number)[:64],
        first_day=entries.day_of(text(statement, "FrToDt", "FrDtTm"), "FrToDt"),
        last_day=entries.day_of(text(statement, "FrToDt", "ToDtTm"), "FrToDt"),
        notices=tuple(entries.notices),
    )
    if heading.kind == "statement":
        opening = _pick(entries.balances, _OPENING)
        closing = _pick(entries.balances[::-1], _CLOSING)
        if opening is not None:
            heading.opening = opening[1]
        if closing is not None and closing is not opening:
            heading.closing = closing[1]
    return heading


def _pick(balances: list[Any], kinds: tuple[str, ...]) -> Any:
    """The first balance of the kind that comes first among those wanted."""
    return next((each for kind in kinds for each in balances if each[0] == kind), None)
