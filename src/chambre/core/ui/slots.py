"""Slots: rooms add menu entries, dashboard panels and tabs here, in ``apps.ready()``.

That is how a page of one floor shows what a room above it knows, without importing it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from chambre.core.actors import Actor


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A link of the main menu.

    Attributes:
        label: Lazy translated words.
        url_name: Name of the address.
        permission: Shown only to those who have it (object-less); empty: to everybody.
        order: Smaller comes first.
        section: ``register``, ``accounts``, ``rooms`` or ``house``.
        icon: Name in the icon sprite.
    """

    label: Any
    url_name: str
    permission: str = ""
    order: int = 50
    section: str = "rooms"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the dashboard: ``render(request)`` gives safe HTML or an empty string."""

    name: str
    render: Callable[[HttpRequest], str]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab on a resource's or an agent's page.

    ``render(request, obj)`` gives safe HTML, or an empty string when there is nothing for this
    person to see.
    """

    name: str
    label: Any
    render: Callable[[HttpRequest, Any], str]
    order: int = 50


_menu: list[MenuEntry] = []
_panels: list[Panel] = []
_tabs: dict[str, list[Tab]] = {}


def add_menu(entry: MenuEntry) -> None:
    """Add a link to the main menu."""
    if entry not in _menu:
        _menu.append(entry)


def add_panel(panel: Panel) -> None:
    """Add a panel to the dashboard."""
    if all(known.name != panel.name for known in _panels):
        _panels.append(panel)


def add_tab(place: str, tab: Tab) -> None:
    """Add a tab to the page of a kind of thing: ``resource``, ``agent``."""
    tabs = _tabs.setdefault(place, [])
    if all(known.name != tab.name for known in tabs):
        tabs.append(tab)


def menu_for(actor: Actor) -> list[MenuEntry]:
    """The links that this actor may follow, in order."""
    shown = [entry for entry in _menu if not entry.permission or actor.may(entry.permission)]
    return sorted(shown, key=lambda entry: entry.order)


def panels() -> list[Panel]:
    """The panels of the dashboard, in order."""
    return sorted(_panels, key=lambda panel: panel.order)


def tabs(place: str) -> list[Tab]:
    """The tabs of a kind of page, in order."""
    return sorted(_tabs.get(place, []), key=lambda tab: tab.order)
