"""Commands in processes of their own that need not start Django anew.

One process (``python -m chambre.project.tests.warm``) has read everything that a command may need and
has opened no database. For each command it forks; the child takes the environment that it is
given, reads the settings again and goes on as ``chambre`` does. It is a process like any other: it
has a number, can be killed, and shares nothing with the others. Starting Django takes most of the time of
a short command. ``-c`` and a program instead of the words of a command runs that program, as
``python -c`` does.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

SETTINGS = "chambre.project.settings"
MOST = 1 << 20


def bare() -> dict[str, str]:
    """The environment of a command that is told nothing of the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHAMBRE_")
        and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LANG")
    }
    return {**kept, "LC_ALL": "C.UTF-8"}


class Command:
    """One command that runs, or has run: what ``subprocess.Popen`` offers and tests use.

    Attributes:
        pid: Its number.
        stdin: What it is told.
        returncode: As that of ``Popen``; None while it was not seen to end.
        stdout: What it prints.
        stderr: What it says on the side.
    """

    def __init__(self, into: IO[str], out: IO[str], said: IO[str], told: IO[str]) -> None:
        self.stdin, self.stdout, self.stderr, self._told = into, out, said, told
        self.pid = int(told.readline())
        self.returncode: int | None = None
        self._waiter = threading.Thread(target=self._wait, daemon=True)
        self._waiter.start()

    def _wait(self) -> None:
        with self._told:
            self.returncode = int(self._told.readline())

    def poll(self) -> int | None:
        """Its exit status if it has ended."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status when it has ended.

        Raises:
            subprocess.TimeoutExpired: It has not, after so many seconds.
        """
        self._waiter.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("chambre", timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it prints and says until it ends."""
        ends = None if timeout is None else time.monotonic() + timeout
        self.stdin.close()
        read = {}
        readers = [
            threading.Thread(target=lambda at=at, file=file: read.update({at: file.read()}))
            for at, file in enumerate((self.stdout, self.stderr))
        ]
        for reader in readers:
            reader.daemon = True
            reader.start()
        for reader in readers:
            reader.join(None if ends is None else max(0, ends - time.monotonic()))
        self.wait(None if ends is None else max(0, ends - time.monotonic()))
        self.stdout.close()
        self.stderr.close()
        return read[0], read[1]

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Warm:
    """The process that forks, from outside."""

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                env={**bare(), "CHAMBRE_HOME": str(folder)},
                pass_fds=[theirs.fileno()],
            )

    def start(self, words: tuple[str, ...], environment: dict[str, str]) -> Command:
        """Start a command with an environment."""
        read, write = os.pipe()
        pipes = [os.pipe() for _each in range(3)]
        theirs = [read, *(ends[1] for ends in pipes)]
        asked = json.dumps([list(words), environment]).encode()
        socket.send_fds(self._ours, [f"{len(asked):10}".encode()], theirs)
        self._ours.sendall(asked)
        for each in theirs:
            os.close(each)
        into = open(write, "w", encoding="utf-8")  # noqa: SIM115
        out, said, told = (open(ends[0], encoding="utf-8") for ends in pipes)  # noqa: SIM115
        return Command(into, out, said, told)

    def close(self) -> None:
        """It goes when nobody can ask any more."""
        self._ours.close()
        self._process.wait()


def serve(asking: socket.socket) -> None:
    """Fork for each command that is asked for; only children return from here."""
    from chambre.project import cli

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    cli.set_up()
    cli.own_commands(), cli.app_commands()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        size, files, _flags, _address = socket.recv_fds(asking, 10, 4)
        if not size:
            os._exit(0)
        asked = b""
        while len(asked) < int(size):
            asked += asking.recv(min(MOST, int(size) - len(asked)))
        if not os.fork():
            asking.close()
            _begin(json.loads(asked), *files)
            return
        for file in files:
            os.close(file)


def _begin(asked: Any, into: int, out: int, said: int, told: int) -> None:
    """Be the process that tells how the command ended, and let its child be the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        for file in (into, out, said):
            os.close(file)
        os.write(told, f"{pid}\n".encode())
        ended = os.waitpid(pid, 0)[1]
        os.write(told, f"{os.waitstatus_to_exitcode(ended)}\n".encode())
        os._exit(0)
    os.close(told)
    for number, file in enumerate((into, out, said)):
        os.dup2(file, number)
        os.close(file)
    words, environment = asked
    sys.argv = ["chambre", *words]
    os.environ.clear()
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    _settings_anew()


def _settings_anew() -> None:
    """Read the settings as if for the first time: they say where the home and the database are."""
    from django import db
    from django.conf import settings
    from django.core.signals import setting_changed
    from django.test import signals
    from django.utils.functional import empty

    assert signals
    before = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    for name in [name for name in sys.modules if name.startswith("chambre.project.settings")]:
        del sys.modules[name]
    settings._wrapped = empty
    connections: Any = db.connections
    connections.__dict__.pop("settings", None)
    connections._settings = None
    for alias in connections:  # made, but never opened: nothing asked a database before
        if hasattr(connections._connections, alias):
            del connections[alias]
    for name, value in before.items():
        now = getattr(settings, name, None)
        if now != value and name != "DATABASES":
            setting_changed.send(None, setting=name, value=now, enter=True)


def _go_on() -> None:
    """Be the command, or the program, that was asked for."""
    if sys.argv[1:2] == ["-c"]:
        program, sys.argv[1:] = sys.argv[2], sys.argv[3:]
        exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
        return
    from chambre.project.cli import main

    main()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as end:
        serve(end)
    _go_on()
