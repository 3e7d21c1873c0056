"""Accounts in units that a room has rules for: the treasury's own pages then neither limit nor give.

A room says for which units of which chamber its members decide, and where. From then on nobody opens an
account there, agrees a limit, closes one or gives units beside those rules, whatever their office; the room
does so through :mod:`chambre.treasury.api`, once it has authorized its own act.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict

_finders: list[Callable[[int, str], str]] = []


class DecidedElsewhere(Conflict):
    """Members decide on these accounts; ``data["page"]`` is the address where."""

    code = "treasury.credit.decided-elsewhere"
    default_message = _(
        "The members decide on these accounts: limits are proposed and units are given"
        " on the page of their mutual credit."
    )


def govern(find: Callable[[int, str], str]) -> None:
    """Let a room say for which accounts it has rules; called by its ``apps.ready()``.

    Args:
        find: Takes the id of a chamber and a unit (``CRD``, ``HUR``); returns the address of the page of
            those who decide, or nothing where it has no rules.
    """
    if find not in _finders:
        _finders.append(find)


def governed_at(chamber: int, unit: str) -> str:
    """The address of the page where it is decided on a chamber's accounts in a unit; empty: nowhere.

    Args:
        chamber: Its id.
        unit: ``CRD``, or ``HUR`` for hours.
    """
    return next((page for find in _finders if (page := find(chamber, unit))), "")


def refuse_governed(chamber: int, unit: str) -> None:
    """Let nothing be done in the treasury beside a room's rules.

    Raises:
        DecidedElsewhere: Members decide on the accounts of this chamber in this unit.
    """
    page = governed_at(chamber, unit)
    if page:
        raise DecidedElsewhere(page=page)
