"""An economic model is changed: in a form, as its file, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError, Forbidden
from chambre.lib.modelling import ModelError, write_model
from chambre.rooms.reciprocity.forms.modelsheet import Sheet
from chambre.rooms.reciprocity.forms.simulating import DescribeForm
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.queries.simulating.finding import model_of, version_of
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.views.frame import actor_of, done, key_of, language
from chambre.rooms.reciprocity.views.simulating.frame import ONE, model_for, resources_for

CHANGE = "reciprocity.change_model"
OWN = ("csrfmiddlewaretoken", "key", "number", "remark")
"""Fields of the page itself, which are none of the model's."""


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The model as a form; rows are added and taken away without losing anything."""
    simulation = model_for(request, slug, CHANGE)
    told: list[str] = []
    if request.method == "POST":
        sent = {name: values for name, values in request.POST.lists() if name not in OWN}
        sheet = Sheet.sent(sent, language())
        saving = request.POST.get("act", "save") == "save"
        text = _written(sheet, simulation) if saving else ""
        if text and (ahead := _save(request, simulation, text, told)):
            return ahead
    else:
        sheet = Sheet.of(model_of(version_of(simulation).text), language())
    wrong = sheet.told()
    context = {
        **_context(request, simulation, "form"), "parts": sheet.parts(), "told": told,
        "wrong": wrong, "count": len(wrong) + len(told), "fresh": sheet.fresh,
    }  # fmt: skip
    status = 422 if wrong or told else 200
    return render(request, "reciprocity/simulating/edit.html", context, status=status)


def _written(sheet: Sheet, simulation: Simulation) -> str:
    """The file of what was typed; empty when something is wrong, the kept one when nothing changed."""
    try:
        model = sheet.model()
    except ModelError:
        return ""
    kept = version_of(simulation).text
    return kept if model_of(kept) == model else write_model(model)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The model as its file; each mistake has its line and column."""
    simulation = model_for(request, slug, CHANGE)
    told: list[str] = []
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        if ahead := _save(request, simulation, text, told):
            return ahead
    else:
        text = version_of(simulation).text
    context = {**_context(request, simulation, "text"), "text": text, "told": told}
    return render(
        request, "reciprocity/simulating/edit_text.html", context, status=422 if told else 200
    )


def _context(request: HttpRequest, simulation: Simulation, way: str) -> dict[str, Any]:
    return {
        "simulation": simulation,
        "way": way,
        "key": key_of(request),
        "number": request.POST.get("number", simulation.number),
        "remark": request.POST.get("remark", ""),
    }


def _save(
    request: HttpRequest, simulation: Simulation, text: str, told: list[str]
) -> HttpResponse | None:
    """Save a version; what was refused is told, and nothing that was typed is lost."""
    number = request.POST.get("number", "")
    try:
        keeping.save_version(
            simulation=simulation, text=text, by=actor_of(request), key=key_of(request),
            number=int(number) if number.isascii() and number.isdecimal() else 0,
            note=request.POST.get("remark", "")[:500].replace("\0", ""),
        )  # fmt: skip
    except Forbidden:
        raise
    except ChambreError as refusal:
        told += refusal.data.get("fields", {}).get("text", [str(refusal.message)])
        return None
    messages.success(request, _("Saved. Here is what it would come to."))
    return redirect("reciprocity:model", simulation.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is called, what it is about, who may read it."""
    simulation = model_for(request, slug, CHANGE)
    form = DescribeForm(
        request.POST or None, resources=resources_for(request),
        initial={
            "name": simulation.name, "public": simulation.public,
            "resource": simulation.resource.slug if simulation.resource else "",
        },
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept = _told_by(
                form,
                lambda: keeping.describe(
                    simulation=simulation, by=actor_of(request), **form.cleaned_data
                ),
            )
            if kept:
                messages.success(request, _("Kept."))
                return redirect("reciprocity:model", slug)
    context = {"simulation": simulation, "form": form}
    return render(request, "reciprocity/simulating/describe.html", context, status=status)


def _told_by(form: DescribeForm, act: Callable[[], Any]) -> bool:
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        form.add_error(None, str(refusal.message))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def put_away(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a model off the lists."""
    simulation = model_for(request, slug, CHANGE)
    if request.method == "POST":
        done(
            request,
            lambda: keeping.put_away(simulation=simulation, by=actor_of(request)),
            _("Put away. It stays readable, and can be brought back."),
        )
        return redirect("reciprocity:models")
    context = {
        "title": _("Put this model away"),
        "lede": simulation.name,
        "consequences": [
            _("It leaves the lists; its versions stay readable for those who may read them."),
            _("You can bring it back at any time."),
        ],
        "confirm": _("Put it away"),
        "back": reverse("reciprocity:model", args=[slug]),
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring a model back that was put away."""
    simulation = model_for(request, slug, CHANGE)
    done(
        request,
        lambda: keeping.put_away(simulation=simulation, by=actor_of(request), away=False),
        _("It is back."),
    )
    return redirect("reciprocity:model", slug)


@require_POST
def keep_seed(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the seed that is looked at with the model, as a version."""
    simulation = model_for(request, slug, CHANGE)
    typed = request.POST.get("seed", "")
    seed = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else 0
    done(
        request,
        lambda: keeping.save_version(
            simulation=simulation, text=version_of(simulation).text, by=actor_of(request),
            key=key_of(request), number=simulation.number, seed=seed,
            note=_("Seed %(seed)s") % {"seed": seed},
        ),
        _("Everybody sees this draw from now on."),
    )  # fmt: skip
    return redirect("reciprocity:model", slug)


EDITING = [
    path(ONE + "modifier/", edit, name="model_edit"),
    path(ONE + "modifier/fichier/", edit_text, name="model_edit_text"),
    path(ONE + "reglages/", describe, name="model_describe"),
    path(ONE + "ranger/", put_away, name="model_put_away"),
    path(ONE + "ressortir/", bring_back, name="model_bring_back"),
    path(ONE + "tirage/", keep_seed, name="model_keep_seed"),
]
