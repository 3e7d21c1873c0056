"""The contracts, the templates, and beginning one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.lib.reciprocity import templates
from chambre.lib.reciprocity.readings import plain_reading
from chambre.registry.api import home_chamber
from chambre.rooms.reciprocity.forms.contracts import SettleForm, UploadForm
from chambre.rooms.reciprocity.models import Contract
from chambre.rooms.reciprocity.queries.contracts import contract_named, contracts_visible_to
from chambre.rooms.reciprocity.queries.errors import ContractRefused, NoContract
from chambre.rooms.reciprocity.queries.people import choosable_resources, choosable_structures
from chambre.rooms.reciprocity.services import contracts as drafting
from chambre.rooms.reciprocity.views.contracts.frame import actor_of, asked, language, page_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The contracts that one may read."""
    by = actor_of(request)
    rows = contracts_visible_to(by)
    state = asked(request, "etat")
    if state in Contract.State.values:
        rows = rows.filter(state=state)
    words = asked(request, "q")
    if words:
        rows = rows.filter(name__icontains=words)
    context = {
        "page": page_of(request, rows), "states": Contract.State.choices, "state": state, "q": words,
        "may_draft": by.may("reciprocity.draft_contract"),
    }  # fmt: skip
    return render(request, "reciprocity/contracts/index.html", context)


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """Templates to choose from: what each is, where it fits, where it comes from."""
    words = language()
    rows = [
        {
            "slug": each.slug, "title": each.title.in_language(words),
            "summary": each.summary.in_language(words), "fits": each.fits.in_language(words),
            "source": each.source, "url": each.url,
        }
        for each in templates.templates()
    ]  # fmt: skip
    may = actor_of(request).may("reciprocity.draft_contract")
    return render(request, "reciprocity/contracts/templates.html", {"rows": rows, "may_draft": may})


def _template(slug: str) -> Any:
    if slug not in templates.slugs():
        raise NoContract(slug=slug)
    return templates.contract(slug)


@require_safe
def template(request: HttpRequest, slug: str) -> HttpResponse:
    """A template in plain words, with its text beside them."""
    reading = plain_reading(_template(slug), language())
    context = {
        "slug": slug, "reading": reading, "text": templates.text(slug),
        "may_draft": actor_of(request).may("reciprocity.draft_contract"),
    }  # fmt: skip
    return render(request, "reciprocity/contracts/template.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a contract: from a template, from another contract, or from nothing."""
    by = actor_of(request)
    authorize(by, "reciprocity.draft_contract", home_chamber())
    source = asked(request, "modele")
    copied = asked(request, "copie")
    origin = ""
    if source:
        origin = _template(source).title.in_language(language())
    copy = contract_named(copied, by) if copied else None
    form = SettleForm(
        request.POST or None, initial={"name": origin if source != templates.BLANK else ""},
        resources=choosable_resources(by), structures=choosable_structures(by),
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                contract = _begin(source, copy, form.cleaned_data, by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(
                    request, _("The draft is there. Adapt it, then offer it for signing.")
                )
                return redirect("reciprocity:contract_write", contract.slug)
    context = {"form": form, "origin": origin, "source": source, "copy": copy}
    return render(request, "reciprocity/contracts/new.html", context, status=status)


def _begin(source: str, copy: Contract | None, given: dict[str, Any], by: Any) -> Contract:
    if copy is not None:
        return drafting.copy_contract(contract=copy, by=by, **given)
    if source:
        return drafting.draft_from_words(
            text=templates.text(source), template=source, by=by, **given
        )
    return drafting.draft_blank(by=by, **given)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a contract in that was written elsewhere; mistakes are told with line and column."""
    by = actor_of(request)
    authorize(by, "reciprocity.draft_contract", home_chamber())
    form, status, problems = UploadForm(request.POST or None, request.FILES or None), 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text = form.words()
            try:
                if not form.errors:
                    contract = drafting.draft(name=form.cleaned_data["name"], text=text, by=by)
                    return redirect("reciprocity:contract", contract.slug)
            except ContractRefused as refusal:
                problems = refusal.data["problems"]
            except ChambreError as refusal:
                status = form.told(refusal)
            form.data = {**form.data.dict(), "text": text}  # type: ignore[attr-defined]
    context = {"form": form, "problems": problems}
    return render(request, "reciprocity/contracts/upload.html", context, status=status)


LISTING = [
    path("contrats/", index, name="contracts"),
    path("contrats/modeles/", template_list, name="contract_templates"),
    path("contrats/modeles/<slug:slug>/", template, name="contract_template"),
    path("contrats/nouveau/", new, name="contract_new"),
    path("contrats/nouveau/fichier/", upload, name="contract_upload"),
]
