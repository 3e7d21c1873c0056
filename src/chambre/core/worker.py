"""The worker: one process that does background work until it is told to stop.

The main thread runs tasks, one after the other. A second thread delivers hooks, does what is due by
the clock, and finishes what dead workers left; so a long import does not hold these up.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from chambre.core import hooks, jobs, pulse, schedule
from chambre.core.db.busy import patiently
from chambre.core.liveness import Alive, is_alive
from chambre.core.models import Job, Worker

log = structlog.get_logger("chambre.worker")
POLL = 0.5
"""Seconds between two looks at an empty queue."""
BEAT = 10.0
"""Seconds between two signs of life."""
TICK = 30.0
"""Seconds between two looks at the clock."""


class Runner:
    """A worker in this process.

    Args:
        should_stop: Asked often; for a worker that a server started, whether the server is gone.
    """

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._asked = threading.Event()
        self._should_stop = should_stop
        self._alive = Alive(self.name)
        self._side = threading.Thread(target=self._beside, name="chambre-side", daemon=True)

    def stop(self) -> None:
        """Stop after the present step; a running job is interrupted at its next progress."""
        self._asked.set()

    def stopping(self) -> bool:
        """Whether the worker was told to stop, or has nobody left to work for."""
        return self._asked.is_set() or self._should_stop() or not self._alive.holds()

    def run(self) -> None:
        """Work until told to stop."""
        self._alive.start()
        log.info("worker.started", worker=self.name)
        patiently(self._sign)
        self._side.start()
        try:
            while not self.stopping():
                close_old_connections()
                if not self._one_task():
                    self._asked.wait(POLL)
        finally:
            self._asked.set()
            self._side.join(timeout=5)
            self._leave()
            log.info("worker.stopped", worker=self.name)

    def _one_task(self) -> bool:
        """Run one task; whether there was one."""
        try:
            return run_one(self.name, self.stopping)
        except DatabaseError as error:
            log.warning("worker.database", error=str(error))
            connection.close_if_unusable_or_obsolete()
            return False

    def _beside(self) -> None:
        """The second thread: hooks, the clock, signs of life."""
        beat = tick = 0.0
        while not self._asked.wait(POLL):
            try:
                close_old_connections()
                hooks.deliver_pending(200)
                now = time.monotonic()
                if now - beat >= BEAT:
                    beat = now
                    self._sign()
                    recover()
                if now - tick >= TICK:
                    tick = now
                    schedule.tick()
            except DatabaseError as error:
                log.warning("worker.database", error=str(error))
                connection.close_if_unusable_or_obsolete()
        connection.close()

    def _sign(self) -> None:
        """Leave a sign of life."""
        now = timezone.now()
        Worker.objects.update_or_create(
            id=self.name,
            defaults={"seen_at": now},
            create_defaults={
                "seen_at": now,
                "started_at": now,
                "host": socket.gethostname()[:120],
                "pid": os.getpid(),
            },
        )

    def _leave(self) -> None:
        """Sign off."""
        try:
            Worker.objects.filter(id=self.name).delete()
        except DatabaseError as error:
            log.warning("worker.database", error=str(error))
        self._alive.stop()


def claim(worker: str) -> DBTaskResult[Any, Any] | None:
    """Take the next task of the queue, if there is one."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # looking takes no lock
        return None
    with transaction.atomic():
        row: DBTaskResult[Any, Any] | None = ready.select_for_update(skip_locked=True).first()
        if row is not None:
            row.claim(worker)
        return row


def run_one(worker: str, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Run the next task; whether there was one. A task that fails is noted as failed."""
    row = claim(worker)
    if row is None:
        return False
    try:
        result = _call(row, worker, stopping)
    except jobs.Interrupted:
        patiently(_put_back, row)
    except Exception as error:  # the worker must survive whatever a task does wrong
        log.exception("task.failed", task=row.task_path)
        patiently(row.set_failed, error)
    else:
        patiently(row.set_successful, result)
    return True


def _call(row: DBTaskResult[Any, Any], worker: str, stopping: Callable[[], bool]) -> Any:
    """Call the function of a task."""
    arguments = row.args_kwargs
    if row.task_path == jobs.run_job.module_path:
        jobs.execute(arguments["args"][0], worker=worker, stopping=stopping)
        return None
    task = row.task
    if task.takes_context:
        context = TaskContext(task_result=row.task_result)  # type: ignore[arg-type]
        return task.call(context, *arguments["args"], **arguments["kwargs"])
    return task.call(*arguments["args"], **arguments["kwargs"])


def _put_back(row: DBTaskResult[Any, Any]) -> None:
    """Let the next worker have it."""
    row.status = TaskResultStatus.READY
    row.started_at = None
    row.save(update_fields=["status", "started_at"])


def run_all(worker: str = "command line") -> int:
    """Run every waiting task here and now; how many there were. For commands and tests."""
    count = 0
    while run_one(worker):
        count += 1
    return count


def recover() -> int:
    """Finish what dead workers left: run it again, or say that it failed; how many there were."""
    count = 0
    for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if row.worker_ids and is_alive(row.worker_ids[-1]):
            continue
        count += patiently(_recover, row.pk)
    for worker in Worker.objects.all():
        if not is_alive(worker.pk):
            worker.delete()
    return count


@transaction.atomic
def _recover(pk: Any) -> int:
    """Finish one task that a dead worker left."""
    row = DBTaskResult.objects.select_for_update().get(pk=pk)
    if row.status != TaskResultStatus.RUNNING or is_alive(row.worker_ids[-1]):
        return 0
    again = True
    if row.task_path == jobs.run_job.module_path:
        again = _recover_job(row.args_kwargs["args"][0])
    elif len(row.worker_ids) >= jobs.MAX_ATTEMPTS:
        again = False
    if again:
        _put_back(row)
    else:
        row.set_failed(RuntimeError("its worker died"))
    log.warning("task.recovered", task=row.task_path, again=again)
    return 1


def _recover_job(job_id: str) -> bool:
    """What becomes of the job of a dead worker; whether it runs again."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.has_ended:
        return False
    pulse.forget(job)
    if job.state == Job.State.WAITING:
        return True
    try:
        resumable = jobs.kind_of(job.kind).resumable
    except LookupError:
        resumable = False
    if resumable and job.attempts < jobs.MAX_ATTEMPTS and not job.cancel_requested:
        job.state = Job.State.WAITING
    else:
        job.state = Job.State.CANCELLED if job.cancel_requested else Job.State.FAILED
        job.error = "" if job.cancel_requested else jobs.interrupted_text()
        job.error_code = "" if job.cancel_requested else "interrupted"
        job.ended_at = timezone.now()
    job.save()
    return bool(job.state == Job.State.WAITING)
