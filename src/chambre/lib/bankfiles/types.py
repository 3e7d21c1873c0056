"""What was read from a bank's file: statements and their rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["booked", "pending", "info"]
"""``booked``: on the account; ``pending``: announced; ``info``: told, and never on the account
(ISO 20022 ``BOOK``, ``PDNG`` and ``FUTR``, ``INFO``)."""


class Row(NamedTuple):
    """One movement. A batch of which the bank gives the parts is one row per part.

    Attributes:
        status: Whether it is on the account.
        day: Booking day, as the bank says it.
        value_day: Day from which it bears interest.
        amount: Smallest parts of ``currency``; positive: the account received.
        currency: Of the account.
        original_amount: Smallest parts of ``original_currency``, same sign, when it was paid in
            another currency.
        original_currency: ISO 4217 code, or empty.
        charges: Smallest parts that the bank took inside ``amount``; never positive.
        reversal: It undoes a movement that was there before.
        reference: The bank's own reference of the movement (CAMT ``AcctSvcrRef``, OFX ``FITID``).
        account_reference: The same of the whole entry, when the row is a part of one.
        entry_reference: Number of the entry in the statement (CAMT ``NtryRef``).
        end_to_end_id: What the payer gave and the bank carried (``EndToEndId``).
        transaction_id: The banks' number of the transaction (``TxId``), or of a cheque.
        mandate_id: Mandate of a direct debit (``MndtId``).
        creditor_id: Who collects (SEPA creditor identifier, *ICS*).
        creditor_reference: Structured reference of the creditor (ISO 11649 ``RF…``, or national).
        party_name: Who is on the other side.
        party_iban: Their account.
        party_bic: Their bank.
        ultimate_name: For whom they paid or were paid, when somebody else.
        texts: What the payer wrote (``Ustrd``), joined by a space.
        info: What the bank adds (``AddtlTxInf``, ``AddtlNtryInf``), joined by a space.
        code: Kind of movement: ISO ``PMNT/RCDT/ESCT``, OFX ``TRNTYPE``, MT940 ``NTRF``.
        return_code: Why a payment came back (ISO ``AC04``, ``MD06``…).
        batch_reference: The batch that it is a part of (``PmtInfId``, ``MsgId``).
        entry_amount: Amount of the whole entry; equal to ``amount`` when it is no part.
        part: Place in its entry, from 0.
        parts: Rows that its entry was split into.
        place: Where it stands, for messages: number of the entry or of the line, from 1.
    """

    status: Status
    day: dt.date
    value_day: dt.date | None
    amount: int
    currency: str
    original_amount: int | None = None
    original_currency: str = ""
    charges: int = 0
    reversal: bool = False
    reference: str = ""
    account_reference: str = ""
    entry_reference: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    creditor_reference: str = ""
    party_name: str = ""
    party_iban: str = ""
    party_bic: str = ""
    ultimate_name: str = ""
    texts: str = ""
    info: str = ""
    code: str = ""
    return_code: str = ""
    batch_reference: str = ""
    entry_amount: int = 0
    part: int = 0
    parts: int = 1
    place: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement (CAMT.053, MT940, OFX, CSV) or a notification (CAMT.054, .052: no balances).

    Attributes:
        account: Account as the file names it, without spaces; empty when it does not.
        currency: ISO 4217 code of the account; empty when the file does not say.
        kind: ``statement`` or ``notification``.
        number: Its number, or its identification.
        first_day: First day it is about, stated or else that of its first row.
        last_day: Last day.
        opening: Balance before its rows, smallest parts; None when nothing says it.
        closing: Balance after them.
        proved: Both balances were in the file, and opening + booked rows = closing.
        booked: Sum of the booked rows, smallest parts.
        rows: Booked rows.
        pending: Rows that are not on the account.
        flipped: The bank marks a reversal with the sign of what is reversed; it was turned.
        notices: What a person should know, as pairs of a code and its facts.
    """

    account: str
    currency: str
    kind: Literal["statement", "notification"]
    number: str
    first_day: dt.date | None
    last_day: dt.date | None
    opening: int | None
    closing: int | None
    proved: bool
    booked: int
    rows: int
    pending: int
    flipped: bool = False
    notices: tuple[tuple[str, dict[str, str]], ...] = ()


@dataclass(slots=True)
class Heading:
    """What a format's reader knows of a statement once its rows were read."""

    account: str = ""
    currency: str = ""
    kind: Literal["statement", "notification"] = "statement"
    number: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    opening: int | None = None
    closing: int | None = None
    closing_day: dt.date | None = None
    notices: tuple[tuple[str, dict[str, str]], ...] = ()
