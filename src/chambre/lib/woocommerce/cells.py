"""Fields of a product and the cells they stand in, both ways, one pair of functions per field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .headers import FIELDS, Column
from .model import Reference
from .problems import Unreadable
from .values import (
    guard,
    read_category,
    read_cents,
    read_date,
    read_list,
    read_measure,
    read_number,
    read_text,
    read_whole,
    unguard,
    write_category,
    write_cents,
    write_list,
    write_measure,
    write_number,
    write_text,
)

Read = Callable[[str, Column], Any]
Write = Callable[[Any, Column, str], str]

_STATUSES = {"1": "publish", "0": "private", "-1": "draft", "2": "pending"}
_STATUS_CELLS = {status: cell for cell, status in _STATUSES.items()}
_YES, _NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})


@dataclass(frozen=True, slots=True)
class Codec:
    """How some attributes of a product stand in one cell.

    Attributes:
        names: Attributes of :class:`~.model.Product`; with more than one, values are a tuple.
        read: Cell (trimmed, no apostrophe) and its column → value.
        write: Value, column and decimal sign of the file → cell.
        refuses: Whether a row whose cell cannot be read is left out altogether.
        guarded: Whether the cell gets an apostrophe when a spreadsheet would compute it.
    """

    names: tuple[str, ...]
    read: Read
    write: Write
    refuses: bool = False
    guarded: bool = True

    def cell(self, value: Any, column: Column, decimal: str) -> str:
        """Write a value as its cell."""
        text = self.write(value, column, decimal)
        return guard(text) if self.guarded else text


def _flag(text: str, _: Column) -> bool | None:
    word = text.casefold()
    if word and word not in _YES | _NO:
        raise Unreadable("word-unreadable", text, allowed="0, 1")
    return word in _YES if word else None


def _flag_cell(value: bool | None, _: Column, __: str) -> str:
    return "" if value is None else "1" if value else "0"


def _type(text: str, _: Column) -> tuple[str, bool, bool]:
    words = [word.casefold() for word in read_list(text)]
    kinds = [word for word in words if word not in {"virtual", "downloadable"}]
    return (kinds[0] if kinds else "simple", "virtual" in words, "downloadable" in words)


def _type_cell(value: tuple[str, bool, bool], _: Column, __: str) -> str:
    kind, virtual, downloadable = value
    marks = [
        word for word, is_so in (("downloadable", downloadable), ("virtual", virtual)) if is_so
    ]
    return ", ".join([kind, *marks])


def _status(text: str, _: Column) -> str:
    word = text.casefold()
    if word in {"true", "false"}:
        return "publish" if word == "true" else "draft"
    if word and word not in _STATUSES:
        raise Unreadable("word-unreadable", text, allowed="1, 0, -1, 2")
    return _STATUSES[word] if word else "publish"


def _stock_status(text: str, _: Column) -> str:
    word = text.casefold()
    if word in {"backorder", "onbackorder"}:
        return "onbackorder"
    if word in {"instock", "outofstock"}:
        return word
    if word and word not in _YES | _NO:
        raise Unreadable("word-unreadable", text, allowed="0, 1, backorder")
    return "instock" if word in _YES else "outofstock"


def _stock_status_cell(value: str, _: Column, __: str) -> str:
    return {"instock": "1", "outofstock": "0"}.get(value, "backorder")


def _stock(text: str, _: Column) -> tuple[Decimal | None, bool]:
    if text.casefold() == "parent":
        return (None, True)
    return (read_number(text) if text else None, False)


def _stock_cell(value: tuple[Decimal | None, bool], _: Column, decimal: str) -> str:
    stock, of_parent = value
    return "parent" if of_parent else _amount_cell(stock, _, decimal)


def _backorders(text: str, _: Column) -> str:
    word = text.casefold()
    if word == "notify":
        return word
    if word and word not in _YES | _NO:
        raise Unreadable("word-unreadable", text, allowed="0, 1, notify")
    return "yes" if word in _YES else "no"


def _backorders_cell(value: str, _: Column, __: str) -> str:
    return {"yes": "1", "no": "0"}.get(value, value)


def _tax_status(text: str, _: Column) -> str:
    return {"true": "taxable", "false": "none"}.get(text.casefold(), text)


def _amount(text: str, _: Column) -> Decimal | None:
    return read_number(text) if text else None


def _amount_cell(value: Decimal | None, _: Column, decimal: str) -> str:
    return "" if value is None else write_number(value, decimal)


def _whole(text: str, _: Column) -> int | None:
    return read_whole(text) if text else None


def _whole_cell(value: int | None, _: Column, __: str) -> str:
    return "" if value is None else str(value)


def _number(text: str, _: Column) -> int | None:
    value = read_whole(text) if text else 0
    if value < 0:
        raise Unreadable("number-unreadable", text)
    return value or None


def _measure(text: str, column: Column) -> int | None:
    return read_measure(text, column.factor) if text and column.factor else None


def _measure_cell(value: int | None, column: Column, decimal: str) -> str:
    if value is None or not column.factor:
        return ""
    return write_measure(value, column.factor, decimal)


def _cents(text: str, _: Column) -> int | None:
    return read_cents(text) if text else None


def _cents_cell(value: int | None, _: Column, decimal: str) -> str:
    return "" if value is None else write_cents(value, decimal)


def read_reference(text: str) -> Reference | None:
    """Read ``id:44`` or a SKU; empty is none."""
    plain = text.strip()
    head, _, tail = plain.partition(":")
    if head == "id" and tail.isascii() and tail.isdigit():
        return Reference(id=int(tail))
    return Reference(sku=plain) if plain else None


def _reference_cell(value: Reference | None, _: Column, __: str) -> str:
    return str(value) if value else ""


def _references(text: str, _: Column) -> tuple[Reference, ...]:
    return tuple(found for part in read_list(text) if (found := read_reference(part)))


def _references_cell(value: tuple[Reference, ...], _: Column, __: str) -> str:
    return write_list(tuple(str(reference) for reference in value))


def _categories(text: str, _: Column) -> tuple[tuple[str, ...], ...]:
    return tuple(path for part in read_list(text) if (path := read_category(part)))


def _categories_cell(value: tuple[tuple[str, ...], ...], _: Column, __: str) -> str:
    return write_list(tuple(write_category(path) for path in value))


def _plain(text: str, _: Column) -> str:
    return text


def _plain_cell(value: str, _: Column, __: str) -> str:
    return value


def _list(text: str, _: Column) -> tuple[str, ...]:
    return read_list(text)


def _list_cell(value: tuple[str, ...], _: Column, __: str) -> str:
    return write_list(value)


def _make() -> dict[str, Codec]:
    """One codec per field of a known column."""
    found = {
        "id": Codec(("id",), _number, _whole_cell, refuses=True),
        "type": Codec(("kind", "virtual", "downloadable"), _type, _type_cell),
        "published": Codec(
            ("status",), _status, lambda value, _, __: _STATUS_CELLS.get(value, "-1")
        ),
        "stock_status": Codec(("stock_status",), _stock_status, _stock_status_cell),
        "stock": Codec(("stock", "stock_of_parent"), _stock, _stock_cell, refuses=True),
        "low_stock": Codec(("low_stock",), _amount, _amount_cell),
        "backorders": Codec(("backorders",), _backorders, _backorders_cell),
        "tax_status": Codec(("tax_status",), _tax_status, _plain_cell),
        "parent": Codec(("parent",), lambda text, _: read_reference(text), _reference_cell),
        "categories": Codec(("categories",), _categories, _categories_cell),
        # WooCommerce reads this one as it stands: an apostrophe would make it 0.
        "position": Codec(
            ("position",), lambda text, _: _whole(text, _) or 0, _whole_cell, guarded=False
        ),
    }
    for name in ("featured", "sold_individually", "reviews_allowed"):
        found[name] = Codec((name,), _flag, _flag_cell)
    for name in ("sale_starts", "sale_ends"):
        found[name] = Codec(
            (name,),
            lambda text, _: read_date(text) if text else None,
            lambda value, _, __: value.isoformat() if value else "",
        )
    for name in ("weight", "length", "width", "height"):
        found[name] = Codec((name,), _measure, _measure_cell)
    for name in ("sale_price", "regular_price"):
        found[name] = Codec((name,), _cents, _cents_cell, refuses=True)
    for name in ("tags", "brands", "images"):
        found[name] = Codec((name,), _list, _list_cell)
    for name in ("grouped", "upsells", "cross_sells"):
        found[name] = Codec((name,), _references, _references_cell)
    for name in ("download_limit", "download_expiry"):
        found[name] = Codec((name,), _whole, _whole_cell)
    for name in ("short_description", "description"):
        found[name] = Codec(
            (name,), lambda text, _: read_text(text), lambda value, _, __: write_text(value)
        )
    for name in (
        *("sku", "gtin", "name", "visibility", "tax_class", "purchase_note"),
        *("shipping_class", "external_url", "button_text"),
    ):
        found[name] = Codec((name,), _plain, _plain_cell)
    return found


CODECS = dict(sorted(_make().items(), key=lambda item: FIELDS.index(item[0])))
"""Field → how it stands in its cell. Numbered fields and meta are read by themselves."""


PART_CODECS: dict[str, Codec] = {
    "attribute_name": Codec(("name",), _plain, _plain_cell),
    "attribute_values": Codec(("values",), _list, _list_cell),
    "attribute_visible": Codec(("visible",), _flag, _flag_cell),
    "attribute_shared": Codec(("shared",), _flag, _flag_cell),
    "attribute_default": Codec(("default",), _plain, _plain_cell),
    "download_id": Codec(("id",), _plain, _plain_cell),
    "download_name": Codec(("name",), _plain, _plain_cell),
    "download_url": Codec(("url",), _plain, _plain_cell),
}
"""Numbered field → how it stands in its cell; the names are those of an attribute or a download."""


def text_of(cell: str) -> str:
    """A cell as its field reads it: trimmed, without the apostrophe of the formula guard."""
    return unguard(cell.strip(" \u00a0\n\r\t"))
