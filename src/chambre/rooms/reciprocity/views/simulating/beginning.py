"""An economic model is begun: from an example, nothing, a file, another model or the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden
from chambre.registry.api import today
from chambre.rooms.reciprocity.forms.simulating import BeginForm, FileForm, ResourceForm
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.services.simulating.fromledger import begin_from_ledger
from chambre.rooms.reciprocity.views.frame import actor_of, done, key_of
from chambre.rooms.reciprocity.views.simulating.frame import (
    BASE,
    ONE,
    model_for,
    resources_for,
)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Three ways to begin on one page; what was typed stays when something is wrong."""
    by = actor_of(request)
    authorize(by, "reciprocity.draft_model")
    way = request.POST.get("way", "")
    resources = resources_for(request)
    sent = {name: (request.POST if way == name else None) for name in ("blank", "file", "books")}
    blank = BeginForm(sent["blank"], prefix="blank")
    file = FileForm(sent["file"], request.FILES if sent["file"] else None, prefix="file")
    books = ResourceForm(
        sent["books"], prefix="books", resources=resources,
        initial={"resource": request.GET.get("resource", "")},
    )  # fmt: skip
    acts: dict[str, tuple[forms.Form, Callable[[dict[str, Any]], Simulation]]] = {
        "blank": (blank, lambda data: keeping.begin(
            text=keeping.blank_text(data["name"], today().replace(month=1, day=1)), by=by,
            key=key_of(request), origin=Simulation.Origin.BLANK, name=data["name"],
        )),
        "file": (file, lambda data: keeping.begin(
            text=data["text"], by=by, key=key_of(request), origin=Simulation.Origin.FILE,
        )),
        "books": (books, lambda data: begin_from_ledger(
            resource=data["resource"], by=by, key=key_of(request),
        )),
    }  # fmt: skip
    if way in acts:
        form, act = acts[way]
        if form.is_valid() and (made := _made(form, act)):
            ahead = "reciprocity:model" if way != "blank" else "reciprocity:model_edit"
            return redirect(ahead, made.slug)
    context = {"blank": blank, "file": file, "books": books, "key": key_of(request), "way": way}
    status = 422 if way in acts else 200
    return render(request, "reciprocity/simulating/begin.html", context, status=status)


def _made(form: forms.Form, act: Callable[[dict[str, Any]], Simulation]) -> Simulation | None:
    """Begin it; what was refused stands at its field, line by line."""
    try:
        return act(form.cleaned_data)
    except Forbidden:
        raise
    except ChambreError as refusal:
        told = {key: texts for key, texts in refusal.data.get("fields", {}).items()
                if key in form.fields}  # fmt: skip
        for key, texts in told.items():
            for text in texts:
                form.add_error(key, text)
        if not told:
            form.add_error(None, str(refusal.message))
        return None


@require_POST
def begin_example(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin with an example."""
    made = keeping.begin_from_preset(slug=slug, by=actor_of(request), key=key_of(request))
    return redirect("reciprocity:model", made.slug)


@require_POST
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin with the last version of another model."""
    simulation = model_for(request, slug)
    made: list[Simulation] = []

    def act() -> None:
        made.append(keeping.copy(simulation=simulation, by=actor_of(request), key=key_of(request)))

    done(request, act, _("Copied. Change what you like: the other one stays as it is."))
    return redirect("reciprocity:model", made[0].slug if made else slug)


BEGINNING = [
    path(BASE + "nouveau/", begin, name="model_begin"),
    path(BASE + "exemples/<slug:slug>/commencer/", begin_example, name="model_begin_example"),
    path(ONE + "copier/", copy, name="model_copy"),
]
