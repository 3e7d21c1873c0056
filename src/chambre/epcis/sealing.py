"""Secrets of receivers; when the house's own key was changed, the subscription says so."""

from __future__ import annotations

from chambre.core import sealing

PURPOSE = b"epcis.token"


def seal(secret: str) -> str:
    """A secret as it is kept."""
    return sealing.seal(secret, PURPOSE)


def unseal(sealed: str) -> str | None:
    """The secret again; None when it was sealed with another key."""
    return sealing.unseal(sealed, PURPOSE)
