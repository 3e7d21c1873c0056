"""Closing a financial year: everything that it will do is shown before it is done, for ever."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.ledger import api as ledger
from chambre.registry.models import Resource
from chambre.rooms.lens.views.books import actor_of, readable


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """Show what closing a year does; do it when the treasurer confirms."""
    structure = readable(request, slug)
    exercise = ledger.year_of(structure, year)
    by = actor_of(request)
    authorize(by, "ledger.close_year", exercise.book)
    context: dict[str, Any] = {"structure": structure, "year": exercise}
    if exercise.closed_at is not None:
        return render(request, "lens/books/close.html", context)
    status, accepts = 200, request.POST.get("accept_differences") == "1"
    if request.method == "POST":
        try:
            done = ledger.close_year(
                book=exercise.book, year=exercise, by=by, accept_differences=accepts
            )
        except ledger.CannotClose as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            if not done.already:
                ledger.refresh_balances_if_needed()
                messages.success(request, _("The financial year is closed, for ever."))
            return redirect("lens:close_year", slug=slug, year=year)
    preview = ledger.preview_close(book=exercise.book, year=exercise, by=by)
    context |= {
        "preview": preview,
        "cells": _named(preview),
        "consequences": _consequences(preview),
        "confirm": _("Close the financial year"),
        "irreversible": _("Nobody can undo this, not even the administrator."),
        "danger": True,
        "hidden": {"accept_differences": "1"} if preview.differences else {},
        "back": reverse("lens:book", args=[slug]),
        "action": request.path,
    }
    return render(request, "lens/books/close.html", context, status=status)


def _named(preview: ledger.ClosingPreview) -> list[dict[str, Any]]:
    """Each cell with the name of its resource."""
    ids = [cell.resource for cell in preview.cells if cell.resource is not None]
    names = dict(Resource.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        {
            "name": names.get(cell.resource, "") if cell.resource else _("The structure itself"),
            "cell": cell,
            "opening": [
                {"account": code, "amount": amount} for code, amount in cell.opening if amount
            ],
        }
        for cell in preview.cells
    ]


def _consequences(preview: ledger.ClosingPreview) -> list[str]:
    """What will happen, sentence by sentence."""
    found = [
        _("Income and expenses go into the result, resource by resource."),
        _("Nothing can be entered in this year any more, by hand or by an import."),
        _("Its lines can still be attributed to resources: that moves none of its accounts."),
        _("Its statements are no longer provisional."),
    ]
    if preview.opens:
        found.insert(1, _("The balances above open the next year."))
    else:
        found.insert(1, _("The next year keeps the opening entries that it brought itself."))
    if preview.differences:
        found.append(
            _("The differences with the next year's openings are accepted, and kept in writing.")
        )
    return found
