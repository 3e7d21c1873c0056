"""Checking a FEC: the verdict, and everything else that a person wants to know. Nothing is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from chambre.core.actors import Actor, authorize
from chambre.lib import fec
from chambre.registry.models import Agent
from chambre.rooms.lens import queries
from chambre.rooms.lens.services.importing import FecRefused

SHOWN = 2000


def check_fec(
    *, source: Any, by: Actor, name: str, structure: Agent | None = None
) -> tuple[fec.Report, dict[str, Any]]:
    """Give the administration's verdict on a file, and apart from it what it does not look at.

    Args:
        source: A path, the paths of its parts, bytes or a binary stream.
        by: Who asks.
        name: Its name, for the result.
        structure: Compare with its SIREN, its chart and the closing of its last year.

    Returns:
        The report, and all of it as JSON, messages in the reader's language: what
        ``chambre fec check --json`` says, and the findings once more with value and advice.

    Raises:
        Forbidden: ``by`` may not check files, or not see the structure's books.
        FecRefused: The file cannot be read at all.
    """
    authorize(by, "lens.check_fec")
    if structure is not None:
        authorize(by, "lens.read_books", structure)
    language = (get_language() or "fr")[:2]
    try:
        found = fec.check(source, **queries.check_context(structure))
    except fec.FecRefusal as error:
        raise FecRefused(error.message(language), reason=error.code) from error
    return found, {
        **found.as_json(language),
        "name": name,
        "entries": found.entries,
        "encoding": found.encoding,
        "importable": found.importable,
        "counts": dict(found.counts),
        "findings": [_shown(each, language) for each in found.findings[:SHOWN]],
    }


def _shown(finding: fec.Finding, language: str) -> dict[str, Any]:
    """A finding with the value that stood there and what to do."""
    return {
        **finding.as_json(language),
        "value": finding.value,
        "todo": finding.todo(language),
        "rejects": finding.rejects,
    }
