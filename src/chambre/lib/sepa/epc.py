"""The payment QR code of the European Payments Council (EPC069-12, version 002), as text.

A banking application reads it and fills the transfer in: account, name, amount, reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chambre.lib.sepa import rf
from chambre.lib.sepa.accounts import account
from chambre.lib.sepa.amounts import check_amount
from chambre.lib.sepa.errors import SepaRefusal

LARGEST = 331
"""Bytes that a code of version 13, level M, holds."""
_PURPOSE = re.compile(r"[A-Z0-9]{1,4}")
_AMOUNT = re.compile(r"EUR([0-9]{1,9})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a payment QR code asks for.

    Attributes:
        name: Who is paid, 1 to 70 characters.
        iban: The account, without spaces.
        amount: Cents.
        bic: The bank; may be empty inside the European Economic Area.
        purpose: ISO 20022 purpose code, or empty.
        reference: ISO 11649 reference, or empty.
        text: Free text to the payee instead of a reference, at most 140 characters.
        information: Text to the payer, at most 70 characters; is not transferred.
    """

    name: str
    iban: str
    amount: int
    bic: str = ""
    purpose: str = ""
    reference: str = ""
    text: str = ""
    information: str = ""


def payload(
    *,
    name: str,
    iban: str,
    amount: int,
    reference: str = "",
    text: str = "",
    bic: str = "",
    purpose: str = "",
    information: str = "",
) -> str:
    """Write the text of a payment QR code.

    Args:
        name: Who is paid.
        iban: Their account.
        amount: Cents, 1 to 99,999,999,999.
        reference: ISO 11649 reference; with one, no ``text``.
        text: What for, at most 140 characters.
        bic: BIC of the bank; needed outside the European Economic Area only.
        purpose: Purpose code of ISO 20022 (1 to 4 letters or digits).
        information: Shown to the payer only, at most 70 characters.

    Returns:
        Lines joined by line feeds, none after the last one that says something.

    Raises:
        SepaRefusal: A part is wrong or too long, both reference and text, or 331 bytes passed.
    """
    iban, bic = account(iban, bic)
    if reference and text:
        raise SepaRefusal("two-remittances")
    purpose = purpose.strip().upper()
    if purpose and not _PURPOSE.fullmatch(purpose):
        raise SepaRefusal("purpose-wrong", text=purpose[:20])
    check_amount(amount)
    name = _line(name, 70)
    if not name:
        raise SepaRefusal("name-missing")
    euros = f"EUR{amount // 100}.{amount % 100:02d}"
    lines = ["BCD", "002", "1", "SCT", bic, name, iban, euros, purpose]
    lines += [rf.read(reference) if reference else "", _line(text, 140), _line(information, 70)]
    while not lines[-1]:
        lines.pop()
    whole = "\n".join(lines)
    if (size := len(whole.encode())) > LARGEST:
        raise SepaRefusal("qr-too-big", size=size)
    return whole


def read(whole: str) -> Transfer:
    """Read the text of a payment QR code back, of version 001 or 002 in UTF-8.

    Raises:
        SepaRefusal: It is none, or a part of it is wrong.
    """
    lines = whole.replace("\r\n", "\n").split("\n")
    if not 8 <= len(lines) <= 12 or lines[0] != "BCD" or lines[1] not in {"001", "002"}:
        raise SepaRefusal("qr-wrong")
    lines += [""] * (12 - len(lines))
    amount = _AMOUNT.fullmatch(lines[7])
    if lines[2] != "1" or lines[3] != "SCT" or not amount:
        raise SepaRefusal("qr-wrong")
    cents = int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0"))
    found = Transfer(lines[5], lines[6], cents, lines[4], *lines[8:12])
    payload(
        name=found.name,
        iban=found.iban,
        amount=found.amount,
        bic=found.bic,
        purpose=found.purpose,
        reference=found.reference,
        text=found.text,
        information=found.information,
    )
    return found


def _line(text: str, limit: int) -> str:
    text = text.strip()
    if any(sign in text for sign in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        raise SepaRefusal("line-break", text=" ".join(text.split())[:60])
    if len(text) > limit:
        raise SepaRefusal("text-too-long", text=text[:60], limit=limit)
    return text
