"""Drafting, offering and signing: one change, and all sign again."""

from __future__ import annotations

import pytest

from chambre.core.errors import Forbidden, KeyReused
from chambre.ledger import api as ledger
from chambre.rooms.exchange.models import Exchange, ExchangeSignature, Leg
from chambre.rooms.exchange.queries.errors import (
    BadCode,
    CannotSettle,
    ExchangeTextRefused,
    NotForParty,
    NotNow,
    OtherWords,
)
from chambre.rooms.exchange.queries.exchanges import exchanges_visible_to
from chambre.rooms.exchange.services import drafting, offering, signing
from chambre.rooms.exchange.services.drafting import LegIn
from chambre.rooms.exchange.tests.conftest import DAY

pytestmark = pytest.mark.django_db


def test_what_all_have_signed_is_open_and_its_legs_are_promised(world):
    exchange = world.offered()
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    assert Exchange.objects.get().state == "signing"
    assert not Leg.objects.exists()

    world.sign(exchange, world.lou, world.lou)

    exchange.refresh_from_db()
    assert exchange.state == "open"
    assert list(exchange.legs.values_list("name", "state", "amount")) == [
        ("pommes", "promised", 40), ("site", "promised", 1), ("argent", "promised", 25_000),
    ]  # fmt: skip
    assert ledger.status_of(exchange.agreement, on=DAY) == "active"


def test_one_change_and_all_sign_again(world):
    exchange = world.offered()
    world.sign(exchange, world.vergers, world.bruno)
    old = world.party(exchange, world.toile)

    offering.take_back(exchange=exchange, by=world.by(world.dris), reason="Le prix")
    exchange.refresh_from_db()
    drafting.save_version(
        exchange=exchange, text=world.words().replace("25000", "26000"), by=world.by(world.lou)
    )
    offering.offer(exchange=exchange, by=world.by(world.lou))
    exchange.refresh_from_db()

    with pytest.raises(NotNow):
        signing.sign(party=old, digest=old.version.digest, means="code", by=world.by(world.dris))
    world.sign(exchange, world.toile, world.dris)
    world.sign(exchange, world.lou, world.lou)
    exchange.refresh_from_db()
    assert exchange.state == "signing"  # the first signature of the Vergers counts no more
    world.sign(exchange, world.vergers, world.bruno)
    exchange.refresh_from_db()
    assert exchange.legs.get(name="argent").amount == 26_000


def test_taking_back_without_a_change_counts_no_signature_either(world):
    exchange = world.offered()
    world.sign(exchange, world.vergers, world.bruno)

    offering.take_back(exchange=exchange, by=world.by(world.lou))
    offering.offer(exchange=exchange, by=world.by(world.lou))

    exchange.refresh_from_db()
    assert not ExchangeSignature.objects.filter(party__version__number=exchange.number).exists()


def test_nobody_signs_for_somebody_else(world):
    exchange = world.offered()
    party = world.party(exchange, world.vergers)

    for stranger in (world.lou, world.dris, world.ada):
        with pytest.raises(NotForParty):
            signing.new_code(party=party, by=world.by(stranger))
        with pytest.raises(NotForParty):
            world.sign(exchange, world.vergers, stranger)
    assert not ExchangeSignature.objects.exists()


def test_a_code_signs_once_and_only_the_words_that_were_shown(world):
    exchange = world.offered()
    party, by = world.party(exchange, world.lou), world.by(world.lou)
    code = signing.new_code(party=party, by=by)

    with pytest.raises(BadCode):
        signing.sign_with_code(party=party, digest=party.version.digest, code="x", by=by)
    with pytest.raises(OtherWords):
        signing.sign_with_code(party=party, digest="sha256:other", code=code, by=by)
    assert not ExchangeSignature.objects.exists()
    signed = signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)
    assert (signed.signer, signed.means) == (world.lou, "code")
    with pytest.raises(BadCode):
        signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)


def test_what_can_never_be_settled_is_not_offered(world):
    exchange = world.draft(
        conditions='[[condition]]\nname = "accord"\nkind = "confirm"\nof = ["lou"]\nneeded = 2'
    )

    with pytest.raises(CannotSettle) as refusal:
        offering.offer(exchange=exchange, by=world.by(world.lou))

    assert refusal.value.data["problems"][0]["code"] == "too-many-needed"
    exchange.refresh_from_db()
    assert exchange.state == "draft"


def test_a_stranger_is_not_offered_anything(world):
    exchange = world.draft()
    text = world.words().replace('agent = "' + world.lou.slug, 'agent = "nobody-knows')
    drafting.save_version(exchange=exchange, text=text, by=world.by(world.lou))

    with pytest.raises(NotNow) as refusal:
        offering.offer(exchange=exchange, by=world.by(world.lou))

    assert refusal.value.data["names"] == ["nobody-knows"]


def test_mistakes_are_told_with_their_line(world):
    with pytest.raises(ExchangeTextRefused) as refusal:
        drafting.draft(text=world.words().replace("25000", "0"), by=world.by(world.lou))

    problem = refusal.value.data["problems"][0]
    assert (problem["line"], problem["path"]) == (37, "leg[3].amount")
    assert not Exchange.objects.exists()


def test_a_room_proposes_an_exchange_once(world):
    said = {
        "actor": world.by(world.lou), "title": "Un troc", "key": "ring:1", "origin": "barter",
        "legs": [
            LegIn(world.lou, world.vergers, "hours", 120, what="Taille"),
            LegIn(world.vergers, world.lou, "goods", 10, unit="kg", what="Pommes", value=3_000),
            LegIn(world.vergers, world.toile, "goods", 2, what="Pommes"),
            LegIn(world.toile, world.lou, "service", what="Site"),
        ],
    }  # fmt: skip
    exchange = drafting.propose(**said)

    assert drafting.propose(**said) == exchange
    assert exchange.state == "signing"
    assert [party.agent.slug for party in exchange.current.parties.order_by("id")] == [
        world.lou.slug, "vergers", "toile",
    ]  # fmt: skip
    with pytest.raises(KeyReused):
        drafting.propose(**said | {"title": "Un autre troc"})
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    world.sign(exchange, world.lou, world.lou)
    assert list(exchange.legs.values_list("name", flat=True)) == [
        "taille", "pommes", "pommes-2", "site",
    ]  # fmt: skip


def test_an_exchange_is_read_by_those_whom_it_concerns(world):
    exchange = world.draft()
    omar = world.person("omar")

    assert list(exchanges_visible_to(world.by(world.lou))) == [exchange]
    assert not exchanges_visible_to(world.by(world.bruno)).exists()  # still a draft
    offering.offer(exchange=exchange, by=world.by(world.lou))
    for reader in (world.lou, world.bruno, world.dris, world.ada):
        assert list(exchanges_visible_to(world.by(reader))) == [exchange]
    for stranger in (omar, world.ines):
        assert not exchanges_visible_to(world.by(stranger)).exists()


def test_only_who_drafted_it_changes_it(world):
    exchange = world.draft()

    with pytest.raises(Forbidden):
        drafting.save_version(
            exchange=exchange, text=world.words("Autre"), by=world.by(world.bruno)
        )
    with pytest.raises(Forbidden):
        offering.offer(exchange=exchange, by=world.by(world.ada))
    exchange.refresh_from_db()
    assert (exchange.state, exchange.number) == ("draft", 1)
