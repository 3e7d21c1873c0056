"""The reciprocity app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReciprocityConfig(AppConfig):
    """Contracts of reciprocity, contributions, distributions, models."""

    name = "chambre.rooms.reciprocity"
    label = "reciprocity"
    verbose_name = _("Reciprocity")

    def ready(self) -> None:
        """Let ``ledger verify`` compare contributions in kind with the books."""
        from chambre.ledger import api as ledger
        from chambre.rooms.reciprocity.services.contributing import inkind

        ledger.add_check("contributions-in-kind", inkind.differences)
