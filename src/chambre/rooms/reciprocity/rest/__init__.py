"""The room for machines, under ``/api/reciprocity/``."""

from ninja import Router

router = Router(tags=["reciprocity"])

__all__ = ["router"]
