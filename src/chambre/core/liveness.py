"""Which workers are alive: those that hold their lock.

The lock is the system's (a locked file on one machine, an advisory lock of a PostgreSQL session), so
a killed worker is known to be dead at once, and a slow one is never taken for dead.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from chambre.core.locks import FileLock, lock_number


def _path(worker: str) -> Path:
    return Path(settings.CHAMBRE_HOME) / "workers" / worker


class Alive:
    """Held by a worker for its whole life."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._file: FileLock | None = None
        self._session: Any = None

    def start(self) -> None:
        """Be alive from now on.

        Raises:
            RuntimeError: A worker of this name is alive already.
        """
        if connection.vendor == "postgresql":
            self._session = connection.copy()
            with self._session.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._number])
                taken = bool(cursor.fetchone()[0])
        else:
            self._file = FileLock(_path(self.worker))
            taken = self._file.acquire()
        if not taken:
            raise RuntimeError(f"worker {self.worker} is alive already")

    def holds(self) -> bool:
        """Whether the lock is still ours (a lost PostgreSQL session has lost it)."""
        if self._session is None:
            return self._file is not None and self._file.held
        try:
            with self._session.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Exception:  # any failure here means that the session is gone
            return False
        return True

    def stop(self) -> None:
        """Be dead."""
        if self._session is not None:
            # A server frees what a closed session held only when it gets to it: say so first.
            with suppress(DatabaseError), self._session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [self._number])
            self._session.close()
            self._session = None
        if self._file is not None:
            self._file.release()
            _path(self.worker).unlink(missing_ok=True)
            self._file = None

    @property
    def _number(self) -> int:
        return lock_number(f"worker:{self.worker}")


def is_alive(worker: str) -> bool:
    """Whether the worker of that name holds its lock."""
    if not worker:
        return False
    if connection.vendor == "postgresql":
        number = lock_number(f"worker:{worker}")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND ((classid::bigint << 32) | objid::bigint) = %s AND objsubid = 1"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
                [number],
            )
            return bool(cursor.fetchone()[0])
    path = _path(worker)
    if not path.exists():
        return False
    lock = FileLock(path)
    if lock.acquire():
        lock.release()
        return False
    return True
