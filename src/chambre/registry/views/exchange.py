"""The register as files: taken out by anybody, brought in by those who may."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden, TooLarge
from chambre.core.jobs import start_job
from chambre.registry import api, queries
from chambre.registry.exchange.entries import MAX_BYTES
from chambre.registry.forms import ImportForm, show_mistakes
from chambre.registry.services.imports import read_register
from chambre.registry.views.common import actor_of, base_of, sent_files
from chambre.registry.views.resources import JSONLD

AT_ONCE = 100
"""Records that are brought in while the person waits; more of them are work in the background."""


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The whole register as a DCAT catalogue in JSON-LD."""
    content = api.export_register(form="jsonld", by=actor_of(request), base=base_of(request))
    response = HttpResponse(content, content_type=JSONLD)
    response["Access-Control-Allow-Origin"] = "*"  # open data: also for pages elsewhere
    return response


@require_safe
def resources_csv(request: HttpRequest) -> HttpResponse:
    """Every resource as a table."""
    return _csv(request, "resource", "ressources.csv")


@require_safe
def structures_csv(request: HttpRequest) -> HttpResponse:
    """Every structure, public body and chamber as a table."""
    return _csv(request, "agent", "structures.csv")


def _csv(request: HttpRequest, about: str, name: str) -> HttpResponse:
    content = api.export_register(form="csv", by=actor_of(request), about=about)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Choose a file; what it would do is shown before anything is done."""
    by = actor_of(request)
    authorize(by, "registry.import", api.home_chamber())
    form = ImportForm(*sent_files(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > MAX_BYTES:
                raise TooLarge(limit=MAX_BYTES)
            row = api.preview_import(name=upload.name, content=upload.read(), by=by)
        except ChambreError as error:
            if isinstance(error, Forbidden):
                raise
            show_mistakes(error, form)
            status = error.status
        else:
            return redirect("registry:import", number=row.pk)
    elif request.method == "POST":
        status = 422
    return render(request, "registry/import_new.html", {"form": form}, status=status)


@require_safe
def import_report(request: HttpRequest, number: int) -> HttpResponse:
    """What an import would do, or did, line by line."""
    row = queries.register_import(number, actor_of(request))
    return render(request, "registry/import.html", {"row": row, "report": row.report})


@require_POST
def import_apply(request: HttpRequest, number: int) -> HttpResponse:
    """Bring in what was looked at."""
    by = actor_of(request)
    row = queries.register_import(number, by)
    try:
        if len(read_register(row.name, bytes(row.content))[1]) > AT_ONCE:
            return redirect(start_job("registry.import", by, number=row.pk))
        api.apply_import(row=row, by=by)
    except Forbidden:
        raise
    except ChambreError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The register was brought in."))
    return redirect("registry:import", number=row.pk)
