"""The clearing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClearingConfig(AppConfig):
    """Obligations and the rounds that set them off."""

    name = "chambre.rooms.clearing"
    label = "clearing"
    verbose_name = _("Clearing")
