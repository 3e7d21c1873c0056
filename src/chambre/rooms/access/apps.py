"""The access app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Things at others' disposal, bookings, custody."""

    name = "chambre.rooms.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        """Let bookings be guarded after every migration."""
        from chambre.core.db import guards
        from chambre.rooms.access.models.guards import provide

        guards.register(provide)
