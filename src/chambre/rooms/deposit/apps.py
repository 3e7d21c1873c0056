"""The deposit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepositConfig(AppConfig):
    """Schemes, objects, contracts, refunds, cases."""

    name = "chambre.rooms.deposit"
    label = "deposit"
    verbose_name = _("Deposits")

    def ready(self) -> None:
        """Let ``ledger verify`` compare what is held with what the books say."""
        from chambre.ledger import api as ledger
        from chambre.rooms.deposit.queries.holding import differences

        ledger.add_check("deposit", differences)
