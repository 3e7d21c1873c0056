"""Documents that are sent in: taken at the door, then captured in the background, whole or in part.

``rollback`` is one transaction: a process that is killed leaves nothing and the job begins again.
``proceed`` commits batch by batch together with the place in the document where it goes on. In
either case an event is there once, whoever else captures the same document at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError, NotFound
from chambre.core.jobs import Interrupted, start_job
from chambre.core.models import StoredFile
from chambre.epcis.models import CaptureJob
from chambre.epcis.services import master
from chambre.epcis.services.reading import Batch, Refusal, Source
from chambre.epcis.services.states import Pending
from chambre.epcis.services.storing import Writer, store
from chambre.lib import epcis as lib
from chambre.lib.collecting import seldom_collecting

AT_THE_DOOR = 1 << 20
"""Documents up to so many octets are checked before they are taken."""
SHOWN = 100
"""Errors that a capture lists; all are counted."""
PATIENCE = 600.0
Behaviour = CaptureJob.Behaviour
Progress = Callable[[int, int | None, Any], None]


class DocumentRefused(ChambreError):
    """What was sent is no EPCIS document that can be captured; ``data["problems"]`` says why."""

    code = "epcis.document-refused"
    status = 400


class _RolledBack(Exception):
    """One event was refused: nothing of the document is kept."""


@transaction.atomic
def receive(
    *, source: Any, by: Actor, behaviour: str = Behaviour.ROLLBACK, name: str = "epcis.json"
) -> CaptureJob:
    """Take a document in and have it captured in the background.

    Args:
        source: The document, a binary stream or pieces of bytes.
        by: Who sends it.
        behaviour: ``rollback`` or ``proceed``.
        name: Its name.

    Raises:
        Forbidden: ``by`` may not capture.
        TooLarge: It is larger than what is accepted.
        DocumentRefused: It cannot be read, or (small, and all or nothing) has an invalid event.
    """
    authorize(by, "epcis.capture")
    stored = files.store(
        source, name=name, purpose="epcis.capture", by=by, content_type="application/json"
    )
    with _opened(stored) as stream:
        _look(stream, stored.size, behaviour)
    capture = CaptureJob.objects.create(
        file=stored,
        digest=stored.digest,
        size=stored.size,
        behaviour=behaviour,
        user=by.user,
        actor=by.label[:254],
        created_at=timezone.now(),
    )
    audit(by, "epcis.capture.received", capture, sha256=stored.digest, size=stored.size)
    job = start_job("epcis.capture", by, capture=str(capture.pk))
    CaptureJob.objects.filter(pk=capture.pk).update(job=job)
    capture.refresh_from_db()
    return capture


def _opened(stored: StoredFile) -> BinaryIO:
    """The content of a document."""
    return cast("BinaryIO", files.open_file(stored))


def refused(problems: Iterable[lib.Problem]) -> DocumentRefused:
    """A refusal that says what is wrong with a document."""
    language = get_language() or "fr"
    listed = [one.as_json(language) for one in list(problems)[:50]]
    words = "; ".join(f"{one['path']}: {one['message']}" for one in listed[:3])
    return DocumentRefused(
        _("This is not a valid EPCIS document: %(why)s") % {"why": words}, problems=listed
    )


def _look(stream: BinaryIO, size: int, behaviour: str) -> None:
    """Look at a document before taking it: a small one wholly, of a large one the beginning."""
    reader = lib.iter_events(stream)
    try:
        for placed in reader:
            if placed.position is None:
                break  # a bare event, or nothing at all
            if placed.problems and behaviour == Behaviour.ROLLBACK:
                raise refused(placed.problems)
            if size > AT_THE_DOOR:
                return
    except lib.EpcisError as error:
        raise refused(error.problems) from None
    if reader.envelope.get("type") not in ("EPCISDocument", "EPCISQueryDocument"):
        text = _("An EPCISDocument or an EPCISQueryDocument is expected.")
        raise DocumentRefused(text, problems=[{"path": "$.type", "message": text}])
    if reader.problems:
        raise refused(reader.problems)


@dataclass(slots=True)
class _Count:
    """What a capture has done so far."""

    read: int = 0
    stored: int = 0
    already: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        """Note an event that cannot be recorded."""
        self.refused += 1
        if len(self.errors) < SHOWN:
            self.errors = [*self.errors, refusal.as_error()]

    def take(self, batch: Batch) -> None:
        """Note what was read."""
        self.read += batch.read
        for refusal in batch.refusals:
            self.refuse(refusal)


def capture_of(pk: Any) -> CaptureJob:
    """A capture by its id.

    Raises:
        NotFound: There is none.
    """
    row = CaptureJob.objects.select_related("file").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def run(*, capture: CaptureJob, by: Actor, progress: Progress) -> CaptureJob:
    """Capture a document that was taken in; what is over already is left as it is.

    Args:
        capture: The capture.
        by: Who sent it in.
        progress: Told after each batch.

    Raises:
        Interrupted: The worker is stopping; the next one goes on.
    """
    if not capture.running:
        return capture
    try:
        with seldom_collecting():
            if capture.behaviour == Behaviour.ROLLBACK:
                patiently(_rollback, capture, by, progress, seconds=PATIENCE)
            else:
                _proceed(capture, by, progress)
    except Interrupted:
        raise
    except BaseException:
        _close(capture, _interrupted(capture), success=False)
        raise
    capture.refresh_from_db()
    if (stored := capture.file) is not None:
        CaptureJob.objects.filter(pk=capture.pk).update(file=None)
        _forget(stored, by)
        capture.refresh_from_db()
    return capture


def _forget(stored: StoredFile, by: Actor) -> None:
    """Let the document go: its digest and its events stay."""
    files.discard(stored, by.also("core.read_file"))


def _interrupted(capture: CaptureJob) -> _Count:
    count = _Count(capture.read, capture.stored, capture.already, capture.refused)
    count.errors = list(capture.errors)
    why = _("The capture was stopped or failed.")
    count.refuse(Refusal("ImplementationException", 500, "$", why))
    return count


def _close(capture: CaptureJob, count: _Count, *, success: bool) -> None:
    """Write how a capture ended, in whatever transaction there is."""
    CaptureJob.objects.filter(pk=capture.pk).update(
        running=False,
        success=success,
        finished_at=timezone.now(),
        read=count.read,
        stored=count.stored,
        already=count.already,
        refused=count.refused,
        errors=count.errors,
    )


def _rollback(capture: CaptureJob, by: Actor, progress: Progress) -> None:
    """All events in one transaction, or none."""
    count = _Count()
    try:
        with transaction.atomic():
            _all(capture, by, count, progress)
            if count.refused:
                raise _RolledBack
            _close(capture, count, success=True)
    except _RolledBack:
        count.stored = count.already = 0
        _close(capture, count, success=False)


def _all(capture: CaptureJob, by: Actor, count: _Count, progress: Progress) -> None:
    states = Pending()
    writer = Writer(states=states)
    assert capture.file is not None
    with _opened(capture.file) as stream:
        source = Source(stream)
        for batch in source.batches():
            count.take(batch)
            if not count.refused:  # after a refusal the rest is only looked through
                _store(capture, by, count, batch, writer)
            if len(count.errors) >= SHOWN:
                return
            progress(count.read, None, _("Events recorded"))
        for refusal in source.around():
            count.refuse(refusal)
        if not count.refused:
            states.flush()
            master.learn(source.envelope)


def _proceed(capture: CaptureJob, by: Actor, progress: Progress) -> None:
    """Batch by batch; each commits with the place where the next one begins."""
    count = _Count(capture.read, capture.stored, capture.already, capture.refused)
    count.errors = list(capture.errors)
    assert capture.file is not None
    with _opened(capture.file) as stream:
        source = Source(stream, capture.position, count.read)
        for batch in source.batches():
            count = patiently(_step, capture, by, count, batch)
            progress(count.read, None, _("Events recorded"))
        refusals = source.around()
    with transaction.atomic():
        for refusal in refusals:
            count.refuse(refusal)
        if not source.broken:
            master.learn(source.envelope)
        _close(capture, count, success=not count.refused)


@transaction.atomic
def _step(capture: CaptureJob, by: Actor, before: _Count, batch: Batch) -> _Count:
    count = replace(before)
    count.take(batch)
    _store(capture, by, count, batch, Writer())
    CaptureJob.objects.filter(pk=capture.pk).update(
        position=batch.position,
        success=not count.refused,
        read=count.read,
        stored=count.stored,
        already=count.already,
        refused=count.refused,
        errors=count.errors,
    )
    return count


def _store(capture: CaptureJob, by: Actor, count: _Count, batch: Batch, writer: Writer) -> None:
    """Write a batch; its key makes it once."""
    if not batch.taken:
        return
    key = f"capture:{capture.pk}:{batch.first}"
    written = store(batch.taken, key=key, by=by, house=False, writer=writer)
    count.stored += written.new
    for taken, number, known in zip(batch.taken, written.numbers, written.already, strict=True):
        if not number:
            why = _("there is another event with this eventID.")
            count.refuse(Refusal("ResourceAlreadyExistsException", 409, taken.event_id, why))
        elif known:
            count.already += 1
