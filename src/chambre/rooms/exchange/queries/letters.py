"""What letters about exchanges say, in the language that is active."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chambre.core.addresses import own_address
from chambre.core.ui import figures
from chambre.lib import exchange as lib
from chambre.registry.api import today
from chambre.rooms.exchange.models import Exchange, ExchangeLetter, ExchangeTurn, Leg
from chambre.rooms.exchange.queries.asking import Ask, asks_of
from chambre.rooms.exchange.queries.exchanges import said_by
from chambre.rooms.exchange.queries.people import binders

Kind = ExchangeLetter.Kind
SUBJECTS: dict[str, Any] = {
    Kind.SIGN: gettext_lazy("To sign: %(exchange)s"),
    Kind.AGAIN: gettext_lazy("Changed, to sign again: %(exchange)s"),
    Kind.TAKEN_BACK: gettext_lazy("Taken back: %(exchange)s"),
    Kind.ABANDONED: gettext_lazy("Given up: %(exchange)s"),
    Kind.OPENED: gettext_lazy("Signed by all: %(exchange)s"),
    Kind.NEXT: gettext_lazy("It is your turn: %(exchange)s"),
    Kind.LATER: gettext_lazy("More time is asked for: %(exchange)s"),
    Kind.REFUSED: gettext_lazy("No more time: %(exchange)s"),
    Kind.EXTENDED: gettext_lazy("More time: %(exchange)s"),
    Kind.WITHDRAWN: gettext_lazy("Everything goes back: %(exchange)s"),
    Kind.DISPUTED: gettext_lazy("Something is wrong: %(exchange)s"),
    Kind.DECIDED: gettext_lazy("The mediator has decided: %(exchange)s"),
    Kind.SETTLED: gettext_lazy("Settled: %(exchange)s"),
    Kind.PART_SETTLED: gettext_lazy("Settled in part: %(exchange)s"),
    Kind.RETURNED: gettext_lazy("Everything goes back: %(exchange)s"),
    Kind.MONEY_GONE: gettext_lazy("A bank took money back: %(exchange)s"),
    Kind.NEAR: gettext_lazy("Soon the last day: %(exchange)s"),
}
LEADS: dict[str, Any] = {
    Kind.SIGN: gettext_lazy(
        "An exchange waits for your signature. Its page shows it drawn and in plain words; nothing is "
        "given before everybody has signed."
    ),
    Kind.AGAIN: gettext_lazy(
        "This exchange was changed. What was signed before binds nobody: everybody signs the new words."
    ),
    Kind.TAKEN_BACK: gettext_lazy(
        "The exchange was taken back to be changed. What was signed binds nobody; other words will be "
        "offered."
    ),
    Kind.ABANDONED: gettext_lazy("The exchange was given up before everybody had signed."),
    Kind.OPENED: gettext_lazy(
        "Everybody has signed. Each now deposits their part with the Chamber, until %(last)s; all of it "
        "goes at once, or nothing goes."
    ),
    Kind.NEXT: gettext_lazy("What had to come first is there."),
    Kind.LATER: gettext_lazy("A party asks for more time. It holds once every party has said yes."),
    Kind.REFUSED: gettext_lazy("A party said no to a later day: %(last)s stays the last one."),
    Kind.EXTENDED: gettext_lazy("Every party said yes to a later day: now it is %(last)s."),
    Kind.WITHDRAWN: gettext_lazy(
        "%(about)s withdrew from the exchange; everybody gets back what they gave."
    ),
    Kind.DISPUTED: gettext_lazy(
        "The exchange is in dispute. Nothing moves, and every party can say and show what happened."
    ),
    Kind.DECIDED: gettext_lazy("The mediator lets the exchange go on, until %(last)s."),
    Kind.SETTLED: gettext_lazy("Everything was there: all of it has gone where it was promised."),
    Kind.PART_SETTLED: gettext_lazy(
        "The parts that you all agreed may go alone have gone; the rest goes back."
    ),
    Kind.RETURNED: gettext_lazy("Nothing was exchanged: everybody gets back what they gave."),
    Kind.MONEY_GONE: gettext_lazy(
        "A bank took back what %(about)s had paid in. Two people of the Chamber have confirmed it. What was "
        "not settled yet is promised again; what had gone already, %(about)s owes."
    ),
    Kind.NEAR: gettext_lazy("%(last)s is the last day, and something is asked of you."),
}
ENDS = (Kind.SETTLED, Kind.PART_SETTLED, Kind.RETURNED, Kind.WITHDRAWN)
ASKING = (Kind.SIGN, Kind.AGAIN, Kind.NEXT, Kind.NEAR)
"""Letters that are of no use once the person has done what is asked."""


def not_any_more(letter: ExchangeLetter) -> str:
    """Why a letter is of no use any more; empty: it still is."""
    exchange = letter.exchange
    if letter.kind in (Kind.SIGN, Kind.AGAIN) and exchange.state != Exchange.State.SIGNING:
        return "not any more"
    if letter.kind in ASKING and not asked_of(letter):
        return "done already"
    if letter.extension is not None and letter.kind == Kind.LATER:
        return "" if letter.extension.state == "open" else "decided already"
    return ""


def asked_of(letter: ExchangeLetter) -> list[Ask]:
    """What the exchange asks now of who reads the letter, for themselves or for whom they may bind."""
    asks = asks_of(letter.exchange, today(), _language())
    bound = binders(ask.agent for ask in asks)
    people = {pk: {one.pk for one in found} for pk, found in bound.items()}
    return [ask for ask in asks if letter.person_id in people[ask.agent.pk]]


def wording(letter: ExchangeLetter) -> tuple[str, str]:
    """Subject and body of a letter."""
    exchange, turn = letter.exchange, letter.turn
    about = turn.about.name if turn is not None and turn.about is not None else _("A party")
    last = _last_day(letter)
    facts = {"exchange": exchange.title, "about": about, "last": figures.day(last)}
    lines = [_("Hello,"), "", str(LEADS[letter.kind]) % facts]
    lines += [*_why(letter)]
    if letter.kind in (Kind.LATER, Kind.DISPUTED):
        lines += [*_until(letter)]
    if letter.kind in ENDS:
        lines += [*_what_went(letter)]
    else:
        asks = asked_of(letter)
        if asks:
            lines += ["", _("What is asked of you:"), *(f"– {ask.words}" for ask in asks)]
    address = own_address() + reverse("exchange:exchange", args=[exchange.slug])
    lines += ["", address, "", str(exchange.chamber)]
    return str(SUBJECTS[letter.kind]) % facts, "\n".join(lines)


def _language() -> str:
    return "fr" if (get_language() or "fr").startswith("fr") else "en"


def _last_day(letter: ExchangeLetter) -> Any:
    """The day that a letter speaks of: until when the mediator decides, or the last day of the exchange."""
    exchange = letter.exchange
    disputed = exchange.state == Exchange.State.DISPUTED
    return exchange.decide_by if disputed and exchange.decide_by else exchange.deadline


def _why(letter: ExchangeLetter) -> list[str]:
    """The reasons that were given for what the letter tells, each on its line."""
    reasons = []
    if letter.extension is not None:
        reasons.append(letter.extension.reason)
    turn = letter.turn
    if turn is not None:
        before = letter.exchange.turns.filter(pk__lt=turn.pk).order_by("-pk").first()
        if before is not None and letter.kind in ENDS:
            if before.kind == ExchangeTurn.Kind.DECIDED:
                reasons.append(_("The mediator decided: %(reason)s") % {"reason": before.reason})
            elif before.kind == ExchangeTurn.Kind.EXPIRED:
                reasons.append(_("The last day has passed."))
        reasons.append(turn.reason)
    found = [reason for reason in reasons if reason]
    return ["", _("Why: %(reason)s") % {"reason": " ".join(found)}] if found else []


def _until(letter: ExchangeLetter) -> list[str]:
    day = letter.extension.until if letter.extension is not None else letter.exchange.decide_by
    if day is None:
        return []
    if letter.kind == Kind.LATER:
        return ["", _("Proposed last day: %(day)s.") % {"day": figures.day(day)}]
    return [
        "",
        _("If nobody decides until %(day)s, everything goes back.") % {"day": figures.day(day)},
    ]


def _what_went(letter: ExchangeLetter) -> list[str]:
    """What who reads the letter gets, or gets back."""
    rows = letter.exchange.legs.select_related("giver__user", "taker__user").order_by("number")
    legs = list(rows)
    people = {
        pk: {one.pk for one in found}
        for pk, found in binders(
            agent for leg in legs for agent in (leg.giver, leg.taker)
        ).items()
    }  # fmt: skip
    said = said_by(letter.exchange)
    lines = []
    for leg in legs:
        words = said.leg(leg.name)
        what = lib.leg_words(said, words, _language()) if words is not None else leg.what
        facts = {"what": what, "giver": leg.giver.name, "taker": leg.taker.name}
        if leg.state == Leg.State.RELEASED and letter.person_id in people[leg.taker_id]:
            lines.append(_("– %(taker)s gets: %(what)s (from %(giver)s)") % facts)
        elif leg.state == Leg.State.RETURNED and letter.person_id in people[leg.giver_id]:
            lines.append(_("– %(giver)s gets back: %(what)s") % facts)
    if lines and any(leg.kind == Leg.Kind.EUROS for leg in legs):
        lines.append(_("Euros are transferred as soon as a bank account is known."))
    return ["", *lines] if lines else []
