"""Exchanges in a browser: signed with a passkey and with a code, and every page at both sizes."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect
from tests.browser.harness import (
    PHONE,
    Visitor,
    assert_accessible,
    assert_for_everybody,
    enter_with_a_passkey,
    shoot,
)

from chambre.core import clock
from chambre.rooms.exchange.models import Exchange, ExchangeSignature
from chambre.rooms.exchange.services import drafting, offering
from chambre.rooms.exchange.tests.conftest import World


@pytest.fixture
def world(transactional_db: Any) -> World:
    """Two structures with a treasurer each, and Lou."""
    return World()


def offered(world: World) -> Exchange:
    last = clock.today() + dt.timedelta(days=30)
    text = world.words().replace("2026-06-30", last.isoformat())
    exchange = drafting.draft(text=text, by=world.by(world.lou))
    offering.offer(exchange=exchange, by=world.by(world.lou))
    exchange.refresh_from_db()
    return exchange


def address(name: str, *args: Any) -> str:
    return reverse(f"exchange:{name}", args=args)


def test_signing_with_a_passkey_opens_the_exchange(
    visitor: Visitor, world: World, settings: Any
) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    exchange = offered(world)
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    page = enter_with_a_passkey(visitor, world.by(world.lou).user)

    page.goto(address("exchange", exchange.slug))
    page.get_by_role("link", name="Lire et signer").click()
    expect(page.locator(".digest").first).to_contain_text("sha256:")
    shoot(page, "exchange-sign-passkey")
    assert_accessible(page)
    page.get_by_role("button", name="Signer avec la clé d’accès").click()

    expect(page.get_by_text("chacun dépose maintenant sa part").first).to_be_visible()
    signature = ExchangeSignature.objects.get(signer=world.lou)
    assert (signature.means, signature.digest) == ("passkey", exchange.current.digest)
    exchange.refresh_from_db()
    assert exchange.state == "open"


def test_a_passkey_that_does_not_answer_signs_nothing(
    visitor: Visitor, world: World, settings: Any
) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    visitor.expected.add(422)
    exchange = offered(world)
    page = enter_with_a_passkey(visitor, world.by(world.lou).user)
    party = world.party(exchange, world.lou)
    page.goto(address("exchange_sign", exchange.slug, party.pk))

    page.evaluate(
        "document.getElementById('id_credential').value = '{\"id\": \"x\"}';"
        "document.getElementById('id_credential').form.submit()"
    )

    expect(page.get_by_role("alert")).to_be_visible()
    assert not ExchangeSignature.objects.exists()


def test_a_treasurer_signs_with_a_code_on_a_phone_without_scripts(
    visitor: Visitor, world: World
) -> None:
    exchange = offered(world)
    page = visitor.open(
        address("exchange", exchange.slug), user=world.by(world.bruno).user, width=PHONE,
        scripts=False,
    )  # fmt: skip
    page.get_by_role("link", name="Lire et signer").click()
    page.locator("#sign button", has_text="code").first.click()
    code = re.search(r"^ {4}(\d{6})$", mail.outbox[-1].body, re.MULTILINE)
    assert code
    page.fill("#code", code[1])
    page.locator("#sign").get_by_role("button", name="Signer", exact=True).click()

    signature = ExchangeSignature.objects.get()
    assert (signature.signer, signature.party.agent) == (world.bruno, world.vergers)
    assert signature.means == "code"


def test_pages_are_for_everybody(visitor: Visitor, world: World, subtests: Any) -> None:
    exchange = offered(world)
    party = world.party(exchange, world.lou)
    home = address("exchange", exchange.slug)
    pages = {
        "index": address("exchanges"), "new": "/echanges/nouveau/", "signing": home,
        "sign": address("exchange_sign", exchange.slug, party.pk), "open": home,
    }  # fmt: skip
    page = visitor.open(pages["index"], user=world.by(world.lou).user)
    for name, path in pages.items():
        if name == "open":
            world.sign(exchange, world.vergers, world.bruno)
            world.sign(exchange, world.toile, world.dris)
            world.sign(exchange, world.lou, world.lou)
        with subtests.test(name):
            assert_for_everybody(page, path, f"exchange-{name}")
