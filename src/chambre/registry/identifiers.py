"""Numbers and short names: SIREN, SIRET, RNA, slugs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.utils.text import slugify
from django.utils.translation import gettext as _
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

SLUG = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_]{0,59}")
RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_ASCII = re.compile(r"[0-9 .\u00a0\u202f]*")


class BadNumber(ValueError):
    """A number that does not stand up to its own check; its text is for a person."""


def clean_siren(text: str) -> str:
    """A SIREN as nine digits; empty stays empty.

    Spaces and full stops are left out; the last digit is checked (Luhn's formula, ISO/IEC 7812-1).

    Raises:
        BadNumber: It is not nine digits, or the check digit is wrong.
    """
    return _clean(text, siren_number.validate, _("A SIREN has nine digits."), _("SIREN"))


def clean_siret(text: str, siren: str = "") -> str:
    """A SIRET as fourteen digits; empty stays empty.

    It starts with the SIREN, and is checked by Luhn's formula; establishments of La Poste
    (SIREN 356 000 000) but its head office are checked by the sum of their digits instead,
    a multiple of five.

    Args:
        text: What was written.
        siren: The SIREN that it must start with, nine digits; empty: any.

    Raises:
        BadNumber: It is not fourteen digits, the check is wrong, or it belongs to another SIREN.
    """
    found = _clean(text, siret_number.validate, _("A SIRET has fourteen digits."), _("SIRET"))
    if found and siren and not found.startswith(siren):
        raise BadNumber(_("This SIRET does not start with the SIREN."))
    return found


def clean_rna(text: str) -> str:
    """An RNA number (W and nine characters) in capitals; empty stays empty.

    Raises:
        BadNumber: It has another form.
    """
    found = re.sub(r"[\s.]", "", text).upper()
    if found and not RNA.fullmatch(found):
        raise BadNumber(_("An RNA number is W and nine characters, for example W751234567."))
    return found


def _clean(text: str, validate: Callable[[str], str], length: str, name: str) -> str:
    stripped = text.strip()
    if not stripped:
        return ""
    if not _ASCII.fullmatch(stripped):
        raise BadNumber(length)
    try:
        return validate(re.sub(r"[\u00a0\u202f]", "", stripped))
    except InvalidLength as error:
        raise BadNumber(length) from error
    except InvalidChecksum as error:
        raise BadNumber(
            _("The check digit of this %(name)s is wrong: was a figure mistyped?") % {"name": name}
        ) from error
    except ValidationError as error:
        raise BadNumber(length) from error


def clean_slug(text: str) -> str:
    """A short name: letters without accents, digits, ``-`` and ``_``; at most 60.

    Raises:
        BadNumber: It has another form.
    """
    if not SLUG.fullmatch(text):
        raise BadNumber(
            _("A short name has letters without accents, digits, - and _, at most 60, and begins"
              " with a letter or digit.")
        )  # fmt: skip
    return text


def slug_base(name: str, fallback: str = "x") -> str:
    """What a short name made from a name begins with."""
    return slugify(name.replace("œ", "oe").replace("Œ", "oe"))[:50].strip("-_") or fallback


def free_slug(name: str, taken: Iterable[str], fallback: str = "x") -> str:
    """A short name made from a name, with a number when it is taken.

    Args:
        name: For example « Le verger partagé ».
        taken: Short names that exist, in any case.
        fallback: What to begin with when nothing of the name is left.
    """
    base = slug_base(name, fallback)
    used = {slug.lower() for slug in taken}
    slug, number = base, 1
    while slug in used:
        number += 1
        slug = f"{base}-{number}"
    return slug
