"""The first line of a FEC: which separator, which columns, which books."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from .findings import Findings
from .types import COLUMNS, TREASURY_COLUMNS, Books

MANDATORY = (
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "EcritureLib",
    "Debit",
    "Credit",
)
"""The columns without which the administration's program reads nothing."""

_OWN_COLUMNS = {
    Books.COMMERCIAL: COLUMNS,
    Books.FARM_CASH: (*COLUMNS, *TREASURY_COLUMNS[:3]),
    Books.PRACTICE_CASH: (*COLUMNS, *TREASURY_COLUMNS),
}

ABSENT_DATA = {
    Books.COMMERCIAL: frozenset(
        {"JournalCode", "JournalLib", "PieceRef", "PieceDate", "ValidDate"}
    ),
    Books.FARM_CASH: frozenset({"PieceRef", "PieceDate"}),
    Books.PRACTICE_CASH: frozenset({"PieceRef", "PieceDate"}),
}
"""Columns of which an empty value is absent data (``V``), by the books."""

# Spellings seen in exports (the XML schema itself has the first two) that the administration's
# program does not recognise but nobody can mistake.
_ALIASES = {
    "compteauxnum": "CompAuxNum",
    "compteauxlib": "CompAuxLib",
    "iddevise": "Idevise",
    "deviseid": "Idevise",
    "montantdevises": "Montantdevise",
}
_FICTITIOUS = "ZFICTIFZ"


@dataclass(slots=True)
class Layout:
    """What the header of a part says.

    Attributes:
        separator: The byte between fields.
        names: The columns as written, without padding; the empty one after a trailing separator
            is not among them.
        fields: How many fields each line has, a trailing empty one included.
        trailing: Whether the header ends with one more separator.
        index: Where each column stands: by the name of the law, *Montant* and *Sens* included.
        extras: Where the further columns stand, with their names.
        books: Which books it claims to be.
        iso: Whether dates are rightly in ISO form (the XML form of the file).
    """

    separator: bytes
    names: list[str]
    fields: int
    trailing: bool
    index: dict[str, int] = field(default_factory=dict)
    extras: list[tuple[int, str]] = field(default_factory=list)
    books: Books = Books.COMMERCIAL
    iso: bool = False

    @property
    def has_side(self) -> bool:
        """Whether amounts come as *Montant* and *Sens* instead of debit and credit."""
        return "Montant" in self.index and "Sens" in self.index and "Debit" not in self.index

    @property
    def further(self) -> tuple[str, ...]:
        """The columns beyond the eighteen of the law that lines keep as extras, in order.

        Those of cash books come first, all of them, as the law wants.
        """
        cash = _OWN_COLUMNS[self.books][len(COLUMNS) :]
        rest = (name for _, name in self.extras if name not in cash)
        return tuple(dict.fromkeys((*cash, *rest)))

    @property
    def own(self) -> tuple[str, ...]:
        """The columns that the law wants of these books."""
        return own_columns(self.books, has_side=self.has_side)


def own_columns(books: Books, *, has_side: bool = False) -> tuple[str, ...]:
    """The columns that the law wants of some books, in order."""
    names = _OWN_COLUMNS[books]
    if not has_side:
        return names
    swapped = {"Debit": "Montant", "Credit": "Sens"}
    return tuple(swapped.get(name, name) for name in names)


def find_separator(line: str, *, before_2013: bool = False) -> str | None:
    """The separator of a header: the first of TAB and ``|`` that gives nine fields.

    Comma and semicolon too, in years closed before 2013. Trailing empty fields do not count.
    """
    candidates = "\t|,;" if before_2013 else "\t|"
    for separator in candidates:
        if len(line.rstrip(separator).split(separator)) >= 9:
            return separator
    return None


