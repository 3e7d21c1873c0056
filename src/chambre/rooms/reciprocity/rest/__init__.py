"""The room for machines, under ``/api/reciprocity/``."""

from ninja import Router

from chambre.rooms.reciprocity.rest.distributions import router as distributions_router

router = Router(tags=["reciprocity"])
for part in (distributions_router,):
    router.add_router("", part)

__all__ = ["router"]
