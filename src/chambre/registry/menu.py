"""What the register puts into the menu, on the first page and on a resource's page."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.slots import MenuEntry, Panel, Tab, add_menu, add_panel, add_tab

add_menu(
    MenuEntry(_("Resources"), "registry:resources", order=10, section="register", icon="resource")
)
add_menu(
    MenuEntry(_("Needs and offers"), "registry:wishes", order=20, section="register", icon="hand")
)
add_menu(
    MenuEntry(
        _("Structures"), "registry:structures", order=30, section="register", icon="structure"
    )
)
add_menu(
    MenuEntry(_("The chamber"), "registry:chamber", order=40, section="register", icon="chamber")
)
add_menu(
    MenuEntry(
        _("People"), "registry:people", permission="registry.see_people", order=50,
        section="register", icon="people",
    )
)  # fmt: skip


def _tab(name: str) -> Any:
    """A tab's function, found when it is first shown: its pages are not needed before."""

    def render(request: HttpRequest, obj: Any) -> Any:
        return getattr(import_module("chambre.registry.tabs"), name)(request, obj)

    return render


add_tab("resource", Tab("record", _("Record"), _tab("record"), order=10))
add_tab("resource", Tab("principles", _("Principles"), _tab("principles"), order=30))
add_tab("resource", Tab("wishes", _("Needs and offers"), _tab("wishes"), order=40))
add_tab(
    "resource",
    Tab("people", _("People"), _tab("people"), order=70, shown=_tab("may_see_people")),
)
add_tab("resource", Tab("history", _("History"), _tab("history"), order=90))


def _register_panel(request: HttpRequest) -> str:
    """The newest resources of the register, and the way to the others."""
    queries = import_module("chambre.registry.queries")
    rows = queries.resources_visible_to(request.actor).order_by("-pk")  # type: ignore[attr-defined]
    newest = list(rows.select_related(None).only("slug", "name", "summary", "standing")[:4])
    if not newest:
        return ""
    return render_to_string("registry/_panel.html", {"resources": newest}, request=request)


add_panel(Panel("register", _register_panel, order=30, public=True))
