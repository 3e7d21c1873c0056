"""What everybody may see: the figures that structures disclose."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from chambre.registry.models import Resource
from chambre.rooms.lens.queries.public import public_figures


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """What everybody may see of a resource's accounts: what its structures disclose."""
    rows = public_figures(resource)
    if not rows:
        return ""
    context = {"rows": rows, "resource": resource}
    return render_to_string("lens/public/_tab.html", context, request=request)
