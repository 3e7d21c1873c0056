"""The market in a browser: an offer with a photo, a message, a ring answered, without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.harness import Visitor, assert_for_everybody

from chambre.rooms.exchange.models import BarterRing, MarketMessage, Posting, RingVoice
from chambre.rooms.exchange.services.market import photos, rounds, talking
from chambre.rooms.exchange.tests.market.conftest import Market
from chambre.rooms.exchange.tests.market.test_market import photo_with_a_place

HOME = "/echanges/marche/"


@pytest.fixture
def market(transactional_db: Any) -> Market:
    found = Market()
    found.circle()
    row = Posting.objects.get(owner=found.lou, kind="offer")
    by = found.by(found.lou)
    photos.add_photo(
        posting=row, content=photo_with_a_place(), name="velo.jpg", by=by, alt="Un vélo"
    )
    talking.say(posting=row, text="Le mien grince.", key="a", by=found.by(found.ines))
    rounds.find_rings(chamber=found.chamber, by=rounds.SYSTEM)
    return found


def test_offered_found_and_asked_about_without_scripts(visitor: Visitor, market: Market) -> None:
    page = visitor.open(HOME, user=market.dris.user, scripts=False)
    page.locator("main a", has_text="Offrir quelque chose").click()
    page.fill("[name=title]", "Miel de châtaignier")
    page.select_option("[name=category]", "food")
    page.fill("[name=value]", "14,00")
    page.locator("main button", has_text="Mettre sur le marché").click()
    assert Posting.objects.get(owner=market.dris).value == 1400

    page = visitor.open(HOME, user=market.ada.user, scripts=False)
    page.fill("[name=q]", "chataignier")
    page.locator("main button", has_text="Chercher").click()
    page.locator("main a", has_text="Miel de châtaignier").click()
    page.locator("main a", has_text="Écrire un message").click()
    page.fill("[name=text]", "En reste-t-il ?")
    page.locator("main button", has_text="Envoyer").click()
    assert MarketMessage.objects.filter(asker=market.ada).count() == 1


def test_a_ring_is_answered_without_scripts(visitor: Visitor, market: Market) -> None:
    ring = BarterRing.objects.get()
    page = visitor.open(f"{HOME}rondes/{ring.pk}/", user=market.ines.user, scripts=False)
    page.locator("button", has_text="Oui, j’en suis").click()
    assert RingVoice.objects.get().person == market.ines


PAGES = {
    "index": "", "q-repair": "?q=repair", "q-rien": "?q=rien", "moi": "moi/", "nouveau": "nouveau/",
    "rondes": "rondes/", "rondes-ring": "rondes/{ring}/", "offer": "{offer}/",
    "offer-modifier": "{offer}/modifier/", "offer-messages-ines": "{offer}/messages/ines/",
}  # fmt: skip


def test_pages_are_for_everybody(visitor: Visitor, market: Market, subtests: Any) -> None:
    ring = BarterRing.objects.get()
    offer = Posting.objects.get(owner=market.lou, kind="offer")
    page = visitor.open(HOME, user=market.lou.user)
    for name, path in PAGES.items():
        with subtests.test(name):
            where = HOME + path.format(ring=ring.pk, offer=offer.pk)
            assert_for_everybody(page, where, f"market-{name}")
