"""The deposit room for machines, under ``/api/deposit/``."""

from ninja import Router

from chambre.rooms.deposit.rest.acts import router as acts_router
from chambre.rooms.deposit.rest.books import router as books_router
from chambre.rooms.deposit.rest.cases import router as cases_router
from chambre.rooms.deposit.rest.decisions import router as decisions_router
from chambre.rooms.deposit.rest.devices import router as devices_router
from chambre.rooms.deposit.rest.enrolment import router as enrolment_router
from chambre.rooms.deposit.rest.figures import router as figures_router
from chambre.rooms.deposit.rest.labels import router as labels_router
from chambre.rooms.deposit.rest.places import router as places_router
from chambre.rooms.deposit.rest.schemes import router as schemes_router
from chambre.rooms.deposit.rest.statements import router as statements_router

router = Router(tags=["deposit"])
router.add_router("", devices_router)
router.add_router("", schemes_router)
router.add_router("", places_router)
router.add_router("", acts_router)
router.add_router("", cases_router)
router.add_router("", books_router)
router.add_router("", decisions_router)
router.add_router("", enrolment_router)
router.add_router("", labels_router)
router.add_router("", figures_router)
router.add_router("", statements_router)

__all__ = ["router"]
