"""What a room holds for others: nobody's office lets them move it in the treasury itself.

A room names its origin and the beginning of the short names under which it holds units. From then on its
payments are refunded, its payouts replaced by others' and its units given by the room alone, which acts as
the system once it has authorized its own act.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden

_origins: set[str] = set()
_holders: set[str] = set()


class HeldForOthers(Forbidden):
    """This is held for others by a room, and leaves only as they agreed there."""

    code = "treasury.held-for-others"
    default_message = _(
        "This is held for others: it leaves only as they agreed, on the page of what they agreed."
    )


def reserve(*, origin: str, holders: str) -> None:
    """Keep what a room holds apart.

    Args:
        origin: The room's origin in payments and payouts.
        holders: How the short names of those under whom it holds units begin.
    """
    _origins.add(origin)
    _holders.add(holders)


def is_held(origin: str) -> bool:
    """Whether payments and payouts of an origin are held for others."""
    return origin in _origins


def refuse_held(origin: str, by: Actor) -> None:
    """Let nobody but the room itself move what is held.

    Raises:
        HeldForOthers: It is held, and ``by`` is a person or a machine with a key.
    """
    if is_held(origin) and not by.is_system:
        raise HeldForOthers


def holds_for_others(agent: Any) -> bool:
    """Whether somebody in the register stands for what a room holds."""
    slug = getattr(agent, "slug", "") or ""
    return any(slug.startswith(begin) for begin in _holders)
