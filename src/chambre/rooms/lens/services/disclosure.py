"""What a structure lets everybody see of its figures."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
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
        level: ``none``, ``class`` (totals by class of account) or ``account``; for a resource also
            ``same``: it has no decision of its own any more.
        by: Who decides.
        resource: For this resource only; absent: for every resource without an own decision.

    Returns:
        The decision that holds.

    Raises:
        Forbidden: ``by`` does not answer for the structure's books.
        Invalid: ``same`` without a resource.
        ValueError: Unknown level.
    """
    authorize(by, "lens.disclose", structure)
    choice = Disclosure.Level(level)
    if choice == Disclosure.Level.SAME and resource is None:
        asked = _("Say for which resource the decision is taken back.")
        raise Invalid(asked, fields={"resource": [asked]})
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
