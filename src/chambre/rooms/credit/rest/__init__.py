"""Mutual credit for machines, under ``/api/credit/``; accounts and their moves are the treasury's."""

from ninja import Router

from chambre.rooms.credit.rest.deciding import router as deciding_router
from chambre.rooms.credit.rest.going import router as going_router
from chambre.rooms.credit.rest.paying import router as paying_router

router = Router(tags=["credit"])
for part in (paying_router, deciding_router, going_router):
    router.add_router("", part)

__all__ = ["router"]
