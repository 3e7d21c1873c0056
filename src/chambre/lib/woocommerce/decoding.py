"""From the bytes of a file to rows of cells with the line each begins on."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from .headers import read_headers
from .problems import Problem, WooCommerceRefusal

DELIMITERS = (",", ";", "\t")
CELL_LIMIT = 64 * 1024 * 1024
"""Longest cell read, in characters; a description with pictures inside may be long."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file.

    Attributes:
        line: Where it begins; the first line of the file is 1.
        cells: What it holds.
        problem: Why it cannot be used at all, if so.
    """

    line: int
    cells: list[str]
    problem: Problem | None = None


def decode(content: bytes) -> str:
    """Read the bytes of a file: UTF-8 (or UTF-16 with its mark), else Windows-1252 as Excel saves."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; latin-1 gives every byte some character.
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            return content.decode("latin-1")


def rows_of(text: str, delimiter: str) -> Iterator[Row]:
    """Take a text apart into rows, blank ones left out; a broken row does not end the reading."""
    if csv.field_size_limit() < CELL_LIMIT:
        csv.field_size_limit(CELL_LIMIT)
    lines = io.StringIO(text, newline="")
    kept: list[str] = []

    def watched() -> Iterator[str]:
        for line in lines:
            kept.append(line)
            yield line

    reader = csv.reader(watched(), delimiter=delimiter)
    while True:
        begins = reader.line_num + 1
        kept.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            data = {"detail": str(error)}
            yield Row(begins, [], Problem(begins, "", "row-unreadable", True, data))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        # Quotation marks come in pairs in a cell that is well written.
        if len(kept) > 1 and sum(line.count('"') for line in kept) % 2:
            yield Row(begins, cells, Problem(begins, "", "quote-unclosed", True))
            continue
        yield Row(begins, cells)


def find_delimiter(text: str) -> tuple[str, list[str]]:
    """Find what parts the cells: that by which most headers are known.

    Returns:
        The delimiter and the headers.

    Raises:
        WooCommerceRefusal: Nothing in the file, or no header of a product file.
    """
    best: tuple[int, str, list[str]] = (-1, ",", [])
    for delimiter in DELIMITERS:
        first = next(rows_of(text, delimiter), None)
        if first is None:
            raise WooCommerceRefusal("file-empty")
        if first.problem:
            raise WooCommerceRefusal("file-unreadable", detail=first.problem.message("en"))
        known = sum(1 for column in read_headers(first.cells) if column.field)
        if known > best[0]:
            best = (known, delimiter, first.cells)
    fields = {column.field for column in read_headers(best[2])}
    if not fields & {"id", "sku", "name"}:
        raise WooCommerceRefusal("not-a-product-file")
    return best[1], best[2]
