"""How far a running job is, seen from outside while its transaction is still open.

A long import is one transaction: what it writes about itself would stay invisible until its end,
and on SQLite nobody else could write "please stop" either. So progress and the wish to stop go
beside the transaction: through a file in the home on SQLite (which is one machine by nature), through
a second connection on PostgreSQL.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from chambre.core.models import Job

log = structlog.get_logger("chambre.jobs")


def _folder() -> Path:
    return Path(settings.CHAMBRE_HOME) / "jobs"


def _beside() -> bool:
    """Whether what we write now would stay invisible, or block."""
    return bool(connection.in_atomic_block)


class Pulse:
    """The side channel of one running job, in the worker that runs it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._second: Any = None

    def tell(self, done: int, total: int | None, message: str) -> None:
        """Say how far the work is. A failure to say so never stops the work."""
        try:
            if connection.vendor == "sqlite":
                self._write(done, total, message)
            elif _beside():
                self._update_beside(done, total, message)
            else:
                Job.objects.filter(pk=self.job.pk).update(done=done, total=total, message=message)
        except (OSError, DatabaseError) as error:
            log.warning("job.progress-lost", job=str(self.job.pk), error=str(error))

    def _write(self, done: int, total: int | None, message: str) -> None:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{self.job.pk}.json"
        draft.write_text(json.dumps({"done": done, "total": total, "message": message}))
        os.replace(draft, folder / f"{self.job.pk}.json")

    def _connection_beside(self) -> Any:
        """A second connection, which nothing else uses."""
        if self._second is None:
            self._second = connection.copy()
            with self._second.cursor() as cursor:
                # The row may be locked by our own open transaction: never wait for ourselves.
                cursor.execute("SET lock_timeout = '500ms'")
        return self._second

    def _update_beside(self, done: int, total: int | None, message: str) -> None:
        with self._connection_beside().cursor() as cursor:
            cursor.execute(
                f"UPDATE {Job._meta.db_table} SET done = %s, total = %s, message = %s"  # noqa: S608
                " WHERE id = %s",
                [done, total, message, self.job.pk],
            )

    def _wished_beside(self) -> bool:
        # Asked on the second connection: the first may be busy with rows that are on their way.
        with self._connection_beside().cursor() as cursor:
            cursor.execute(
                f"SELECT cancel_requested FROM {Job._meta.db_table} WHERE id = %s",  # noqa: S608
                [self.job.pk],
            )
            found = cursor.fetchone()
        return bool(found and found[0])

    def must_stop(self) -> bool:
        """Whether somebody asked the job to stop."""
        if connection.vendor == "sqlite":
            return (_folder() / f"{self.job.pk}.stop").exists()
        if _beside():
            return self._wished_beside()
        wish = Job.objects.filter(pk=self.job.pk).values_list("cancel_requested", flat=True)
        return bool(wish.first())

    def close(self) -> None:
        """The job has ended: remove what was beside it."""
        if self._second is not None:
            self._second.close()
            self._second = None
        forget(self.job)


def forget(job: Job) -> None:
    """Remove the files of a job that is over."""
    for name in (f"{job.pk}.json", f".{job.pk}.json", f"{job.pk}.stop"):
        (_folder() / name).unlink(missing_ok=True)


def look(job: Job) -> Job:
    """Fill in how far a running job is, for showing it."""
    if job.state == Job.State.RUNNING and connection.vendor == "sqlite":
        try:
            seen = json.loads((_folder() / f"{job.pk}.json").read_text())
        except (OSError, ValueError):
            return job
        job.done, job.total, job.message = seen["done"], seen["total"], seen["message"]
        job.cancel_requested = (_folder() / f"{job.pk}.stop").exists()
    return job


def ask_to_stop(job: Job) -> None:
    """Ask a running job to stop at its next step."""
    if connection.vendor == "sqlite":
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / f"{job.pk}.stop").touch()
    else:
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)
