"""A document that was taken in, read in batches: checked, taken apart, ahead of the writing.

Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.epcis import names
from chambre.epcis.services.preparing import STANDARD_CONTEXT, EventInvalid, prepare
from chambre.epcis.services.storing import Draft
from chambre.lib import epcis as lib

LIMIT = 1_000_000
"""Events in one document at most (``GS1-EPCIS-Capture-Limit``)."""
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
        drafts: Those that are valid.
        refusals: What is wrong with the others.
        position: Where the next batch begins.
    """

    first: int
    read: int = 0
    drafts: list[Draft] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    position: Any = None


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches, each read while the one before is being written."""
    language = get_language()

    def following() -> Batch | None:
        with translation.override(language):
            return next(batches, None)

    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(following)
        while (batch := coming.result()) is not None:
            coming = reader.submit(following)
            yield batch


class Source:
    """The events of a document, checked and taken apart, in batches. Touches no database."""

    def __init__(self, stream: BinaryIO, position: Any = None) -> None:
        resume = None
        if position is not None:
            resume = lib.Position(position[0], position[1], tuple(position[2]))
            self._context = position[3]
            self.envelope: dict[str, Any] = position[4]
            stream.seek(resume.offset)
        else:
            self._context, self.envelope = self._context_of(stream), {}
            stream.seek(0)
        self._reader = lib.iter_events(stream, resume=resume)
        self._known = names.prefixes(self._context)
        self.broken = False

    @staticmethod
    def _context_of(stream: BinaryIO) -> Any:
        """The context, which may stand behind the events."""
        reader = lib.iter_events(stream, check=False)
        try:
            for _placed in reader:
                if reader.context is not None:
                    break
        except lib.EpcisError:
            return STANDARD_CONTEXT  # said again, and better, when the events are read
        return STANDARD_CONTEXT if reader.context is None else reader.context

    def batches(self, first: int = 0) -> Iterator[Batch]:
        """The events, a number of them at a time.

        Args:
            first: Number of the event with which it begins.
        """
        batch = Batch(first)
        try:
            for placed in self._reader:
                if placed.position is None:
                    return
                self._add(batch, placed)
                if batch.read >= BATCH:
                    batch.position = self._place(placed.position)
                    yield batch
                    batch = Batch(batch.first + batch.read)
        except lib.EpcisError as error:
            self.broken = True
            for one in error.problems[:3]:
                batch.refusals.append(invalid(one.path, [one]))
        if batch.read or batch.refusals:
            yield batch

    def _place(self, position: lib.Position) -> list[Any]:
        """Where to go on, with what was read before the events."""
        known = {**self._reader.envelope, **self.envelope}
        header = {key: known[key] for key in ("epcisHeader",) if key in known}
        return [position.index, position.offset, list(position.place), self._context, header]

    def _add(self, batch: Batch, placed: lib.Placed) -> None:
        """Take an event apart, or note what is wrong with it."""
        where = f"$.eventList[{placed.index}]"
        number = batch.first + batch.read
        batch.read += 1
        if number >= LIMIT:
            if number == LIMIT:
                too_many = Refusal("CaptureLimitExceededException", 413, where, str(LIMIT))
                batch.refusals.append(too_many)
            return
        if placed.problems:
            batch.refusals.append(invalid(where, placed.problems))
            return
        try:
            batch.drafts.append(
                prepare(placed.event, context=self._context, known=self._known, checked=True)
            )
        except EventInvalid as error:
            why = str(error.message)
            batch.refusals.append(Refusal("ValidationException", 400, where, why))

    def around(self) -> list[Refusal]:
        """What is wrong around the events, known when all of it was read."""
        self.envelope = {**self._reader.envelope, **self.envelope}
        return [invalid(one.path, [one]) for one in self._reader.problems[:20]]


def invalid(where: str, problems: Iterable[lib.Problem]) -> Refusal:
    """What the check of the library found wrong."""
    language = get_language() or "fr"
    why = "; ".join(f"{one.path}: {one.text(language)}" for one in list(problems)[:3])
    return Refusal("ValidationException", 400, where, why)
