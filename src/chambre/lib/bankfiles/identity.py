"""When two rows are one movement, and when two that look alike are two.

A movement keeps no name of its own across files: references are missing, or the same for several
movements. So a row is known by the best that it has, **and by its number among those alike**:

1. the bank's reference of the entry, with its day and its amount. (The number of an entry in its
   statement, ``NtryRef``, is none: it begins anew in each file.)
2. without one, what the payer gave (end-to-end id, transaction, mandate) and the texts;
3. the texts alone.

The day, the amount and the direction are always part of it. Spaces, capitals and signs in texts
are not: banks fold lines differently in two exports of one day. Two identical rows in a file get
the numbers 1 and 2; the same file again gets the same numbers.
"""

from __future__ import annotations

import re
from hashlib import sha256

from .types import Row

_SIGNS = re.compile(r"[\W_]+")


def squeezed(text: str) -> str:
    """Letters and digits of a text, in capitals."""
    return _SIGNS.sub("", text).upper()


def entry_key(row: Row) -> str:
    """What the entry of a row is known by, but for its number among those alike.

    The same for every part of a batch; and for the batch when it was not split, if the bank gave it
    a reference.

    Args:
        row: A row; of a batch, its first part.

    Returns:
        32 hexadecimal digits.
    """
    name = row.account_reference
    if name:
        content: tuple[str, ...] = ("1", row.day.isoformat(), str(row.entry_amount), squeezed(name))
    else:
        given = (row.end_to_end_id, row.transaction_id, row.mandate_id, row.creditor_reference)
        texts = (row.party_name, row.party_iban, row.texts, row.info)
        content = (
            "2" if any(given) else "3",
            row.day.isoformat(),
            str(row.entry_amount),
            *map(squeezed, (*given, *texts)),
        )
    return sha256("\x1f".join(content).encode()).hexdigest()[:32]


def likeness(one: Row, other: Row) -> int:
    """How much two rows of the same day and amount look like the same movement, as a rank.

    For choosing among rows that came from another format, whose references and texts differ: what
    was given by the payer counts most, then the other side, then words in common.
    """
    rank = 0
    for name, weight in (("end_to_end_id", 400), ("creditor_reference", 400), ("party_iban", 200)):
        mine, theirs = squeezed(getattr(one, name)), squeezed(getattr(other, name))
        if mine and theirs:
            rank += weight if mine == theirs else -weight
    rank += min(10 * len(_words(one) & _words(other)), 150)
    return rank


def _words(row: Row) -> set[str]:
    """Words of three letters or more in all that is said of a row."""
    said = f"{row.party_name} {row.texts} {row.info} {row.reference} {row.end_to_end_id}"
    return {word for word in _SIGNS.sub(" ", said.upper()).split() if len(word) > 2}
