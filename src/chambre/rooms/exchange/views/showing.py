"""The exchanges that concern somebody, and one of them: what it says, who signed, where each leg is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from chambre.core.actors import Actor
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry.api import home_chamber, today
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    ChargeBack,
    Exchange,
    ExchangeTurn,
    Extension,
    ExtensionVoice,
    Leg,
)
from chambre.rooms.exchange.queries.asking import ATTESTED_BY, attester, tellers
from chambre.rooms.exchange.queries.exchanges import (
    agents_named,
    exchanges_visible_to,
    missing_of,
    parties_of,
    signatures_of,
    stand_of,
)
from chambre.rooms.exchange.queries.language import examine, read
from chambre.rooms.exchange.queries.people import bound_by
from chambre.rooms.exchange.views.drawing import picture
from chambre.rooms.exchange.views.frame import actor_of, asked, exchange_for, language

TALKED_OF = (ExchangeTurn.Kind.DISPUTED, ExchangeTurn.Kind.MONEY_GONE)
"""Turns about which the parties may say and show something."""


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The exchanges that concern the reader."""
    by = actor_of(request)
    rows = exchanges_visible_to(by)
    state = asked(request, "etat")
    if state in Exchange.State.values:
        rows = rows.filter(state=state)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")), "state": state,
        "states": Exchange.State.choices, "may_draft": by.may("exchange.draft", home_chamber()),
    }  # fmt: skip
    return render(request, "exchange/index.html", context)


@login_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """An exchange's page."""
    by = actor_of(request)
    mine = set() if by.user is None else set(bound_by(by))
    exchange = exchange_for(request, slug, mine)
    told = exchange.told.model.objects.select_related("agent", "file")
    prefetch_related_objects([exchange], Prefetch("told", told))
    version = exchange.current
    said = read(version.text)
    legs = list(exchange.legs.select_related("giver", "taker", "keeper").order_by("number"))
    for leg in legs:
        leg.exchange = exchange
    stand = stand_of(exchange, said, legs)
    report = examine(version.text)
    context: dict[str, Any] = {
        "exchange": exchange, "version": version, "said": said, "mine": bool(mine),
        "drawn": picture(said, "exchange", legs), "report": report,
        "reading": lib.plain_reading(said, language()), "drafted": _drafted(exchange, by),
        "obstacles": [each.text(language()) for each in report.problems],
        "legs": [_leg(leg, said, stand, mine) for leg in legs],
        "turns": list(exchange.turns.select_related("about").order_by("-id")),
    }  # fmt: skip
    context |= _bounced(context, legs, by, mine)
    context |= _parties(exchange, version, mine)
    agents = _agents(said)
    context |= _conditions(exchange, said, stand, mine, agents)
    context |= _ends(exchange, said, stand, mine, agents)
    context |= _said(context, mine)
    return render(request, "exchange/exchange.html", context)


def _drafted(exchange: Exchange, by: Actor) -> bool:
    return by.may("exchange.change", exchange)


def _bounced(context: dict[str, Any], legs: list[Leg], by: Actor, mine: set[int]) -> dict[str, Any]:
    """Money that a bank took back; whether its reader may tell of it, confirm it, or pay it again.

    What is not confirmed, or was refused, is read by those alone who answer for the Chamber's money.
    """
    euros = [leg for leg in legs if leg.kind == Leg.Kind.EUROS and leg.payment]
    keeps = by.kind == "person" and by.may("treasury.manage", context["exchange"].chamber)
    gone = any(turn.kind == ExchangeTurn.Kind.MONEY_GONE for turn in context["turns"])
    if not euros or not (keeps or gone):
        return {}
    kinds = ChargeBack.State
    told = ChargeBack.objects.filter(leg__in=euros).order_by("id")
    if not keeps:
        told = told.exclude(state__in=(kinds.ASKED, kinds.REFUSED))
    rows = list(told.select_related("leg", "file", "asked_by", "decided_by"))
    waiting = {row.leg_id for row in rows if row.state in (kinds.ASKED, kinds.CLAIMED)}
    paid = [leg for leg in euros if leg.state != Leg.State.PROMISED and leg.pk not in waiting]
    return {
        "chargebacks": rows, "keeps": keeps, "bounceable": paid if keeps else [],
        "today": today(), "bound": mine,
        "theirs": [row.pk for row in rows if {row.leg.giver_id, row.leg.taker_id} & mine],
    }  # fmt: skip


def _parties(exchange: Exchange, version: Any, mine: set[int]) -> dict[str, Any]:
    parties = parties_of(version)
    signed = signatures_of(version)
    signing = exchange.state == Exchange.State.SIGNING
    rows = [
        {
            "party": party, "signature": signed.get(party.pk),
            "sign": signing and party.agent_id in mine and party.pk not in signed,
        }
        for party in parties
    ]  # fmt: skip
    own = [party.agent for party in parties if party.agent_id in mine]
    return {"parties": rows, "own": own}


