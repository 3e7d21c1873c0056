"""The shop app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    """Producers' shops: catalogue, orders, preparation, hand-over."""

    name = "chambre.rooms.shop"
    label = "shop"
    verbose_name = _("Shops")

    def ready(self) -> None:
        """Let ``ledger verify`` compare customers' accounts with the books."""
        from chambre.ledger import api as ledger
        from chambre.rooms.shop.queries.accounts import differences

        ledger.add_check("shop", differences)
