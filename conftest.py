"""What all tests share: guards lifted only while a test database is emptied, and people to act."""

from __future__ import annotations

import gc
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

gc.disable()  # until everything is read that stays to the end: see pytest_collection_finish
KEPT = {"django_content_type", "auth_permission"}
"""What every migration fills alike, and no test changes."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The database for the tests is a copy of one that is migrated already."""
    from django.db import connection

    from chambre.core.tests import ready

    if os.environ.get("CHAMBRE_TEST_DB", "sqlite") in ("sqlite", "postgres"):
        ready.lend(connection)  # not on a server of somebody's own: a database stays there


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """What one test asks for in English is no reason for the next one to be answered in English."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _flush_below_the_guards() -> Iterator[None]:
    """Let ``flush`` (transactional tests, live server) empty append-only tables, and only it.

    Only tables that hold something are emptied, and what migrations fill alike is left in place:
    there are many tables, and a test fills few.
    """
    from django.core.management.commands import flush as command
    from django.db import connection

    operations = type(connection.ops)
    originals = operations.sql_flush, operations.execute_sql_flush, command.emit_post_migrate_signal

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        filled = _filled(self.connection, sorted(set(tables) - KEPT))
        return [f"DELETE FROM {self.quote_name(table)}" for table in filled]

    operations.sql_flush = sql_flush
    operations.execute_sql_flush = lambda self, statements: _empty(self.connection, statements)
    command.emit_post_migrate_signal = lambda *args, **options: None
    yield
    operations.sql_flush, operations.execute_sql_flush, command.emit_post_migrate_signal = originals


def _filled(connection: Any, tables: list[str]) -> list[str]:
    """Those of the tables that hold rows."""
    quote = connection.ops.quote_name
    query = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def _empty(connection: Any, statements: list[str]) -> None:
    """Delete with no trigger at work; afterwards every guard is there, whatever the test did."""
    from django.db import transaction

    from chambre.core.db import guards

    lifted: list[str] = []
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            emptied = json.dumps([each.split('"')[1] for each in statements])
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                " AND tbl_name IN (SELECT value FROM json_each(%s))",
                [emptied],
            )
            triggers = cursor.fetchall()
            lifted = [sql for _name, sql in triggers]
            statements = [f'DROP TRIGGER "{name}"' for name, _sql in triggers] + statements
        elif _may_silence_triggers(cursor):
            cursor.execute("SET LOCAL session_replication_role = replica")
            switched, lifted = _switch_guards(cursor, statements)
            statements = switched + statements
        else:
            guards.remove_all(connection)
        for statement in (*statements, *lifted):
            cursor.execute(statement)
    if guards.missing(connection):
        guards.install_all(connection)


def _switch_guards(cursor: Any, statements: list[str]) -> tuple[list[str], list[str]]:
    """Statements that switch off and on again what is on for every role (PostgreSQL)."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DISABLE TRIGGER %%I', tgrelid::regclass, tgname),"
        " format('ALTER TABLE %%s ENABLE ALWAYS TRIGGER %%I', tgrelid::regclass, tgname)"
        " FROM pg_trigger WHERE tgenabled = 'A' AND tgrelid = ANY (%s::text[]::regclass[])",
        [[statement.removeprefix("DELETE FROM ") for statement in statements]],
    )
    pairs = cursor.fetchall()
    return [off for off, _on in pairs], [on for _off, on in pairs]


