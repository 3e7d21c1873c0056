"""The register for machines, under ``/api/registry/``. Reading is public; people are not."""

from ninja import Router

from chambre.registry.rest import agents, exchange, resources

router = Router(tags=["registry"])
router.add_router("", resources.router)
router.add_router("", agents.router)
router.add_router("", exchange.router)

__all__ = ["router"]
