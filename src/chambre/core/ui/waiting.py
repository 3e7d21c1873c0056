"""What waits for somebody, from every room: one panel of the first page, one question to the database.

A room says which rows wait (:func:`asked`) and what is to be done about them (:class:`Act`)::

    slots = Waits("exchange", acts={"sign": Act(_("to sign"), exchange_address)}, rows=rows_for)
    add_waits(slots)

The rows of all rooms are one ``UNION``, so that a room more does not cost a question more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.template.loader import render_to_string

from chambre.core import clock
from chambre.core.actors import Actor

COLUMNS = ("wait_act", "wait_reference", "wait_title", "wait_due")
SHOWN = 8
MOST = 200
"""Rows that are read; beyond them it is only said that there are more."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody has to do.

    Attributes:
        label: Lazy translated words, such as « to sign ».
        address: Gives the page where it is done, from the row's reference.
        is_late: Whether a day that has passed is to be marked; not where something merely begins.
    """

    label: Any
    address: Callable[[str], str]
    is_late: bool = True


@dataclass(frozen=True, slots=True)
class Waits:
    """What a room can ask of people.

    Attributes:
        room: Unique.
        acts: By their names within the room.
        rows: Gives for an actor the questions, each made by :func:`asked`.
    """

    room: str
    acts: dict[str, Act]
    rows: Callable[[Actor], Iterable[QuerySet[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for somebody; ``due``: the day until which, or on which."""

    label: Any
    title: str
    url: str
    due: dt.date | None
    late: bool


_waits: dict[str, Waits] = {}


def add_waits(waits: Waits) -> None:
    """Let a room ask people on their first page."""
    _waits.setdefault(waits.room, waits)


def asked(
    rows: QuerySet[Any, Any],
    act: str,
    *,
    reference: str | Combinable,
    title: str | Combinable,
    due: str | Combinable = "",
) -> QuerySet[Any, Any]:
    """The rows of a question in the shape that all rooms share.

    Args:
        rows: What waits, already only for the person who asks.
        act: ``ROOM.NAME`` of an :class:`Act`.
        reference: Field or expression that the address is made of.
        title: Field or expression that says what it is.
        due: Field or expression of the day; empty where there is none.
    """
    day: Any = F(due) if isinstance(due, str) and due else due or Value(None)
    shaped = rows.order_by().annotate(
        wait_act=Value(act, output_field=CharField()),
        wait_reference=Cast(reference, CharField()),
        wait_title=Cast(title, CharField()),
        wait_due=Cast(day, DateField()),
    )
    found: QuerySet[Any, Any] = shaped.values_list(*COLUMNS)
    return found


def waiting_for(by: Actor) -> list[Waiting]:
    """What waits for somebody, what is due first at the top; one query, or none."""
    acts = {
        f"{room}.{name}": act for room, each in _waits.items() for name, act in each.acts.items()
    }
    parts = [rows for each in _waits.values() for rows in each.rows(by)]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    today = clock.today()
    rows = sorted(found[:MOST], key=lambda row: (row[3] or dt.date.max, row[2], row[0]))
    return [
        Waiting(
            acts[name].label, title, acts[name].address(reference), due,
            due is not None and due < today and acts[name].is_late,
        )
        for name, reference, title, due in rows
    ]  # fmt: skip


def panel(request: HttpRequest) -> str:
    """The panel; empty where nothing waits."""
    found = waiting_for(request.actor)  # type: ignore[attr-defined]
    if not found:
        return ""
    context = {"waiting": found[:SHOWN], "more": max(0, len(found) - SHOWN)}
    return render_to_string("ui/waiting.html", context, request=request)
