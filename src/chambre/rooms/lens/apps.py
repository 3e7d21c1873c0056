"""The lens app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LensConfig(AppConfig):
    """FEC in and out, attribution, statements."""

    name = "chambre.rooms.lens"
    label = "lens"
    verbose_name = _("Accounts by resource")
