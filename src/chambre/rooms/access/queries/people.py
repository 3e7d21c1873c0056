"""Who keeps a thing, and whose names are shown."""

from __future__ import annotations

from chambre.registry import api as registry
from chambre.registry.models import Agent, Role
from chambre.rooms.access.models import Offer


def keepers(offer: Offer) -> list[Agent]:
    """The people who keep a thing today: its custodian, or who acts for it, and its stewards."""
    day = registry.today()
    found = [offer.custodian] if offer.custodian.kind == Agent.Kind.PERSON else []
    roles = [*registry.roles_on(day, place=offer.resource, kind=Role.Kind.STEWARD)]
    if not found:
        roles += registry.roles_on(day, place=offer.custodian, kind=Role.Kind.TREASURER)
    found += [role.agent for role in roles]
    return list({one.pk: one for one in found}.values())
