"""The form of a contract made ready for a page: blocks, rows, cells with their words and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chambre.lib.reciprocity import ContractError, model
from chambre.rooms.reciprocity.forms.clauses import BLOCKS, Block, Cell
from chambre.rooms.reciprocity.forms.filling import Filled, Typed


@dataclass(slots=True)
class ShownCell:
    """A cell on the page.

    Attributes:
        name: Of the input; also its id.
        label: Its words.
        kind: ``input``, ``area``, ``select``, ``boxes``, ``rows`` or ``hidden``.
        value: What stands in it.
        options: Value, words, whether chosen.
        help: One sentence.
        errors: What is wrong with it.
        wide: Whether it takes the width of the page.
        type: Of an ``input``.
        mode: Keyboard of a phone.
        rows: Of ``rows``: a list of cells each, one blank at the end.
        fits: Whether a choice decides which other cells there are.
    """

    name: str
    label: Any
    kind: str
    value: str = ""
    options: list[tuple[str, Any, bool]] = field(default_factory=list)
    help: Any = ""
    errors: list[str] = field(default_factory=list)
    wide: bool = False
    type: str = "text"
    mode: str = ""
    rows: list[list[ShownCell]] = field(default_factory=list)
    fits: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something is wrong in it, or in one of its rows."""
        return bool(self.errors) or any(cell.wrong for row in self.rows for cell in row)


@dataclass(slots=True)
class ShownRow:
    """One table of the language on the page."""

    number: int
    title: str
    cells: list[ShownCell]
    errors: list[str]
    moved: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something is wrong in it."""
        return bool(self.errors) or any(cell.wrong for cell in self.cells)

    @property
    def is_open(self) -> bool:
        """Whether it is shown unfolded: something is wrong, or nothing stands in it yet."""
        return self.wrong or not self.title


@dataclass(slots=True)
class ShownBlock:
    """A part of the form on the page."""

    block: Block
    rows: list[ShownRow]

    @property
    def wrong(self) -> bool:
        """Whether something is wrong in it."""
        return any(row.wrong for row in self.rows)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that cells offer: classes and parties, counterparts."""

    who: tuple[tuple[str, str], ...]
    owed: tuple[tuple[str, str], ...]


def known_names(typed: Typed, language: str) -> Known:
    """The names that were typed so far."""

    def named(block: str) -> list[tuple[str, str]]:
        return [
            (row["name"], row.get(f"label.{language}") or row.get("label") or row["name"])
            for row in typed.get(block, [])
            if row.get("name")
        ]

    who = [(model.EVERYONE, _("everybody")), *named("class"), *named("party")]
    return Known(tuple(who), tuple(named("counterpart")))


def shown_form(
    typed: Typed, errors: Mapping[str, Sequence[str]], language: str
) -> list[ShownBlock]:
    """The whole form."""
    known = known_names(typed, language)
    return [
        ShownBlock(
            block,
            [
                _row(block, row, number, errors, known, language)
                for number, row in enumerate(typed.get(block.name, []))
            ],
        )
        for block in BLOCKS
    ]


def _row(
    block: Block, row: Mapping[str, Any], number: int, errors: Mapping[str, Sequence[str]],
    known: Known, language: str,
) -> ShownRow:  # fmt: skip
    prefix = f"{block.name}-{number}" if block.many else block.name
    fitting = block.fitting.get(str(row.get("how", "")))
    cells = []
    for cell in block.cells:
        shown = _cell(cell, f"{prefix}-{cell.name}", row.get(cell.name, ""), errors, known)
        if fitting is not None and cell.name not in fitting:
            cells += _hidden(shown)
        else:
            shown.fits = cell.name == "how"
            cells.append(shown)
    title = row.get(f"label.{language}") or row.get("name") or ""
    if block.name == "use":
        words = {value: str(label) for value, label in block.cells[0].choices}
        title = ", ".join(words.get(kind, kind) for kind in row.get("kinds", []))
    return ShownRow(number, str(title), cells, list(errors.get(prefix, ())))


def _hidden(shown: ShownCell) -> list[ShownCell]:
    """What was typed in cells that do not fit now is kept, in case they fit again."""
    if shown.kind == "rows":
        kept = [cell for row in shown.rows[:-1] for cell in row]
        many = ShownCell(f"{shown.name}-rows", "", "hidden", str(len(shown.rows) - 1))
        return [*(part for cell in kept for part in _hidden(cell)), many] if kept else []
    return [ShownCell(shown.name, "", "hidden", shown.value)] if shown.value else []


_MODES = {
    "money": "decimal",
    "rate": "text",
    "limit": "decimal",
    "floor": "decimal",
    "whole": "numeric",
}


def _cell(
    cell: Cell, name: str, value: Any, errors: Mapping[str, Sequence[str]], known: Known
) -> ShownCell:
    shown = ShownCell(
        name, cell.label, "input", help=cell.help, wide=cell.wide, errors=list(errors.get(name, ()))
    )
    if cell.kind == "rows":
        blank = {sub.name: sub.default for sub in cell.cells}
        shown.kind = "rows"
        shown.rows = [
            [_cell(sub, f"{name}-{number}-{sub.name}", row.get(sub.name, ""), errors, known)
             for sub in cell.cells]
            for number, row in enumerate([*(value or []), blank])
        ]  # fmt: skip
        return shown
    if isinstance(value, list) or cell.kind in ("many", "who", "owed"):
        chosen = value if isinstance(value, list) else [value] if value else []
        offered = {"who": known.who, "owed": known.owed}.get(cell.kind, cell.choices)
        extra = [(each, each) for each in chosen if each and each not in dict(offered)]
        shown.kind = "boxes"
        shown.options = [(each, label, each in chosen) for each, label in (*offered, *extra)]
        return shown
    shown.value = str(value)
    if cell.kind in ("choice", "one_who"):
        offered = known.who if cell.kind == "one_who" else cell.choices
        extra = (
            [(shown.value, shown.value)] if shown.value and shown.value not in dict(offered) else []
        )
        shown.kind = "select"
        shown.options = [
            (each, label, each == (shown.value or cell.default))
            for each, label in (*offered, *extra)
        ]
    elif cell.kind in ("text", "amounts") or (cell.kind == "each" and "\n" in shown.value):
        shown.kind = "area"
    elif cell.kind == "day":
        shown.type = "date" if not shown.value or shown.value[4:5] == "-" else "text"
    shown.mode = _MODES.get(cell.kind, "")
    return shown


def placed(error: ContractError, filled: Filled, language: str) -> dict[str, list[str]]:
    """What is wrong with a contract, by the name of the cell (or row) that says it; empty: the whole.

    A word that is missing is told beside its cell, a list's item beside the list.
    """
    found: dict[str, list[str]] = {}
    for problem in error.problems:
        path = problem.path
        word = problem.data.get("word")
        name = ""
        if problem.code in ("missing", "needed-for", "empty") and isinstance(word, str):
            name = filled.places.get(f"{path}.{word}".lstrip("."), "")
        while not name and path:
            name = filled.places.get(path, "")
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        found.setdefault(name, []).append(problem.text(language))
    return found
