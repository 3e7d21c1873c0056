"""Versions of a record: all of them, one of them, two side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chambre.core.errors import ChambreError, Forbidden
from chambre.registry import api, queries
from chambre.registry import record as schema
from chambre.registry.display import differences, shown_block
from chambre.registry.exchange.entries import hidden_people, masked
from chambre.registry.models.history import Revision
from chambre.registry.versions import record_of
from chambre.registry.views.common import actor_of, known_people, names_in
from chambre.registry.views.resources import whole_resource


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version of a record as it was, and what it changed."""
    resource = whole_resource(slug)
    row = queries.version(resource, number)
    before = queries.version(resource, number - 1) if number > 1 else None
    hidden = hidden_people(actor_of(request))
    record = masked(record_of(row), hidden)
    old = masked(record_of(before), hidden) if before is not None else {}
    names = names_in(record, old or record)
    context = {
        "resource": resource,
        "row": row,
        "who": _who(row, known_people(request)),
        "blocks": [(block, shown_block(block, record, names)) for block in schema.BLOCKS],
        "differences": differences(old, record, names) if old else [],
        "is_newest": number == resource.version,
        "may_change": actor_of(request).may("registry.change_resource", resource),
    }
    return render(request, "registry/version.html", context)


def _who(row: Revision, known: set[int]) -> str:
    """Who wrote a version, if the reader may know it."""
    return str(row.user) if row.user is not None and row.user.pk in known else ""


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions of a record: what differs (``?from=1&to=3``)."""
    resource = whole_resource(slug)
    numbers = [_number(request.GET.get(name, "")) for name in ("from", "to")]
    first, last = sorted(numbers)
    rows = [queries.version(resource, number) for number in (first, last)]
    hidden = hidden_people(actor_of(request))
    old, new = (masked(record_of(row), hidden) for row in rows)
    context = {
        "resource": resource,
        "first": rows[0],
        "last": rows[1],
        "differences": differences(old, new, names_in(old, new)),
    }
    return render(request, "registry/compare.html", context)


def _number(text: str) -> int:
    """A version number; 0, which no version has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Write an earlier version again, as a new one."""
    resource = queries.resource(slug)
    try:
        api.restore_version(
            resource=resource,
            number=number,
            reason=request.POST.get("reason", ""),
            by=actor_of(request),
        )
    except Forbidden:
        raise
    except ChambreError as error:
        messages.error(request, str(error.message))
        return redirect("registry:version", slug=slug, number=number)
    messages.success(request, _("The earlier version is the newest again."))
    return redirect("registry:resource", slug=slug)
