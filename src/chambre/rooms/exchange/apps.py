"""The exchange app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Agreements between many, their legs and their settlement; the market."""

    name = "chambre.rooms.exchange"
    label = "exchange"
    verbose_name = _("Exchanges")

    def ready(self) -> None:
        """Keep what is held apart in the treasury; let ``ledger verify`` compare it with the books."""
        from chambre.core.choosing import add_sorts
        from chambre.core.ui.slots import MenuEntry, add_menu
        from chambre.core.ui.waiting import add_waits
        from chambre.ledger import api as ledger
        from chambre.rooms.exchange.queries import balances, documents  # noqa: F401 - who reads them
        from chambre.rooms.exchange.queries.sorts import MARKET_SORTS, SORTS
        from chambre.rooms.exchange.queries.waiting import WAITS
        from chambre.rooms.exchange.services import holding
        from chambre.rooms.exchange.services.market import photos  # noqa: F401 - who sees them
        from chambre.treasury import api as treasury

        add_waits(WAITS)
        add_sorts("exchange", _("Exchanges"), SORTS)
        add_sorts("market", _("Offers and needs"), MARKET_SORTS)
        treasury.reserve(origin=holding.ORIGIN, holders=holding.HOLDER)
        ledger.add_check("exchanges", balances.differences)
        add_menu(
            MenuEntry(
                _("Exchanges"), "exchange:exchanges", permission="exchange.list", order=42,
                section="rooms", icon="refresh",
            )
        )  # fmt: skip
        add_menu(
            MenuEntry(
                _("Offers and needs"), "exchange:market", permission="exchange.see_market", order=43,
                section="rooms", icon="hand",
            )
        )  # fmt: skip
