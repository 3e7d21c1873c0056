"""A private database of one piece of work, on disk, gone when it is closed or its process dies.

Not ``sqlite3.connect("")``: some builds of SQLite keep such a database in memory whatever its size.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import suppress
from typing import Final

CACHE: Final = 16 << 10
"""KiB of it that stay in memory."""


class _Scratch(sqlite3.Connection):
    path = ""

    def close(self) -> None:
        """Close it, and remove what is left of it."""
        super().close()
        with suppress(OSError):
            os.unlink(self.path)


def scratch() -> sqlite3.Connection:
    """Open an empty database of one's own; statements are committed one by one."""
    handle, path = tempfile.mkstemp(prefix="chambre-", suffix=".scratch")
    os.close(handle)
    base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, factory=_Scratch)
    base.path = path
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        base.execute(f"PRAGMA {pragma}")
    base.execute(f"PRAGMA cache_size = -{CACHE}")
    base.execute("PRAGMA user_version = 1")  # opens the file, which may lose its name then
    with suppress(OSError):
        os.unlink(path)
    return base
