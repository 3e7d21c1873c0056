"""The pages of the market: what they show, to whom, and with how many questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chambre.rooms.exchange.models import MarketMessage, Posting, PostingFavourite
from chambre.rooms.exchange.services.market import rounds, talking
from chambre.rooms.exchange.tests.market.conftest import Market
from chambre.rooms.exchange.tests.market.test_market import photo_with_a_place

pytestmark = pytest.mark.django_db
HOME = "/echanges/marche/"
MOST = 15


def enter(client: Any, market: Market, who: str) -> Any:
    user = market.by(getattr(market, who)).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_page_asks_little(client, market):
    ring = market.ring()
    row = ring.gifts.get(giver=market.lou).offer
    talking.say(posting=row, text="Bonjour", key="a", by=market.by(market.ines))
    for who in ("lou", "ada"):
        enter(client, market, who)
        for path in ("", "?q=repair&genre=offer", "moi/", "nouveau/", "rondes/",
                     f"{row.pk}/", f"{row.pk}/retirer/", f"rondes/{ring.pk}/"):  # fmt: skip
            with CaptureQueriesContext(connection) as questions:
                answer = client.get(HOME + path)
            assert answer.status_code == 200, path
            assert len(questions) <= MOST, (path, len(questions))
    enter(client, market, "lou")
    for path in (f"{row.pk}/modifier/", f"{row.pk}/messages/ines/"):
        assert client.get(HOME + path).status_code == 200


def test_something_is_put_up_with_a_photo_found_and_kept(client, market):
    enter(client, market, "lou")
    sent = {"kind": "offer", "title": "Réparer des vélos", "category": "repair", "value": "40"}
    answer = client.post(HOME + "nouveau/", {**sent, "key": "k1"})
    client.post(HOME + "nouveau/", {**sent, "key": "k1"})
    row = Posting.objects.get()
    assert answer.headers["Location"] == f"{HOME}{row.pk}/"
    assert row.value == 4000
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("velo.jpg", photo_with_a_place(), "image/jpeg")
    assert client.post(f"{HOME}{row.pk}/photos/", {"photo": photo}).status_code == 302

    enter(client, market, "ines")
    page = client.get(HOME + "?q=velos").content.decode()
    assert "Réparer des vélos" in page
    assert f'src="/fichiers/{row.photos.get().small_id}/"' in page or "<img" in page
    client.post(f"{HOME}{row.pk}/favori/", {"kept": "1"})
    assert PostingFavourite.objects.count() == 1
    client.post(f"{HOME}{row.pk}/messages/", {"text": "Le mien grince.", "key": "k2"})
    assert "Le mien grince." in client.get(f"{HOME}{row.pk}/messages/").content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_stays(client, market):
    enter(client, market, "lou")

    answer = client.post(
        HOME + "nouveau/",
        {
            "kind": "offer",
            "title": "Pain",
            "category": "food",
            "first": "2026-07-02",
            "last": "2026-07-01",
        },
    )

    assert answer.status_code == 422
    assert "Pain" in answer.content.decode()
    assert not Posting.objects.exists()


def test_others_do_not_read_messages_nor_see_rings(client, market):
    ring = market.ring()
    row = ring.gifts.get(giver=market.lou).offer
    talking.say(posting=row, text="Secret", key="a", by=market.by(market.ines))

    enter(client, market, "ada")
    assert client.get(f"{HOME}{row.pk}/messages/ines/").status_code == 404
    enter(client, market, "dris")
    assert client.get(f"{HOME}rondes/{ring.pk}/").status_code == 404
    assert client.post(f"{HOME}rondes/{ring.pk}/repondre/", {"yes": "1"}).status_code == 404
    assert client.post(HOME + "rondes/chercher/").status_code == 403
    assert client.get(f"{HOME}{row.pk}/modifier/").status_code == 403
    client.logout()
    assert client.get(HOME).status_code in {302, 403}
    assert MarketMessage.objects.count() == 1


def test_a_ring_is_answered_on_its_page(client, market):
    ring = market.ring()
    for who in ("lou", "ines", "ada"):
        enter(client, market, who)
        assert 'name="yes" value="1"' in client.get(f"{HOME}rondes/{ring.pk}/").content.decode()
        client.post(f"{HOME}rondes/{ring.pk}/repondre/", {"yes": "1"})

    ring.refresh_from_db()
    assert ring.state == "agreed"
    page = client.get(f"{HOME}rondes/{ring.pk}/").content.decode()
    assert ring.exchange.title in page
    given = ring.gifts.get(giver=market.lou).offer
    assert client.get(f"{HOME}{given.pk}/").status_code == 200  # those in the ring still see it


def test_nothing_is_there_yet(client, market):
    enter(client, market, "lou")
    for path in ("", "moi/", "rondes/"):
        assert 'class="empty"' in client.get(HOME + path).content.decode()
    assert rounds.find_rings(chamber=market.chamber, by=rounds.SYSTEM) == []
