"""Writing an exchange: in a form that draws it while it is written, or as a text."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.lib import exchange as lib
from chambre.registry.api import agents_visible_to, home_chamber, person_of, today
from chambre.registry.models import Agent
from chambre.rooms.exchange.forms import writing
from chambre.rooms.exchange.models import Exchange
from chambre.rooms.exchange.queries.errors import ExchangeTextRefused, NotNow
from chambre.rooms.exchange.queries.exchanges import said_by
from chambre.rooms.exchange.services import drafting
from chambre.rooms.exchange.services.holding import HOLDER
from chambre.rooms.exchange.views.drawing import picture
from chambre.rooms.exchange.views.frame import actor_of, exchange_for, language, posted


def _agents(request: HttpRequest) -> dict[str, Agent]:
    """Whom somebody may name, by their short names: people whom they see, and structures."""
    rows = agents_visible_to(actor_of(request)).exclude(slug__startswith=HOLDER)
    return {agent.slug: agent for agent in rows.order_by("kind", "name")[:2000]}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an exchange in a form."""
    authorize(actor_of(request), "exchange.draft", home_chamber())
    return _write(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a draft in the form; what the form has no cell for is written as a text."""
    exchange = _draft(request, slug)
    if request.method != "POST" and writing.from_words(said_by(exchange)) is None:
        return redirect("exchange:exchange_write_text", slug)
    return _write(request, exchange)


def _draft(request: HttpRequest, slug: str) -> Exchange:
    exchange = exchange_for(request, slug)
    authorize(actor_of(request), "exchange.change", exchange)
    if exchange.state != Exchange.State.DRAFT:
        raise NotNow(_("Only a draft is changed. Take it back first; then all sign again."))
    return exchange


def _begun(request: HttpRequest, exchange: Exchange | None) -> writing.Typed:
    found = writing.from_words(said_by(exchange)) if exchange is not None else None
    if found is not None:
        return found
    own: Any = person_of(request.user)  # type: ignore[arg-type]
    return writing.Typed(
        deadline=(today() + dt.timedelta(days=drafting.DAYS)).isoformat(),
        legs=[writing.LegRow(giver=own.slug), writing.LegRow(), writing.LegRow(taker=own.slug)],
    )


def _write(request: HttpRequest, exchange: Exchange | None) -> HttpResponse:
    agents = _agents(request)
    status, report = 200, None
    if request.method != "POST":
        found = _begun(request, exchange)
        if exchange is not None:
            report = lib.examine_data(writing.as_data(found, agents))
    else:
        found, act = writing.typed(request.POST), posted(request, "act")
        rows_only = writing.act_on_rows(found, act)
        data = writing.as_data(found, agents)
        report = lib.examine_data(data)
        if act == "save":
            status = 422
            if report.valid and not found.wrong:
                answer = _keep(request, exchange, data, found)
                if answer is not None:
                    return answer
        if not rows_only:
            writing.note_problems(found, report, language())
    context: dict[str, Any] = {
        "typed": found, "agents": agents.values(), "kinds": writing.KINDS,
        "condition_kinds": writing.CONDITIONS, "exchange": exchange, "now": today(),
    }  # fmt: skip
    if report is not None and report.exchange is not None:
        context |= {
            "drawn": picture(report.exchange, "write"), "can_settle": report.can_settle,
            "reading": lib.plain_reading(report.exchange, language()),
        }  # fmt: skip
    return render(request, "exchange/write.html", context, status=status)


def _keep(
    request: HttpRequest, exchange: Exchange | None, data: dict[str, Any], found: writing.Typed
) -> HttpResponse | None:
    text = lib.write(lib.read_data(data))
    by = actor_of(request)
    try:
        if exchange is None:
            exchange = drafting.draft(text=text, by=by, key=f"form:{posted(request, 'key', 40)}")
        else:
            drafting.save_version(exchange=exchange, text=text, by=by)
    except ChambreError as refusal:
        found.errors.append(str(refusal.message))
        return None
    messages.success(request, _("Kept. Read what it says, then offer it for signing."))
    return redirect("exchange:exchange", exchange.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_text(request: HttpRequest) -> HttpResponse:
    """Bring an exchange in as a text; mistakes are told with line and column."""
    authorize(actor_of(request), "exchange.draft", home_chamber())
    return _write_text(request, None, "")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a draft as a text."""
    exchange = _draft(request, slug)
    return _write_text(request, exchange, exchange.current.text)


def _write_text(request: HttpRequest, exchange: Exchange | None, text: str) -> HttpResponse:
    problems: list[dict[str, Any]] = []
    status = 200
    if request.method == "POST":
        status = 422
        text = request.POST.get("text", "")[:500_000].replace("\0", "").replace("\r\n", "\n")
        by = actor_of(request)
        try:
            if exchange is None:
                kept = drafting.draft(text=text, by=by, key=f"form:{posted(request, 'key', 40)}")
            else:
                kept = exchange
                drafting.save_version(exchange=exchange, text=text, by=by)
        except ExchangeTextRefused as refusal:
            problems = refusal.data["problems"]
        except ChambreError as refusal:
            problems = [{"line": 0, "path": "", "message": str(refusal.message)}]
        else:
            messages.success(request, _("Kept. Read what it says, then offer it for signing."))
            return redirect("exchange:exchange", kept.slug)
    context = {"exchange": exchange, "text": text, "problems": problems}
    return render(request, "exchange/write_text.html", context, status=status)


WRITING = [
    path("echanges/nouveau/", new, name="exchange_new"),
    path("echanges/nouveau/texte/", new_text, name="exchange_new_text"),
    path("echanges/<slug:slug>/ecrire/", write, name="exchange_write"),
    path("echanges/<slug:slug>/ecrire/texte/", write_text, name="exchange_write_text"),
]
