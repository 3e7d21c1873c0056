"""The exchange app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Agreements between many, their legs and their settlement."""

    name = "chambre.rooms.exchange"
    label = "exchange"
    verbose_name = _("Exchanges")
