"""Words of contracts read once: the same text is read for many pages."""

from __future__ import annotations

from functools import lru_cache

from chambre.lib import reciprocity
from chambre.lib.reciprocity import ContractError
from chambre.rooms.reciprocity.queries.errors import ContractRefused


@lru_cache(maxsize=256)
def _read(text: str) -> reciprocity.Contract:
    return reciprocity.read(text)


def read(text: str) -> reciprocity.Contract:
    """What a text says.

    Raises:
        ContractRefused: With every mistake, each at its line and column.
    """
    try:
        return _read(text)
    except ContractError as error:
        raise ContractRefused(error) from error


def words_of(text: str, language: str) -> str:
    """The title of a contract in the reader's language; empty when it has none or cannot be read."""
    try:
        return _read(text).title.in_language(language)
    except ContractError:
        return ""
