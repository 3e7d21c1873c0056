"""The lens app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LensConfig(AppConfig):
    """FEC in and out, attribution, statements."""

    name = "chambre.rooms.lens"
    label = "lens"
    verbose_name = _("Accounts by resource")

    def ready(self) -> None:
        """Put the lens into the menu."""
        import_module("chambre.rooms.lens.menu")
