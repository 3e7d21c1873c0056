"""The deposit room for machines, under ``/api/deposit/``."""

from ninja import Router

from chambre.rooms.deposit.rest.devices import router as devices_router

router = Router(tags=["deposit"])
router.add_router("", devices_router)

__all__ = ["router"]
