"""The access app."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Things at others' disposal, bookings, custody."""

    name = "chambre.rooms.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        """Let bookings be guarded after every migration; fill menu and tabs."""
        from chambre.core.choosing import add_sorts
        from chambre.core.db import guards
        from chambre.core.ui.slots import MenuEntry, Tab, add_menu, add_tab
        from chambre.core.ui.waiting import add_waits
        from chambre.rooms.access.models.guards import provide
        from chambre.rooms.access.queries.sorts import SORTS
        from chambre.rooms.access.queries.waiting import WAITS

        add_sorts("access", _("Things at others' disposal"), SORTS)
        add_waits(WAITS)
        guards.register(provide)
        label = _("At others' disposal")
        add_menu(MenuEntry(label, "access:things", order=46, section="rooms", icon="calendar"))
        add_tab("resource", Tab("access", _("Use"), _tab, order=33))


def _tab(request: Any, resource: Any) -> Any:
    """The tab, found when it is first shown: its pages are not needed before."""
    pages = import_module("chambre.rooms.access.views.keeping")
    return pages.resource_tab(request, resource)
