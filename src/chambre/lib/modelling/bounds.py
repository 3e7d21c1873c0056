"""Whether a model stays within what 64-bit integers count exactly."""

from __future__ import annotations

from chambre.lib.modelling.figures import Figure
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.plain import MILLION, walk
from chambre.lib.modelling.values import Notes

LIMIT = 10**14
"""Most that may flow in a month, in cents: a million million. 600 such months, and a product on
the way there, stay below 2**63."""

_LOWEST = {"churn", "every", "lifetime", "rotations"}
"""Figures whose lowest value makes flows largest."""


def _most(key: str, figure: Figure) -> int:
    name = key.rpartition(".")[2]
    if name == "loss":
        return MILLION  # every object has to be bought anew
    if name == "chance":
        return MILLION
    return figure.low if name in _LOWEST else figure.high


def check_size(model: Model, notes: Notes) -> None:
    """Complain when the largest values that the ranges allow lead too far."""
    for month in walk(model, _most):
        flows = (month.cash_in, month.cash_out, month.wear, month.hours_value, month.reserve)
        if max(*flows, month.deposits_kept, month.income) > LIMIT:
            limit = f"{12 * LIMIT // 100:,} {model.unit}".replace(",", "\u202f")
            notes.complain((), "too-big", limit=limit)
            return
