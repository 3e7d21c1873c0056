"""What a month of a structure's treasury looks like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, Sum

from chambre.ledger.models import Book, JournalEntry
from chambre.registry import api as registry
from chambre.treasury.models import MonthMark
from chambre.treasury.queries.balances import lines_of

MONEY = ("511", "512", "514", "517", "53", "54", "58")
"""Accounts of money: banks, payment services, drawers, and what is on its way between them."""
WAITING = ("471", "472")
"""Accounts of what is still to be explained."""


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An account of money over a month, in cents.

    ``opening + came - went == closing``.
    """

    account: str
    label: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """Balance at the end of the month."""
        return self.opening + self.came - self.went


def month_of(day: dt.date) -> dt.date:
    """First day of the month of a day."""
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    """Last day of the month that begins on a day."""
    return next_month(month) - dt.timedelta(days=1)


def next_month(month: dt.date) -> dt.date:
    """First day of the month after."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _accounts(begins: Iterable[str]) -> Q:
    found = Q()
    for begin in begins:
        found |= Q(account__code__startswith=begin)
    return found


def money_of(
    book: Book, first: dt.date, last: dt.date, begins: Iterable[str] = MONEY
) -> list[MoneyLine]:
    """The accounts of money that moved, or hold something, by number."""
    movement = Q(day__gte=first)
    rows = (
        lines_of(book, last)
        .filter(_accounts(begins), unit="EUR")
        .values("account__code", "account__label")
        .annotate(
            opening=Sum("amount", filter=Q(day__lt=first), default=0),
            came=Sum("amount", filter=movement & Q(amount__gt=0), default=0),
            went=Sum("amount", filter=movement & Q(amount__lt=0), default=0),
        )
        .order_by("account__code")
    )
    found = [
        MoneyLine(
            row["account__code"], row["account__label"], row["opening"], row["came"], -row["went"]
        )
        for row in rows
    ]
    return [line for line in found if line.opening or line.came or line.went]


def figures_of(book: Book, month: dt.date) -> dict[str, int]:
    """What a mark keeps of a month: closing balances by account, and how many entries there are."""
    return figures_from(money_of(book, month, last_day(month), MONEY + WAITING), book, month)


def figures_from(lines: Iterable[MoneyLine], book: Book, month: dt.date) -> dict[str, int]:
    """The same, of lines of money and of what is to be explained that were already asked for."""
    last = last_day(month)
    found = {line.account: line.closing for line in lines}
    entries = JournalEntry.objects.filter(book=book, day__range=(month, last))
    return {**found, "entries": entries.exclude(kind="attribution").count()}


def mark_of(book: Book, month: dt.date) -> MonthMark | None:
    """What was last said of a month: closed or opened again; nothing when nobody said anything."""
    return MonthMark.objects.filter(book=book, month=month).first()


def is_closed(book: Book, day: dt.date) -> bool:
    """Whether the month of a day is closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT closed FROM treasury_monthmark WHERE book_id = %s AND month = %s"
            " ORDER BY id DESC LIMIT 1",
            [book.pk, month_of(day)],
        )
        last = cursor.fetchone()
    return last is not None and bool(last[0])


def marks_of(book: Book) -> dict[dt.date, MonthMark]:
    """The newest mark of each month that has one."""
    return {mark.month: mark for mark in MonthMark.objects.filter(book=book).order_by("id")}


def months_shown(book: Book, most: int = 12) -> list[dt.date]:
    """The months of the list, newest first: this one and those before it back to the first entry."""
    month = month_of(registry.today())
    oldest = (
        JournalEntry.objects.filter(book=book).order_by("day").values_list("day", flat=True).first()
    )
    stop = month_of(oldest) if oldest else month
    found: list[dt.date] = []
    while month >= stop and len(found) < most:
        found.append(month)
        month = month_of(month - dt.timedelta(days=1))
    return found
