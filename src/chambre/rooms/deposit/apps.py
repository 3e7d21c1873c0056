"""The deposit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepositConfig(AppConfig):
    """Schemes, objects, contracts, refunds, cases."""

    name = "chambre.rooms.deposit"
    label = "deposit"
    verbose_name = _("Deposits")

    def ready(self) -> None:
        """Let ``ledger verify`` compare held and booked, keep deposits for shops, fill the menu."""
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.core.ui.waiting import add_waits
        from chambre.ledger import api as ledger
        from chambre.rooms.deposit.queries.holding import differences
        from chambre.rooms.deposit.queries.to_decide import WAITS
        from chambre.rooms.deposit.services.keeping import KEEPER
        from chambre.treasury import containers

        add_waits(WAITS)
        ledger.add_check("deposit", differences)
        containers.keep(KEEPER)
        add_menu(
            MenuEntry(
                _("Deposits"),
                "deposit:schemes",
                permission="deposit.read",
                order=30,
                section="rooms",
                icon="bottle",
            )
        )
        for label, address, order, icon in (
            (_("My deposits"), "deposit:account", 44, "bottle"),
            (_("Scan a deposit"), "deposit:scan", 45, "hand"),
            (_("Return places"), "deposit:map", 46, "place"),
        ):
            add_menu(MenuEntry(label, address, order=order, section="rooms", icon=icon))
        add_menu(
            MenuEntry(
                _("Connected objects"),
                "deposit:devices",
                permission="deposit.manage",
                order=47,
                section="rooms",
                icon="scan",
            )
        )
