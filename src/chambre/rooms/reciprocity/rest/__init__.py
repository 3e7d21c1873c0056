"""The room for machines, under ``/api/reciprocity/``."""

from ninja import Router

from chambre.rooms.reciprocity.rest.budgets import router as budgets_router
from chambre.rooms.reciprocity.rest.contracts import router as contracts_router
from chambre.rooms.reciprocity.rest.contributions import router as contributions_router
from chambre.rooms.reciprocity.rest.distributions import router as distributions_router
from chambre.rooms.reciprocity.rest.models import router as models_router

router = Router(tags=["reciprocity"])
for part in (
    contracts_router, distributions_router, contributions_router, budgets_router, models_router,
):  # fmt: skip
    router.add_router("", part)

__all__ = ["router"]
