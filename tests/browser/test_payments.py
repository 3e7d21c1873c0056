"""Payments in a browser: the payer's page on a phone without a script, the treasurer's pages."""

from __future__ import annotations

import datetime as dt
import struct
import zlib

import pytest
import zxingcpp
from tests.browser.harness import PHONE, assert_accessible, shoot

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.treasury.services.attempts import look, open_attempt
from chambre.treasury.services.payments import AskedLine, qr_payload, request_payment
from chambre.treasury.services.provideraccounts import open_provider_account
from chambre.treasury.services.refunds import refund
from chambre.treasury.tests.fakes.mollie import KEY, FakeMollie

IBAN = "FR7630006000011234567890189"


def grey(png: bytes) -> memoryview:
    """The picture of a browser (8 bits, RGB or RGBA, PNG 2nd edition §9) as rows of grey octets."""
    width, height, _depth, colour = struct.unpack(">IIBB", png[16:26])
    step, at, packed = (4 if colour == 6 else 3), 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    raw, size, before, out = zlib.decompress(packed), width * step, bytearray(width * step), b""
    for row in range(height):
        start = row * (size + 1)
        line, how = bytearray(raw[start + 1 : start + 1 + size]), raw[start]
        for i in range(size):
            left, up = (line[i - step] if i >= step else 0), before[i]
            corner = before[i - step] if i >= step else 0
            nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[how]) & 255
        before, out = line, out + bytes(line[::step])
    return memoryview(out).cast("B", (height, width))


@pytest.fixture
def mollie():
    fake = FakeMollie()
    yield fake
    fake.stop()


@pytest.fixture
def world(transactional_db, system, make_user, mollie):
    """A structure with its treasurer, an account at Mollie, one payment open and one with all in it."""
    structure = registry.create_structure(slug="vergers", name="Les Vergers de la Lysse", by=system)
    book = ledger.open_book(structure=structure, chart="associatif", by=system)
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=system)
    registry.grant_role(agent=person, kind="treasurer", scope=structure, by=system)
    by = Actor.of(user)
    account = open_provider_account(
        book=book, provider="mollie", label="Payer par carte", mode="sandbox",
        values={"api_key": KEY}, by=by, base=f"{mollie.base}/v2",
    )  # fmt: skip
    lines = [
        AskedLine(3_500, "Panier de légumes", use="sale.goods", vat=550),
        AskedLine(700, "Adhésion 2026", use="membership"),
        AskedLine(-200, "Bocal rapporté", use="deposit"),
    ]
    fields = {"book": book, "amount": 4_000, "lines": lines, "by": by, "iban": IBAN,
              "payer_name": "Zoé Martin"}  # fmt: skip
    waiting = request_payment(
        reason="Panier du 6 mars", due=dt.date(2026, 3, 6), key="open", **fields
    )
    done = request_payment(reason="Panier du 27 février", key="done", **fields)
    attempt = open_attempt(
        payment=done, account=account, return_url="https://x.test/", cancel_url="https://x.test/",
        notice_url="https://x.test/", by=by,
    )  # fmt: skip
    mollie.pay(attempt.remote)
    look(attempt=attempt, by=system)
    refund(payment=done, amount=700, key="r1", reason="Ne vient plus", by=by)
    return {"user": user, "open": waiting, "done": done}


def test_a_payer_pays_on_a_phone_without_a_script(visitor, world, mollie):
    address = f"/tresorerie/payer/{world['open'].public_id}/"
    page = visitor.open(address, width=PHONE, scripts=False)
    shoot(page, "payments-pay")
    seen = page.locator("svg.qr").screenshot()
    (code,) = zxingcpp.read_barcodes(grey(seen))
    assert code.text == qr_payload(world["open"]), "a banking application reads it off the screen"

    page.get_by_role("button", name="Payer par carte").click()

    way = page.get_by_role("link", name="Aller au paiement")
    assert way.get_attribute("href").startswith("https://www.mollie.com/checkout/tr_")


def test_pages_fit_and_are_accessible(visitor, world):
    done, waiting = world["done"].public_id, world["open"].public_id
    page = visitor.open("/tresorerie/vergers/", user=world["user"])
    pages = {
        "home": "vergers/",
        "list": "vergers/paiements/",
        "ask": "vergers/paiements/demander/",
        "one": f"vergers/paiements/{done}/",
        "refund": f"vergers/paiements/{done}/rembourser/",
        "cancel": f"vergers/paiements/{waiting}/annuler/",
        "providers": "vergers/encaissements/",
        "provider": "vergers/encaissements/ajouter/stripe/",
        "pay": f"payer/{waiting}/",
        "paid": f"payer/{done}/",
    }
    for name, path in pages.items():
        page.goto(f"/tresorerie/{path}")
        shoot(page, f"payments-{name}")
        assert_accessible(page)
