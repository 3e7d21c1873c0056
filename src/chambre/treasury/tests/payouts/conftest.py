"""A second person who answers for the orchard's money, a payee, and rows of a statement."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.ownaccounts import OwnAccount
from chambre.treasury.services.bank.accounts import create_account
from chambre.treasury.services.booking import BookLine, book_entry
from chambre.treasury.services.parties import note_iban, note_party
from chambre.treasury.services.payouts import approve_payout, ask_payout

DAY = dt.date(2026, 3, 4)
THEIRS = "DE89370400440532013000"
OURS = OwnAccount("FR7630006000011234567890189", "Les Vergers de la Lysse")


@pytest.fixture
def bruno(treasurer: Any) -> Actor:
    """The treasurer."""
    return Actor.of(treasurer)


@pytest.fixture
def chloe(orchard: Any, make_user: Any, system: Actor) -> Actor:
    """The chamber's administrator: the other one who answers for the money."""
    user = make_user("chloe@exemple.test")
    person = registry.create_person(email=user.email, name="Chloé", by=system)
    chamber = registry.home_chamber()
    registry.grant_role(agent=person, kind="administrator", scope=chamber, by=system)
    return Actor.of(user)


@pytest.fixture
def payee(orchard: Any, system: Actor) -> Any:
    """Somebody who is paid, with an account that they gave."""
    party = note_party(
        book=orchard, name="Maraîchage Dupré", by=system, city="Lyon", postcode="69001"
    )
    note_iban(party=party, iban=THEIRS, by=system, confirmed=True)
    return party


@pytest.fixture
def ask(orchard: Any, payee: Any, bruno: Actor) -> Any:
    """Ask for a payout: ``ask("one", 1234)``."""

    def make(key: str = "one", amount: int = 12_345, **facts: Any) -> Any:
        given = {"party": payee, "reason": f"Facture {key}", "by": bruno, **facts}
        return ask_payout(book=orchard, amount=amount, key=key, **given)

    return make


@pytest.fixture
def agree(bruno: Actor, chloe: Actor) -> Any:
    """Both people agree to a payout."""

    def make(payout: Any) -> Any:
        approve_payout(payout=payout, key="bruno", by=bruno)
        approve_payout(payout=payout, key="chloe", by=chloe)
        return payout

    return make


def match(book: Any, kind: str, key: str, amount: int, number: int, by: Actor) -> Any:
    """Match a row of the statement as the matching does: settle, then book what it gives."""
    facts = {"key": key, "amount": amount, "day": DAY, "row": number, "by": by}
    parts = source_of(kind).settle(book=book, idempotency=f"row:{number}", **facts)
    lines = [*parts, BookLine(-sum(each.amount for each in parts), use="suspense")]
    return book_entry(book=book, journal="BQ", day=DAY, lines=lines, key=f"match:{number}")


def unmatch(book: Any, kind: str, key: str, amount: int, number: int, by: Actor) -> None:
    """Undo such a match."""
    facts = {"key": key, "amount": amount, "row": number, "by": by}
    source_of(kind).release(book=book, idempotency=f"row:{number}", **facts)


@pytest.fixture
def account(orchard: Any, system: Actor) -> Any:
    """The orchard's bank account."""
    return create_account(
        book=orchard, slug="courant", iban=OURS.iban, name="Compte courant", by=system
    )
