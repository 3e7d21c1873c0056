"""The credit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    """Units of account of a chamber."""

    name = "chambre.rooms.credit"
    label = "credit"
    verbose_name = _("Mutual credit")

    def ready(self) -> None:
        """Let ``ledger verify`` look whether every community is zero together; fill the menu.

        The treasury's own pages leave to the members what they decide.
        """
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.core.ui.waiting import add_waits
        from chambre.ledger import api as ledger
        from chambre.rooms.credit.queries.checking import differences
        from chambre.rooms.credit.queries.communities import page_deciding
        from chambre.rooms.credit.queries.waiting import WAITS
        from chambre.treasury import api as treasury

        add_waits(WAITS)
        ledger.add_check("credit", differences)
        treasury.govern(page_deciding)
        add_menu(
            MenuEntry(
                _("Mutual credit"), "credit:home", permission="credit.use_credit", order=46,
                section="rooms", icon="coin",
            )
        )  # fmt: skip
