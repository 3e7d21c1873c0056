"""Letters that every bank of SEPA reads (EPC217-08): ``a-z A-Z 0-9 / - ? : ( ) . , ' +`` and space.

Others are written with these: accents fall, scripts are transliterated, ``&`` becomes ``+``.
"""

from __future__ import annotations

import re

from text_unidecode import unidecode

from chambre.lib.sepa.errors import SepaRefusal

_ALLOWED = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]")
_SPECIAL = str.maketrans(
    {"&": "+", "€": "EUR", "_": "-", "«": "", "»": "", "@": "(at)", "°": "o", "—": "-", "–": "-"}
)
_ID = re.compile(r"[a-zA-Z0-9\-?:().,'+ ](?:[a-zA-Z0-9/\-?:().,'+ ]{0,33}[a-zA-Z0-9\-?:().,'+ ])?")


def fold(text: str, limit: int | None = None) -> str:
    """Write a text with the letters that every bank reads.

    Args:
        text: What people wrote.
        limit: Longest result; the rest is cut at the end.

    Returns:
        The text, single spaces; may be empty where nothing can be written.
    """
    text = " ".join(text.translate(_SPECIAL).split())
    folded = _ALLOWED.sub(".", unidecode(text))
    # A reader must not take “/” or “//” for one of the code words of the interbank formats.
    folded = re.sub(r"/{2,}", "/", " ".join(folded.split())).strip("/ ")
    return folded[:limit].rstrip("/ ") if limit is not None else folded


def fold_name(text: str, limit: int = 70) -> str:
    """Write the name of an account's holder.

    Raises:
        SepaRefusal: No letter or digit is left of it.
    """
    folded = fold(text, limit)
    if not any(sign.isalnum() for sign in folded):
        raise SepaRefusal("name-missing")
    return folded


def read_id(text: str) -> str:
    """Take an identifier of a message, a payment or a mandate as it is.

    Raises:
        SepaRefusal: Empty, longer than 35, with other characters, or “/” where none may be.
    """
    if not _ID.fullmatch(text) or "//" in text or text != text.strip():
        raise SepaRefusal("id-wrong", text=text[:60])
    return text
