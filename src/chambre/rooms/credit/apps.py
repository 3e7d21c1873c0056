"""The credit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    """Units of account of a chamber."""

    name = "chambre.rooms.credit"
    label = "credit"
    verbose_name = _("Mutual credit")
