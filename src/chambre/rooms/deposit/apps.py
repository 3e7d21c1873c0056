"""The deposit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepositConfig(AppConfig):
    """Schemes, objects, contracts, refunds, cases."""

    name = "chambre.rooms.deposit"
    label = "deposit"
    verbose_name = _("Deposits")

    def ready(self) -> None:
        """Let ``ledger verify`` compare contracts with the books; put devices into the menu."""
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.ledger import api as ledger
        from chambre.rooms.deposit.queries.holding import differences

        ledger.add_check("deposit", differences)
        add_menu(
            MenuEntry(
                _("Connected objects"),
                "deposit:devices",
                permission="deposit.manage",
                order=40,
                section="register",
                icon="scan",
            )
        )
