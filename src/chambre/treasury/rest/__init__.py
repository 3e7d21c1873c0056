"""The treasury for machines, under ``/api/treasury/``. Only for those who answer for the money."""

from ninja import Router

router = Router(tags=["treasury"])

__all__ = ["router"]
