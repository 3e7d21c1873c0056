"""What people do with an exchange: offer, deposit, tell, settle, and every other end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chambre.core.errors import Invalid
from chambre.core.files import store
from chambre.core.models import StoredFile
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import ChargeBack, Exchange, ExchangeParty, Extension, Leg
from chambre.rooms.exchange.queries.documents import PURPOSE
from chambre.rooms.exchange.queries.errors import NoExchange
from chambre.rooms.exchange.queries.exchanges import missing_of, parties_of, said_by, stand_of
from chambre.rooms.exchange.services import (
    bouncing,
    depositing,
    disputing,
    invoicing,
    offering,
    settling,
)
from chambre.rooms.exchange.views.frame import actor_of, done, exchange_for, posted

Act = Callable[[HttpRequest, Exchange], HttpResponse | None]


def _leg(request: HttpRequest, exchange: Exchange) -> Leg:
    rows = exchange.legs.select_related("exchange__chamber", "giver__user", "taker", "keeper")
    found: Leg | None = rows.filter(name=posted(request, "leg")).first()
    if found is None:
        raise NoExchange(leg=posted(request, "leg"))
    return found


def _agent(request: HttpRequest, exchange: Exchange) -> Agent:
    """The party for which somebody acts, by its id."""
    wanted = posted(request, "agent", 12)
    for party in parties_of(exchange.current):
        if str(party.agent_id) == wanted:
            return party.agent
    raise NoExchange(agent=wanted)


def _speaker(request: HttpRequest, exchange: Exchange) -> Agent:
    """The party, or the mediator, for which somebody says something."""
    mediators = exchange.current.parties.filter(role=ExchangeParty.Role.MEDIATOR)
    for each in mediators.select_related("agent"):
        if str(each.agent_id) == posted(request, "agent", 12):
            mediator: Agent = each.agent
            return mediator
    return _agent(request, exchange)


def _file(request: HttpRequest) -> StoredFile | None:
    sent = request.FILES.get("file")
    if sent is None:
        return None
    return store(sent, name=sent.name or "", purpose=PURPOSE, by=actor_of(request))


def _offer(request: HttpRequest, exchange: Exchange) -> None:
    done(
        request, lambda: offering.offer(exchange=exchange, by=actor_of(request)),
        _("Offered: every party can sign now."),
    )  # fmt: skip


def _take_back(request: HttpRequest, exchange: Exchange) -> None:
    reason = posted(request, "reason", 4000)
    done(
        request,
        lambda: offering.take_back(exchange=exchange, by=actor_of(request), reason=reason),
        _("Taken back. Once it is offered again, all sign again."),
    )  # fmt: skip


def _abandon(request: HttpRequest, exchange: Exchange) -> None:
    reason = posted(request, "reason", 4000)
    done(
        request,
        lambda: offering.abandon(exchange=exchange, by=actor_of(request), reason=reason),
        _("Given up."),
    )  # fmt: skip


def _pay(request: HttpRequest, exchange: Exchange) -> HttpResponse | None:
    leg = _leg(request, exchange)
    found: list[str] = []

    def act() -> None:
        payment = depositing.ask_for_money(leg=leg, by=actor_of(request))
        found.append(payment.public_id)

    done(request, act)
    return redirect("treasury:pay", found[0]) if found else None


def _units(request: HttpRequest, exchange: Exchange) -> None:
    leg = _leg(request, exchange)
    done(
        request, lambda: depositing.deposit_units(leg=leg, by=actor_of(request)), _("Deposited.")
    )  # fmt: skip


def _attest(request: HttpRequest, exchange: Exchange) -> None:
    leg, note = _leg(request, exchange), posted(request, "note", 500)
    done(
        request, lambda: depositing.attest(leg=leg, by=actor_of(request), note=note),
        _("Noted: it is deposited."),
    )  # fmt: skip


def _tell(request: HttpRequest, exchange: Exchange) -> None:
    def act() -> None:
        depositing.tell(
            exchange=exchange, condition=posted(request, "condition"), by=actor_of(request),
            holds=posted(request, "holds", 3) != "no", note=posted(request, "note", 500),
            file=_file(request),
        )  # fmt: skip

    done(request, act, _("Noted."))


def _settle(request: HttpRequest, exchange: Exchange) -> HttpResponse | None:
    if not posted(request, "sure", 3):
        return _ask(
            request, exchange, "settle", _("Settle “%(title)s”"), _("Settle it now"),
            [
                _("Everything that is deposited goes to whom it was promised, all at once."),
                _("If anything is missing at that moment, nothing moves."),
            ],
        )  # fmt: skip
    done(
        request, lambda: settling.settle(exchange=exchange, by=actor_of(request)),
        _("Settled: everything has gone to whom it was promised."),
    )  # fmt: skip
    return None


def _withdraw(request: HttpRequest, exchange: Exchange) -> HttpResponse | None:
    agent, reason = _agent(request, exchange), posted(request, "reason", 4000)
    if not posted(request, "sure", 3):
        return _ask(
            request, exchange, "withdraw", _("Withdraw from “%(title)s”"), _("Withdraw"),
            [
                _("The exchange ends for everybody."),
                _("Each gets back what they have deposited."),
            ],
            danger=True, hidden={"agent": agent.pk, "reason": reason},
        )  # fmt: skip
    done(
        request,
        lambda: settling.withdraw(
            exchange=exchange, agent=agent, by=actor_of(request), reason=reason
        ),
        _("You have withdrawn: everything goes back."),
    )  # fmt: skip
    return None


def _ask(
    request: HttpRequest, exchange: Exchange, act: str, title: str, confirm: str,
    consequences: list[str], *, danger: bool = False, hidden: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """What will happen, before it happens."""
    missing = missing_of(said_by(exchange), stand_of(exchange, said_by(exchange)), today())
    left = [*missing.legs, *missing.conditions]
    if act == "settle" and left:
        consequences = [_("Still missing: %(what)s.") % {"what": ", ".join(left)}, *consequences]
    context = {
        "title": title % {"title": exchange.title}, "consequences": consequences,
        "irreversible": True, "confirm": confirm, "danger": danger,
        "back": reverse("exchange:exchange", args=[exchange.slug]),
        "action": reverse("exchange:exchange_act", args=[exchange.slug, act]),
        "hidden": {"sure": "yes", **(hidden or {})},
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def _extend(request: HttpRequest, exchange: Exchange) -> None:
    def act() -> None:
        try:
            until = dt.date.fromisoformat(posted(request, "until", 10))
        except ValueError:
            raise Invalid(_("Choose a day."), fields={"until": [_("Choose a day.")]}) from None
        disputing.propose_extension(
            exchange=exchange, agent=_agent(request, exchange), until=until,
            reason=posted(request, "reason", 4000), by=actor_of(request),
        )  # fmt: skip

    done(request, act, _("Proposed: it holds once every party has said yes."))


def _voice(request: HttpRequest, exchange: Exchange) -> None:
    row = exchange.extensions.filter(state=Extension.State.OPEN).first()
    if row is None:
        raise NoExchange(slug=exchange.slug)
    agent, yes = _agent(request, exchange), posted(request, "yes", 3) == "yes"
    done(
        request,
        lambda: disputing.speak(extension=row, agent=agent, yes=yes, by=actor_of(request)),
        _("Said."),
    )  # fmt: skip


def _dispute(request: HttpRequest, exchange: Exchange) -> None:
    agent, reason = _agent(request, exchange), posted(request, "reason", 4000)
    done(
        request,
        lambda: disputing.dispute(
            exchange=exchange, agent=agent, reason=reason, by=actor_of(request)
        ),
        _("Noted: nothing moves until it is decided."),
    )  # fmt: skip


def _evidence(request: HttpRequest, exchange: Exchange) -> None:
    def act() -> None:
        disputing.add_evidence(
            exchange=exchange, agent=_speaker(request, exchange), by=actor_of(request),
            text=posted(request, "text", disputing.MAX_TEXT), file=_file(request),
        )  # fmt: skip

    done(request, act, _("Noted."))


def _decide(request: HttpRequest, exchange: Exchange) -> None:
    decision, reason = posted(request, "decision", 10), posted(request, "reason", 4000)
    done(
        request,
        lambda: disputing.decide(
            exchange=exchange, decision=decision, reason=reason, by=actor_of(request)
        ),
        _("Decided."),
    )  # fmt: skip


def _invoice(request: HttpRequest, exchange: Exchange) -> None:
    leg = _leg(request, exchange)
    done(
        request, lambda: invoicing.invoice_leg(leg=leg, by=actor_of(request)),
        _("The invoice is issued, with the words “en compensation”."),
    )  # fmt: skip


def _bounced(request: HttpRequest, exchange: Exchange) -> None:
    leg = _leg(request, exchange)

    def act() -> None:
        try:
            day = dt.date.fromisoformat(posted(request, "day", 10))
        except ValueError:
            raise Invalid(_("Choose a day."), fields={"day": [_("Choose a day.")]}) from None
        bouncing.tell(
            leg=leg, day=day, text=posted(request, "text", bouncing.MAX_TEXT),
            file=_file(request), by=actor_of(request),
        )  # fmt: skip

    done(request, act, _("Noted: nothing moves before a second person has confirmed it."))


def _told_of(request: HttpRequest, exchange: Exchange) -> ChargeBack:
    number = posted(request, "told", 18)
    rows = ChargeBack.objects.select_related("leg__exchange__chamber")
    found = rows.filter(leg__exchange=exchange, pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise NoExchange(told=number)
    return found


def _bounced_yes(request: HttpRequest, exchange: Exchange) -> HttpResponse | None:
    told = _told_of(request, exchange)
    if not posted(request, "sure", 3):
        again = _("%(name)s is asked to pay it in again: the leg is only promised.")
        owes = _("What has gone stays where it went; %(name)s owes it until it is paid again.")
        words = again if told.leg.state == Leg.State.DEPOSITED else owes
        return _ask(
            request, exchange, "bounced-yes", _("A bank took money back: “%(title)s”"),
            _("Confirm it"),
            [words % {"name": told.leg.giver.name}, _("The parties are told by e-mail.")],
            danger=True, hidden={"told": told.pk},
        )  # fmt: skip
    done(
        request, lambda: bouncing.confirm(told=told, by=actor_of(request)),
        _("Confirmed. The parties are told."),
    )  # fmt: skip
    return None


def _bounced_no(request: HttpRequest, exchange: Exchange) -> None:
    told = _told_of(request, exchange)
    done(
        request, lambda: bouncing.refuse(told=told, by=actor_of(request)),
        _("Noted: nothing has moved."),
    )  # fmt: skip


ACTS: dict[str, Act] = {
    "offer": _offer, "take-back": _take_back, "abandon": _abandon, "pay": _pay, "units": _units,
    "attest": _attest, "tell": _tell, "settle": _settle, "withdraw": _withdraw, "extend": _extend,
    "voice": _voice, "dispute": _dispute, "evidence": _evidence, "decide": _decide,
    "invoice": _invoice, "bounced": _bounced, "bounced-yes": _bounced_yes,
    "bounced-no": _bounced_no,
}  # fmt: skip
"""What a button asks for."""


@login_required
@require_POST
def act(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """Do what a button of an exchange's page asks."""
    exchange = exchange_for(request, slug)
    if what not in ACTS:
        raise NoExchange(slug=slug, act=what)
    answer = ACTS[what](request, exchange)
    return answer if answer is not None else redirect("exchange:exchange", slug)


ACTING = [path("echanges/<slug:slug>/faire/<slug:what>/", act, name="exchange_act")]
