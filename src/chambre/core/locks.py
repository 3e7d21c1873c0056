"""Locks between processes: files on one machine, advisory locks where PostgreSQL is shared.

Both are released by the system when their holder dies, so nobody waits for a dead process and
nobody takes a slow one for dead.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

if sys.platform == "win32":  # pragma: no cover - not run here
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class FileLock:
    """An exclusive lock on a file; it dies with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    def acquire(self, timeout: float = 0) -> bool:
        """Take the lock, waiting at most ``timeout`` seconds; whether we have it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + timeout
        while not _try(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return False
            time.sleep(0.02)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor >= 0


def lock_number(name: str) -> int:
    """The PostgreSQL advisory lock number of a name: 63 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(f"chambre:{name}".encode()).digest()[:8], "big") >> 1


@contextmanager
def file_lock(path: Path, timeout: float = 120) -> Iterator[None]:
    """Be alone on this machine.

    Raises:
        TimeoutError: Somebody else kept the lock longer than ``timeout`` seconds.
    """
    lock = FileLock(path)
    if not lock.acquire(timeout):
        raise TimeoutError(f"{path} stayed locked for {timeout:g} seconds")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def database_lock(connection: Any, home: Path, name: str) -> Iterator[None]:
    """Be alone among all processes that use this database, for work such as migrating.

    On SQLite a file in the home, on PostgreSQL a session-level advisory lock.
    """
    if connection.vendor != "postgresql":
        with file_lock(home / "locks" / name):
            yield
        return
    number = lock_number(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
