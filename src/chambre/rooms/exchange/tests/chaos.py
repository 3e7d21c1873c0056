"""Random exchanges worked on by processes that are killed at random moments; then everything is counted.

Several processes work on the same exchanges at once: they propose and sign them, deposit legs of every kind,
confirm, settle, extend, withdraw, disagree. Whoever is killed is replaced and goes on a little before the
place where it was killed, so that every act is begun again. In the end, the clock brings to its end whatever
is open, and every leg, every account and every cent is counted (:mod:`.counting`).

Each of them is a process of its own with its own connection, forked from one that has loaded everything: a
kill costs no start. They are killed by SIGKILL, by the clock at any moment, and by themselves at a statement
or commit drawn at random: before it, or after it.

``python -m chambre.rooms.exchange.tests.chaos ASKED`` is the one that they are forked from; ``ASKED`` is
JSON (:class:`Asked`). The test and ``benchmarks/bench_escrow.py`` use :func:`storm`.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chambre.rooms.exchange.tests.counting import DAY, Counted, bring_to_an_end, counted
from chambre.rooms.exchange.tests.working import Worker, found_people

BEFORE = 2
"""Whoever takes a killed one's place begins so many exchanges before where that one was."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a storm is.

    Attributes:
        count: How many exchanges.
        workers: Processes at once; each exchange is worked on by two of them.
        seed: Of what they do and of when they are killed.
        every: Seconds between two kills by the clock, on average.
        statements: Statements of a process after which it is killed at one, on average; 0: it is not.
        seconds: When to kill all that still work.
        durable: Commits wait until they would outlive a power cut.
        result: Where the process that forked the others writes what it did.
    """

    count: int
    workers: int
    seed: int
    every: float
    statements: int
    seconds: float
    durable: bool
    result: str


def storm(
    count: int, *, workers: int, seed: int, every: float, folder: Path, seconds: float = 10**9,
    statements: int = 0, durable: bool = False,
) -> Counted:  # fmt: skip
    """Let processes work on ``count`` exchanges and be killed, then count; see :class:`Asked`."""
    from django.db import connection

    result, started = folder / "storm.json", time.monotonic()
    asked = Asked(count, workers, seed, every, statements, seconds, durable, str(result))
    environment = {
        **os.environ,
        "EXCHANGE_DB": str(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
        "PYTHONPATH": str(Path(__file__).parents[4]),
    }
    command = [sys.executable, "-m", __name__, json.dumps(asdict(asked))]
    subprocess.run(command, env=environment, check=True)
    seconds, ended = time.monotonic() - started, time.monotonic()
    bring_to_an_end()
    return counted(**json.loads(result.read_text("utf-8")), seconds=seconds, started=ended)


class Nursery:
    """The process that the others are forked from, which kills them."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.agents = found_people()
        self.random = random.Random(asked.seed)
        # One number for each: how far it is. Written at once, so that a kill leaves no half of it.
        self.board = mmap.mmap(-1, 8 * asked.workers)
        self.running: dict[int, int] = {}
        self.seed = asked.seed
        self.killed: set[int] = set()
        self.kills = self.inside = 0
        self.failed: list[str] = []
        self.over = False

    def place(self, at: int) -> int:
        """How far a worker is."""
        return int(struct.unpack_from("q", self.board, 8 * at)[0])

    def fork(self, at: int) -> None:
        """Begin a worker, or put one in a killed one's place."""
        self.seed += 1
        first = max(0, self.place(at) - BEFORE)
        pid = os.fork()
        if pid:
            self.running[pid] = at
            return
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self.work(at, first)
            status = 0
        except BaseException as error:
            print(f"worker {at} failed: {error!r}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)

    def work(self, at: int, first: int) -> None:
        """One worker: from its place to the last exchange."""
        worker = Worker(self.agents, self.seed)
        if self.asked.statements:
            _die_at(worker.random.expovariate(1 / self.asked.statements), worker.random)
        most = self.asked.workers
        for number in range(first, self.asked.count):
            struct.pack_into("q", self.board, 8 * at, number)
            if most <= 2 or number % most in (at, (at + 1) % most):
                worker.work(number)

    def watch(self) -> None:
        """Let them work, kill them, replace them, until all are done, the time is over, or SIGTERM."""
        end = time.monotonic() + self.asked.seconds
        following = time.monotonic() + self.random.expovariate(1 / self.asked.every)
        said = time.monotonic()
        signal.signal(signal.SIGTERM, lambda *_args: setattr(self, "over", True))
        for at in range(self.asked.workers):
            self.fork(at)
        while self.running and not self.over and time.monotonic() < end and len(self.failed) < 20:
            self.reap(replace=True)
            if time.monotonic() >= following and self.running:
                self.kill(self.random.choice(sorted(self.running)))
                following = time.monotonic() + self.random.expovariate(1 / self.asked.every)
            if time.monotonic() > said + 60:
                said = time.monotonic()
                places = [self.place(at) for at in range(self.asked.workers)]
                print(
                    f"at {places}, {self.kills} + {self.inside} killed", file=sys.stderr, flush=True
                )
            time.sleep(0.02)
        for pid in self.running:
            self.kill(pid)
        while self.running:
            self.reap(replace=False)

    def kill(self, pid: int) -> None:
        """Kill one at this moment, whatever it does."""
        self.killed.add(pid)
        os.kill(pid, signal.SIGKILL)

    def reap(self, *, replace: bool) -> None:
        """See who has ended, and how."""
        pid, status = os.waitpid(-1, os.WNOHANG if replace else 0)
        if not pid:
            return
        at = self.running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGKILL:
            if pid in self.killed:
                self.kills += 1
            else:
                self.inside += 1
        elif code:
            self.failed.append(f"worker {at} ended with {code} near exchange {self.place(at)}")
        if code and replace:
            self.fork(at)


def _die_at(after: float, drawn: random.Random) -> None:
    """Let this process be killed at its so-manieth statement or commit, before it or after it."""
    from django.db import connection

    left, before = max(1, int(after)), drawn.random() < 0.5
    done = 0

    def around(run: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal done
        done += 1
        if done == left and before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = run(*arguments)
        if done == left:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    commit = connection.commit
    connection.commit = lambda: around(commit)  # type: ignore[method-assign]
    connection.execute_wrappers.append(around)


def main() -> None:
    """The process that the others are forked from."""
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection, connections

    asked = Asked(**json.loads(sys.argv[1]))
    name = os.environ["EXCHANGE_DB"]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    if asked.durable:
        make_durable(connection)
    from chambre.core import clock

    with clock.pretend(DAY):
        nursery = Nursery(asked)
        warm = Worker(nursery.agents, asked.seed)
        for number in range(-12, 0):  # the first ones of all load and put together what acts need
            warm.work(number)
        connections.close_all()
        gc.freeze()
        nursery.watch()
    found = {"kills": nursery.kills, "inside": nursery.inside, "failed": nursery.failed}
    Path(asked.result).write_text(json.dumps(found), encoding="utf-8")


def make_durable(connection: Any) -> None:
    """Let commits wait for the disk, as they do in a house; tests do not."""
    options = connection.settings_dict["OPTIONS"]
    options.pop("options", None)
    if "init_command" in options:
        options["init_command"] += "PRAGMA synchronous=FULL;"


if __name__ == "__main__":
    main()
