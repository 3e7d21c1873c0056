"""One's own deposits, and the card by which they are put on one's account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chambre.lib.sepa import qr
from chambre.registry.models import Agent
from chambre.rooms.deposit.queries.held import contracts_held, sum_held
from chambre.rooms.deposit.services.accountcards import PATH, card_of
from chambre.rooms.deposit.views.stewards import page_of

QUIET = 4
"""Light modules around a code."""


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The deposits on the account of who asks, and the card to show when objects are taken."""
    agent = Agent.objects.filter(user=request.user.pk).first()
    context: dict[str, Any] = {"agent": agent}
    if agent is not None:
        address = request.build_absolute_uri(f"{PATH}{card_of(agent)}")
        rows = qr.matrix(address)
        context |= {
            "address": address,
            "size": len(rows) + 2 * QUIET,
            "dark": "".join(
                f"M{x + QUIET} {y + QUIET}h1v1h-1z"
                for y, row in enumerate(rows)
                for x, is_dark in enumerate(row)
                if is_dark
            ),
            "held": sum_held(agent),
            "page": page_of(request, contracts_held(agent)),
        }
    response = render(request, "deposit/account.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
def card(request: HttpRequest, number: str) -> HttpResponse:
    """What a camera opens that reads a card: says whose it is to nobody, leads to one's own page."""
    return redirect("deposit:account")
