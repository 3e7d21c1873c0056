"""What schemes ask of who looks after them: to decide their open cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.registry.api import roles_held
from chambre.registry.models import Role
from chambre.rooms.deposit.models import Case, Scheme


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Schemes with open cases, for their stewards and for who keeps their money: one row each."""
    held = roles_held(by.user) if by.user is not None else ()
    places = [row.in_agent for row in held if row.kind == Role.Kind.TREASURER and row.in_agent]
    resources = [row.resource for row in held if row.kind == Role.Kind.STEWARD and row.resource]
    if not places and not resources:
        return
    cases = Case.objects.filter(scheme=OuterRef("pk"), decision__isnull=True)
    mine = Q(resource__in=resources) | Q(book__structure__in=places)
    rows = Scheme.objects.filter(mine, Exists(cases))
    yield asked(rows, "deposit.cases", reference="slug", title="name")


def _cases(slug: str) -> str:
    return reverse("deposit:cases", args=[slug])


WAITS = Waits("deposit", acts={"cases": Act(_("cases to decide"), _cases)}, rows=waiting)
