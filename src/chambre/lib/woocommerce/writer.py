"""Writing products as the file that WooCommerce imports, and its columns as they came."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from .cells import CODECS, PART_CODECS
from .headers import NUMBERED, STANDARD, Column, header_for, language_of, read_headers
from .model import Attribute, Download, Product, Reference
from .problems import WooCommerceRefusal
from .rows import BLANK, Numbered, default_of, read_numbered, read_row
from .values import guard

_NO_ATTRIBUTE = Attribute("")
_NO_DOWNLOAD = Download("")
_NOTHING = Numbered({}, {})
_AFTER_ALL = 1 << 62
"""Lines of rows that came from no file."""


def write_products(
    products: Iterable[Product],
    *,
    columns: Sequence[str] = (),
    delimiter: str = ",",
    decimal: str | None = None,
    language: str | None = None,
    mark: bool = True,
) -> bytes:
    r"""Write products as a product file.

    What a product's row held (``cells``) is written again as it stood, except for the cells whose
    meaning was changed here. A column that is lacking for what has to be said is added at the end.
    Rows that came from a file come in its order, then the others, parents before variations.

    Args:
        products: Products with their variations.
        columns: Headers in their order (``Catalogue.columns``); by default those of the products'
            own rows, or for products that come from no file WooCommerce's standard columns.
        delimiter: What parts the cells.
        decimal: ``.`` or ``,``; by default what the prices of the file were written with.
        language: Of the headers that are added; by default the one of the others.
        mark: Whether the file begins with the mark of UTF-8, as WooCommerce's own do.

    Returns:
        The file in UTF-8, lines ended by ``\n``.

    Raises:
        WooCommerceRefusal: Variations of a product that has neither SKU nor number
            (``parent-unnameable``).
    """
    rows = sorted(_flat(products), key=lambda product: product.line or _AFTER_ALL)
    sheet = _Sheet(_headers(columns, rows, language), language)
    prepared = [_prepare(row) for row in rows]
    sign = decimal or _decimal(prepared)
    for row in prepared:
        sheet.make_room(row)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([column.header for column in sheet.columns])
    for row in prepared:
        writer.writerow(sheet.cells(row, sign))
    return (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode("utf-8")


_Place = tuple[str, int, str]


def _place(column: Column) -> _Place:
    """What a column is about, whatever it is called."""
    return (column.field, column.number, column.key)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns that a row came in, and where in it each stands."""

    columns: tuple[Column, ...]
    by_header: dict[tuple[str, int], int]
    by_place: dict[_Place, int]


@lru_cache(maxsize=64)  # the rows of a file all have the same
def _layout(headers: tuple[str, ...]) -> _Layout:
    columns = read_headers(headers)
    by_header: dict[tuple[str, int], int] = {}
    seen: dict[str, int] = {}
    for position, header in enumerate(headers):
        turn = seen.get(header, 0)
        by_header[header, turn] = position
        seen[header] = turn + 1
    places = {_place(column): i for i, column in enumerate(columns) if column.field}
    return _Layout(columns, by_header, places)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A product with what its own row said, and where its attributes and downloads go."""

    product: Product
    before: Product
    layout: _Layout
    row: list[str]
    changed: bool
    parts_before: Numbered
    parts: Numbered

    def before_in(self, column: Column, turn: int) -> str | None:
        """What the row held in a column, if need be under its header in another language."""
        found = self.layout.by_header.get((column.header, turn))
        if found is None and column.field:
            found = self.layout.by_place.get(_place(column))
            if found is not None and self.layout.columns[found].factor != column.factor:
                return None
        return None if found is None else self.row[found]


def _flat(products: Iterable[Product]) -> Iterator[Product]:
    """Products and variations one by one, each variation naming its parent."""
    for product in products:
        yield product
        for variation in product.variations:
            yield replace(variation, parent=_parent_named(product, variation.parent))


def _parent_named(parent: Product, named: Reference | None) -> Reference:
    """How a variation names its parent: as it did, while that still names it."""
    if named and named in {Reference(id=parent.id), Reference(sku=parent.sku)}:
        return named
    if named and parent.sku and named.sku.casefold() == parent.sku.casefold():
        return named
    if parent.reference is None:
        raise WooCommerceRefusal("parent-unnameable", name=parent.name[:80])
    return parent.reference


def _headers(columns: Sequence[str], rows: Sequence[Product], language: str | None) -> list[str]:
    """The headers to begin with."""
    if columns:
        return list(columns)
    layouts = dict.fromkeys(tuple(header for header, _ in row.cells) for row in rows if row.cells)
    found: list[str] = []
    places: set[_Place] = set()
    for layout in layouts:
        counted = list(found)
        for column in read_headers(layout):
            if column.header in counted:
                counted.remove(column.header)
            elif not column.field or _place(column) not in places:
                found.append(column.header)
            places.add(_place(column))
    return found or [header_for(name, language=language or "en") for name in STANDARD]


def _prepare(product: Product) -> _Prepared:
    """Read again what the product's row said, to know what was changed since."""
    layout = _layout(tuple(header for header, _ in product.cells))
    row = [cell for _, cell in product.cells]
    before = read_row(layout.columns, row, product.line)[0] if row else BLANK
    if row and replace(before, variations=product.variations) == product:
        return _Prepared(product, before, layout, row, False, _NOTHING, _NOTHING)
    old = read_numbered(layout.columns, row)
    new = Numbered(
        _numbered(old.attributes, product.attributes, lambda part: part.name),
        _numbered(old.downloads, product.downloads, lambda part: part.url),
    )
    return _Prepared(product, before, layout, row, True, old, new)


