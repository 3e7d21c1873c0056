"""Background work that can be left and come back to.

An app's ``tasks.py`` declares job functions; a service starts them; the worker runs them. Example::

    @job("lens.import", title=_("Accounts brought in"))
    def import_accounts(run: Run, *, file: str, structure: str) -> Report:
        report = Report()
        for number, line in enumerate(lines, 1):
            run.progress(number, len(lines), _("Reading"))
            ...
            report.refuse(line.text, why=_("No such account."), line=number)
        return report

    start_job("lens.import", by, file=str(stored.pk), structure="nectar")

A job runs at least once: a killed worker's job is started again when it is ``resumable``, and ends
as failed when not. Whatever it writes belongs in transactions of its own, so that an interrupted job
leaves nothing half-done. :func:`progress` may be called from any depth, in a job or not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from chambre.core import confiding, pulse
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.busy import is_busy, patiently
from chambre.core.discovery import discover
from chambre.core.errors import ChambreError, Conflict
from chambre.core.models import Job, JobLine

log = structlog.get_logger("chambre.jobs")
INTERVAL = 0.5
"""Seconds between two progress messages."""
MAX_LINES = 1000
"""Lines of each kind that a report keeps; the rest is counted."""
MAX_ATTEMPTS = 3


class Stopped(Exception):
    """Somebody asked the job to stop; what it had begun is undone."""


class Interrupted(Exception):
    """The worker is stopping; a resumable job starts again with the next worker."""


@dataclass(slots=True)
class Report:
    """What a job did and what it refused, line by line.

    Attributes:
        summary: One sentence for a person.
        facts: Figures by name (integers, amounts in minor units), for machines.
        url: Where the result is.
        done: What was done, at most ``MAX_LINES``.
        refused: What was refused and why, at most ``MAX_LINES``.
        done_count: How much was done, with what is not listed.
        refused_count: How much was refused, with what is not listed.
    """

    summary: str = ""
    facts: dict[str, int | str] = field(default_factory=dict)
    url: str = ""
    done: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    done_count: int = 0
    refused_count: int = 0

    def did(self, what: str, *, line: int | None = None) -> None:
        """Note something that was done; ``line`` is its line in what was brought in."""
        self.done_count += 1
        if len(self.done) < MAX_LINES:
            self.done.append({"line": line, "what": str(what)})

    def refuse(self, what: str, *, why: str, line: int | None = None) -> None:
        """Note something that was refused, and why."""
        self.refused_count += 1
        if len(self.refused) < MAX_LINES:
            self.refused.append({"line": line, "what": str(what), "why": str(why)})

    def as_data(self) -> dict[str, Any]:
        """What is kept of it (JSON-able)."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "summary": str(self.summary)
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of job."""

    name: str
    title: Any
    run: Callable[..., Report | None]
    resumable: bool


class Run:
    """A running job, as its function sees it.

    Attributes:
        job: The row of the job.
        by: Who started it; pass it to services.
        confided: What it was told in confidence, by name; it is nowhere else any more.
    """

    def __init__(
        self, job: Job, stopping: Callable[[], bool] = lambda: False, sealed: str = ""
    ) -> None:
        self.job = job
        self.confided = confiding.confided(sealed)
        self.by = actor_of(job)
        self._pulse = pulse.Pulse(job)
        self._stopping = stopping
        self._last = 0.0
        self._latest: tuple[int, int | None, str] | None = None

    def progress(self, done: int, total: int | None = None, message: Any = "") -> None:
        """Say how far the work is; cheap enough for every line.

        Raises:
            Stopped: Somebody asked the job to stop.
            Interrupted: The worker is stopping.
        """
        self._latest = (done, total, str(message)[:300])
        now = time.monotonic()
        if now - self._last < INTERVAL:
            return
        self._last = now
        self._pulse.tell(*self._latest)
        if self._pulse.must_stop():
            raise Stopped
        if self._stopping():
            raise Interrupted

    def note(self, text: Any, level: str = "info") -> None:
        """Add a line to the job's log (``info``, ``warning`` or ``error``).

        Inside a transaction the line appears, or is undone, with it.
        """
        JobLine.objects.create(job=self.job, text=str(text)[:500], level=level)

    def last_progress(self) -> tuple[int, int | None, str] | None:
        """The last thing that was said, even if it was not shown."""
        return self._latest

    def close(self) -> None:
        """Give back what the run holds."""
        self._pulse.close()


_kinds: dict[str, Kind] = {}
_listener: ContextVar[Callable[[int, int | None, Any], None] | None] = ContextVar(
    "listener", default=None
)


def job(name: str, *, title: Any, resumable: bool = False) -> Callable[..., Any]:
    """Register a job function.

    Args:
        name: ``app.verb``, for ever.
        title: What a person reads, lazy translated.
        resumable: Start it again by itself when its worker was killed (then running it twice must
            be harmless).

    Raises:
        TypeError: The name is taken.
    """

    def register(function: Callable[..., Report | None]) -> Callable[..., Report | None]:
        known = _kinds.get(name)
        if known is not None and known.run.__qualname__ != function.__qualname__:
            raise TypeError(f"{name} is already {known.run.__qualname__}")
        _kinds[name] = Kind(name, title, function, resumable)
        return function

    return register


def kind_of(name: str) -> Kind:
    """A kind of job by its name.

    Raises:
        LookupError: No installed app has it.
    """
    discover("tasks")
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no app has the job {name}") from None


@transaction.atomic
def start_job(
    kind: str, by: Actor, *, title: Any = "", confided: Mapping[str, str] | None = None,
    **params: Any,
) -> Job:  # fmt: skip
    """Have something done in the background, with the rights of who asks.

    The job exists if and only if the transaction is committed.

    Args:
        kind: Name of the job function.
        by: Who asks; the job acts with their rights.
        title: What a person reads in the list; by default the kind's own title.
        confided: Secrets that only the run sees; none of them is kept once it has begun.
        **params: What the function is called with (JSON-able).

    Raises:
        LookupError: No installed app has this job.
        TypeError: Something is confided to a job that would be run again without it.
    """
    known = kind_of(kind)
    if confided and known.resumable:
        raise TypeError(f"{kind} is resumable: a second run would not have what was confided")
    row = Job.objects.create(
        kind=kind,
        title=str(title or known.title)[:200],
        params=params,
        sealed=confiding.confide(confided or {}),
        user=by.user,
        actor_kind=by.kind,
        actor=by.label[:254],
        scopes=sorted(by.scopes),
        language=(translation.get_language() or "fr")[:5],
    )
    audit(by, "core.job.started", row, kind=kind)
    run_job.enqueue(str(row.pk))
    row.refresh_from_db()  # where tasks run at once, it is over already
    return row


def actor_of(row: Job) -> Actor:
    """Who started a job, with their rights."""
    return Actor(row.actor_kind, row.user, row.actor, frozenset(row.scopes))


def follower(row: Job, by: Actor) -> Actor:
    """Who looks at a job: a key follows and stops what it started itself, whatever its scopes."""
    return by.also("core.see_job", "core.cancel_job") if row.actor == by.label[:254] else by


@task()
def run_job(job_id: str) -> None:
    """What the queue runs: one job by its id."""
    execute(job_id)


def execute(job_id: str, *, worker: str = "", stopping: Callable[[], bool] = lambda: False) -> Job:
    """Run a job to its end; every way of ending is written in its row.

    Raises:
        Interrupted: The worker is stopping and the job waits for the next one.
    """
    row, sealed = patiently(_begin, job_id, worker)
    if row.state != Job.State.RUNNING or row.worker != worker:
        return row  # cancelled before it began, or run by somebody else
    run = Run(row, stopping, sealed)
    with translation.override(row.language or None), listening(run.progress):
        outcome = _outcome(run)
    patiently(_end, row, outcome, run.last_progress())
    run.close()
    if outcome["state"] == Job.State.WAITING:
        raise Interrupted
    return row


@transaction.atomic
def _begin(job_id: str, worker: str) -> tuple[Job, str]:
    """Take the job if it still waits, and what was confided to it out of its row.

    The caller looks at its state and worker.
    """
    row = Job.objects.select_for_update().get(pk=job_id)
    sealed, row.sealed = row.sealed, ""
    if row.state == Job.State.WAITING:
        row.state = Job.State.RUNNING
        row.started_at = timezone.now()
        row.worker = worker
        row.attempts += 1
        row.save(update_fields=["state", "started_at", "worker", "attempts", "sealed"])
    elif row.worker == worker:
        row.worker = "?"  # not ours: it is over, or another thread of this worker has it
    return row, sealed


def _outcome(run: Run) -> dict[str, Any]:
    """Call the function; what becomes of the row."""
    row = run.job
    try:
        known = kind_of(row.kind)
        # Inside somebody's transaction (a test), an error must not break it.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            report = known.run(run, **row.params)
    except Stopped:
        return {"state": Job.State.CANCELLED}
    except Interrupted:
        if known.resumable:
            return {"state": Job.State.WAITING}
        return {"state": Job.State.FAILED, "error": interrupted_text(), "error_code": "interrupted"}
    except ChambreError as error:
        return {
            "state": Job.State.REFUSED,
            "error": str(error.message),
            "error_code": error.code,
            "report": _refusal_report(error),
        }
    except Exception as error:  # the worker must survive whatever a job does wrong
        log.exception("job.failed", job=str(row.pk), kind=row.kind)
        return {"state": Job.State.FAILED, "error": _fault_text(error), "error_code": "fault"}
    return {"state": Job.State.DONE, "report": report.as_data() if report else None}


def _fault_text(error: Exception) -> str:
    """What a person reads when the program failed; the details are in the log."""
    if is_busy(error):
        return _("The database was busy for too long. Please start it again.")
    return _("Something went wrong in the program. It was noted. Please tell the administrator.")


def _refusal_report(error: ChambreError) -> dict[str, Any] | None:
    """The lines of a refusal, if it has some."""
    lines = error.data.get("lines")
    if not lines:
        return None
    report = Report(summary=str(error.message))
    for line in lines:
        report.refuse(str(line), why="")
    facts = {key: value for key, value in error.data.items() if key != "lines"}
    return report.as_data() | ({"data": facts} if facts else {})


def _end(row: Job, outcome: dict[str, Any], latest: tuple[int, int | None, str] | None) -> None:
    """Write how it ended."""
    for name, value in outcome.items():
        setattr(row, name, value)
    if latest is not None:
        row.done, row.total, row.message = latest
    row.ended_at = None if row.state == Job.State.WAITING else timezone.now()
    row.save()
    log.info("job.ended", job=str(row.pk), kind=row.kind, state=row.state)


def interrupted_text() -> str:
    """What is said of a job whose worker stopped."""
    return _("The work was interrupted and what it had begun was undone. Please start it again.")


@contextmanager
def listening(listener: Callable[[int, int | None, Any], None]) -> Iterator[None]:
    """Hear what :func:`progress` says inside the block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def progress(done: int, total: int | None = None, message: Any = "") -> None:
    """Say how far the work is, from any depth; nothing happens when nobody listens.

    Raises:
        Stopped: Somebody asked the job to stop.
        Interrupted: The worker is stopping.
    """
    listener = _listener.get()
    if listener is not None:
        listener(done, total, message)


def cancel_job(row: Job, by: Actor) -> Job:
    """Stop a job: at once while it waits, at its next step while it runs.

    Raises:
        Forbidden: It is somebody else's.
        Conflict: It has ended.
    """
    authorize(follower(row, by), "core.cancel_job", row)
    row.refresh_from_db()
    if row.state == Job.State.RUNNING:
        # Before any write: on SQLite the job may hold the only write lock, until it stops.
        pulse.ask_to_stop(row)
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=row.pk)
        if row.state in (Job.State.DONE, Job.State.REFUSED, Job.State.FAILED):
            raise Conflict(_("This work has ended already."))
        if row.state == Job.State.WAITING:
            row.state = Job.State.CANCELLED
            row.ended_at = timezone.now()
            row.sealed = ""
            row.save(update_fields=["state", "ended_at", "sealed"])
        audit(by, "core.job.cancelled", row)
    return row
