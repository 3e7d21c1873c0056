"""The access app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Things at others' disposal, bookings, custody."""

    name = "chambre.rooms.access"
    label = "access"
    verbose_name = _("Access")
