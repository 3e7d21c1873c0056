"""A document that was taken in, read in batches: checked, taken apart, ahead of the writing.

Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.epcis.portions import LIMIT, TOO_MANY, UNFIT, Around, Fault, reading
from chambre.epcis.services.preparing import unfit
from chambre.epcis.taking import Taken
from chambre.lib import epcis as lib

BATCH = 2000
"""Events that are written together."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not recorded: type of the standard, status, where, in words."""

    kind: str
    status: int
    where: str
    why: str

    def as_error(self) -> dict[str, Any]:
        """As the standard shows it."""
        titles = {400: _("Invalid event"), 409: _("Another event has this eventID")}
        return {
            "type": f"epcisException:{self.kind}",
            "title": titles.get(self.status, _("The capture was interrupted")),
            "status": self.status,
            "detail": f"{self.where}: {self.why}"[:1000],
        }


@dataclass(slots=True)
class Batch:
    """Events that were read together.

    Attributes:
        first: Number of the first of them in the document.
        read: How many there were.
        taken: Those that are valid.
        refusals: What is wrong with the others.
        position: Where the next batch begins.
    """

    first: int
    read: int = 0
    taken: list[Taken] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    position: Any = None


class Source:
    """The events of a document, checked and taken apart, in batches. Touches no database.

    Args:
        stream: The document.
        position: Where to go on; nothing to begin.
        first: Number of the event with which it begins.
    """

    def __init__(self, stream: BinaryIO, position: Any = None, first: int = 0) -> None:
        self._stream, self._position, self._first = stream, position, first
        self._around = Around()

    def batches(self) -> Iterator[Batch]:
        """The events, a number of them at a time; those that follow are read meanwhile."""
        with reading(self._stream, BATCH, position=self._position, first=self._first) as portions:
            for portion in portions:
                yield Batch(
                    portion.first,
                    portion.read,
                    portion.taken,
                    [_refusal(fault) for fault in portion.faults],
                    portion.position,
                )
            self._around = portions.around

    @property
    def envelope(self) -> Mapping[str, Any]:
        """The document without its events, known when all of it was read."""
        return self._around.envelope

    @property
    def broken(self) -> bool:
        """Whether it could not be read to its end."""
        return self._around.broken

    def around(self) -> list[Refusal]:
        """What is wrong around the events, known when all of it was read."""
        return [invalid(one.path, [one]) for one in self._around.problems]


def _refusal(fault: Fault) -> Refusal:
    """Why an event is not recorded, in words."""
    if fault.why == TOO_MANY:
        return Refusal("CaptureLimitExceededException", 413, fault.where, str(LIMIT))
    if fault.why == UNFIT:
        return Refusal("ValidationException", 400, fault.where, str(unfit().message))
    return invalid(fault.where, fault.problems)


def invalid(where: str, problems: Iterable[lib.Problem]) -> Refusal:
    """What the check of the library found wrong."""
    language = get_language() or "fr"
    why = "; ".join(f"{one.path}: {one.text(language)}" for one in list(problems)[:3])
    return Refusal("ValidationException", 400, where, why)
