"""Labels set as a PDF: on A4 sheets, or one on each page for thermal printers.

The code is drawn from lines, so that it is sharp at any resolution, with its quiet zone of four
modules inside. Words come from :data:`WORDS`; a person can type the serial where the code is
scratched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from typing import Any

import segno
from pypdf import PdfWriter

from chambre.lib.exports.pdf import compile_paper
from chambre.lib.labels.formats import MOST, Format, LabelRefusal
from chambre.lib.units.decimals import is_french

WORDS = (
    "On deposit: scan to see where to bring me back.",
    "Objet consigné\u00a0: flashez pour savoir où me rapporter.",
)
"""What a label says, in English and in French."""
_TITLES = ("Labels", "Étiquettes")
_ALT = ("Code of {serial}", "Code de {serial}")
QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""
MASK = 2
"""One mask for all: any is read, and choosing the prettiest of eight takes five times as long."""
PAD = 10
"""White at the edge of a label, in tenths of a millimetre: printers do not hit it exactly."""
_POINT = 10 * 25.4 / 72
PART = 130
"""So many labels are set at once, more are joined afterwards. Typst remembers its last ten settings:
small parts keep the memory low, however many labels there are."""


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says.

    Attributes:
        uri: What the code holds: the address of the object.
        serial: The same for people to read and type.
        name: Of the scheme.
        kind: What the object is; empty to leave it out.
    """

    uri: str
    serial: str
    name: str
    kind: str = ""


Placed = tuple[Label, int, int]


def sheet_pdf(
    labels: Sequence[Label],
    *,
    format: Format,
    language: str = "fr",
    issued: datetime,
    skip: int = 0,
    shift: tuple[int, int] = (0, 0),
) -> bytes:
    """Set labels as a PDF, to be printed at 100 %.

    Args:
        labels: In the order in which they are printed.
        format: See :func:`chambre.lib.labels.find_format`.
        language: ``fr`` or ``en``: of the words.
        issued: The time that the file carries, with its time zone.
        skip: Labels of the first sheet that were used already.
        shift: How far a printer has to be corrected, right and down, in tenths of a millimetre.

    Returns:
        The document; the same labels give the same bytes.

    Raises:
        LabelRefusal: No label, too many, or more left out than a sheet has.
    """
    if not labels:
        raise LabelRefusal("label-none")
    if len(labels) > MOST:
        raise LabelRefusal("label-count", count=len(labels), limit=MOST)
    if not 0 <= skip < max(format.room, 1):
        raise LabelRefusal("label-skip", room=format.room, most=format.room - 1)
    pages = [list(page) for page in _placed(labels, format, skip, shift)]
    size = max(1, PART // format.room)
    parts = (pages[first : first + size] for first in range(0, len(pages), size))
    return _joined(_set(part, format, language, issued) for part in parts)


def _set(pages: list[list[Placed]], format: Format, language: str, issued: datetime) -> bytes:
    """Some pages as a document."""
    french = is_french(language)
    data = {
        "title": _TITLES[french],
        "lang": language[:2].lower(),
        "paper": format.paper,
        "label": _inside(format),
        "words": WORDS[french],
        "pages": [
            [
                {
                    "x": x,
                    "y": y,
                    "code": code_svg(label.uri),
                    "alt": _ALT[french].format(serial=label.serial),
                    "serial": _groups(label.serial),
                    "name": label.name,
                    "kind": label.kind,
                }
                for label, x, y in page
            ]
            for page in pages
        ],
    }
    template = (files("chambre.lib.labels") / "label.typ").read_text(encoding="utf-8")
    return compile_paper(template, data, issued=issued)[0]


def _joined(parts: Iterator[bytes]) -> bytes:
    """Documents as one. A single one stays as it is, tagged for readers by ear."""
    first = next(parts)
    whole: PdfWriter | None = None
    for part in parts:
        if whole is None:
            whole = PdfWriter(clone_from=BytesIO(first))
        whole.append(BytesIO(part))
    if whole is None:
        return first
    out = BytesIO()
    whole.write(out)
    return out.getvalue()


def code_svg(uri: str) -> str:
    """The code of an address as a drawing, dark on white, with its quiet zone.

    Level M: a seventh of it may be scratched.
    """
    code = segno.make_qr(
        uri.encode(), error="m", boost_error=False, mode="byte", encoding="utf-8", mask=MASK
    )
    side = len(code.matrix) + 2 * QUIET
    lines = "".join(
        f"M{start + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row, modules in enumerate(code.matrix)
        for start, length in _runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{lines}"/></svg>'
    )


def _runs(modules: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules stand side by side: the first one, and how many."""
    start = None
    for place, dark in enumerate((*modules, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def _placed(
    labels: Sequence[Label], format: Format, skip: int, shift: tuple[int, int]
) -> Iterator[Iterator[Placed]]:
    """The labels of each page, each with its place in tenths of a millimetre."""
    first = 0
    while first < len(labels):
        used = skip if first == 0 else 0
        taken = labels[first : first + format.room - used]
        yield (
            (
                label,
                format.left + shift[0] + (at % format.columns) * format.across,
                format.top + shift[1] + (at // format.columns) * format.down,
            )
            for at, label in enumerate(taken, used)
        )
        first += len(taken)


def _groups(serial: str) -> list[str]:
    """A serial in lines of two groups of four, as people read it aloud."""
    fours = [serial[at : at + 4] for at in range(0, len(serial), 4)]
    return [" ".join(fours[at : at + 2]) for at in range(0, len(fours), 2)]


def _inside(format: Format) -> dict[str, Any]:
    """How a label is divided: the code left (or above, where it is not wider than high) of words.

    Lengths in tenths of a millimetre, sizes of letters in tenths of a point.
    """
    width, height = format.width - 2 * PAD, format.height - 2 * PAD
    stacked = format.height * 10 > format.width * 9
    side = min(width, height * 11 // 20) if stacked else min(height, width * 11 // 20)
    room = width if stacked else width - side
    tall = height - side if stacked else height
    letters = max(45, min(130, tall * 3 // 10))
    serial = min(letters * 12 // 10, int(room / _POINT / 5.6 * 10))
    return {
        "width": format.width,
        "height": format.height,
        "pad": PAD,
        "stacked": stacked,
        "side": side,
        "letters": letters,
        "serial": serial,
    }
