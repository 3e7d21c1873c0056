"""What all tests share: guards lifted only while a test database is emptied, and people to act."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _flush_below_the_guards() -> Iterator[None]:
    """Let ``flush`` (transactional tests, live server) empty append-only tables, and only it."""
    from django.db import connection

    from chambre.core.db import guards

    operations = type(connection.ops)
    original = operations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        guards.remove_all(self.connection)
        try:
            original(self, sql_list)
        finally:
            guards.install_all(self.connection)

    operations.execute_sql_flush = flush
    yield
    operations.execute_sql_flush = original


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


SLOW = ("src/chambre/project/", "tests/contracts/", "tests/browser/", "src/chambre/rooms/lens/")
"""Where few tests take long: they go first, so that no worker is left alone with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first; within a file the order stays."""
    items.sort(
        key=lambda item: next(
            (place for place, start in enumerate(SLOW) if item.nodeid.startswith(start)), len(SLOW)
        )
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With ``CHAMBRE_NO_SKIP=1`` a skipped test is a failure: nothing is passed over unseen."""
    if os.environ.get("CHAMBRE_NO_SKIP") != "1" or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
