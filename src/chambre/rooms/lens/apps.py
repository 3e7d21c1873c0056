"""The lens app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LensConfig(AppConfig):
    """FEC in and out, attribution, statements."""

    name = "chambre.rooms.lens"
    label = "lens"
    verbose_name = _("Accounts by resource")

    def ready(self) -> None:
        """Put the lens into the menu, and its figures on the pages of resources."""
        from django.urls import reverse

        from chambre.core.ui.slots import (
            MenuEntry,
            Panel,
            Tab,
            add_address,
            add_menu,
            add_panel,
            add_tab,
        )
        from chambre.rooms.lens.views import panels, public

        add_address("entry", lambda number: reverse("lens:entry", args=[number]))

        for label, address, permission, order, icon in (
            (_("Accounts"), "lens:statements", "lens.read_books", 10, "balance"),
            (_("Books"), "lens:books", "core.see_jobs", 20, "book"),
            (_("Attribution"), "lens:rules", "lens.change_rules", 30, "rule"),
            (_("Check a file"), "lens:check", "core.see_jobs", 40, "check"),
        ):
            add_menu(
                MenuEntry(
                    label,
                    address,
                    permission=permission,
                    order=order,
                    section="accounts",
                    icon=icon,
                )
            )
        add_tab("resource", Tab("accounts", _("Accounts"), public.resource_tab, order=20))
        add_tab(
            "agent",
            Tab(
                "accounts",
                _("Accounts"),
                public.structure_tab,
                order=20,
                shown=public.structure_discloses,
            ),
        )
        add_panel(Panel("accounts", panels.accounts, order=10))