def _may_silence_triggers(cursor: Any) -> bool:
    """Whether the tests' role is a superuser of its PostgreSQL, as that of the wheel is."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return bool(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def once(
    request: pytest.FixtureRequest, django_db_setup: Any, django_db_blocker: Any
) -> Iterator[Callable[..., Any]]:
    """Make something once for all tests of a module: ``once(make, by)`` in a fixture of a module.

    What a test changes is undone after it, down to what was made here; that is undone after the
    module. Give each test a copy of its own (``copy.deepcopy``) of what it may change in memory.
    Not in modules with tests that commit.
    """
    from django.db import transaction

    for item in request.session.items:
        mark = item.get_closest_marker("django_db")
        if item.path == request.path and mark and mark.kwargs.get("transaction"):
            pytest.fail(f"{item.name} commits: it cannot share what is made once.")

    def make(function: Callable[..., Any], *arguments: Any) -> Any:
        with django_db_blocker.unblock():
            return function(*arguments)

    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # what must be outermost may begin inside it
        with whole:
            with django_db_blocker.block():
                yield make
            transaction.set_rollback(True)


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The process from which those come that need not start Python and Django anew."""
    from chambre.project.tests.warm import Warm

    made = Warm(tmp_path_factory.mktemp("warm"))
    yield made
    made.close()


@pytest.fixture
def beside(warm: Any) -> Callable[..., Any]:
    """Start a program in a process of its own, with the settings of the tests.

    ``beside(program, "word", …)`` is like ``subprocess.Popen([sys.executable, "-c", program, …])``
    in text; more variables of the environment go by name.
    """

    def start(program: str, *words: str, **environment: str) -> Any:
        settings = {"DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing"}
        return warm.start(("-c", program, *words), {**os.environ, **settings, **environment})

    return start


@pytest.fixture
def system() -> Any:
    """The machine's administrator at the command line."""
    from chambre.core.actors import Actor

    return Actor.system("test")


@pytest.fixture
def make_user(db: Any) -> Any:
    """Make a person who can sign in: ``make_user("ada@exemple.test")``."""
    from chambre.core.models import User

    def make(email: str = "ada@exemple.test", **fields: Any) -> User:
        return User.objects.create_user(email, **fields)

    return make


SLOW = (
    "tests/contracts/test_every_link",
    "src/chambre/project/",
    "tests/contracts/",
    "tests/browser/",
    "src/chambre/rooms/lens/",
)
"""Where few tests take long: they go first, so that no worker is left alone with them at the end.
The very first loads the demonstration while others are at work that does not wait for it."""


MEET_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server", "homes"}
"""Fixtures by which a test meets the database under test (``homes``: in processes of its own)."""

ENTRANCES = re.compile(
    r"^ui_|(^|_)(pages?|rest|official|http|machines|commands?|cli|refusals|front|labels|photos|pictures)$"
)
"""Files of tests, by their names, about what pages, commands, interfaces for machines and printed
things say, whom they let in and what they refuse. That is decided in Python. What pages and interfaces
ask of PostgreSQL, ``tests/contracts`` asks of it: every page and every operation, on the whole
demonstration; and what any of them has written, services write."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first; within a file the order stays.

    What meets the database is marked ``database``; ``./run test`` runs that on both of them, but
    for what is marked ``any_database``.
    """
    for item in items:
        known = MEET_THE_DATABASE & set(getattr(item, "fixturenames", ()))
        mark = item.get_closest_marker("django_db")
        if known or mark:
            item.add_marker("database")
        commits = {"transactional_db", "live_server", "homes"} & known
        commits = commits or (mark and mark.kwargs.get("transaction"))
        entrance = ENTRANCES.search(item.path.stem.removeprefix("test_"))
        if entrance and not commits and item.path.parent.name != "contracts":
            item.add_marker("any_database")
    items.sort(
        key=lambda item: next(
            (place for place, start in enumerate(SLOW) if item.nodeid.startswith(start)), len(SLOW)
        )
    )


def pytest_collection_finish() -> None:
    """Never search what is there now for waste, and what comes seldom: half a million things stay."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With ``CHAMBRE_NO_SKIP=1`` a skipped test is a failure: nothing is passed over unseen."""
    if hasattr(session.config, "workerinput"):
        return
    from pytest_django.plugin import blocking_manager_key
    from tests.contracts import demonstration

    with session.config.stash[blocking_manager_key].unblock():
        demonstration.forget()
    if os.environ.get("CHAMBRE_NO_SKIP") != "1":
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
