"""A market: three who could never swap by two, and a stranger."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.rooms.exchange.models import BarterRing, Posting
from chambre.rooms.exchange.services.market import posting, rounds
from chambre.rooms.exchange.tests.conftest import SYSTEM, World

GIVES = {"lou": ("repair", "digital"), "ines": ("garden", "repair"), "ada": ("digital", "garden")}
"""What each offers and needs: Lou repairs for Inès, who gardens for Ada, who makes Lou's website."""


class Market(World):
    """People with offers and needs."""

    def put(self, who: str, kind: str, category: str, **more: Any) -> Posting:
        said = posting.PostingIn(
            kind=kind, title=more.pop("title", category.title()), category=category, **more
        )
        key = f"{who}-{kind}-{category}"
        return posting.post(said=said, key=key, by=self.by(getattr(self, who)))

    def circle(self) -> dict[str, Posting]:
        found = {}
        for who, (offered, needed) in GIVES.items():
            found[f"{who} gives"] = self.put(who, "offer", offered, value=4_000)
            found[f"{who} needs"] = self.put(who, "need", needed)
        return found

    def ring(self) -> BarterRing:
        self.circle()
        (found,) = rounds.find_rings(chamber=self.chamber, by=SYSTEM)
        return found

    def says(self, who: str, ring: BarterRing, yes: bool = True) -> BarterRing:
        return rounds.answer(ring=ring, yes=yes, by=self.by(getattr(self, who)))


@pytest.fixture
def market(db: Any) -> Market:
    """A chamber's market, empty."""
    return Market()
