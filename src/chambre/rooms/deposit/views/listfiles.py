"""Lists of a scheme as files to keep: objects, contracts, cases. Nobody's name is in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.errors import NotFound
from chambre.core.ui import figures as written
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.deposit.models import Case, Contract, Item, Scheme
from chambre.rooms.deposit.views.figures import file_of

FILES = ("csv", "json", "xlsx")
MOST = 50_000
"""Rows of one file; more are chosen by state and place."""


def listed(kind: str, what: str, title: str, scheme: Scheme, table: Table) -> HttpResponse:
    """A list as a file.

    Raises:
        NotFound: There is no such format.
    """
    if kind not in FILES:
        raise NotFound
    day = timezone.localdate()
    return file_of(kind, title, scheme, [table], f"{what}-{scheme.slug}-{day:%Y%m%d}")


def _table(key: str, title: str, columns: list[Column], rows: QuerySet[Any], cells: Any) -> Table:
    found = [Row(tuple(cells(row))) for row in rows[: MOST + 1]]
    notes = []
    if len(found) > MOST:
        text = _("The newest %(n)s only; choose a state or a place for others.")
        notes = [text % {"n": written.integer(MOST)}]
    return Table(key, title, columns, found[:MOST], notes=notes)


def _texts(*titles: tuple[str, str]) -> Iterable[Column]:
    return (Column(key, title) for key, title in titles)


def items_table(rows: QuerySet[Item]) -> Table:
    """Objects as they stand."""
    columns = [
        *_texts(
            ("serial", _("Serial")), ("code", _("Code")), ("type", _("Type of object")),
            ("lot", _("Batch")), ("state", _("How it stands")), ("place", _("Place")),
        ),
        Column("rotations", _("Rotations"), Kind.QUANTITY),
        Column("seen", _("Seen last"), Kind.DATE),
    ]  # fmt: skip

    def cells(row: Item) -> tuple[Any, ...]:
        seen = timezone.localdate(row.moved_at) if row.moved_at else None
        where = row.place.name if row.place else ""
        return (
            row.serial, row.uri, row.type.name, row.lot.name, str(row.get_state_display()), where,
            row.rotations, seen,
        )  # fmt: skip

    return _table("objects", _("Objects"), columns, rows, cells)


def contracts_table(rows: QuerySet[Contract]) -> Table:
    """Contracts, each with what it holds and how it ended."""
    columns = [
        *_texts(
            ("number", _("Number")), ("type", _("Type of object")), ("serial", _("Serial")),
            ("place", _("Place")),
        ),
        Column("issued", _("Handed out on"), Kind.DATE),
        Column("state", _("How it stands")),
        Column("ended", _("Ended on"), Kind.DATE),
        Column("objects", _("Objects"), Kind.QUANTITY),
        Column("paid", _("Deposit"), Kind.AMOUNT),
        Column("refunded", _("Paid back"), Kind.AMOUNT),
        Column("kept", _("Kept"), Kind.AMOUNT),
    ]  # fmt: skip

    def cells(row: Contract) -> tuple[Any, ...]:
        ended = timezone.localdate(row.closed_at) if row.closed_at else None
        return (
            str(row.uid), row.type.name, row.item.serial if row.item else "", row.place.name,
            row.opened_on, str(row.get_state_display()), ended, row.quantity, row.amount,
            row.refunded, row.kept,
        )  # fmt: skip

    return _table("contracts", _("Contracts"), columns, rows, cells)


def cases_table(rows: QuerySet[Case]) -> Table:
    """Cases, each with how it ended."""
    columns = [
        Column("number", _("Number"), Kind.QUANTITY),
        *_texts(("kind", _("What did not fit"))),
        Column("day", _("Day"), Kind.DATE),
        *_texts(
            ("place", _("Place")), ("serial", _("Serial")), ("code", _("Code as it was read")),
            ("decision", _("Decision")), ("words", _("Why so")),
        ),
        Column("amount", _("Paid back"), Kind.AMOUNT),
    ]  # fmt: skip

    def cells(row: Case) -> tuple[Any, ...]:
        end = getattr(row, "decision", None)
        return (
            row.pk, str(row.get_kind_display()), timezone.localdate(row.at),
            row.place.name if row.place else "", row.item.serial if row.item else "", row.code,
            str(end.get_outcome_display()) if end else "", end.words if end else "",
            end.amount if end else None,
        )  # fmt: skip

    return _table("cases", _("Cases"), columns, rows, cells)
