"""What an opening entry (*à-nouveau*) is recognised by."""

from __future__ import annotations

import re
import unicodedata

OPENING_CODES = frozenset(
    {"AN", "A-N", "AN0", "AN1", "ANO", "ANOU", "ANOUV", "ANV", "OUV", "RAN", "RN"}
)
_OPENING_WORDS = re.compile(r"\b(a|report)[ -]?nouveaux?\b|\breports? a nouveau|\bouverture\b")


def is_opening_journal(code: str, label: str) -> bool:
    """Tell whether a journal is the one of opening entries, by its usual codes or its label."""
    return code.upper() in OPENING_CODES or is_opening_label(label)


def is_opening_label(label: str) -> bool:
    """Tell whether a label says *à nouveau*, *report à nouveau* or *ouverture*."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return bool(_OPENING_WORDS.search(plain))
