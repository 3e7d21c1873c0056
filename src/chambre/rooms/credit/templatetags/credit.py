"""Amounts of units and hours in templates: ``{{ cents|units:unit }}``."""

from __future__ import annotations

from django import template

from chambre.rooms.credit.queries import wording

register = template.Library()


@register.filter
def units(minor: int | None, unit: str) -> str:
    """See :func:`chambre.rooms.credit.queries.wording.units`; nothing: no limit."""
    return "∞" if minor is None else wording.units(minor, unit)
