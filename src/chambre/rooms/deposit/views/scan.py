"""The scanning page: by camera, by a scanner that types, or by hand; with and without a network."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.core.ratelimit import address_of
from chambre.lib.ntag424 import MAC_NAME, PICC_NAME
from chambre.rooms.deposit.queries.looking import open_places
from chambre.rooms.deposit.services.phones import AWAY
from chambre.rooms.deposit.views import acts
from chambre.rooms.deposit.views.frame import speak
from chambre.rooms.deposit.views.wordings import MEANS, SCRIPT

CAMERA = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
LISTED = 300


@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Scan objects. The page is the same for everybody; who works where is asked by its script.

    Without a script it is a form that does one act.
    """
    speak(request)
    answer = _done(request) if request.method == "POST" else None
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "answer": answer,
        "key": uuid.uuid4().hex,
        "places": open_places()[:LISTED],
        "means": [(str(code), words, code in AWAY) for code, words in MEANS.items()],
        "code": given.get("code", "")[:400],
        "picc": given.get(PICC_NAME, "")[:64],
        "mac": given.get(MAC_NAME, "")[:32],
        "chosen": given,
        "words": {name: str(text) for name, text in SCRIPT.items()},
    }
    response = render(request, "deposit/scan.html", context)
    response["Permissions-Policy"] = CAMERA
    response["Cache-Control"] = "no-cache"
    return response


def _done(request: HttpRequest) -> dict[str, Any]:
    """Do the act of the form; what it answers, or what was refused."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    form = request.POST
    data = {name: form.get(name, "") for name in ("key", "kind", "place", "means", "condition",
                                                  "iban", "name", "account", "part",
                                                  "part_means")}  # fmt: skip
    data |= {"picc": form.get(PICC_NAME, ""), "mac": form.get(MAC_NAME, "")}
    told = {**data, "codes": form.get("codes", "").split(), "counter": form.get("counter") == "1"}
    try:
        answer = acts.do_act(told, by=by, address=address_of(request))
    except ChambreError as error:
        return {"good": False, "title": str(error.message), "words": ""}
    return acts.told(answer, told)
