"""Pages of the core: refused requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chambre.core.errors import Forbidden


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not recognised as coming from our page."""
    error = Forbidden(_("This form has expired. Go back, reload the page and send it again."))
    return render(request, "ui/problem.html", {"error": error}, status=403)
