"""The deposit room for machines, under ``/api/deposit/``."""

from ninja import Router

from chambre.rooms.deposit.rest.acts import router as acts_router
from chambre.rooms.deposit.rest.books import router as books_router
from chambre.rooms.deposit.rest.cases import router as cases_router
from chambre.rooms.deposit.rest.decisions import router as decisions_router
from chambre.rooms.deposit.rest.devices import router as devices_router
from chambre.rooms.deposit.rest.schemes import router as schemes_router

router = Router(tags=["deposit"])
router.add_router("", devices_router)
router.add_router("", schemes_router)
router.add_router("", acts_router)
router.add_router("", cases_router)
router.add_router("", books_router)
router.add_router("", decisions_router)

__all__ = ["router"]
