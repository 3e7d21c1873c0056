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
        """Fill the menu, the first page and the tabs of a resource; add what the doctor looks at."""
        import_module("chambre.registry.menu")
        import_module("chambre.registry.health")
