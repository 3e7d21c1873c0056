"""Slots: rooms add menu entries, dashboard panels and tabs here, in ``apps.ready()``.

That is how a page of one floor shows what a room above it knows, without importing it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
    """A panel of the dashboard: ``render(request)`` gives safe HTML or an empty string.

    Attributes:
        name: Unique; becomes the id ``panel-NAME``.
        render: Gives the body, beginning with an ``h2``.
        order: Smaller comes first.
        public: Also shown on the first page to people who are not signed in.
    """

    name: str
    render: Callable[[HttpRequest], str]
    order: int = 50
    public: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab on a resource's or an agent's page.

    ``render(request, obj)`` gives safe HTML, or an empty string when there is nothing for this
    person to see. ``shown(request, obj)``, when given, says cheaply whether the tab is offered at
    all; only the open tab is rendered.
    """

    name: str
    label: Any
    render: Callable[[HttpRequest, Any], str]
    order: int = 50
    shown: Callable[[HttpRequest, Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person of the demonstration, whom a visitor may become with one click.

    Attributes:
        email: Address of the :class:`~chambre.core.models.User`, made by the demonstration data.
        name: Invented name.
        may: What this person may do, in plain translated words.
    """

    email: str
    name: str
    may: Any


_menu: list[MenuEntry] = []
_panels: list[Panel] = []
_tabs: dict[str, list[Tab]] = {}
_addresses: dict[str, Callable[[int], str]] = {}
_demo: list[Callable[[], list[DemoPerson]]] = []

SECTIONS: dict[str, Any] = {
    "register": _("Register"),
    "accounts": _("Accounts"),
    "rooms": _("Rooms"),
    "house": _("House"),
}
"""The sections of the main menu, in order, with their words."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A menu entry made ready for a page."""

    label: Any
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A section of the main menu with the links that this person may follow."""

    name: str
    label: Any
    links: list[MenuLink]


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


def add_address(kind: str, address: Callable[[int], str]) -> None:
    """Say where a kind of thing of a lower floor is shown: ``entry`` for journal entries."""
    _addresses.setdefault(kind, address)


def address_of(kind: str, number: int) -> str:
    """Where a thing of a lower floor is shown; empty when no room shows it."""
    address = _addresses.get(kind)
    return address(number) if address else ""


def menu_for(actor: Actor) -> list[MenuEntry]:
    """The links that this actor may follow, in order."""
    shown = [entry for entry in _menu if not entry.permission or actor.may(entry.permission)]
    return sorted(shown, key=lambda entry: entry.order)


def menu_sections(actor: Actor, path: str) -> list[MenuSection]:
    """The main menu in its sections; the entry whose address is closest to ``path`` is current."""
    entries = [(entry, reverse(entry.url_name)) for entry in menu_for(actor)]
    inside = [url for _entry, url in entries if path.startswith(url)]
    here = max(inside, key=len, default=None)
    return [
        MenuSection(
            name,
            label,
            [
                MenuLink(entry.label, url, entry.icon or name, url == here)
                for entry, url in entries
                if entry.section == name
            ],
        )
        for name, label in SECTIONS.items()
        if any(entry.section == name for entry, _url in entries)
    ]


def register_demo_people(people: Callable[[], list[DemoPerson]]) -> None:
    """Say who can be signed in as on the first page of the demonstration."""
    if people not in _demo:
        _demo.append(people)


def demo_people() -> list[DemoPerson]:
    """The invented people of the demonstration, in the order in which they were registered."""
    return [person for people in _demo for person in people()]


def panels(*, public_only: bool = False) -> list[Panel]:
    """The panels of the dashboard, in order; or only those of the public first page."""
    shown = [panel for panel in _panels if panel.public or not public_only]
    return sorted(shown, key=lambda panel: panel.order)


def tabs(place: str) -> list[Tab]:
    """The tabs of a kind of page, in order."""
    return sorted(_tabs.get(place, []), key=lambda tab: tab.order)
