"""The room for machines, under ``/api/exchange/``."""

from ninja import Router

from chambre.rooms.exchange.rest.exchanges import router as exchanges_router
from chambre.rooms.exchange.rest.market import router as market_router

router = Router(tags=["exchange"])
for part in (exchanges_router, market_router):
    router.add_router("", part)

__all__ = ["router"]
