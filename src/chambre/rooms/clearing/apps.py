"""The clearing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClearingConfig(AppConfig):
    """Obligations and the rounds that set them off."""

    name = "chambre.rooms.clearing"
    label = "clearing"
    verbose_name = _("Clearing")

    def ready(self) -> None:
        """Let ``ledger verify`` compare rounds with obligations and books; fill the menu."""
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.core.ui.waiting import add_waits
        from chambre.ledger import api as ledger
        from chambre.rooms.clearing.queries import rounds
        from chambre.rooms.clearing.queries.waiting import WAITS

        add_waits(WAITS)
        ledger.add_check("clearing", rounds.differences)
        add_menu(
            MenuEntry(
                _("Clearing"), "clearing:home", permission="clearing.use", order=47,
                section="rooms", icon="balance",
            )
        )  # fmt: skip
