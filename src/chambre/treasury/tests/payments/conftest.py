"""Payments of the orchard, and small ways to look at its books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.ledger.models import Line
from chambre.treasury.services.attempts import open_attempt
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.provideraccounts import open_provider_account
from chambre.treasury.tests.fakes.helloasso import (
    CLIENT,
    ORGANIZATION,
    SECRET,
    SIGNATURE_KEY,
    FakeHelloAsso,
)
from chambre.treasury.tests.fakes.mollie import KEY, TOKEN, FakeMollie
from chambre.treasury.tests.fakes.stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe

IBAN = "FR7630006000011234567890189"
"""The example account of the French banking federation."""


@pytest.fixture
def by(treasurer: Any) -> Actor:
    """The orchard's treasurer."""
    return Actor.of(treasurer)


@pytest.fixture
def ask(orchard: Any, by: Actor) -> Any:
    """Ask for 40.00 €: a basket of 35.00 and a membership of 5.00."""

    def ask(**fields: Any) -> Any:
        lines = [
            AskedLine(3_500, "Panier", use="sale.goods", vat=550),
            AskedLine(500, "Adhésion", use="membership"),
        ]
        given = {
            "book": orchard,
            "amount": 4_000,
            "reason": "Panier et adhésion",
            "lines": lines,
            "by": by,
            "iban": IBAN,
        }
        return request_payment(**{**given, **fields})

    return ask


def balances(book: Any) -> dict[str, int]:
    """Balance of each account of a book that has one; debit positive; links left out."""
    rows = (
        Line.objects.filter(entry__book=book)
        .values("account__code")
        .annotate(total=Sum("amount"))
        .order_by("account__code")
    )
    return {row["account__code"]: row["total"] for row in rows if row["total"]}


TODAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[FakeStripe]:
    """localstripe, once for all tests."""
    return FakeStripe()


@pytest.fixture
def stripe(stripe_server: FakeStripe) -> FakeStripe:
    """Stripe with nothing in it."""
    stripe_server.clear()
    return stripe_server


@pytest.fixture
def mollie() -> Iterator[FakeMollie]:
    """Mollie with nothing in it."""
    fake = FakeMollie()
    yield fake
    fake.stop()


@pytest.fixture
def helloasso() -> Iterator[FakeHelloAsso]:
    """HelloAsso with nothing in it."""
    fake = FakeHelloAsso()
    yield fake
    fake.stop()


def account_at(fake: Any, book: Any, by: Actor) -> Any:
    """An account of a structure at a fake provider."""
    values = {
        FakeStripe: ("stripe", "", {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}),
        FakeMollie: ("mollie", "/v2", {"api_key": KEY, "organization_token": TOKEN}),
        FakeHelloAsso: (
            "helloasso",
            "/v5",
            {
                "organization": ORGANIZATION,
                "client_id": CLIENT,
                "client_secret": SECRET,
                "signature_key": SIGNATURE_KEY,
            },
        ),
    }
    provider, path, given = values[type(fake)]
    return open_provider_account(
        book=book,
        provider=provider,
        label="Carte bancaire",
        mode="sandbox",
        values=given,
        by=by,
        base=fake.base + path,
    )


@pytest.fixture
def account(orchard: Any, by: Actor) -> Any:
    """Open an account at a fake provider: ``account(stripe)``."""
    return lambda fake: account_at(fake, orchard, by)


def attempt_at(payment: Any, account: Any, by: Actor | None = None) -> Any:
    """Somebody begins to pay at a provider."""
    return open_attempt(
        payment=payment,
        account=account,
        return_url="https://chambre.exemple.test/payer/x/",
        cancel_url="https://chambre.exemple.test/payer/x/",
        notice_url="https://chambre.exemple.test/avis/x/",
        by=by or Actor.of(None),
    )
