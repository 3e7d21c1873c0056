"""A bank account, and debts that rows of it may settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chambre.core.errors import Conflict
from chambre.ledger.models import Book, Line
from chambre.treasury import openitems
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import BankRow, MatchPart
from chambre.treasury.openitems import OpenItem
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.tests.bank import conftest as bank
from chambre.treasury.tests.bank.conftest import DAY, LAST, gift, page

account, bring, by = bank.account, bank.bring, bank.by
__all__ = ["DAY", "LAST", "gift", "page"]

RF = "RF18539007547034"


def debt(key: str = "1", amount: int = 2500, **more: Any) -> OpenItem:
    """A membership fee that an invented person owes."""
    values = {
        "kind": "debt", "direction": "in", "label": f"Adhésion {key}", "partial": True,
        "day": DAY - dt.timedelta(days=3), "party_name": "Marie Martin", "url": "",
        "texts": ("Adhésion 2026",),
    }  # fmt: skip
    return OpenItem(key=key, amount=amount, **{**values, **more})


class Debts:
    """A source whose state is what the matches say: as transactional as they are."""

    kind = "debt"

    def __init__(self) -> None:
        self.all: dict[str, OpenItem] = {}
        self.released: list[str] = []
        self.refuse_release = False

    def add(self, *items: OpenItem) -> None:
        self.all |= {item.key: item for item in items}

    def left(self, key: str, but: str = "") -> int:
        parts = MatchPart.objects.filter(kind=self.kind, item=key, match__undo__isnull=True)
        paid = sum(abs(p.amount) for p in parts.select_related("match") if p.settling != but)
        return self.all[key].amount - paid

    def items(self, book: Book) -> list[OpenItem]:
        found = [replace(item, amount=self.left(key)) for key, item in self.all.items()]
        return [item for item in found if item.amount > 0]

    def settle(self, *, book, key, amount, day, row, idempotency, **_who) -> list[BookLine]:
        Book.objects.select_for_update().get(pk=book.pk)
        item = self.all[key]
        if amount > self.left(key, but=idempotency) and not item.over:
            raise Conflict("no longer open")
        sign = 1 if item.direction == "in" else -1
        use = "customer" if item.direction == "in" else "supplier"
        return [BookLine(-sign * amount, use=use)]

    def release(self, *, book, key, amount, row, idempotency, **_who) -> None:
        if self.refuse_release:
            raise Conflict("something stands on it")
        self.released.append(idempotency)


@pytest.fixture
def debts() -> Iterator[Debts]:
    """What is owed; empty at first, and nothing else is open."""
    before = dict(openitems._sources)
    openitems._sources.clear()
    yield openitems.register(Debts())  # type: ignore[misc]
    openitems._sources.clear()
    openitems._sources.update(before)


def only_row(**filters: Any) -> BankRow:
    """The row, without the opening balance."""
    return BankRow.objects.select_related("account__book__structure").get(kind="row", **filters)


def suspense(book: Book) -> int:
    """What waits: without the opening balance of the account."""
    opening = BankRow.objects.filter(kind="opening", account__book=book)
    return balance_of(book, "471000") + sum(row.amount for row in opening)


def booked(key: str) -> list[tuple[str, int]]:
    """Account and amount of the lines of an entry."""
    rows = Line.objects.filter(entry__key=key).order_by("number")
    return [(line.account.code, line.amount) for line in rows.select_related("account")]
