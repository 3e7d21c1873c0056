"""The reciprocity app."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReciprocityConfig(AppConfig):
    """Contracts of reciprocity, contributions, distributions, models."""

    name = "chambre.rooms.reciprocity"
    label = "reciprocity"
    verbose_name = _("Reciprocity")

    def ready(self) -> None:
        """Let ``ledger verify`` compare what was given with the books; fill menu and tabs."""
        from chambre.core.choosing import add_sorts
        from chambre.core.ui.slots import MenuEntry, Panel, Tab, add_menu, add_panel, add_tab
        from chambre.core.ui.waiting import add_waits
        from chambre.ledger import api as ledger
        from chambre.rooms.reciprocity.queries import distributions
        from chambre.rooms.reciprocity.queries.sorts import SORTS
        from chambre.rooms.reciprocity.queries.waiting import WAITS
        from chambre.rooms.reciprocity.services.contributing import inkind
        from chambre.rooms.reciprocity.views.contributing import panels
        from chambre.rooms.reciprocity.views.simulating import listing as models

        add_waits(WAITS)
        add_sorts("reciprocity", _("Contracts"), SORTS)
        ledger.add_check("contributions-in-kind", inkind.differences)
        ledger.add_check("distributions", distributions.differences)
        for label, address, order, icon in (
            (_("Contributions"), "reciprocity:contributions", 40, "hand"),
            (_("Contributive budgets"), "reciprocity:budgets", 41, "coin"),
        ):
            add_menu(
                MenuEntry(
                    label, address, permission="reciprocity.contribute", order=order,
                    section="rooms", icon=icon,
                )
            )  # fmt: skip
        add_panel(Panel("contributions", panels.contributions, order=30))
        add_tab(
            "resource",
            Tab(
                "contributions", _("Contributions"), panels.resource_tab, order=35,
                shown=panels.may_see,
            ),
        )  # fmt: skip
        label = _("Economic models")
        add_menu(MenuEntry(label, "reciprocity:models", order=45, section="rooms", icon="chart"))
        add_tab(
            "resource",
            Tab("model", label, models.resource_tab, order=37, shown=models.has_models),
        )
        add_menu(
            MenuEntry(
                _("Contracts"), "reciprocity:contracts", order=39, section="rooms", icon="seal"
            )
        )
        add_tab("resource", Tab("contracts", _("Contracts"), _contracts, order=34))


def _contracts(request: Any, resource: Any) -> Any:
    """The tab of contracts, found when it is first shown: its pages are not needed before."""
    pages = import_module("chambre.rooms.reciprocity.views.contracts.showing")
    return pages.resource_tab(request, resource)
