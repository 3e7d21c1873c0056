"""Contributions on the dashboard and on a resource's page."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.template.loader import render_to_string

from chambre.lib.contributing.measures import Measure, write_measure
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.queries.contributing.budgets import budgets_visible_to
from chambre.rooms.reciprocity.queries.contributing.finding import current, to_look_at, visible_to
from chambre.rooms.reciprocity.views.contributing.frame import actor_of, language

SHOWN = 5


def contributions(request: HttpRequest) -> str:
    """What others did and waits to be seen, and the button to say what one did."""
    by = actor_of(request)
    if by.user is None or not by.may("reciprocity.contribute"):
        return ""
    context = {"waiting": to_look_at(by)[:SHOWN]}
    return render_to_string("reciprocity/contributing/panel.html", context, request)


def may_see(request: HttpRequest, resource: Resource) -> bool:
    """Whether the reader is a member of the resource's chamber."""
    return actor_of(request).may("reciprocity.contribute", resource)


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """What was given to a resource, by kind; its budgets; nobody's name."""
    by = actor_of(request)
    given = Contribution.objects.filter(resource=resource, recognition__counts=True)
    rows = (
        current(given).order_by().values("kind", "unit")
        .annotate(many=Count("pk"), minutes=Sum("minutes"), cents=Sum("cents"),
                  quantity=Sum("quantity"))
    )  # fmt: skip
    kinds = dict(Contribution.Kind.choices)
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name in ("minutes", "cents", "quantity"):
            if row[name]:
                measure = Measure(**{name: row[name]}, unit=row["unit"])
                found[str(kinds[row["kind"]])].append(write_measure(measure, language()))
    context = {
        "resource": resource, "kinds": sorted(found.items()),
        "waiting": current(visible_to(by)).filter(
            resource=resource, recognition__isnull=True
        ).count(),
        "budgets": budgets_visible_to(by).filter(resource=resource)[:SHOWN],
    }  # fmt: skip
    return render_to_string("reciprocity/contributing/tab.html", context, request)