def _numbered(old: dict[int, Any], parts: Sequence[Any], name: Any) -> dict[int, Any]:
    """Give each part a number: the one that it had, else the next free one."""
    if tuple(old.values()) == tuple(parts):
        return old
    free = {name(part): number for number, part in reversed(old.items())}
    found: dict[int, Any] = {}
    waiting = []
    for part in parts:
        number = free.pop(name(part), None)
        if number is None:
            waiting.append(part)
        else:
            found[number] = part
    number = 0
    for part in waiting:
        number += 1
        while number in found:
            number += 1
        found[number] = part
    return dict(sorted(found.items()))


def _decimal(rows: Iterable[_Prepared]) -> str:
    """The decimal sign of the prices as they came; a point when none tells."""
    for row in rows:
        for name in ("regular_price", "sale_price"):
            position = row.layout.by_place.get((name, 0, ""))
            cell = "" if position is None else row.row[position]
            if "," in cell or "." in cell:
                return "," if cell.rfind(",") > cell.rfind(".") else "."
    return "."


@dataclass
class _Sheet:
    """The columns of the file, grown to hold what has to be said."""

    headers: list[str]
    language: str | None = None
    columns: list[Column] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = list(read_headers(self.headers))
        self.language = self.language or language_of(self.columns)
        self._note()

    def _note(self) -> None:
        self.places = {_place(column) for column in self.columns}
        seen: dict[str, int] = {}
        self.turns = []
        for column in self.columns:
            self.turns.append(seen.get(column.header, 0))
            seen[column.header] = self.turns[-1] + 1

    def _add(self, name: str, number: int = 0, key: str = "") -> None:
        if (name, number, key) in self.places:
            return
        language = self.language or "en"
        header = f"Meta: {key}" if key else header_for(name, number=number, language=language)
        found = read_headers([header])[0]
        self.columns.append(replace(found, field=name, number=number, key=key))
        self._note()

    def make_room(self, row: _Prepared) -> None:
        """Add the columns that this row needs and the file lacks."""
        if not row.changed:
            for column in row.layout.columns:
                if column.field and _place(column) not in self.places:
                    self.columns.append(column)
                    self._note()
            return
        for name, codec in CODECS.items():
            if (name, 0, "") not in self.places and _value(row.product, codec.names) != default_of(
                codec.names
            ):
                self._add(name)
        self._room_for("attribute_", row.parts.attributes, _NO_ATTRIBUTE)
        self._room_for("download_", row.parts.downloads, _NO_DOWNLOAD)
        for key, _ in row.product.meta:
            self._add("meta", key=key)

    def _room_for(self, prefix: str, parts: dict[int, Any], none: Any) -> None:
        """Add the columns for what attributes or downloads have to say."""
        for number, part in parts.items():
            for name, codec in PART_CODECS.items():
                said = getattr(part, codec.names[0], None) != getattr(none, codec.names[0], None)
                if name.startswith(prefix) and said:
                    self._add(name, number)

    def cells(self, row: _Prepared, decimal: str) -> list[str]:
        """The cells of one row, each as it was or as its new value is written."""
        if not row.changed and tuple(self.columns) == row.layout.columns:
            return row.row
        return [
            _cell(row, column, row.before_in(column, turn), decimal)
            for column, turn in zip(self.columns, self.turns, strict=True)
        ]


def _value(product: Product, names: tuple[str, ...]) -> Any:
    values = tuple(getattr(product, name) for name in names)
    return values if len(names) > 1 else values[0]


def _cell(row: _Prepared, column: Column, kept: str | None, decimal: str) -> str:
    """One cell: the one that stood there while it still says the same."""
    if kept is not None and not row.changed:
        return kept
    if column.field in NUMBERED:
        return _numbered_cell(row, column, kept, decimal)
    if column.field == "meta":
        new = dict(row.product.meta).get(column.key, "")
        if kept is not None and dict(row.before.meta).get(column.key, "") == new:
            return kept
        return guard(new)
    codec = CODECS.get(column.field)
    if codec is None:
        return kept or ""
    new = _value(row.product, codec.names)
    if kept is not None and new == _value(row.before, codec.names):
        return kept
    return codec.cell(new, column, decimal)


def _numbered_cell(row: _Prepared, column: Column, kept: str | None, decimal: str) -> str:
    """A cell of an attribute or a download."""
    codec = PART_CODECS[column.field]
    old: Any
    new: Any
    if column.field.startswith("attribute"):
        old = row.parts_before.attributes.get(column.number, _NO_ATTRIBUTE)
        new = row.parts.attributes.get(column.number, _NO_ATTRIBUTE)
    else:
        old = row.parts_before.downloads.get(column.number, _NO_DOWNLOAD)
        new = row.parts.downloads.get(column.number, _NO_DOWNLOAD)
    name = codec.names[0]
    # A slot taken over by another part holds nothing of what stood there without a name.
    taken_over = old in (_NO_ATTRIBUTE, _NO_DOWNLOAD) and new not in (_NO_ATTRIBUTE, _NO_DOWNLOAD)
    if kept is not None and not taken_over and getattr(old, name) == getattr(new, name):
        return kept
    return codec.cell(getattr(new, name), column, decimal)
