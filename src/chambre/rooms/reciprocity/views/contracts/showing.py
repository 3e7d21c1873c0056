"""A contract: what it says in plain words, who signed, what became of it, where it comes from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe

from chambre.core.actors import Actor
from chambre.lib import reciprocity
from chambre.lib.reciprocity import templates
from chambre.lib.reciprocity.readings import plain_reading
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.models import Contract, Version
from chambre.rooms.reciprocity.queries.binding import capacities
from chambre.rooms.reciprocity.queries.comparing import Difference, differences
from chambre.rooms.reciprocity.queries.contracts import (
    BINDING,
    contracts_of,
    contracts_visible_to,
    party_states,
    signing_of,
    version_of,
    waiting_amendment,
)
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.queries.people import knows_names, name_for
from chambre.rooms.reciprocity.queries.tallies import tally_of
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The contract's page."""
    contract = contract_for(request, slug)
    version = contract.current
    context = frame(request, contract, written=version, text=version.text)
    context["reading"] = plain_reading(read(version.text), language())
    context |= _signing(actor_of(request), contract, version)
    context |= _lineage(actor_of(request), contract)
    return render(request, "reciprocity/contracts/contract.html", context)


def _signing(by: Actor, contract: Contract, version: Version) -> dict[str, Any]:
    """Who is bound, who signed, what this person may do, what became of the contract."""
    amendment = waiting_amendment(contract) if contract.state in BINDING else None
    offered = None
    if contract.state == Contract.State.SIGNING:
        offered = version
    elif amendment is not None and amendment.state == amendment.State.ACCEPTED:
        offered = amendment.version
    rows = signing_of(version)
    waiting = signing_of(offered) if offered is not None and offered != version else rows
    agents = [row.party.agent for row in (*rows, *waiting)]
    binds = capacities(by, agents, contract)
    known = knows_names(by, contract, agents)
    states = party_states(contract) if contract.state not in ("draft", "signing") else {}
    turns = list(contract.turns.select_related("about", "version").order_by("-id"))
    found: dict[str, Any] = {
        "parties": [_party(row, states, known) for row in rows], "offered": offered, "turns": turns,
        "known": known, "amendment": amendment, "binds": bool(binds),
        "watches": bool(binds) or by.may("reciprocity.change_contract", contract),
        "to_sign": [
            {"party": row.party, "name": name_for(row.party.agent, known), "as": words}
            for row in (waiting if offered is not None else [])
            if row.missing and (words := binds.get(row.party.agent_id))
            and not _signed(row.signatures, by)
        ],
        "waiting": [_party(row, {}, known) for row in waiting] if offered is not None else [],
    }  # fmt: skip
    if amendment is not None:
        tally = tally_of(amendment)
        found |= {
            "tally": tally,
            "voices": [
                {
                    "elector": elector, "voice": voice, "name": name_for(elector.agent, known),
                    "mine": elector.agent_id in binds,
                }
                for elector, voice in tally.lines
            ],
        }  # fmt: skip
        if amendment.version is not None:
            found["changes"] = differences(
                read(version.text), read(amendment.version.text), language()
            )
    return found


def _signed(signatures: Any, by: Actor) -> bool:
    return by.user is not None and any(one.signer.user_id == by.user.pk for one in signatures)


def _party(row: Any, states: Any, known: bool) -> dict[str, Any]:
    agent = row.party.agent
    return {
        "name": name_for(agent, known), "agent": agent, "missing": row.missing,
        "hands": row.party.hands, "as": row.party.name, "state": states.get(agent.pk),
        "signatures": [
            {
                "name": name_for(one.signer, known), "capacity": one.capacity, "at": one.at,
                "means": one.get_means_display(),
            }
            for one in row.signatures
        ],
    }  # fmt: skip


def _lineage(by: Actor, contract: Contract) -> dict[str, Any]:
    """Where it was copied from and with what change, its copies, its versions."""
    origin, changed = None, []
    if contract.copied_from is not None and by.may(
        "reciprocity.read_contract", contract.copied_from
    ):
        origin = contract.copied_from
        source = origin.versions.filter(digest=contract.copied_digest).last()
        if source is not None:
            changed = _compared(source.text, contract.current.text)
    elif contract.template in templates.slugs():
        changed = _compared(templates.text(contract.template), contract.current.text)
    copies = contracts_visible_to(by).filter(copied_from=contract)
    return {
        "origin": origin, "lineage_changes": changed, "copies": list(copies[:50]),
        "versions": list(contract.versions.defer("text")),
    }  # fmt: skip


def _compared(before: str, after: str) -> list[Difference]:
    found = differences(read(before), read(after), language())
    return found[:40]


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An earlier (or offered) version, and what changed in it."""
    contract = contract_for(request, slug)
    row = version_of(contract, number)
    before = contract.versions.filter(number__lt=number).first()
    context = frame(request, contract, written=row, text=row.text, before=before)
    context["reading"] = plain_reading(read(row.text), language())
    context["changes"] = _compared(before.text, row.text) if before is not None else []
    context["parties"] = [
        _party(each, {}, knows_names(actor_of(request), contract)) for each in signing_of(row)
    ]
    return render(request, "reciprocity/contracts/version.html", context)


@require_safe
def text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The words of a version as a file, as they were written; ``?canonique`` as they are signed."""
    contract = contract_for(request, slug)
    row = version_of(contract, number)
    words = reciprocity.write(read(row.text)) if "canonique" in request.GET else row.text
    response = HttpResponse(words, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{contract.slug}-{number}.toml"'
    return response


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """The contracts about a resource, on its page."""
    by = actor_of(request)
    context = {
        "resource": resource, "rows": list(contracts_of(resource, by)[:100]),
        "may_draft": by.may("reciprocity.draft_contract", resource.chamber),
    }  # fmt: skip
    return render_to_string("reciprocity/contracts/_tab.html", context, request=request)


SHOWING = [
    path("contrats/<slug:slug>/", show, name="contract"),
    path("contrats/<slug:slug>/versions/<int:number>/", version, name="contract_version"),
    path("contrats/<slug:slug>/versions/<int:number>/texte/", text, name="contract_text"),
]
