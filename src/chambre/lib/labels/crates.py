"""Labels for the crates of a shop's orders: who, where and when, what is in it, a code to scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from chambre.lib.exports.pdf import compile_paper
from chambre.lib.labels.formats import MOST, Format, LabelRefusal, find_format
from chambre.lib.labels.sheets import code_svg
from chambre.lib.units.decimals import is_french

CRATES: Mapping[str, Format] = {
    each.code: each
    for each in (
        Format("a4-8", 1050, 742, 2, 4, 0, 0, 1050, 742),
        Format("a4-4", 1050, 1485, 2, 2, 0, 0, 1050, 1485),
        Format("100x150", 1000, 1500),
        Format("100x50", 1000, 500),
    )
}
"""Sizes that have room for what is in a crate; any other size of a roll can be asked too."""
_WORDS = {
    "title": ("Labels of crates", "Étiquettes des caisses"),
    "due": ("To pay: {amount}", "À payer\u00a0: {amount}"),
    "more": ("and {many} more", "et {many} de plus"),
    "alt": ("Code {code}", "Code {code}"),
}
_PAD = 40
"""White at the edge, in tenths of a millimetre."""
_LINE = 34
"""Height of a line of what is in it, in tenths of a millimetre."""


@dataclass(frozen=True, slots=True)
class CrateLabel:
    """What the label of one order says.

    Attributes:
        code: Number of the order; it is what the code holds.
        person: Who fetches it.
        place: Where.
        when: Day and time, in words.
        lines: What is in it, in words.
        due: What is still to be paid, in words; empty: nothing.
        note: A remark; may be empty.
    """

    code: str
    person: str
    place: str
    when: str
    lines: tuple[str, ...]
    due: str = ""
    note: str = ""


def find_crate_format(text: str) -> Format:
    """The format of that name, or of that size in millimetres.

    Raises:
        LabelRefusal: There is none, or the label would be too small or too large.
    """
    return CRATES.get(text.strip().lower()) or find_format(text)


def crate_labels(
    labels: Sequence[CrateLabel], *, format: Format, language: str = "fr", issued: datetime
) -> bytes:
    """Set labels of crates as a PDF, to be printed at 100 %.

    What does not fit is counted in words, and never runs over the edge.

    Args:
        labels: In the order in which they are printed.
        format: See :func:`find_crate_format`.
        language: ``fr`` or ``en``: of the words.
        issued: The time that the file carries, with its time zone.

    Raises:
        LabelRefusal: No label, or too many.
    """
    if not labels:
        raise LabelRefusal("label-none")
    if len(labels) > MOST:
        raise LabelRefusal("label-count", count=len(labels), limit=MOST)
    french = is_french(language)
    pages = [labels[first : first + format.room] for first in range(0, len(labels), format.room)]
    data = {
        "title": _WORDS["title"][french],
        "lang": language[:2].lower(),
        "paper": format.paper,
        "label": {"width": format.width, "height": format.height, "pad": _PAD,
                  "code": min(240, format.height * 4 // 10)},
        "pages": [
            [_placed(label, at, format, french) for at, label in enumerate(page)] for page in pages
        ],
    }  # fmt: skip
    template = (files("chambre.lib.labels") / "crate.typ").read_text(encoding="utf-8")
    return compile_paper(template, data, issued=issued)[0]


def _placed(label: CrateLabel, at: int, format: Format, french: bool) -> dict[str, object]:
    """A label with its place, and as many of its lines as there is room for."""
    column, row = at % format.columns, at // format.columns
    head = min(240, format.height * 4 // 10) + 2 * _PAD
    foot = (50 if label.due else 0) + (40 if label.note else 0)
    room = max((format.height - head - foot) // _LINE, 1)
    lines = list(label.lines)
    if len(lines) > room:
        many = len(lines) - room + 1
        lines = [*lines[: room - 1], _WORDS["more"][french].format(many=many)]
    return {
        "x": format.left + column * format.across,
        "y": format.top + row * format.down,
        "code": code_svg(label.code),
        "alt": _WORDS["alt"][french].format(code=label.code),
        "number": label.code,
        "person": label.person,
        "place": label.place,
        "when": label.when,
        "lines": lines,
        "due": _WORDS["due"][french].format(amount=label.due) if label.due else "",
        "note": label.note,
    }
