"""The ledger app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Books, journal entries, events, agreements, seals."""

    name = "chambre.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        """Let the ledger's own guards be put in place after every migration."""
        from chambre.core.db import guards
        from chambre.ledger.guards import provide

        guards.register(provide)
