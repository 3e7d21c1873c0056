"""The EPCIS app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EpcisConfig(AppConfig):
    """Capture, events, queries, subscriptions."""

    name = "chambre.epcis"
    label = "epcis"
    verbose_name = _("Traceability")

    def ready(self) -> None:
        """Put the repository into the menu."""
        from chambre.core.ui.slots import MenuEntry, add_menu

        add_menu(
            MenuEntry(
                _("Traceability"),
                "epcis:index",
                permission="epcis.read",
                order=20,
                section="register",
                icon="bottle",
            )
        )
