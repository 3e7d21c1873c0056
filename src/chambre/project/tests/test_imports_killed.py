"""Imports in real processes: at the same moment, and killed in the middle."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid

import pytest

from chambre.project.tests.samples import NAME, entry, fec, put

COUNT = 8000
TABLES = (
    "ledger_line",
    "ledger_journalentry",
    "ledger_account",
    "ledger_financialyear",
    "lens_fecimport",
)
START = """
import django, sys
django.setup()
from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.jobs import start_job
by = Actor.system("test")
with open(sys.argv[1], "rb") as content:
    kept = files.store(content, name=sys.argv[2], purpose="lens.fec", by=by)
print(start_job("lens.import", by, stored=[str(kept.pk)], structure="nectar").pk)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    rows = (entry(n, n % 90 + 1) for n in range(1, COUNT + 1))
    return put(tmp_path_factory.mktemp("files"), NAME, fec(*rows))


@pytest.fixture
def nectar(make_home):
    home = make_home(ready=True)
    home.run("structure", "create", "nectar", "--name", "Nectar")
    return home


def kept(home):
    return [home.rows(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES]


def posting(home):
    """Whether somebody is writing into the ledger at this moment."""
    if home.database_url:
        rows = home.rows(
            "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE c.relname = 'ledger_line' AND l.mode = 'RowExclusiveLock'"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return rows[0][0] > 0
    raw = sqlite3.connect(home.path / "chambre.sqlite3", timeout=0, isolation_level=None)
    try:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        raw.close()
    return False


def kill_while_posting(home, process):
    """Kill a process while it writes what takes long; nothing it began is to be seen.

    Writing at looks that follow each other closely is the posting itself: what is written before
    and after it is short. A quick machine posts it all in less than half a second.
    """
    deadline = time.monotonic() + 90
    seen = 0
    while seen < 5:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        seen = seen + 1 if posting(home) else 0
        time.sleep(0.01)
    process.kill()
    process.communicate()


def test_a_killed_import_leaves_nothing_and_can_be_run_again(nectar, file):
    words = ("fec", "import", file, "--structure", "nectar", "--json")
    before = kept(nectar)

    kill_while_posting(nectar, nectar.start(*words))

    assert kept(nectar) == before == [0] * 5
    assert nectar.json("ledger", "verify")["ok"] is True
    started = [nectar.start(*words) for _ in range(3)]
    ended = [process.communicate(timeout=240) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ended
    answers = [json.loads(out) for out, _said in ended]
    assert sorted(each.pop("already") for each in answers) == [False, True, True]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["entries"] == COUNT
    assert kept(nectar)[:2] == [2 * COUNT, COUNT]
    assert nectar.json("ledger", "verify")["ok"] is True


def test_an_import_in_the_background_goes_on_after_its_worker_was_killed(nectar, file):
    job = nectar.python(START, file, NAME).split()[-1]
    kill_while_posting(nectar, nectar.start("worker"))
    assert kept(nectar)[:2] == [0, 0]

    worker = nectar.start("worker")
    try:
        deadline = time.monotonic() + 120
        while (state := _state(nectar, job)) in ("waiting", "running"):
            assert time.monotonic() < deadline, state
            assert worker.poll() is None, worker.communicate()
            time.sleep(0.5)
    finally:
        worker.terminate()
        worker.communicate(timeout=60)

    assert state == "done"
    assert kept(nectar)[:2] == [2 * COUNT, COUNT]


def _state(home, job):
    states = {
        uuid.UUID(str(key)): state for key, state in home.rows("SELECT id, state FROM core_job")
    }
    return states[uuid.UUID(job)]
