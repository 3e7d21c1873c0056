"""A bank account of the orchard, and files for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.lib.bankfiles.writing import Page, camt, row
from chambre.treasury.models import BankAccount
from chambre.treasury.services.bank import create_account, import_file

OURS = "FR7630006000011234567890189"
DAY = dt.date(2026, 3, 2)
LAST = dt.date(2026, 3, 31)


def page(*rows: Any, opening: int = 100_000, closing: int | None = None, number: int = 1,
         first: dt.date = DAY, last: dt.date = LAST, iban: str = OURS) -> Page:  # fmt: skip
    """A statement of the orchard's account for March 2026."""
    return Page(iban, number, first, last, opening, rows, closing)


def gift(amount: int = 5000, day: dt.date = DAY, **more: Any) -> Any:
    """Money that came from an invented person."""
    return row(day, amount, **{"party_name": "Ines Marchal", "texts": "Don verger", **more})


def camt_of(*pages: Page, message: str = "053") -> bytes:
    """Statements as a file."""
    return "".join(camt(pages, message=message)).encode()


@pytest.fixture
def by(treasurer: Any) -> Actor:
    """The orchard's treasurer."""
    return Actor.of(treasurer)


@pytest.fixture
def account(orchard: Any, by: Actor, settings: Any, tmp_path: Any) -> BankAccount:
    """The orchard's bank account."""
    settings.CHAMBRE_HOME = tmp_path
    return create_account(book=orchard, slug="credit", name="Compte courant", iban=OURS, by=by)


@pytest.fixture
def bring(account: BankAccount, by: Actor) -> Any:
    """Bring a file in: ``bring(page(...))`` or ``bring(b"...")``."""

    def bring_in(*given: Any, **more: Any) -> Any:
        content = given[0] if isinstance(given[0], bytes) else camt_of(*given)
        return import_file(account=account, content=content, name="releve", by=by, **more)

    return bring_in
