"""Where a person works: the places at which they may issue and take back."""

from __future__ import annotations

from typing import Any

from chambre.core.actors import Actor
from chambre.rooms.deposit.models import Place
from chambre.rooms.deposit.queries.looking import open_places


def workplaces(by: Actor) -> list[Place]:
    """Places at which somebody may issue and take back, by name.

    Whoever manages a scheme works at all of its places; who is of a partner, at the partner's.
    """
    if by.kind == "anonymous":
        return []
    rows = open_places().select_related("scheme__book__structure", "scheme__resource", "partner")
    manages: dict[int, bool] = {}
    found = []
    for place in rows:
        if place.scheme_id not in manages:
            manages[place.scheme_id] = by.may("deposit.manage", place.scheme)
        if manages[place.scheme_id] or (place.partner_id and by.may("deposit.operate", place)):
            found.append(place)
    return found


def places_of(by: Actor) -> list[dict[str, Any]]:
    """The same for a phone, with what each place does."""
    return [
        {
            "slug": place.slug,
            "name": place.name,
            "scheme": place.scheme.slug,
            "scheme_name": place.scheme.name,
            "issues": place.issues,
            "returns": place.returns,
        }
        for place in workplaces(by)
    ]
