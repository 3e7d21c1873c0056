"""The deposit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepositConfig(AppConfig):
    """Schemes, objects, contracts, refunds, cases."""

    name = "chambre.rooms.deposit"
    label = "deposit"
    verbose_name = _("Deposits")
