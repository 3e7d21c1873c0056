"""Amounts as people read them: units with their cents, hours with their minutes."""

from __future__ import annotations

from chambre.core.ui import figures


def units(minor: int, unit: str) -> str:
    """``12,50 CRD``; of hours ``1 h 30``."""
    return figures.duration(minor) if unit == "HUR" else figures.money(minor, unit)
