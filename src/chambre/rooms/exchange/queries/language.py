"""Words of exchanges read once: the same text is read for many pages."""

from __future__ import annotations

from functools import lru_cache

from chambre.lib import exchange as lib
from chambre.rooms.exchange.queries.errors import ExchangeTextRefused


@lru_cache(maxsize=512)
def _examined(text: str) -> lib.Report:
    return lib.examine(text)


def examine(text: str) -> lib.Report:
    """What a text says, what is wrong with it, and whether it can ever be settled."""
    return _examined(text)


def read(text: str) -> lib.Exchange:
    """What a text says.

    Raises:
        ExchangeTextRefused: With every mistake, each at its line and column.
    """
    report = _examined(text)
    if report.exchange is None:
        raise ExchangeTextRefused(report.mistakes)
    return report.exchange
