"""What the law lets erase: words are blanked, amounts and days that accounts need stay.

Article 17 of the GDPR gives a right to erasure, and takes out of it what the law says must be kept (17-3
b): accounting documents are kept for ten years (Code de commerce, L123-22). What somebody wrote in their
own words is in no account: it goes. How much, when and to what stays, under the person's record in the
register, whose name is changed there.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Words


@transaction.atomic
def blank_words(*, agent: Agent, by: Actor) -> int:
    """Blank all that somebody wrote with their contributions; how many texts there were.

    Args:
        agent: Whose words.
        by: Themselves, or the chamber's administrator at their request.

    Raises:
        Forbidden: Neither of them.
    """
    authorize(by, "reciprocity.blank_words", agent)
    rows = Words.objects.filter(of=agent, blanked_at=None)
    many = rows.update(what="", why="", blanked_at=timezone.now())
    if many:
        audit(by, "reciprocity.words.blanked", agent, texts=many)
    return many
