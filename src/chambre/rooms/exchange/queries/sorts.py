"""The sorts of letters about exchanges and about the market, among which people choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.choosing import Sort
from chambre.rooms.exchange.models import ExchangeLetter, MarketLetter

Kind, MarketKind = ExchangeLetter.Kind, MarketLetter.Kind
SORTS = (
    Sort("exchange.signature", _("exchanges to sign, changed, taken back or given up")),
    Sort("exchange.deposits", _("your turn to deposit or to tell something")),
    Sort("exchange.days", _("last days that come near, later days that are asked for")),
    Sort(
        "exchange.outcome",
        _("signed by all, a later deadline, withdrawals, disputes and decisions, the end"),
        always=True,
    ),
)
MARKET_SORTS = (
    Sort("exchange.messages", _("messages")),
    Sort("exchange.favourites", _("favourites that changed or are over")),
    Sort("exchange.rings", _("barter rings")),
)
SORT_OF: dict[str, str] = {
    Kind.SIGN: "exchange.signature",
    Kind.AGAIN: "exchange.signature",
    Kind.TAKEN_BACK: "exchange.signature",
    Kind.ABANDONED: "exchange.signature",
    Kind.NEXT: "exchange.deposits",
    Kind.LATER: "exchange.days",
    Kind.REFUSED: "exchange.days",
    Kind.NEAR: "exchange.days",
    Kind.OPENED: "exchange.outcome",
    Kind.MONEY_GONE: "exchange.outcome",
    Kind.EXTENDED: "exchange.outcome",
    Kind.WITHDRAWN: "exchange.outcome",
    Kind.DISPUTED: "exchange.outcome",
    Kind.DECIDED: "exchange.outcome",
    Kind.SETTLED: "exchange.outcome",
    Kind.PART_SETTLED: "exchange.outcome",
    Kind.RETURNED: "exchange.outcome",
}
"""Of which sort the letters of each kind about exchanges are."""
MARKET_SORT_OF: dict[str, str] = {
    MarketKind.MESSAGE: "exchange.messages",
    MarketKind.CHANGED: "exchange.favourites",
    MarketKind.GONE: "exchange.favourites",
    MarketKind.RING: "exchange.rings",
    MarketKind.RING_NEAR: "exchange.rings",
    MarketKind.RING_OVER: "exchange.rings",
}
"""Of which sort the letters of each kind about the market are."""
