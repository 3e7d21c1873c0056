"""Sizes of labels: sheets that every stationer sells, and rolls of thermal printers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from chambre.lib.refusal import Refusal

MOST = 20_000
"""Most labels of one file: 308 sheets of 65."""
SMALLEST, LARGEST = 20, 150
"""Sides of a label of a roll, in millimetres."""
_SIZE = re.compile(r"(\d{2,3})\s*[x×]\s*(\d{2,3})")


class LabelRefusal(Refusal):
    """Labels that cannot be set."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "label-format": (
            "There is no label format “{text}”. Take one of {known}, or a size in millimetres "
            "from {least} to {most}, such as 50x30.",
            "Il n’y a pas de format d’étiquette « {text} ». Prenez l’un de {known}, ou une taille "
            "en millimètres de {least} à {most}, comme 50x30.",
        ),
        "label-count": (
            "{count} labels are too many for one file; at most {limit}.",
            "{count} étiquettes sont trop pour un seul fichier ; au plus {limit}.",
        ),
        "label-none": ("There is no label to print.", "Il n’y a aucune étiquette à imprimer."),
        "label-skip": (
            "A sheet has {room} labels: at most {most} can be left out at its beginning.",
            "Une planche a {room} étiquettes : on peut en laisser au plus {most} au début.",
        ),
    }


@dataclass(frozen=True, slots=True)
class Format:
    """How labels lie on the paper; every length in tenths of a millimetre.

    Attributes:
        code: Short name.
        width: Of a label.
        height: Of a label.
        columns: Labels side by side; 1 on a roll.
        rows: Labels one below the other; 1 on a roll.
        left: Margin of the sheet left of the first label.
        top: Margin above the first label.
        across: From the left edge of a label to that of the next.
        down: From the upper edge of a label to that of the next.
    """

    code: str
    width: int
    height: int
    columns: int = 1
    rows: int = 1
    left: int = 0
    top: int = 0
    across: int = 0
    down: int = 0

    @property
    def room(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    @property
    def is_sheet(self) -> bool:
        """Many labels on an A4 page, rather than one on each piece of a roll."""
        return self.room > 1

    @property
    def paper(self) -> tuple[int, int]:
        """Width and height of a page."""
        return (2100, 2970) if self.is_sheet else (self.width, self.height)


A4: Mapping[str, Format] = {
    each.code: each
    for each in (
        Format("a4-24", 700, 370, 3, 8, 0, 5, 700, 370),
        Format("a4-24-margins", 635, 339, 3, 8, 72, 129, 660, 339),
        Format("a4-40", 525, 297, 4, 10, 0, 0, 525, 297),
        Format("a4-65", 381, 212, 5, 13, 47, 107, 406, 212),
    )
}
"""Sheets by what they are called: how many labels an A4 page has."""
ROLLS: Mapping[str, Format] = {
    each.code: each
    for each in (Format("50x30", 500, 300), Format("62x29", 620, 290), Format("100x50", 1000, 500))
}
"""Usual labels of thermal printers, width by height in millimetres; any other size can be asked."""


def find_format(text: str) -> Format:
    """The format of that name, or of that size in millimetres.

    Args:
        text: ``a4-24``, ``a4-24-margins``, ``a4-40``, ``a4-65``, or ``WIDTHxHEIGHT`` of a roll; a
            number alone is a sheet (``65``).

    Raises:
        LabelRefusal: There is none, or the label would be too small or too large.
    """
    code = text.strip().lower()
    known = {**A4, **ROLLS}
    found = known.get(code) or known.get(f"a4-{code}")
    if found is not None:
        return found
    if size := _SIZE.fullmatch(code):
        width, height = int(size[1]), int(size[2])
        if min(width, height) >= SMALLEST and max(width, height) <= LARGEST:
            return Format(f"{width}x{height}", width * 10, height * 10)
    raise LabelRefusal(
        "label-format", text=text[:40], known=", ".join(known), least=SMALLEST, most=LARGEST
    )
