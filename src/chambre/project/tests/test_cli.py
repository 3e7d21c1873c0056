"""The command line, as people and machines meet it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from urllib.error import URLError

import pytest

from chambre import __version__


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port: int, path: str = "/health/live") -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def wait_until(condition, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.mark.any_database
def test_the_version_needs_no_home_and_no_django(home):
    assert home.run("--version") == f"chambre, version {__version__}\n"
    assert not home.path.exists()


def test_init_makes_everything_and_again_changes_nothing(home):
    home.warm = None  # Python starts, as it does for whoever types this first

    first = home.json("init")
    again = home.json("init")

    assert first == again
    assert first["home"] == str(home.path)
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.path / "secret-key").stat().st_mode) == 0o600
    if first["database"] == "sqlite":
        assert stat.S_IMODE((home.path / "chambre.sqlite3").stat().st_mode) == 0o600


# Each command is a process; tests that may share a home do.


def test_commands_started_at_once_in_a_fresh_home_agree(home):
    home.warm = None
    started = [home.start("jobs", "list", "--json") for _ in range(4)]
    ended = [process.communicate(timeout=120) for process in started]

    assert [process.returncode for process in started] == [0, 0, 0, 0], ended
    assert [json.loads(out) for out, _err in ended] == [{"jobs": []}] * 4
    doctor = home.json("doctor")
    assert {"migrations", "guards"} <= {one["name"] for one in doctor["checks"] if one["ok"]}


@pytest.mark.any_database
def test_wrong_usage_exits_with_2_and_makes_nothing(home):
    home.run("init", "--nope", status=2)
    home.run("no-such-command", status=2)

    assert not (home.path / "chambre.sqlite3").exists()


@pytest.mark.any_database
def test_a_refusal_exits_with_1_in_words_and_for_machines(used):
    out = used.json("token", "create", "--person", "nobody", "--scope", "core", status=1)

    assert out["ok"] is False
    assert out["code"] == "invalid"
    assert "nobody" in out["message"]
    assert "[invalid]" in used.said


def test_doctor_tells_what_is_wrong_and_what_to_do(ready):
    data = ready.json("doctor")

    assert data["ok"] is True
    names = [one["name"] for one in data["checks"]]
    own = [name for name in names if "." not in name]
    assert own[:3] == ["database", "migrations", "guards"]
    assert {"catalogues", "disk", "mail", "worker", "outbox", "jobs", "secrets", "safety"} <= set(
        names
    )
    mail = next(one for one in data["checks"] if one["name"] == "mail")
    assert (mail["level"], mail["facts"]["path"]) == ("warning", str(ready.path / "mail"))
    assert "CHAMBRE_EMAIL_URL" in mail["advice"]


@pytest.mark.any_database
def test_a_bad_variable_is_named(home):
    home.run("init", status=70, CHAMBRE_HTTPS="maybe")

    assert "CHAMBRE_HTTPS" in home.said


@pytest.mark.any_database
def test_an_access_key_works_until_it_is_revoked(used):
    made = used.json(
        "token", "create", "--person", "Ada@exemple.test", "--scope", "core", "--days", "2"
    )
    assert made["person"] == "ada@exemple.test"
    assert made["person_created"] is True
    assert made["token"].startswith(f"chb_{made['id']}_")

    listed = used.json("token", "list")["tokens"]
    assert [(one["id"], one["valid"], one["scopes"]) for one in listed] == [
        (made["id"], True, ["core"])
    ]
    assert made["token"] not in json.dumps(listed)

    assert used.json("token", "revoke", made["id"])["id"] == made["id"]
    assert [one["valid"] for one in used.json("token", "list")["tokens"]] == [False]
    used.run("token", "revoke", "ffffffffffff", status=1)


@pytest.mark.any_database
def test_a_person_is_made_once_and_may_become_administrator(ready):
    assert ready.json("person", "create", "zoe@exemple.test", "--name", "Zoé") == {
        "email": "zoe@exemple.test",
        "name": "Zoé",
        "admin": False,
        "created": True,
    }
    assert ready.json("person", "create", "zoe@exemple.test", "--admin")["admin"] is True
    assert len(ready.json("person", "list")["people"]) == 1


def test_regular_work_is_done_when_due_and_once(used):
    first = used.json("tick")["done"]

    assert first["core.forget-old"] == ""
    assert used.json("tick")["done"] == {}
    assert set(used.json("tick", "--force")["done"]) == set(first)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_serve_answers_works_in_the_background_and_stops_cleanly(ready):
    port = free_port()
    server = ready.start("serve", "--port", str(port))
    try:
        wait_until(lambda: fetch(port)[0] == 200)
        status, page = fetch(port, "/")
        assert status == 200
        assert '<html lang="fr"' in page
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert fetch(port, style)[0] == 200
        assert json.loads(fetch(port, "/health/ready")[1])["ok"] is True

        def worker():
            checks = ready.json("doctor")["checks"]
            return next(one for one in checks if one["name"] == "worker")["facts"]["workers"] == 1

        wait_until(worker)
        ready.run("serve", "--port", str(port), status=1)
    finally:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=60)
    assert server.returncode == 0, err
    assert f"http://localhost:{port}/" in out
    with pytest.raises(URLError):
        fetch(port)
    facts = [one["facts"] for one in ready.json("doctor")["checks"] if one["name"] == "worker"]
    assert facts == [{"workers": 0, "waiting": 0}]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux ends orphans")
@pytest.mark.any_database
def test_nothing_is_left_when_the_server_is_killed(ready):
    port = free_port()
    server = ready.start("serve", "--port", str(port))
    wait_until(lambda: fetch(port)[0] == 200)
    children = subprocess.run(
        ["pgrep", "-P", str(server.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) == 2

    os.kill(server.pid, signal.SIGKILL)
    server.communicate()

    wait_until(lambda: not any(os.path.exists(f"/proc/{child}") for child in children))
    with pytest.raises(URLError):
        fetch(port)


@pytest.mark.any_database
def test_the_demonstration_refuses_a_home_in_real_use(ready):
    ready.run("person", "create", "zoe@exemple.test")

    assert ready.json("demo", "--no-serve", status=1)["code"] == "demo.real-data"
    assert not (ready.path / "demo").exists()


def test_a_database_that_a_newer_version_used_is_left_alone(ready):
    ready.run("init")
    ready.sql(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0999_x', '2030-01-01')"
    )

    assert ready.json("person", "create", "zoe@exemple.test", status=1)["code"] == "database.newer"
    assert "core.0999_x" in ready.said
    data = ready.json("doctor", status=1)
    assert [one["name"] for one in data["checks"] if not one["ok"]] == ["migrations"]
