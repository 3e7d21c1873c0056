"""The typed shapes of a FEC: a line, an entry, a regrouping, and the columns of the law.

Amounts are integers in cents. A line bears one figure: ``amount`` is *debit − credit* and ``side``
says which column it stood in, so that both columns can be written again as they were: a negative
debit is ``amount < 0, side == "D"``. A line of the file that bears two figures (debit *and*
credit) becomes two typed lines with the same line number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
"""The eighteen columns of LPF art. A.47 A-1, VII-1°, in their order and spelling."""

TREASURY_COLUMNS = ("DateRglt", "ModeRglt", "NatOp", "IdClient")
"""What cash books add: the first three for a farm (VIII-5°), all four for a practice (VIII-7°)."""


class Books(StrEnum):
    """Which books a file claims to be; it decides which columns the administration wants."""

    COMMERCIAL = "commercial"
    """BIC, IS, and BNC or BA kept under commercial law: 18 columns."""
    FARM_CASH = "farm-cash"
    """BA kept on a cash basis: 21 columns."""
    PRACTICE_CASH = "practice-cash"
    """BNC kept on a cash basis: 22 columns."""


class FecLine(NamedTuple):
    """One typed line. Blocks and entries hold plain tuples in this order, for speed."""

    line: int
    """Number of the line in the file, the header being 1; counted on over the parts."""
    journal: str
    journal_label: str
    number: str
    """EcritureNum as written, padding removed; may be empty."""
    day: date
    """EcritureDate."""
    account: str
    account_label: str
    auxiliary: str
    auxiliary_label: str
    piece: str
    """PieceRef."""
    piece_day: date | None
    label: str
    """EcritureLib."""
    amount: int
    """Debit − credit, in cents."""
    side: str
    """``"D"`` if the figure stood in the debit column, ``"C"`` if in the credit column."""
    letter: str
    """EcritureLet."""
    letter_day: date | None
    valid_day: date | None
    currency_amount: int | str | None
    """Montantdevise in minor units of that currency (ISO 4217 exponent; two decimals when the
    currency is unknown), or the exact decimal text with a point when it has more decimals."""
    currency: str
    """Idevise, upper case."""
    extras: Mapping[str, str] | None
    """Further columns by their name in the header, empty ones left out; None when there is none."""

    @property
    def debit(self) -> int:
        """What stood in the debit column, in cents."""
        return self.amount if self.side == "D" else 0

    @property
    def credit(self) -> int:
        """What stood in the credit column, in cents."""
        return -self.amount if self.side == "C" else 0


LineTuple = tuple[
    int, str, str, str, date, str, str, str, str, str, date | None, str,
    int, str, str, date | None, date | None, int | str | None, str, Mapping[str, str] | None,
]  # fmt: skip
"""A plain tuple in the order of :class:`FecLine`; ``FecLine._make`` names its fields."""


class Entry(NamedTuple):
    """Lines that balance and are posted together."""

    journal: str
    """Code of the journal; of its first line when lines of several journals were put together."""
    number: str
    """EcritureNum; empty when missing, or when it does not tell entries apart."""
    day: date
    """The day of the entry; the last one when days were put together."""
    piece: str
    """PieceRef of the first line."""
    label: str
    """EcritureLib of the first line."""
    lines: list[LineTuple]
    """In the order of the file; their amounts sum to zero."""
    regrouping: int | None
    """Index in ``Prepared.regroupings`` when it took several groups to balance, else None."""


class Width(StrEnum):
    """What the lines of a group have in common, from the narrowest to the widest."""

    PIECE = "piece"
    """Journal, day and piece."""
    NUMBER = "number"
    """Journal and number, over several days."""
    JOURNAL_DAY = "journal-day"
    DAY = "day"
    JOURNAL_MONTH = "journal-month"
    MONTH = "month"
    JOURNAL = "journal"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Regrouping:
    """Groups that did not balance one by one, booked as one entry because together they do."""

    width: Width
    """What the merged groups have in common; nothing narrower balances."""
    journal: str
    """Code of the journal, empty when the merge crosses journals."""
    number: str
    """Number of the entry when it is what they share, else empty."""
    first_day: date
    last_day: date
    piece: str
    """PieceRef when it is what they share, else empty."""
    groups: int
    """How many groups were merged."""
    lines: int
    """How many lines they hold together."""
    first_line: int
    """Number of the first of these lines in the file."""
    keys: tuple[tuple[str, str, date, str, int], ...]
    """The merged groups (at most a hundred of them): journal, number, day, piece, and by how many
    cents debit exceeds credit in it."""

    def why(self, lang: str = "fr") -> str:
        """Say in words why these lines were put together."""
        french, english = _WHY[self.width]
        return french if lang.lower().startswith("fr") else english


_WHY = {
    Width.PIECE: (
        "ces numéros d’écriture ne s’équilibrent qu’ensemble, par journal, date et pièce",
        "these entry numbers balance only together, by journal, day and piece",
    ),
    Width.NUMBER: (
        "cette écriture ne s’équilibre que sur plusieurs dates",
        "this entry balances only over several days",
    ),
    Width.JOURNAL_DAY: (
        "ces écritures ne s’équilibrent qu’ensemble, sur la journée de ce journal",
        "these entries balance only together, over the day of this journal",
    ),
    Width.DAY: (
        "ces écritures ne s’équilibrent qu’ensemble, sur la journée, tous journaux réunis",
        "these entries balance only together, over the day, all journals taken together",
    ),
    Width.JOURNAL_MONTH: (
        "ces écritures ne s’équilibrent qu’ensemble, sur le mois de ce journal",
        "these entries balance only together, over the month of this journal",
    ),
    Width.MONTH: (
        "ces écritures ne s’équilibrent qu’ensemble, sur le mois, tous journaux réunis",
        "these entries balance only together, over the month, all journals taken together",
    ),
    Width.JOURNAL: (
        "ces écritures ne s’équilibrent qu’ensemble, sur l’ensemble de ce journal",
        "these entries balance only together, over the whole of this journal",
    ),
    Width.FILE: (
        "ces écritures ne s’équilibrent qu’ensemble, sur l’ensemble du fichier",
        "these entries balance only together, over the whole file",
    ),
}
