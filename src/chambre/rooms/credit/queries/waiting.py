"""What a community that trades in units asks of its members: their voice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.registry.api import today
from chambre.rooms.credit.models import Decision, Membership, Voice


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """What is being decided, where an account of their own has not spoken yet."""
    if by.user is None:
        return
    mine = Membership.objects.filter(
        community=OuterRef("community"), account__agent__user=by.user,
        state=Membership.State.ACTIVE,
    )  # fmt: skip
    spoken = Voice.objects.filter(decision=OuterRef("pk"), account__agent__user=by.user)
    rows = Decision.objects.filter(
        Exists(mine), ~Exists(spoken), state=Decision.State.OPEN, until__gte=today()
    )
    group = Concat("community__chamber__slug", Value("/"), "community__unit")
    yield asked(rows, "credit.speak", reference=group, title="words", due="until")


def _group(reference: str) -> str:
    return reverse("credit:group", args=reference.split("/"))


WAITS = Waits("credit", acts={"speak": Act(_("decision to answer"), _group)}, rows=waiting)
