"""The demonstration in a database of its own: loaded once for a whole run, a copy for each worker.

Who needs it first loads it while the others wait. What is found out about it that takes long is
kept beside it in the same way.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

FOLDER = Path(settings.CHAMBRE_HOME) / "demonstration"
"""All workers of a run have the same home."""
NAME = FOLDER / "database"
"""Holds the name of the database that was loaded."""


@contextmanager
def moved_in(worker: str, load: Callable[[], None]) -> Iterator[None]:
    """Let the tests meet a loaded database for a while, instead of their empty one.

    Args:
        worker: Name of this worker, of letters and digits.
        load: Fills the database when nobody has yet.
    """
    empty = connection.settings_dict["NAME"]
    with alone("loading"):
        if not NAME.exists():
            _load(load)
        _copy(NAME.read_text(), f"of_{worker}")
    own = connection.settings_dict["NAME"]
    try:
        yield
    finally:
        _use(empty)
        connection.creation._destroy_test_db(own, verbosity=0)


def _load(load: Callable[[], None]) -> None:
    """Fill a copy of the empty database, and say what it is called."""
    empty = connection.settings_dict["NAME"]
    _copy(empty, "demonstration")
    loaded = connection.settings_dict["NAME"]
    try:
        load()
    finally:
        _use(empty)
    NAME.write_text(loaded)


def _copy(name: str, suffix: str) -> None:
    """Make a copy of a database that nobody uses, and use that."""
    _use(name)
    connection.creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
    _use(connection.creation.get_test_db_clone_settings(suffix)["NAME"])


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def kept(name: str, find: Callable[[], Any]) -> Any:
    """What was found out about the demonstration in this run, by whichever worker came first.

    Args:
        name: Of the file in which it is kept.
        find: Finds it out; its result can be written as JSON.
    """
    path = FOLDER / f"{name}.json"
    with alone(name):
        if not path.exists():
            path.write_text(json.dumps(find()), encoding="utf-8")
        return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Wait until no other worker is at it."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def forget() -> None:
    """Drop the database that was loaded, when the run is over."""
    if NAME.exists():
        connection.creation._destroy_test_db(NAME.read_text(), verbosity=0)
    shutil.rmtree(FOLDER, ignore_errors=True)
