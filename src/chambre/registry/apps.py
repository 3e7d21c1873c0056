"""The registry app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Agents, chambers, roles, resources, units."""

    name = "chambre.registry"
    label = "registry"
    verbose_name = _("Registry")
