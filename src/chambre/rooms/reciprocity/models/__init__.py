"""The tables of the room."""

from chambre.rooms.reciprocity.models.contracts import (
    Contract,
    Party,
    Signature,
    Turn,
    Use,
    Version,
)

__all__ = ["Contract", "Party", "Signature", "Turn", "Use", "Version"]
