"""Codes of kinds and frames, as others write them."""

from __future__ import annotations

from .model import Kind, Nature

CREDIT_CODES = frozenset(
    {"381", "261", "262", "296", "308", "396", "420", "458", "502", "503", "532"}
)
"""UNTDID 1001 codes that EN 16931 takes for credit notes, with those of the French frames."""


def kind_of(code: str) -> Kind:
    """The kind that a type code stands for; unknown codes ask for money, so they are invoices."""
    if code in CREDIT_CODES:
        return Kind.CREDIT
    return Kind(code) if code in {each.value for each in Kind} else Kind.INVOICE


def nature_of(frame: str) -> Nature:
    """Goods, services or both, from the French frame of billing (``B1``, ``S1``, ``M1``)."""
    first = frame[:1].upper()
    return Nature(first) if first in {each.value for each in Nature} else Nature.BOTH
