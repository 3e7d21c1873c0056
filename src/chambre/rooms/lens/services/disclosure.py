"""What a structure lets everybody see of its figures."""

from __future__ import annotations

from django.db import transaction

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens.models import Disclosure


@transaction.atomic
def disclose(
    *, structure: Agent, level: str, by: Actor, resource: Resource | None = None
) -> Disclosure:
    """Decide what of a structure's figures is public on a resource's page.

    Deciding again what holds already changes nothing.

    Args:
        structure: Whose figures.
        level: ``none``, ``class`` (totals by class of account) or ``account``.
        by: Who decides.
        resource: For this resource only; absent: for every resource without an own decision.

    Returns:
        The decision that holds.

    Raises:
        Forbidden: ``by`` does not answer for the structure's books.
        ValueError: Unknown level.
    """
    authorize(by, "lens.disclose", structure)
    choice = Disclosure.Level(level)
    Agent.objects.select_for_update(no_key=True).get(pk=structure.pk)
    rows = Disclosure.objects.filter(structure=structure, resource=resource)
    held: Disclosure | None = rows.first()
    if held is not None and held.level == choice:
        return held
    row: Disclosure = Disclosure.objects.create(
        structure=structure, resource=resource, level=choice, by=by.label
    )
    audit(
        by,
        "lens.disclosure.decided",
        structure,
        level=choice.value,
        resource=resource.slug if resource else None,
    )
    return row
