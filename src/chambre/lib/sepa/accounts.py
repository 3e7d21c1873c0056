"""Numbers of accounts, banks and creditors: IBAN (ISO 13616), BIC (ISO 9362), ICS (EPC262-08)."""

from __future__ import annotations

from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from chambre.lib.sepa.errors import SepaRefusal

_IN = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
_BESIDE = "AD AL CH GB GG GI IM JE MC MD ME MK RS SM VA"
EEA = frozenset(_IN.split())
"""Countries where the IBAN alone is enough."""
SEPA = EEA | frozenset(_BESIDE.split())
"""Countries of the SEPA schemes (EPC409-09)."""


def read_iban(text: str) -> str:
    """Read an IBAN as somebody typed it.

    Returns:
        Without spaces, in capitals.

    Raises:
        SepaRefusal: Its length, its structure or its check digits are wrong.
    """
    try:
        return str(iban_number.validate(text))
    except ValidationError:
        raise SepaRefusal("iban-wrong", text=text.strip()[:60]) from None


def write_iban(iban: str) -> str:
    """Write an IBAN for people, in groups of four."""
    return str(iban_number.format(iban))


def hide_iban(iban: str) -> str:
    """Write an IBAN for those who need not know it: country and last four characters."""
    return f"{iban[:4]} … {iban[-4:]}" if iban else ""


def read_bic(text: str) -> str:
    """Read a BIC; gives 8 or 11 capitals.

    Raises:
        SepaRefusal: It is none.
    """
    try:
        return str(bic_number.validate(text))
    except ValidationError:
        raise SepaRefusal("bic-wrong", text=text.strip()[:60]) from None


def read_creditor_id(text: str) -> str:
    """Read a SEPA creditor identifier (*ICS*), such as ``FR72ZZZ123456``.

    Raises:
        SepaRefusal: Its structure or check digits are wrong.
    """
    try:
        found = str(at_02.validate(text))
    except ValidationError:
        raise SepaRefusal("creditor-id-wrong", text=text.strip()[:60]) from None
    if len(found) > 35:
        raise SepaRefusal("creditor-id-wrong", text=text.strip()[:60])
    return found


def account(iban: str, bic: str = "") -> tuple[str, str]:
    """Read what a SEPA payment needs to reach an account.

    Args:
        iban: The account.
        bic: Its bank; may be empty inside the European Economic Area.

    Returns:
        IBAN and BIC as files have them; the BIC may be empty.

    Raises:
        SepaRefusal: One of them is wrong, the country takes no part in SEPA, or it needs a BIC.
    """
    iban = read_iban(iban)
    country = iban[:2]
    if country not in SEPA:
        raise SepaRefusal("iban-outside", iban=write_iban(iban), country=country)
    if bic.strip():
        return iban, read_bic(bic)
    if country not in EEA:
        raise SepaRefusal("bic-missing", country=country)
    return iban, ""
