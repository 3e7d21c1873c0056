"""The clearing room for machines, under ``/api/clearing/``. Amounts in cents."""

from ninja import Router

from chambre.rooms.clearing.rest.obligations import router as obligations_router
from chambre.rooms.clearing.rest.rounds import router as rounds_router

router = Router(tags=["clearing"])
router.add_router("", obligations_router)
router.add_router("", rounds_router)
