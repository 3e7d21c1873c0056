"""The reciprocity app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReciprocityConfig(AppConfig):
    """Contracts of reciprocity, contributions, distributions, models."""

    name = "chambre.rooms.reciprocity"
    label = "reciprocity"
    verbose_name = _("Reciprocity")
