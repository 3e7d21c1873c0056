"""Saved groups of members: kept under a name, changed, removed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.registry.api import home_chamber
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Group
from chambre.rooms.clearing.services.common import label_of, words, wrong


@transaction.atomic
def save_group(*, name: str, members: Collection[Agent], by: Actor) -> Group:
    """Keep a choice of members under a name; a group of that name has these members from then on.

    Args:
        name: 1 to 80 characters.
        members: Two or more.
        by: A facilitator or the chamber's administrator.

    Raises:
        Forbidden: ``by`` does not lead rounds.
        Invalid: No name, or fewer than two members.
    """
    chamber = home_chamber()
    authorize(by, "clearing.lead", chamber)
    name = words(name, 80, "save_as")
    if len({agent.pk for agent in members}) < 2:
        raise wrong("members", _("A group has two members or more."))
    Agent.objects.select_for_update().get(pk=chamber.pk)
    row, _made = Group.objects.get_or_create(
        chamber=chamber, name=name, defaults={"by": label_of(by)}
    )
    row.members.set(members)
    row.by = label_of(by)
    row.save()
    audit(by, "clearing.group.saved", row, members=len(members))
    return row


@transaction.atomic
def remove_group(*, group: Group, by: Actor) -> None:
    """Forget a group; the rounds that were opened among it stay as they are.

    Raises:
        Forbidden: ``by`` does not lead rounds.
    """
    authorize(by, "clearing.lead", group.chamber)
    audit(by, "clearing.group.removed", group)
    group.delete()
