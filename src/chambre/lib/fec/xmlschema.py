"""The schemas of the XML form, as sequences: what each element holds, in which order, how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ACCOUNT = re.compile(r"[0-9]{3}[0-9a-zA-Z]*")
_SIDES = frozenset({"d", "D", "c", "C", "-1", "+1"})
_AMOUNTS = ("Debit", "Credit", "Montant", "Sens")
_DEPTH = {"comptabilite": 1, "exercice": 2, "journal": 3, "ecriture": 4, "ligne": 5}

# name, and how often: "1" once, "?" at most once, "*" any number, "+" at least once
_Sequence = tuple[tuple[str, str], ...]


def _sequence(text: str) -> _Sequence:
    return tuple(
        (word.rstrip("?*+"), word[-1] if word[-1] in "?*+" else "1") for word in text.split()
    )


class Shape:
    """One of the four schemas."""

    def __init__(self, schema: str) -> None:
        journal = "JournalCode JournalLib" if schema == "VII-1" else "JournalCode? JournalLib?"
        account = "CompteNum" if schema == "VII-1" else "CompteNum?"
        cash = {
            "VIII-5": "DateRglt ModeRglt NatOp? ",
            "VIII-7": "DateRglt ModeRglt NatOp? IdClient? ",
        }.get(schema, "")
        self._sequences = {
            "comptabilite": _sequence("exercice"),
            "exercice": _sequence("DateCloture journal+"),
            "journal": _sequence(f"{journal} ecriture*"),
            "ecriture": _sequence(
                "EcritureNum EcritureDate EcritureLib PieceRef PieceDate EcritureLet? DateLet? "
                f"ValidDate {cash}ligne+"
            ),
            "ligne": _sequence(
                f"{account} CompteLib CompAuxNum? CompAuxLib? Montantdevise? Idevise? "
                "Debit? Credit? Montant? Sens?"
            ),
        }

    def holds(self, name: str) -> bool:
        """Whether an element holds other elements."""
        return name in self._sequences

    def depth(self, name: str) -> int:
        """How deep such an element lies, the root being 1."""
        return _DEPTH[name]

    def knows(self, parent: str, name: str) -> bool:
        """Whether an element may hold another, by name."""
        return any(_spelling(name) == own for own, _ in self._sequences[parent])

    def begin(self, name: str) -> Progress:
        """Begin to follow the children of an element."""
        return Progress(name, self._sequences[name])

    def fits(self, name: str, text: str) -> bool:
        """Whether the text of a leaf is of its type."""
        if name in {"EcritureDate", "PieceDate", "DateLet", "ValidDate", "DateRglt", "DateCloture"}:
            return _is_date(text)
        if name in {"Debit", "Credit", "Montant"}:
            return bool(_FLOAT.fullmatch(text)) or text in {"INF", "-INF", "NaN"}
        if name == "CompteNum":
            return bool(_ACCOUNT.fullmatch(text))
        return name != "Sens" or text in _SIDES


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    try:
        date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return False
    return True


def _spelling(name: str) -> str:
    return {"CompteAuxNum": "CompAuxNum", "CompteAuxLib": "CompAuxLib"}.get(name, name)


class Progress:
    """How far the children of one element have come in their sequence."""

    def __init__(self, parent: str, sequence: _Sequence) -> None:
        self._parent = parent
        self._sequence = sequence
        self._at = -1
        self._seen: set[str] = set()

    def child(self, name: str) -> Iterator[str]:
        """Take the next child; say what is out of place."""
        own = _spelling(name)
        places = [place for place, (known, _) in enumerate(self._sequence) if known == own]
        if not places:
            # Any element may follow the amount of a line, and nowhere else.
            if self._parent != "ligne" or not self._seen & set(_AMOUNTS):
                yield "?"
            return
        place = places[0]
        if own in self._seen and self._sequence[place][1] in "1?":
            yield "× 2"
        elif place < self._at:
            yield f"< {self._sequence[self._at][0]}"
        for missing, often in self._sequence[self._at + 1 : place]:
            if often in "1+" and missing not in self._seen:
                yield f"{missing} ?"
        self._at = max(self._at, place)
        self._seen.add(own)

    def end(self) -> Iterator[str]:
        """Take the end of the element; say what is missing."""
        for missing, often in self._sequence[self._at + 1 :]:
            if often in "1+" and missing not in self._seen:
                yield f"{missing} ?"
        if self._parent == "ligne":
            amounts = self._seen & set(_AMOUNTS)
            if amounts not in ({"Debit"}, {"Credit"}, {"Montant", "Sens"}):
                yield " + ".join(sorted(amounts)) or "Debit | Credit ?"


_SHAPES = {name: Shape(name) for name in ("VII-1", "VIII-3", "VIII-5", "VIII-7")}


def shape_of(schema: str) -> Shape:
    """One of the schemas, by the end of its name."""
    return _SHAPES[schema]
