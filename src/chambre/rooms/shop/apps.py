"""The shop app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShopConfig(AppConfig):
    """Producers' shops: catalogue, orders, preparation, hand-over."""

    name = "chambre.rooms.shop"
    label = "shop"
    verbose_name = _("Shops")

    def ready(self) -> None:
        """Let ``ledger verify`` compare customers' accounts with the books; fill menu and tabs."""
        from chambre.core.choosing import add_sorts
        from chambre.core.ui.slots import MenuEntry, Tab, add_menu, add_tab
        from chambre.ledger import api as ledger
        from chambre.rooms.shop.queries.accounts import differences
        from chambre.rooms.shop.queries.sorts import SORTS
        from chambre.rooms.shop.services import suspended
        from chambre.rooms.shop.views.keeping import advances, figures
        from chambre.treasury import cards

        add_sorts("shop", _("Orders"), SORTS)
        ledger.add_check("shop", differences)
        cards.add_check(advances.CHECK)
        ledger.add_check("shop-suspended", suspended.differences)
        add_menu(MenuEntry(_("Shops"), "shop:shops", order=20, section="rooms", icon="basket"))
        add_menu(
            MenuEntry(
                _("Keep a shop"), "shop:keep_shops", permission="shop.read", order=21,
                section="rooms", icon="hand",
            )
        )  # fmt: skip
        add_tab(
            "resource",
            Tab("sales", _("Sales"), figures.resource_tab, order=25, shown=figures.feeds),
        )
