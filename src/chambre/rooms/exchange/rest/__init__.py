"""The room for machines, under ``/api/exchange/``."""

from ninja import Router

from chambre.rooms.exchange.rest.exchanges import router as exchanges_router

router = Router(tags=["exchange"])
for part in (exchanges_router,):
    router.add_router("", part)

__all__ = ["router"]
