"""The shop for machines, under ``/api/shop/``."""

from ninja import Router

from chambre.rooms.shop.rest.keeping import router as keeping_router

router = Router(tags=["shop"])
router.add_router("", keeping_router)

__all__ = ["router"]
