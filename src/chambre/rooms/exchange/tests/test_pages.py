"""The pages of exchanges: written in a form, drawn, signed, deposited, settled."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from chambre.rooms.exchange.models import Exchange, ExchangeSignature
from chambre.rooms.exchange.services import disputing

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(world):
    def enters(agent) -> Client:
        client = Client()
        client.force_login(world.by(agent).user)
        return client

    return enters


def typed(world, **more):
    legs = [
        ("lou", "vergers", "hours", "2 h 30", "Taille"),
        ("vergers", "lou", "goods", "40", "Pommes"),
        ("vergers", "toile", "euros", "120,50", ""),
        ("toile", "lou", "service", "", "Site"),
    ]
    slugs = {"lou": world.lou.slug}
    sent = {"title": "Taille et pommes", "deadline": "2026-06-30", "legs": len(legs),
            "conditions": 1, "otherwise": "return", "key": "k1",
            "condition-0-kind": "confirm", "condition-0-needed": "2"}  # fmt: skip
    for at, (giver, taker, kind, amount, what) in enumerate(legs):
        sent |= {
            f"leg-{at}-giver": slugs.get(giver, giver), f"leg-{at}-taker": slugs.get(taker, taker),
            f"leg-{at}-kind": kind, f"leg-{at}-amount": amount, f"leg-{at}-what": what,
        }  # fmt: skip
    return sent | more


def test_nobody_reads_without_signing_in(client):
    assert client.get(reverse("exchange:exchanges")).status_code == 302


def test_an_empty_list_says_how_to_begin(world, enter):
    page = enter(world.lou).get(reverse("exchange:exchanges")).content.decode()

    assert reverse("exchange:exchange_new") in page


def test_an_exchange_is_written_in_the_form_and_drawn_while_it_is(world, enter):
    client, address = enter(world.lou), reverse("exchange:exchange_new")
    assert client.get(address).status_code == 200

    looked = client.post(address, typed(world, act="look"))
    assert looked.status_code == 200
    assert "chart-exchange" in looked.content.decode()
    assert not Exchange.objects.exists()

    kept = client.post(address, typed(world, act="save"))
    exchange = Exchange.objects.get()
    assert kept.status_code == 302
    said = exchange.current.text
    assert 'kind = "hours"' in said
    assert "amount = 150" in said
    assert "amount = 12050" in said
    assert "needed = 2" in said
    again = client.post(address, typed(world, act="save"))
    assert again.status_code == 302
    assert Exchange.objects.count() == 1  # the same form sent twice


def test_rows_come_and_go_and_nothing_typed_is_lost(world, enter):
    client, address = enter(world.lou), reverse("exchange:exchange_new")

    more = client.post(address, typed(world, act="add:leg")).content.decode()
    assert more.count('name="leg-4-giver"') == 1
    fewer = client.post(address, typed(world, act="remove:leg:0")).content.decode()
    assert 'name="leg-3-giver"' not in fewer
    assert 'value="120,50"' in fewer


def test_what_is_wrong_is_said_beside_its_row(world, enter):
    client, address = enter(world.lou), reverse("exchange:exchange_new")

    page = client.post(address, typed(world, act="save", **{"leg-0-amount": "deux heures"}))
    assert page.status_code == 422
    assert "field-error" in page.content.decode()
    assert not Exchange.objects.exists()
    wrong = client.post(address, typed(world, act="save", **{"leg-2-taker": "vergers"}))
    assert wrong.status_code == 422
    circular = typed(world, act="look", **{"leg-0-after": "2", "leg-1-after": "1"})
    assert "taille → pommes → taille" in client.post(address, circular).content.decode()


def test_a_text_with_mistakes_stays_as_it_was_typed(world, enter):
    client, address = enter(world.lou), reverse("exchange:exchange_new_text")

    page = client.post(address, {"text": world.words().replace("25000", "0"), "key": "k"})
    assert page.status_code == 422
    assert "kind = &quot;euros&quot;" in page.content.decode()
    assert client.post(address, {"text": world.words(), "key": "k"}).status_code == 302
    exchange = Exchange.objects.get()
    written = client.get(reverse("exchange:exchange_write", args=[exchange.slug]))
    assert 'value="250"' in written.content.decode()


def test_it_is_offered_signed_deposited_and_settled_on_pages(world, enter):
    exchange = world.draft()
    page = reverse("exchange:exchange", args=[exchange.slug])

    def act(agent, what, **sent):
        address = reverse("exchange:exchange_act", args=[exchange.slug, what])
        return enter(agent).post(address, sent, follow=False)

    assert act(world.lou, "offer").status_code == 302
    for agent, signer in (
        (world.vergers, world.bruno), (world.toile, world.dris), (world.lou, world.lou),
    ):  # fmt: skip
        exchange.refresh_from_db()
        party = world.party(exchange, agent)
        address = reverse("exchange:exchange_sign", args=[exchange.slug, party.pk])
        client = enter(signer)
        assert party.version.digest in client.get(address).content.decode()
        mail.outbox.clear()
        client.post(address, {"act": "send"})
        code = re.search(r"\b\d{6}\b", mail.outbox[0].body).group()
        wrong = client.post(address, {"act": "code", "code": "000", "digest": party.version.digest})
        assert wrong.status_code == 422
        sent = {"act": "code", "code": code, "digest": party.version.digest}
        assert client.post(address, sent).status_code == 302
    assert act(world.ada, "attest", leg="pommes").status_code == 302
    assert act(world.bruno, "attest", leg="site", note="Bien fait").status_code == 302
    paid = act(world.lou, "pay", leg="argent")
    assert "/tresorerie/payer/" in paid.headers["Location"]
    assert world.pay(exchange).state == "paid"

    asked = act(world.dris, "settle")
    assert asked.status_code == 200
    assert world.states(exchange)["argent"] == "deposited"  # it only said what will happen
    assert act(world.dris, "settle", sure="yes").status_code == 302
    exchange.refresh_from_db()
    assert exchange.state == "settled"
    assert enter(world.bruno).get(page).status_code == 200


def test_it_is_closed_to_whom_it_does_not_concern(world, enter):
    exchange = world.opened()
    omar = enter(world.person("omar"))

    for name in ("exchange", "exchange_text", "exchange_write", "exchange_write_text"):
        assert omar.get(reverse(f"exchange:{name}", args=[exchange.slug])).status_code == 404
    for what in ("settle", "attest", "withdraw", "decide", "nonsense"):
        address = reverse("exchange:exchange_act", args=[exchange.slug, what])
        assert omar.post(address, {"leg": "site"}).status_code == 404
    party = world.party(exchange, world.lou)
    address = reverse("exchange:exchange_sign", args=[exchange.slug, party.pk])
    assert omar.get(address).status_code == 404


@pytest.mark.parametrize(
    "sent", ['{"id": "x"}', "[]", "x", '"a"', '{"rawId": 1}', "", "null", "{}"]
)
def test_what_is_no_answer_of_a_passkey_signs_nothing(world, enter, sent):
    exchange = world.offered()
    party = world.party(exchange, world.lou)
    address = reverse("exchange:exchange_sign", args=[exchange.slug, party.pk])

    answer = enter(world.lou).post(address, {"credential": sent, "digest": party.version.digest})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ExchangeSignature.objects.exists()


def test_a_dispute_and_a_later_deadline_on_the_page(world, enter):
    exchange = world.opened(more=f'\n[mediator]\nagent = "{world.ines.slug}"\n')
    act = reverse("exchange:exchange_act", args=[exchange.slug, "extend"])
    sent = {"agent": world.lou.pk, "until": "2026-08-31"}
    enter(world.lou).post(act, sent)
    page = reverse("exchange:exchange", args=[exchange.slug])
    assert 'name="yes" value="yes"' in enter(world.bruno).get(page).content.decode()
    voice = reverse("exchange:exchange_act", args=[exchange.slug, "voice"])
    enter(world.bruno).post(voice, {"agent": world.vergers.pk, "yes": "yes"})
    enter(world.dris).post(voice, {"agent": world.toile.pk, "yes": "yes"})
    exchange.refresh_from_db()
    assert exchange.deadline == dt.date(2026, 8, 31)

    disputing.dispute(
        exchange=exchange, agent=world.lou, reason="Rien ne vient", by=world.by(world.lou)
    )
    ines = enter(world.ines)
    assert 'name="decision"' in ines.get(page).content.decode()
    assert 'name="decision"' not in enter(world.ada).get(page).content.decode()
    decide = reverse("exchange:exchange_act", args=[exchange.slug, "decide"])
    ines.post(decide, {"decision": "return", "reason": "Trop tard"})
    exchange.refresh_from_db()
    assert exchange.state == "returned"


def test_the_page_asks_the_database_little(world, enter, django_assert_max_num_queries):
    exchange = world.opened()
    client = enter(world.lou)
    address = reverse("exchange:exchange", args=[exchange.slug])
    client.get(address)

    with django_assert_max_num_queries(15):
        client.get(address)
