"""The treasury app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreasuryConfig(AppConfig):
    """Payments, bank statements, payouts, invoices."""

    name = "chambre.treasury"
    label = "treasury"
    verbose_name = _("Treasury")

    def ready(self) -> None:
        """Put the treasury into the menu; each counter registers what it has to show and settle."""
        from chambre.core.choosing import Sort, add_sorts
        from chambre.core.db import guards
        from chambre.core.ui.slots import MenuEntry, Panel, add_menu, add_panel
        from chambre.treasury.functions import provide
        from chambre.treasury.registrations import register_all

        guards.register(provide)
        papers = _("invoices, reminders to pay, notices before direct debits")
        add_sorts("treasury", _("Money"), [Sort("treasury.papers", papers, always=True)])
        add_menu(
            MenuEntry(
                _("Treasury"),
                "treasury:index",
                permission="treasury.read",
                order=15,
                section="accounts",
                icon="coin",
            )
        )
        register_all()
        from chambre.treasury.views.credit import units_panel

        add_panel(Panel("units", units_panel, order=60))
