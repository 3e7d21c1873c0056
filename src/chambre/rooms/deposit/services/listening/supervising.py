"""Several workers that share what devices say; one that dies is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

from chambre.lib.devices import links
from chambre.rooms.deposit.services.listening.commands import Sender
from chambre.rooms.deposit.services.listening.worker import Listener

log = structlog.get_logger("chambre.deposit.listen")
MOST = 16
"""Most workers; sessions of former ones are looked for up to this number."""
QUIET = 2.0
"""Seconds of silence after which a former worker's session is empty."""
STOP_SECONDS = 15


def stop_on_signal() -> Callable[[], bool]:
    """Whether somebody asked this process to stop."""
    asked = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        asked.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return asked.is_set


def work(
    broker: links.Broker, number: int, *, parent: int = 0, told: Callable[[], None] | None = None
) -> None:
    """Be one worker until told to stop, or until the parent is gone."""
    asked = stop_on_signal()
    beside = Sender() if number == 1 else lambda _client: None

    def should_stop() -> bool:
        return asked() or bool(parent and os.getppid() != parent)

    listener = Listener(broker, number, should_stop, beside)
    if told is not None:
        threading.Thread(target=_tell_once, args=(listener, told), daemon=True).start()
    listener.run()


def _tell_once(listener: Listener, told: Callable[[], None]) -> None:
    listener.ready.wait()
    told()


def empty_former(broker: links.Broker, workers: int, should_stop: Callable[[], bool]) -> int:
    """Take what waits in the sessions of workers that are no more; how many had one.

    Without it, what the broker gave to the third of three workers would wait for ever once there
    are only two.
    """
    found = 0
    for number in range(workers + 1, MOST + 1):
        state: dict[str, Listener] = {}

        def over(state: dict[str, Listener] = state) -> bool:
            one = state["listener"]
            if should_stop():
                return True
            quiet = time.monotonic() - one.last_heard
            return one.ready.is_set() and (not one.had_session or quiet > QUIET)

        state["listener"] = Listener(broker, number, over, leaving=True)
        state["listener"].run()
        if state["listener"].had_session:
            found += 1
            log.info("listen.emptied", worker=number)
    return found


class Workers:
    """Worker processes.

    Args:
        command: What starts a worker; its number is put behind.
        count: How many.
    """

    def __init__(self, command: list[str], count: int) -> None:
        self._command = command
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._count = count

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Keep them at work until told to stop; who dies is started again, with a little patience."""
        born: dict[int, float] = {}
        try:
            while not should_stop():
                for number in range(1, self._count + 1):
                    child = self._children.get(number)
                    if child is None or child.poll() is not None:
                        now = time.monotonic()
                        if child is not None:
                            log.error("listen.died", worker=number, status=child.returncode)
                            if now - born[number] < 2:
                                continue
                        born[number] = now
                        self._children[number] = self._start(number)
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own command
            [*self._command, "--number", str(number), "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _stop_all(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def own_command(*arguments: str) -> list[str]:
    """This program again, with other arguments."""
    return [sys.executable, "-m", "chambre", *arguments]
