"""What letters about the market say, in the language that is active."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor
from chambre.core.addresses import own_address
from chambre.core.ui import figures
from chambre.rooms.exchange.models import BarterRing, MarketLetter, Posting, RingVoice
from chambre.rooms.exchange.queries.market.postings import postings_visible_to
from chambre.rooms.exchange.queries.people import binders

Kind = MarketLetter.Kind
SUBJECTS: dict[str, Any] = {
    Kind.MESSAGE: gettext_lazy("%(author)s wrote to you: %(title)s"),
    Kind.CHANGED: gettext_lazy("Changed: %(title)s"),
    Kind.GONE: gettext_lazy("No longer on the market: %(title)s"),
    Kind.RING: gettext_lazy("A barter ring with you: yes or no?"),
    Kind.RING_NEAR: gettext_lazy("Reminder: a barter ring waits for your answer"),
    Kind.RING_OVER: gettext_lazy("A barter ring with you is over"),
}
LEADS: dict[str, Any] = {
    Kind.MESSAGE: gettext_lazy("%(author)s wrote to you about “%(title)s”. Read it and answer:"),
    Kind.CHANGED: gettext_lazy("“%(title)s”, which you keep as a favourite, has changed:"),
    Kind.GONE: gettext_lazy(
        "“%(title)s”, which you kept as a favourite, is not on the market any more."
    ),
    Kind.RING: gettext_lazy(
        "A ring was found in which everybody gives one thing and gets one thing."
    ),
    Kind.RING_NEAR: gettext_lazy("The others in the ring wait for your answer."),
    Kind.RING_OVER: gettext_lazy(
        "Somebody said no, took something off the market, or did not answer in time. What you offer and "
        "need is free for other rings."
    ),
}


def not_any_more(letter: MarketLetter) -> str:
    """Why a letter is of no use any more; empty: it still is."""
    ring, user = letter.ring, letter.person.user
    if ring is not None and letter.kind != Kind.RING_OVER:
        if ring.state != BarterRing.State.PROPOSED:
            return "not any more"
        if letter.kind == Kind.RING_NEAR and not _waits_for(letter):
            return "answered already"
    if letter.kind == Kind.CHANGED and user is not None:
        rows = postings_visible_to(Actor.of(user)).filter(pk=letter.posting_id or 0)
        return "" if rows.exists() else "not visible"
    return ""


def _waits_for(letter: MarketLetter) -> bool:
    said = RingVoice.objects.filter(ring=letter.ring).values_list("person", flat=True)
    late = [gift.giver for gift in _gifts(letter) if gift.giver_id not in set(said)]
    return any(letter.person in people for people in binders(late).values())


def _gifts(letter: MarketLetter) -> list[Any]:
    if letter.ring is None:
        return []
    rows = letter.ring.gifts.select_related("offer", "giver__user", "taker__user")
    return list(rows.order_by("number"))


def wording(letter: MarketLetter) -> tuple[str, str]:
    """Subject and body of a letter."""
    author = letter.message.author.name if letter.message is not None else ""
    title = letter.posting.title if letter.posting is not None else ""
    facts = {"author": author, "title": title}
    lines = [_("Hello,"), "", str(LEADS[letter.kind]) % facts]
    if letter.ring is not None:
        lines += ["", *(_gift(gift) for gift in _gifts(letter))]
        if letter.kind != Kind.RING_OVER:
            until = figures.day(letter.ring.until)
            lines += [
                "",
                _("Answer until %(day)s; nobody is in it without saying yes:") % {"day": until},
            ]
    lines += ["", own_address() + _address(letter)]
    return str(SUBJECTS[letter.kind]) % facts, "\n".join(lines) + "\n"


def _gift(gift: Any) -> str:
    facts = {"giver": gift.giver.name, "what": gift.offer.title, "taker": gift.taker.name}
    return _("– %(giver)s gives “%(what)s” to %(taker)s") % facts


def _address(letter: MarketLetter) -> str:
    """The page that a letter leads to."""
    posting = letter.posting
    if letter.ring is not None:
        return reverse("exchange:ring", args=[letter.ring.pk])
    if posting is None or letter.kind == Kind.GONE:
        return reverse("exchange:market")
    if letter.message is not None:
        return _talk(letter, posting)
    return reverse("exchange:posting", args=[posting.pk])


def _talk(letter: MarketLetter, posting: Posting) -> str:
    message = letter.message
    assert message is not None
    if message.author_id == message.asker_id:  # to whose posting it is
        return reverse("exchange:posting_talk_with", args=[posting.pk, message.asker.slug])
    return reverse("exchange:posting_talk", args=[posting.pk])
