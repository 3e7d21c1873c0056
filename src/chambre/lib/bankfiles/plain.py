"""Amounts, days, references and accounts, as banks write them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from chambre.lib.money import MoneyRefusal, account_unit
from chambre.lib.sepa import rf

_AMOUNT = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
LARGEST = 10**15
"""Amounts from here on are no money that a bank moves: ten thousand billion euros."""


@lru_cache(maxsize=64)
def decimals_of(currency: str) -> int:
    """Decimals of a currency's smallest part; 2 for a code that is not known."""
    try:
        return account_unit(currency).decimals
    except MoneyRefusal:
        return 2


def minor_of(text: str, currency: str, decimal: str = ".") -> int:
    """An amount in smallest parts.

    Args:
        text: ``1234.5``, ``-12``, ``1 234,56`` with ``decimal=","``; signs in front, behind or as
            brackets.
        currency: Which has its number of decimals.
        decimal: The decimal mark; the other of comma and point groups thousands.

    Raises:
        ValueError: Not an amount, finer than the smallest part, or beyond what money is.
    """
    body = _SPACES.sub("", text.translate(_MINUS))
    if body.startswith("(") and body.endswith(")"):
        body = "-" + body[1:-1]
    if body[-1:] in "+-" and body[:1] not in "+-" and len(body) > 1:
        body = body[-1] + body[:-1]
    groups = "." if decimal == "," else ","
    body = body.replace(groups, "").replace(decimal, ".")
    match = _AMOUNT.fullmatch(body)
    if match is None or not (match[2] or match[3]):
        raise ValueError(text)
    places = decimals_of(currency)
    fraction = (match[3] or "").rstrip("0")
    if len(fraction) > places:
        raise ValueError(text)
    amount = int((match[2] or "0") + fraction.ljust(places, "0"))
    if amount >= LARGEST:
        raise ValueError(text)
    return -amount if match[1] == "-" else amount


@lru_cache(maxsize=4096)
def iso_day(text: str) -> dt.date:
    """A day from ``2026-01-31`` or a moment that begins so; its own local day, as written.

    Raises:
        ValueError: No such day.
    """
    return dt.date.fromisoformat(text[:10])


_EMPTY_REFERENCES = frozenset(
    {
        "NOTPROVIDED",
        "NONREF",
        "NONREFERENCE",
        "NOREF",
        "NOTAVAILABLE",
        "UNKNOWN",
        "NA",
        "N/A",
        "NONE",
    }
)
_NOTHING = re.compile(r"[0\s./\-_*]*")


def reference_of(text: str | None) -> str:
    """A reference, or nothing when it says that there is none (``NOTPROVIDED``, ``NONREF``, 000)."""
    if not text:
        return ""
    cleaned = " ".join(text.split())
    if cleaned.upper().replace(" ", "") in _EMPTY_REFERENCES or _NOTHING.fullmatch(cleaned):
        return ""
    return clean(cleaned)[:140]


def clean(text: str | None) -> str:
    """Text with its spaces made single, without characters that no one can see."""
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split()) if " " in text else text


def joined(texts: list[str]) -> str:
    """Texts as one, each once."""
    if len(texts) == 1:
        return clean(texts[0])
    return " ".join(dict.fromkeys(each for each in map(clean, texts) if each))


_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@lru_cache(maxsize=4096)
def iban_of(text: str) -> str:
    """The IBAN that a text is, without spaces and with its check digits right, or nothing."""
    bare = _SPACES.sub("", text).upper().removeprefix("IBAN")
    if not _IBAN.fullmatch(bare):
        return ""
    moved = bare[4:] + bare[:4]
    return bare if int("".join(str(int(each, 36)) for each in moved)) % 97 == 1 else ""


def rf_of(text: str) -> str:
    """The ISO 11649 reference that a text is, however it is spaced, or nothing."""
    return rf.read(text) if rf.check(text) else ""


_MAYBE_RF = re.compile(r"[Rr][^A-Za-z0-9]{0,2}[Ff][^A-Za-z0-9]{0,2}[0-9]")


def find_rf(text: str) -> str:
    """The first ISO 11649 reference in a text, also when it was split by spaces, or nothing."""
    if not _MAYBE_RF.search(text):
        return ""
    return next(iter(rf.find_in(text)), "")


def account_of(text: str) -> str:
    """An account as a file names it, comparable: no spaces, capitals."""
    return _SPACES.sub("", text).upper().replace("-", "").replace(".", "")


_DIGITS = re.compile(r"[A-Z0-9]+")


def same_account(stated: str, iban: str) -> bool | None:
    """Whether the account that a file names is the one with this IBAN.

    Args:
        stated: An IBAN, or the bank's own number: OFX gives bank, branch and account joined by
            ``/``, MT940 the bank's code and the account so.
        iban: IBAN of the account; without spaces.

    Returns:
        None when the file does not say which account it is.
    """
    if not stated:
        return None
    if whole := iban_of(stated.rpartition("/")[2]) or iban_of(stated):
        return whole == iban
    pieces = [each.lstrip("0") for each in stated.split("/") if each.strip("0")]
    if not pieces:
        return None
    inner, at = iban[4:], 0
    for piece in pieces:  # bank, branch, account: in this order in every national number
        found = inner.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    # A number of three digits is found in any IBAN.
    return True if sum(map(len, pieces)) >= 6 else None
