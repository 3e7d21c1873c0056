"""Sheets of labels for reusable objects: a code that any phone opens, and words beside it.

* :func:`find_format`: a sheet of 24, 40 or 65 labels, or one label of a roll (``50x30``);
* :func:`sheet_pdf`: labels as a PDF to print at 100 %.
"""

from chambre.lib.labels.formats import (
    A4,
    MOST,
    ROLLS,
    Format,
    LabelRefusal,
    find_format,
)
from chambre.lib.labels.sheets import Label, sheet_pdf

__all__ = [
    "A4",
    "MOST",
    "ROLLS",
    "Format",
    "Label",
    "LabelRefusal",
    "find_format",
    "sheet_pdf",
]
