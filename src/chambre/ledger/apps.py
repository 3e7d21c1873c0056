"""The ledger app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Books, journal entries, events, agreements, seals."""

    name = "chambre.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
