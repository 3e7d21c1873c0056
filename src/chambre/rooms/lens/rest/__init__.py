"""The lens for machines, under ``/api/lens/``: files in and out, attribution, statements.

Only a resource's public figures are for everybody; the rest is for those who answer for books.
"""

from ninja import Router

from chambre.rooms.lens.rest import attribution, books, checks, statements

router = Router(tags=["lens"])
router.add_router("", checks.router)
router.add_router("", books.router)
router.add_router("", attribution.router)
router.add_router("", statements.router)

__all__ = ["router"]