def _leg(leg: Leg, said: lib.Exchange, stand: states.Stand, mine: set[int]) -> dict[str, Any]:
    """A leg with what its reader may do about it now."""
    words = said.leg(leg.name)
    promised = leg.state == Leg.State.PROMISED and stand.state is states.State.OPEN
    waits = [
        name
        for name in (words.after if words is not None else ())
        if not lib.holds(said, name, today(), stand.facts)
    ]
    act, who = "", leg.giver
    if leg.kind == Leg.Kind.EUROS:
        act = "pay"
    elif leg.kind == Leg.Kind.CREDIT:
        act = "units"
    elif leg.kind in ATTESTED_BY:
        act, who = "attest", attester(leg)
    return {
        "leg": leg, "what": lib.leg_words(said, words, language()) if words is not None else "",
        "waits": waits, "who": who,
        "act": act if promised and not waits and who.pk in mine else "",
        "pay_url": reverse("treasury:pay", args=[leg.payment])
        if leg.payment and promised and leg.giver_id in mine
        else "",
        "invoice": leg.state == Leg.State.RELEASED and leg.vat is not None and leg.giver_id in mine,
    }  # fmt: skip


def _agents(said: lib.Exchange) -> dict[str, Agent]:
    """Who may say whether a condition holds, and who decides a dispute."""
    names = {slug for each in said.conditions for slug in tellers(said, each.name)}
    if said.mediator is not None:
        names.add(said.mediator.agent)
    return agents_named(names) if names else {}


def _conditions(
    exchange: Exchange, said: lib.Exchange, stand: states.Stand, mine: set[int],
    agents: dict[str, Agent],
) -> dict[str, Any]:  # fmt: skip
    words = sorted(exchange.told.all(), key=lambda each: each.pk)
    reading = lib.plain_reading(said, language())[1].sentences[1:]
    rows = []
    for each, sentence in zip(said.conditions, reading, strict=True):
        may: list[Agent] = []
        if stand.state is states.State.OPEN and each.kind in ("document", "confirm", "inspector"):
            known = [agents[slug] for slug in tellers(said, each.name) if slug in agents]
            may = [agent for agent in known if agent.pk in mine]
        rows.append(
            {
                "condition": each, "sentence": sentence, "may": may,
                "holds": lib.holds(said, each.name, today(), stand.facts),
                "words": [one for one in words if one.condition == each.name],
            }
        )  # fmt: skip
    return {"conditions": rows}


def _ends(
    exchange: Exchange, said: lib.Exchange, stand: states.Stand, mine: set[int],
    agents: dict[str, Agent],
) -> dict[str, Any]:  # fmt: skip
    """Settlement, withdrawal, a later deadline, a dispute: what there is of each."""
    found: dict[str, Any] = {}
    held = stand.state in states.HELD
    if held:
        found["missing"] = missing_of(said, stand, today())
        extension = (
            exchange.extensions.filter(state=Extension.State.OPEN)
            .prefetch_related(Prefetch("voices", ExtensionVoice.objects.select_related("agent")))
            .first()
        )
        found["extension"] = extension
    if said.mediator is not None:
        mediator = agents.get(said.mediator.agent)
        found["mediator"] = mediator
        disputed = stand.state is states.State.DISPUTED
        found["decides"] = disputed and mediator is not None and mediator.pk in mine
        found["may"] = said.mediator.may
    return found


def _said(context: dict[str, Any], mine: set[int]) -> dict[str, Any]:
    """What was said in a dispute, or about money owed since a bank took it back; who may add to it."""
    if not any(turn.kind in TALKED_OF for turn in context["turns"]):
        return {}
    exchange: Exchange = context["exchange"]
    owed = any(row.state == ChargeBack.State.CLAIMED for row in context.get("chargebacks", ()))
    talking = owed or exchange.state == Exchange.State.DISPUTED
    rows = list(exchange.evidence.select_related("agent", "file").order_by("id"))
    if not rows and not talking:
        return {}
    speakers = list(context["own"]) if talking else []
    mediator = context.get("mediator")
    if owed and mediator is not None and mediator.pk in mine:
        speakers.append(mediator)
    return {"evidence": rows, "speakers": speakers}


@login_required
@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The words of the version that counts, as a file."""
    exchange = exchange_for(request, slug)
    response = HttpResponse(exchange.current.text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exchange.slug}.toml"'
    return response


SHOWING = [
    path("echanges/", index, name="exchanges"),
    path("echanges/<slug:slug>/", show, name="exchange"),
    path("echanges/<slug:slug>/texte/", text, name="exchange_text"),
]
