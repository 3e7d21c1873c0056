"""The registry app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Agents, chambers, roles, resources, units."""

    name = "chambre.registry"
    label = "registry"
    verbose_name = _("Registry")

    def ready(self) -> None:
        """Put the register into the menu, its tabs on a resource's page, its panel on the first."""
        import_module("chambre.registry.menu")
