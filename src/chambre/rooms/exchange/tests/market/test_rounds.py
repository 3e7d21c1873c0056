"""Rings are proposed, answered, and become exchanges; nothing is in two, nothing is asked twice."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from chambre.core import clock
from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui.waiting import waiting_for
from chambre.rooms.exchange.models import BarterRing, Exchange, Posting, RingVoice
from chambre.rooms.exchange.queries.market.errors import AlreadySaid, NoRing, PostingOver, RingOver
from chambre.rooms.exchange.queries.market.rings import ring_for
from chambre.rooms.exchange.services.market import posting, rounds
from chambre.rooms.exchange.tests.conftest import DAY, SYSTEM
from chambre.rooms.exchange.tests.market.conftest import Market

pytestmark = pytest.mark.django_db


def again(market) -> list[BarterRing]:
    return rounds.find_rings(chamber=market.chamber, by=SYSTEM)


def test_three_who_could_never_swap_by_two_are_asked_about_a_ring(market):
    ring = market.ring()

    assert [(gift.giver.slug, gift.taker.slug, gift.offer.category) for gift in ring.gifts.all()] == [
        ("lou", "ines", "repair"), ("ines", "ada", "garden"), ("ada", "lou", "digital"),
    ]  # fmt: skip
    assert (ring.state, ring.until) == ("proposed", DAY + dt.timedelta(days=14))
    assert again(market) == []


def test_when_all_say_yes_an_exchange_waits_for_their_signatures(market):
    ring = market.ring()
    market.says("lou", ring)
    market.says("ines", ring)
    assert not Exchange.objects.exists()

    ring = market.says("ada", ring)

    assert ring.state == "agreed"
    assert (ring.exchange.state, ring.exchange.origin) == ("signing", "market")
    assert set(ring.exchange.current.parties.values_list("agent__slug", flat=True)) == {
        "lou", "ines", "ada",
    }  # fmt: skip
    assert set(Posting.objects.values_list("ended", flat=True)) == {"met"}


def test_a_ring_waits_for_an_answer_and_names_what_one_would_give(market):
    ring = market.ring()
    (row,) = waiting_for(market.by(market.lou))
    assert (str(row.label), row.title) == ("ronde à répondre", "Repair")
    assert (row.url, row.due) == (f"/echanges/marche/rondes/{ring.pk}/", ring.until)
    assert waiting_for(market.by(market.bruno)) == []

    market.says("lou", ring)
    assert waiting_for(market.by(market.lou)) == []


def test_the_same_answer_twice_is_one_and_another_is_refused(market):
    ring = market.ring()
    market.says("lou", ring)

    market.says("lou", ring)

    assert RingVoice.objects.count() == 1
    with pytest.raises(AlreadySaid):
        market.says("lou", ring, yes=False)


def test_who_declines_is_not_asked_again_and_the_others_are_free(market):
    ring = market.ring()
    market.says("lou", ring)

    ring = market.says("ines", ring, yes=False)

    assert ring.state == "declined"
    with pytest.raises(RingOver):
        market.says("ada", ring)
    assert again(market) == []
    # Somebody else gardens for Ada and has a bicycle: the others need not wait for Inès.
    market.put("dris", "offer", "garden")
    market.put("dris", "need", "repair")
    (other,) = again(market)
    assert {gift.giver.slug for gift in other.gifts.all()} == {"lou", "ada", "dris"}


def test_a_ring_concerns_those_who_are_in_it(market):
    ring = market.ring()

    with pytest.raises(NoRing):
        market.says("dris", ring)
    with pytest.raises(NoRing):
        ring_for(ring.pk, market.by(market.bruno))
    with pytest.raises(Forbidden):
        rounds.find_rings(chamber=market.chamber, by=market.by(market.lou))
    assert not RingVoice.objects.exists()


def test_a_ring_is_over_when_nobody_answers_in_time(market):
    ring = market.ring()

    with clock.pretend(DAY + dt.timedelta(days=15)):
        with pytest.raises(RingOver):
            market.says("lou", ring)
        assert rounds.lapse(by=SYSTEM) == 1
        assert rounds.lapse(by=SYSTEM) == 0
    ring.refresh_from_db()
    assert ring.state == "lapsed"


def test_what_is_in_a_ring_is_not_changed_and_taking_it_off_ends_the_ring(market):
    ring = market.ring()
    row = ring.gifts.get(giver=market.lou).offer

    with pytest.raises(PostingOver):
        said = posting.PostingIn("offer", "Autre chose", "food")
        posting.change(posting=row, said=said, by=market.by(market.lou))
    posting.close(posting=row, by=market.by(market.lou))

    ring.refresh_from_db()
    assert ring.state == "lapsed"
    with pytest.raises(RingOver):
        market.says("ines", ring)


@pytest.mark.django_db(transaction=True)
def test_three_yes_at_once_make_one_exchange():
    market = Market()
    ring = market.ring()
    assert (
        _at_once(*(lambda who=who: market.says(who, ring) for who in ("lou", "ines", "ada"))) == []
    )

    ring.refresh_from_db()
    assert (ring.state, Exchange.objects.count(), RingVoice.objects.count()) == ("agreed", 1, 3)


@pytest.mark.django_db(transaction=True)
def test_the_last_yes_and_a_taking_off_at_once_do_one_of_them():
    market = Market()
    ring = market.ring()
    row = ring.gifts.get(giver=market.lou).offer
    market.says("lou", ring)
    market.says("ines", ring)
    _at_once(
        lambda: market.says("ada", ring),
        lambda: posting.close(posting=row, by=market.by(market.lou)),
    )

    ring.refresh_from_db()
    row.refresh_from_db()
    assert (ring.state, row.ended, Exchange.objects.count()) in {
        ("agreed", "met", 1), ("lapsed", "closed", 0),
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_who_look_for_rings_at_once_find_each_ring_once():
    market = Market()
    market.circle()
    assert _at_once(lambda: again(market), lambda: again(market)) == []

    assert BarterRing.objects.count() == 1


def _at_once(*acts) -> list[ChambreError]:
    """Do things at the same moment, each with a connection of its own; what was refused."""
    barrier = threading.Barrier(len(acts))
    refused: list[ChambreError] = []

    def run(act) -> None:
        try:
            with clock.pretend(DAY):
                barrier.wait()
                act()
        except ChambreError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
