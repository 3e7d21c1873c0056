"""Obligations from a table (CSV): ``id,debtor,creditor,amount``, in cents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chambre.lib.clearing.flow import MOST
from chambre.lib.clearing.obligations import Obligation

COLUMNS = ("id", "debtor", "creditor", "amount")
SHOWN = 50
"""How many mistakes are told at most; the others are counted."""
_LONGEST = 200

TEXTS: dict[str, tuple[str, str]] = {
    "empty": (
        "the file is empty; it begins with id,debtor,creditor,amount",
        "le fichier est vide ; il commence par id,debtor,creditor,amount",
    ),
    "missing": ("the column “{name}” is missing", "la colonne « {name} » manque"),
    "double": ("the column “{name}” is there twice", "la colonne « {name} » figure deux fois"),
    "cells": (
        "{count} cells are expected, there are {found}",
        "on attend {count} cases, il y en a {found}",
    ),
    "blank": ("write something here", "écrivez quelque chose ici"),
    "long": ("{most} characters at most", "{most} caractères au plus"),
    "amount": (
        "“{value}” is not a whole number of cents",
        "« {value} » n’est pas un nombre entier de centimes",
    ),
    "zero": ("the amount is more than zero", "le montant est supérieur à zéro"),
    "large": ("at most {most} cents in all", "au plus {most} centimes en tout"),
    "twice": ("“{value}” is also in line {other}", "« {value} » figure aussi en ligne {other}"),
    "self": ("“{value}” cannot owe to itself", "« {value} » ne peut se devoir à soi-même"),
    "quotes": (
        "this line cannot be read as a table: {reason}",
        "cette ligne ne se lit pas comme un tableau : {reason}",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CsvProblem:
    """One mistake of a table.

    Attributes:
        line: Line of the file, from 1.
        column: Number of the column, from 1; 0 when the whole line is meant.
        name: Name of the column, if it is one of ours.
        code: Stable machine code.
        data: The facts of the message.
    """

    line: int
    column: int
    name: str
    code: str
    data: dict[str, Any] = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """What is wrong and where."""
        french = language.lower().startswith("fr")
        words = TEXTS[self.code][1 if french else 0].format(**self.data)
        where = f"ligne {self.line}" if french else f"line {self.line}"
        if self.column:
            named = f" ({self.name})" if self.name else ""
            where += f", {'colonne' if french else 'column'} {self.column}{named}"
        return f"{where} : {words}" if french else f"{where}: {words}"


class CsvError(ValueError):
    """A table that cannot be used; nothing of it is.

    Attributes:
        problems: The first mistakes, in the order of the file.
        more: How many more there are.
    """

    def __init__(self, problems: Sequence[CsvProblem]) -> None:
        self.problems = tuple(problems[:SHOWN])
        self.more = max(0, len(problems) - SHOWN)
        super().__init__(self.message("en"))

    def messages(self, language: str = "en") -> list[str]:
        """One line for each mistake, and how many more there are."""
        lines = [problem.message(language) for problem in self.problems]
        if self.more:
            french = language.lower().startswith("fr")
            lines.append(f"… et {self.more} autres" if french else f"… and {self.more} more")
        return lines

    def message(self, language: str = "en") -> str:
        """All that is told, one a line."""
        return "\n".join(self.messages(language))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins; blank lines are nothing."""
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise CsvError([CsvProblem(line, 0, "", "quotes", {"reason": error})]) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _places(line: int, header: list[str]) -> list[int]:
    names = [cell.strip().lower() for cell in header]
    problems = []
    for name in COLUMNS:
        if names.count(name) > 1:
            column = names.index(name, names.index(name) + 1) + 1
            problems.append(CsvProblem(line, column, name, "double", {"name": name}))
        elif name not in names:
            problems.append(CsvProblem(line, 0, "", "missing", {"name": name}))
    if problems:
        raise CsvError(problems)
    return [names.index(name) for name in COLUMNS]


def _amount(cell: str) -> int | None:
    digits = cell.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 19 else None


def read_csv(text: str) -> list[Obligation]:
    """Read a table of obligations.

    The first line names the columns ``id``, ``debtor``, ``creditor`` and ``amount``, in any order,
    with others beside them that are not read; commas or semicolons between the cells.

    Args:
        text: The file, as text; a byte order mark at the beginning is nothing.

    Raises:
        CsvError: With every mistake by line and column.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    head = next(rows, None)
    if head is None:
        raise CsvError([CsvProblem(1, 0, "", "empty")])
    places = _places(*head)
    reading = _Reading(places, len(head[1]))
    for line, row in rows:
        reading.take(line, row)
    if reading.problems:
        raise CsvError(reading.problems)
    return reading.found


class _Reading:
    """What was read so far."""

    def __init__(self, places: list[int], width: int) -> None:
        self.places, self.width = places, width
        self.found: list[Obligation] = []
        self.problems: list[CsvProblem] = []
        self.lines: dict[str, int] = {}
        self.total = 0

    def _wrong(self, line: int, which: int, code: str, **data: Any) -> None:
        self.problems.append(CsvProblem(line, self.places[which] + 1, COLUMNS[which], code, data))

    def take(self, line: int, row: list[str]) -> None:
        """Read one row, or note what is wrong with it."""
        if len(row) != self.width:
            facts = {"count": self.width, "found": len(row)}
            self.problems.append(CsvProblem(line, 0, "", "cells", facts))
            return
        before = len(self.problems)
        cells = [row[place].strip() for place in self.places]
        for which in range(3):
            if not cells[which]:
                self._wrong(line, which, "blank")
            elif len(cells[which]) > _LONGEST:
                self._wrong(line, which, "long", most=_LONGEST)
        name, debtor, creditor = cells[:3]
        if name and name in self.lines:
            self._wrong(line, 0, "twice", value=name, other=self.lines[name])
        self.lines.setdefault(name, line)
        if debtor and debtor == creditor:
            self._wrong(line, 2, "self", value=debtor)
        amount = _amount(cells[3])
        if amount is None:
            self._wrong(line, 3, "amount", value=cells[3][:_LONGEST])
        elif amount == 0:
            self._wrong(line, 3, "zero")
        elif self.total + amount > MOST:
            self._wrong(line, 3, "large", most=MOST)
        elif len(self.problems) == before:
            self.total += amount
            self.found.append(Obligation(name, debtor, creditor, amount))
