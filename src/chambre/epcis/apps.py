"""The EPCIS app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EpcisConfig(AppConfig):
    """Capture, events, queries, subscriptions."""

    name = "chambre.epcis"
    label = "epcis"
    verbose_name = _("Traceability")
