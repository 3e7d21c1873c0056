"""The shop app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    """Producers' shops: catalogue, orders, preparation, hand-over."""

    name = "chambre.rooms.shop"
    label = "shop"
    verbose_name = _("Shops")

    def ready(self) -> None:
        """Let ``ledger verify`` compare customers' accounts with the books, fill the menu."""
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.ledger import api as ledger
        from chambre.rooms.shop.queries.accounts import differences

        ledger.add_check("shop", differences)
        add_menu(MenuEntry(_("Shops"), "shop:shops", order=20, section="rooms", icon="basket"))
