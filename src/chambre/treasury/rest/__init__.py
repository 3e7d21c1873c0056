"""The treasury for machines, under ``/api/treasury/``. Only for those who answer for the money."""

from ninja import Router

from chambre.treasury.rest.bank import router as bank_router
from chambre.treasury.rest.credit import router as credit_router
from chambre.treasury.rest.desk import router as desk_router
from chambre.treasury.rest.invoices import router as invoices_router
from chambre.treasury.rest.mandates import router as mandates_router
from chambre.treasury.rest.matching import router as matching_router
from chambre.treasury.rest.payments import router as payments_router
from chambre.treasury.rest.payouts import router as payouts_router

router = Router(tags=["treasury"])
router.add_router("", bank_router)
router.add_router("", payments_router)
router.add_router("", payouts_router)
router.add_router("", matching_router)
router.add_router("", invoices_router)
router.add_router("", credit_router)
router.add_router("", desk_router)
router.add_router("", mandates_router)

__all__ = ["router"]
