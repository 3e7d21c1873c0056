"""The one entrance to the treasury, for the rooms above it.

A room authorizes its own act, asks here as ``Actor.system("its name")`` or as the person, and hears
:mod:`chambre.treasury.events`.
"""

from __future__ import annotations

from chambre.treasury.booklines import BookLine
from chambre.treasury.services.booking import account_of, book_entry, rule_of, unbook
from chambre.treasury.services.parties import note_iban, note_party

__all__ = [
    "BookLine",
    "account_of",
    "book_entry",
    "note_iban",
    "note_party",
    "rule_of",
    "unbook",
]
