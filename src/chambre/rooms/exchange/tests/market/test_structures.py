"""Structures on the market: their treasurer offers, answers and signs for them, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chambre.core.errors import Forbidden, Invalid
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Posting
from chambre.rooms.exchange.queries.market import talks
from chambre.rooms.exchange.queries.market.errors import NoPosting, NoRing, NotInTheirName
from chambre.rooms.exchange.queries.market.postings import posting_for
from chambre.rooms.exchange.queries.market.rings import rings_visible_to
from chambre.rooms.exchange.services.market import letters, posting, rounds, talking
from chambre.rooms.exchange.tests.conftest import SYSTEM
from chambre.rooms.exchange.tests.market.conftest import Market
from chambre.rooms.exchange.tests.market.test_market_pages import HOME, MOST, enter

pytestmark = pytest.mark.django_db


def put(market: Market, who: str, owner: Agent, kind: str, category: str, **more: Any) -> Posting:
    said = posting.PostingIn(kind=kind, title=category.title(), category=category, **more)
    key = f"{owner.slug}-{kind}-{category}"
    return posting.post(said=said, key=key, by=market.by(getattr(market, who)), owner=owner)


def ring_with_a_structure(market: Market) -> Any:
    """La Toile makes a website for Lou, who repairs for Inès, who gardens for La Toile."""
    put(market, "dris", market.toile, "offer", "digital", value=9_000)
    put(market, "dris", market.toile, "need", "garden")
    for who, gives, needs in (("lou", "repair", "digital"), ("ines", "garden", "repair")):
        market.put(who, "offer", gives)
        market.put(who, "need", needs)
    (found,) = rounds.find_rings(chamber=market.chamber, by=SYSTEM)
    return found


def test_only_who_acts_for_a_structure_offers_changes_and_takes_off_in_its_name(market):
    for who in ("lou", "bruno", "ada"):
        with pytest.raises(NotInTheirName):
            put(market, who, market.toile, "offer", "digital")
    with pytest.raises(NotInTheirName):
        put(market, "dris", market.lou, "offer", "digital")
    assert not Posting.objects.exists()

    row = put(market, "dris", market.toile, "offer", "digital")

    assert (row.owner, row.owner.name) == (market.toile, "La Toile")
    said = posting.PostingIn("offer", "Sites web", "digital")
    with pytest.raises(Forbidden):
        posting.change(posting=row, said=said, by=market.by(market.bruno))
    posting.change(posting=row, said=said, by=market.by(market.dris))
    assert posting.close(posting=row, by=market.by(market.dris)).ended == "closed"
    assert posting_for(row.pk, market.by(market.dris)) == row
    with pytest.raises(NoPosting):
        posting_for(row.pk, market.by(market.bruno))


def test_messages_reach_all_who_act_for_it_and_nobody_else(market):
    eve = market.person("eve", treasurer=market.toile)
    row = put(market, "dris", market.toile, "offer", "digital")
    talking.say(posting=row, text="Combien ?", key="1", by=market.by(market.ines))
    letters.LETTERS.send_waiting()
    assert sorted(one.to[0] for one in mail.outbox) == ["dris@exemple.test", "eve@exemple.test"]
    mail.outbox.clear()

    talking.say(posting=row, text="Rien", key="2", by=market.by(eve), asker=market.ines)
    letters.LETTERS.send_waiting()
    assert [one.to for one in mail.outbox] == [["ines@exemple.test"]]
    for who, other in ((market.dris, "Ines"), (eve, "Ines"), (market.ines, "La Toile")):
        (talk,) = talks.talks_of(market.by(who))
        assert (talk.other.name, talk.last.text) == (other, "Rien")
    assert talks.talks_of(market.by(market.ada)) == []
    with pytest.raises(NoPosting):  # dris is on the owner's side, and asks nothing
        talking.say(posting=row, text="Moi", key="3", by=market.by(market.dris))


def test_a_ring_with_a_structure_becomes_an_exchange_that_its_treasurer_signs(market):
    ring = ring_with_a_structure(market)
    assert market.toile in [gift.giver for gift in ring.gifts.all()]
    assert ring in rings_visible_to(market.by(market.dris))
    with pytest.raises(NoRing):
        rounds.answer(ring=ring, yes=True, by=market.by(market.bruno))
    for who in ("dris", "lou", "ines"):
        ring = market.says(who, ring)

    assert ring.state == "agreed"
    exchange = ring.exchange
    market.sign(exchange, market.toile, market.dris)
    market.sign(exchange, market.lou, market.lou)
    market.sign(exchange, market.ines, market.ines)
    exchange.refresh_from_db()
    assert exchange.state == "open"
    assert exchange.legs.get(giver=market.toile).value == 9_000


def test_who_acts_for_two_in_a_ring_says_for_whom(market):
    put(market, "dris", market.toile, "offer", "digital")
    put(market, "dris", market.toile, "need", "garden")
    market.put("dris", "offer", "garden")
    market.put("dris", "need", "digital")
    (ring,) = rounds.find_rings(chamber=market.chamber, by=SYSTEM)

    with pytest.raises(Invalid):
        market.says("dris", ring)
    for agent in (market.toile, market.dris):
        ring = rounds.answer(ring=ring, yes=True, by=market.by(market.dris), agent=agent)
    assert ring.state == "agreed"


def test_pages_ask_in_whose_name_show_it_and_ask_little(client, market):
    enter(client, market, "lou")
    assert "in_name_of" not in client.get(f"{HOME}nouveau/").content.decode()
    enter(client, market, "dris")
    assert "in_name_of" in client.get(f"{HOME}nouveau/").content.decode()
    sent = {"kind": "offer", "title": "Sites web", "category": "digital", "key": "k"}
    wrong = client.post(HOME + "nouveau/", {**sent, "in_name_of": str(market.lou.pk)})
    assert wrong.status_code == 422
    client.post(HOME + "nouveau/", {**sent, "in_name_of": str(market.toile.pk)})
    row = Posting.objects.get()
    assert row.owner == market.toile

    ring = ring_with_a_structure(market)
    talking.say(posting=row, text="Bonjour", key="a", by=market.by(market.ines))
    talk = f"{HOME}{row.pk}/messages/ines/"
    client.post(talk, {"text": "Bonjour de nous", "key": "b"})
    page = client.get(talk).content.decode()
    assert "Dris · La Toile" in page
    assert "ceux qui agissent pour La Toile" in page
    paths = ("", "moi/", "nouveau/", "rondes/", f"{row.pk}/", f"{row.pk}/modifier/",
             f"{row.pk}/messages/ines/", f"rondes/{ring.pk}/")  # fmt: skip
    for path in paths:
        with CaptureQueriesContext(connection) as questions:
            answer = client.get(HOME + path)
        assert answer.status_code == 200, path
        assert len(questions) <= MOST, (path, len(questions))
    assert "Oui, pour La Toile" in answer.content.decode()
    client.post(f"{HOME}rondes/{ring.pk}/repondre/", {"yes": "0", "agent": str(market.toile.pk)})
    ring.refresh_from_db()
    assert ring.state == "declined"


def test_machines_say_whose_it_is_too(client, market):
    enter(client, market, "dris")
    body = {"kind": "offer", "title": "Sites", "category": "digital", "key": "a", "owner": "toile"}
    api = "/api/exchange/market/postings"
    made = client.post(api, body, content_type="application/json")
    assert (made.status_code, made.json()["owner"]) == (201, "La Toile")
    refused = client.post(
        api, {**body, "owner": "vergers", "key": "b"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "/api/problems#exchange.not-in-their-name",
    )