def read_header(
    line: str,
    findings: Findings,
    *,
    number: int = 1,
    books: Books | None = None,
    closing_year: int | None = None,
) -> Layout | None:
    """Read the first line of a part.

    Args:
        line: Decoded, without its byte order mark and end.
        findings: Takes what is found in it.
        number: The number of the line.
        books: Which books to take it for, instead of looking at the columns.
        closing_year: The year of the closing date, when the name of the file says it.

    Returns:
        The layout, or None when no separator was found (``E_SEPARATOR``).
    """
    before_2013 = closing_year is not None and closing_year < 2013
    line = line.replace("\xa0", " ")
    separator = find_separator(line, before_2013=before_2013)
    if separator is None:
        shown = next((mark for mark in (";", ",", " ") if line.count(mark) >= 8), line[:20])
        findings.add("E_SEPARATOR", number, "", "" if shown == line else shown)
        return None
    names = re.split(f" *{re.escape(separator)} *", line)
    while names and not names[-1]:
        names.pop()
    trailing = bool(re.search(re.escape(separator) + " *$", line))
    if trailing:
        findings.add("I_TRAILING_SEPARATOR", number)
    layout = Layout(separator.encode(), names, len(names) + trailing, trailing)
    _place(layout, findings, number, before_2013=before_2013)
    layout.books = books or _books(layout)
    _note_absent(layout, findings, number, before_2013=before_2013)
    return layout


def administrative_name(name: str) -> str:
    """A column name as the administration's program compares it."""
    plain = re.sub("[éèÉÈ]", "e", name).rstrip(" ")
    return re.sub("[^A-Za-z0-9]", "_", plain).upper()


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return re.sub("[^a-z0-9]", "", letters.encode("ascii", "ignore").decode().lower())


_KNOWN = (*COLUMNS, *TREASURY_COLUMNS, "Montant", "Sens")
_BY_ADMINISTRATION = {name.upper(): name for name in _KNOWN}
_BY_SENSE = {**{_plain(name): name for name in _KNOWN}, **_ALIASES}


def _place(layout: Layout, findings: Findings, number: int, *, before_2013: bool) -> None:
    """Say where each column of the law stands; what is left are the extras."""
    left: list[tuple[int, str]] = []
    for place, name in enumerate(layout.names):
        own = _BY_ADMINISTRATION.get(administrative_name(name))
        if own is None:
            left.append((place, name))
        elif own in layout.index:
            findings.add("W_COLUMN_TWICE", number, own)
        else:
            layout.index[own] = place
    for place, name in left:
        own = _BY_SENSE.get(_plain(name))
        if own is not None and own not in layout.index:
            layout.index[own] = place
            if own in MANDATORY:
                findings.add("O_COLUMN_OTHER_NAME", number, own, name)
            elif not before_2013:
                findings.add("P_COLUMN_OTHER_NAME", number, own, name)
        else:
            layout.extras.append((place, name))
            findings.add("S_EXTRA_COLUMN", number, name)
    if layout.has_side:
        return
    for name in ("Montant", "Sens"):  # without its twin, or beside Debit: a further column
        if name in layout.index:
            layout.extras.append((layout.index.pop(name), name))
            findings.add("S_EXTRA_COLUMN", number, name)


def _books(layout: Layout) -> Books:
    if "IdClient" in layout.index:
        return Books.PRACTICE_CASH
    if "DateRglt" in layout.index:
        return Books.FARM_CASH
    return Books.COMMERCIAL


def _note_absent(layout: Layout, findings: Findings, number: int, *, before_2013: bool) -> None:
    own = layout.own
    absent = [name for name in own if name not in layout.index]
    for name in absent:
        if name in MANDATORY:
            findings.add("O_COLUMN_MISSING", number, name)
        elif before_2013:
            findings.add("I_COLUMN_NOT_DETECTED", number, name)
        else:
            findings.add("P_COLUMN_NOT_DETECTED", number, name)
    for name in TREASURY_COLUMNS:  # kept with the extras, even where they are of these books
        if name in layout.index:
            layout.extras.append((layout.index[name], name))
            if name not in own:
                findings.add("S_EXTRA_COLUMN", number, name)
    places = [layout.index[name] for name in own if name in layout.index]
    for rank, place in enumerate(places[:-1]):
        if place > places[rank + 1]:
            late = next(name for name in own if layout.index.get(name) == places[rank + 1])
            findings.add("W_COLUMN_ORDER", number, late, found=places[rank + 1] + 1)
            break
