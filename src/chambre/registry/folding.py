"""Text made comparable: without accents, case, ligatures and punctuation.

Search compares folded text with folded words, so that SQLite and PostgreSQL find the same things
in the same order, and « Œuvre d’été » is found by ``oeuvre ete``.
"""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
     "ł": "l", "Ł": "l", "ı": "i"}
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w]|_")

STOP_WORDS = frozenset(
    {
        *("a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et"),
        *("l", "la", "le", "les", "leur", "n", "ou", "par", "pour", "qu", "que", "s", "sans"),
        *("se", "son", "sur", "un", "une"),
        *("and", "for", "in", "of", "on", "or", "the", "to", "with"),
    }
)
"""Words that are left out of a query that has others."""


def fold(text: str) -> str:
    """Words in lower case without accents, one space between them.

    Compatibility forms are taken apart (NFKD), marks are dropped, ligatures are spelled out, and
    whatever is neither letter nor digit becomes a space: ``fold("L’Œuvre nº 2")`` is
    ``"l oeuvre no 2"``.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    plain = unicodedata.normalize("NFKD", plain).casefold()  # some capitals appear only now
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_NOT_WORD.sub(" ", bare.translate(_LIGATURES)).split())


def haystack(*texts: str) -> str:
    """Folded text with a space before and after each word, to be searched for ``" word"``."""
    folded = fold(" ".join(texts))
    return f" {folded} " if folded else ""


def query_words(query: str, limit: int = 8) -> list[str]:
    """The words of a query that must all be found, in order, each once.

    Stop words are left out when there are others; of a plural in ``s`` or ``x`` the ending is left
    out, because words are matched by their beginning (``vergers`` finds ``verger``).
    """
    words = fold(query).split()
    kept = [word for word in words if word not in STOP_WORDS] or words
    stems = [
        word[:-1] if len(word) > 3 and word[-1] in "sx" and word.isalpha() else word
        for word in kept
    ]
    return list(dict.fromkeys(stems))[:limit]
