"""Letters about the market: messages, favourites, rings."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from chambre.core import clock
from chambre.rooms.exchange.services.market import letters, posting, rounds, talking
from chambre.rooms.exchange.tests.conftest import DAY, SYSTEM

pytestmark = pytest.mark.django_db


def sent() -> dict[str, str]:
    """The subjects that went out since the last time, by who got them."""
    mail.outbox.clear()
    letters.LETTERS.send_waiting()
    return {one.to[0].partition("@")[0]: one.subject for one in mail.outbox}


def says(market, row, who: str, text: str, key: str, asker=None) -> None:
    by = market.by(getattr(market, who))
    talking.say(posting=row, text=text, key=key, by=by, asker=asker)


def test_a_message_is_told_to_the_other_one_and_several_at_once_in_one_letter(market):
    row = market.put("lou", "offer", "repair", title="Réparer un vélo")
    says(market, row, "ines", "Bonjour", "1")
    says(market, row, "ines", "Encore moi", "2")
    says(market, row, "ada", "Et moi", "3")

    sent()
    assert [(one.to, one.subject.partition(" ")[0]) for one in mail.outbox] == [
        (["lou@exemple.test"], "Ines"), (["lou@exemple.test"], "Ada"),
    ]  # fmt: skip
    assert (
        reverse("exchange:posting_talk_with", args=[row.pk, market.ines.slug])
        in mail.outbox[0].body
    )
    assert "Encore moi" not in mail.outbox[0].body  # what two people write is theirs

    says(market, row, "lou", "Oui", "4", asker=market.ines)
    assert sent() == {"ines": "Lou vous a écrit\u00a0: Réparer un vélo"}
    assert reverse("exchange:posting_talk", args=[row.pk]) in mail.outbox[0].body


def test_who_keeps_a_favourite_hears_of_its_change_once_a_day_and_of_its_end(market):
    row = market.put("lou", "offer", "repair", title="Réparer un vélo")
    posting.keep(posting=row, by=market.by(market.ines))
    said = posting.PostingIn("offer", "Réparer un vélo", "repair", place="Valmère")
    for _again in range(2):
        posting.change(posting=row, said=said, by=market.by(market.lou))

    assert sent() == {"ines": "Modifié\u00a0: Réparer un vélo"}
    posting.close(posting=row, by=market.by(market.lou))
    posting.close(posting=row, by=market.by(market.lou))
    assert sent() == {"ines": "N’est plus au marché\u00a0: Réparer un vélo"}


def test_a_change_is_not_told_to_who_may_not_see_it_any_more(market):
    row = market.put("lou", "offer", "repair")
    posting.keep(posting=row, by=market.by(market.ines))
    posting.change(
        posting=row, said=posting.PostingIn("offer", "X", "repair"), by=market.by(market.lou)
    )
    market.ines.roles.all().delete()

    assert sent() == {}


def test_everybody_in_a_ring_is_asked_reminded_and_told_when_it_is_over(market):
    ring = market.ring()

    assert set(sent()) == {"lou", "ines", "ada"}
    assert "– Lou donne «\u00a0Repair\u00a0» à Ines" in mail.outbox[0].body
    market.says("lou", ring)
    with clock.pretend(DAY + dt.timedelta(days=12)):
        letters.remind()
        letters.remind()
        assert set(sent()) == {"ines", "ada"}
        market.says("ines", ring, yes=False)
        assert set(sent()) == {"lou", "ada"}
    assert mail.outbox[0].subject == "Une ronde avec vous est terminée"


def test_a_ring_that_nobody_answered_or_from_which_something_is_taken_is_told(market):
    ring = market.ring()
    sent()
    posting.close(posting=ring.gifts.get(giver=market.lou).offer, by=market.by(market.lou))
    assert set(sent()) == {"ines", "ada"}

    with clock.pretend(DAY + dt.timedelta(days=20)):
        assert rounds.lapse(by=SYSTEM) == 0
