"""One row of a product file ↔ one product, by itself: parents are found elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .cells import CODECS, PART_CODECS, text_of
from .headers import Column, read_headers
from .model import KINDS, Attribute, Download, Product
from .problems import Problem, Unreadable

BLANK = Product()
"""What a row without any cell would be."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The attributes and downloads of a row, by the number of their columns."""

    attributes: dict[int, Attribute]
    downloads: dict[int, Download]


def default_of(names: tuple[str, ...]) -> Any:
    """What a codec's attributes are where there is no column for them."""
    values = tuple(getattr(BLANK, name) for name in names)
    return values if len(names) > 1 else values[0]


def read_row(
    columns: Sequence[Column], cells: Sequence[str], line: int
) -> tuple[Product, list[Problem]]:
    """Read a row into a product; what cannot be read is left as if it were not there.

    Args:
        columns: What each cell means.
        cells: As many cells as columns.
        line: Where the row begins.

    Returns:
        The product, and what was wrong; a problem that refuses the row says so.
    """
    values: dict[str, Any] = {}
    problems = []
    meta = []
    for column, cell in zip(columns, cells, strict=True):
        if column.field == "meta":
            if text := text_of(cell):
                meta.append((column.key, text))
        elif codec := CODECS.get(column.field):
            try:
                value = codec.read(text_of(cell), column)
            except Unreadable as wrong:
                problems.append(Problem(line, column.header, wrong.code, codec.refuses, wrong.data))
                continue
            values.update(
                zip(codec.names, value if len(codec.names) > 1 else (value,), strict=True)
            )
    parts = read_numbered(columns, cells, line, problems)
    product = replace(
        BLANK,
        **values,
        attributes=tuple(parts.attributes.values()),
        downloads=tuple(parts.downloads.values()),
        meta=tuple(meta),
        cells=tuple((column.header, cell) for column, cell in zip(columns, cells, strict=True)),
        line=line,
    )
    return _settle(product, columns, cells), [*problems, *_whole_row(product, columns)]


def product_of_cells(cells: Iterable[tuple[str, str]], line: int = 0) -> Product:
    """Read a product again from the row that it came with (:attr:`Product.cells`).

    With what was changed since put in by :func:`dataclasses.replace`, it can be written: only
    the changed cells will differ. So a shop has to keep no more of a file than these pairs.

    Args:
        cells: Header and cell, in their order.
        line: Where the row began; keeps the order of the file when it is written again.

    Returns:
        The product without its variations.
    """
    pairs = [(header, cell) for header, cell in cells]
    columns = read_headers(header for header, _ in pairs)
    return read_row(columns, [cell for _, cell in pairs], line)[0]


def _settle(product: Product, columns: Sequence[Column], cells: Sequence[str]) -> Product:
    """Give what one cell alone does not say.

    An empty “In stock?” means no, except where WooCommerce takes it from the number or from the
    products inside; a variation of a draft is written as a draft, and is not one.
    """
    if product.is_variation and product.status == "draft":
        product = replace(product, status="publish")
    if product.stock_status == "outofstock":
        said = any(
            column.field == "stock_status" and text_of(cell)
            for column, cell in zip(columns, cells, strict=True)
        )
        if not said:
            inside = product.kind in {"variable", "grouped", "external"}
            held = product.stock is not None and product.stock > 0
            if inside or held or product.stock_of_parent:
                product = replace(product, stock_status="instock")
    return product


def _whole_row(product: Product, columns: Sequence[Column]) -> list[Problem]:
    """What is wrong with a row as a whole."""
    found = []
    headers = {column.field: column.header for column in columns if column.field}
    if "name" in headers and not product.name and not product.is_variation:
        found.append(Problem(product.line, headers["name"], "name-missing", True))
    if product.is_variation and product.parent is None:
        found.append(Problem(product.line, headers.get("parent", ""), "parent-missing", True))
    if product.kind not in KINDS:
        data = {"value": product.kind[:40]}
        found.append(Problem(product.line, headers.get("type", ""), "type-unknown", False, data))
    return found


def read_numbered(
    columns: Sequence[Column],
    cells: Sequence[str],
    line: int = 0,
    problems: list[Problem] | None = None,
) -> Numbered:
    """Read the attributes that have a name and the downloads that have an address."""
    parts: dict[str, dict[int, dict[str, Any]]] = {"attribute": {}, "download": {}}
    for column, cell in zip(columns, cells, strict=True):
        codec = PART_CODECS.get(column.field)
        if codec is None:
            continue
        group = parts[column.field.partition("_")[0]].setdefault(column.number, {})
        try:
            group[codec.names[0]] = codec.read(text_of(cell), column)
        except Unreadable as wrong:
            if problems is not None:
                problems.append(Problem(line, column.header, wrong.code, False, wrong.data))
    return Numbered(
        {
            number: Attribute(**found)
            for number, found in sorted(parts["attribute"].items())
            if found.get("name")
        },
        {
            number: Download(**found)
            for number, found in sorted(parts["download"].items())
            if found.get("url")
        },
    )
