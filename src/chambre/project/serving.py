"""The server and its worker: started together, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from chambre.core.errors import Conflict

log = structlog.get_logger("chambre.serve")
STOP_SECONDS = 15
"""How long a child may take to stop before it is killed."""
THREADS = 8


def check_free(host: str, port: int) -> None:
    """Nobody else serves there.

    Raises:
        Conflict: The port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            text = _(
                "Port %(port)d of %(host)s cannot be used: %(error)s. Try another: --port 8001"
            )
            values = {"port": port, "host": host, "error": error.strerror}
            raise Conflict(text % values, port=port) from error


def hosts_for(host: str) -> str:
    """The names that the site answers to when it listens there."""
    names = [name for name in settings.ALLOWED_HOSTS if name]
    if "CHAMBRE_HOSTS" in os.environ:
        return ",".join(names)
    if host in ("0.0.0.0", "::"):  # noqa: S104 - what the administrator asked for
        machine = socket.gethostname()
        names += [machine, f"{machine}.local"]
        try:
            names += {str(info[4][0]) for info in socket.getaddrinfo(machine, None)}
        except OSError:
            log.warning("serve.no-address", machine=machine)
    else:
        names.append(host)
    return ",".join(dict.fromkeys(names))


def origin_for(host: str, port: int) -> str:
    """The address that a person types, without a slash at the end."""
    local = host in ("127.0.0.1", "0.0.0.0")  # noqa: S104 - what the administrator asked for
    shown = "localhost" if local else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def environment_for(host: str, port: int) -> dict[str, str]:
    """What the children are told: the names of the site, and where its letters' links lead.

    Who gives the names or serves over HTTPS stands behind another address than this one.
    """
    found = {**os.environ, "CHAMBRE_HOSTS": hosts_for(host)}
    given = {"CHAMBRE_ORIGINS", "CHAMBRE_HOSTS", "CHAMBRE_HTTPS"}
    if not any(os.environ.get(name) for name in given):
        found["CHAMBRE_ORIGINS"] = origin_for(host, port)
    return found


def _die_with_parent() -> None:
    """On Linux, have the system end this child when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Supervisor:
    """Runs the web server and a worker as child processes.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        worker: Also start a worker.
        streams: Port on which WebSockets are served, by a process of their own; 0: none are.
        beside: A program that is started once the server answers, and ended with it.
        on_ready: Called once the server answers.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        worker: bool = True,
        streams: int = 0,
        beside: Sequence[str] = (),
        on_ready: Callable[[], None],
    ) -> None:
        self.host, self.port, self.with_worker, self.streams = host, port, worker, streams
        self._on_ready, self._beside_command = on_ready, list(beside)
        self._stop = threading.Event()
        self._web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._sockets: subprocess.Popen[bytes] | None = None
        self._beside: subprocess.Popen[bytes] | None = None
        self._environment = environment_for(host, port)

    def run(self) -> int:
        """Serve until told to stop; the exit status."""
        check_free(self.host, self.port)
        if self.streams:
            check_free(self.host, self.streams)
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._asked)
        self._web = self._start(self._web_command())
        if self.with_worker:
            self._worker = self._start(self._worker_command())
        if self.streams:
            self._sockets = self._start(self._sockets_command())
        try:
            return self._watch()
        finally:
            self._stop_all()

    def _asked(self, _signum: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _web_command(self) -> list[str]:
        # One process writes to SQLite; more of them would only wait for each other.
        processes = 1 if connection.vendor == "sqlite" else min(4, os.cpu_count() or 1)
        options = {
            "--interface": "wsgi",
            "--host": self.host,
            "--port": str(self.port),
            "--workers": str(processes),
            "--blocking-threads": str(THREADS),
            "--log-level": "error",
            "--workers-kill-timeout": str(STOP_SECONDS - 5),
        }
        flags = ["--no-ws", "--respawn-failed-workers"]
        pairs = [part for option in options.items() for part in option]
        return [sys.executable, "-m", "granian", *pairs, *flags, "chambre.project.wsgi:application"]

    def _sockets_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "granian", "--interface", "asginl", "--ws"),
            *("--host", self.host, "--port", str(self.streams), "--workers", "1"),
            *("--log-level", "error", "--workers-kill-timeout", "3", "--respawn-failed-workers"),
            "chambre.project.asgi:application",
        ]

    def _worker_command(self) -> list[str]:
        return [sys.executable, "-m", "chambre", "worker", "--parent", str(os.getpid())]

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches only us, and we stop the children in order.
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def _watch(self) -> int:
        """Wait; start a worker again when it died."""
        assert self._web is not None
        told, born = False, time.monotonic()
        while not self._stop.wait(0.1):
            status = self._web.poll()
            if status is not None:
                log.error("serve.web-died", status=status)
                return 1
            if not told and self._answers():
                told = True
                self._on_ready()
                if self._beside_command:
                    self._beside = self._start(self._beside_command)
            if self._worker is not None and self._worker.poll() is not None:
                log.error("serve.worker-died", status=self._worker.returncode)
                # A worker that dies at once must not be started a hundred times a second.
                self._stop.wait(5 if time.monotonic() - born < 10 else 1)
                if not self._stop.is_set():
                    born = time.monotonic()
                    self._worker = self._start(self._worker_command())
            if self._sockets is not None and self._sockets.poll() is not None:
                log.error("serve.streams-died", status=self._sockets.returncode)
                return 1
        return 0

    def _answers(self) -> bool:
        """Whether somebody listens."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        try:
            with socket.create_connection((host, self.port), timeout=0.2):
                return True
        except OSError:
            return False

    def _stop_all(self) -> None:
        """Stop the server, then the worker; kill who does not stop."""
        started = (self._beside, self._web, self._sockets, self._worker)
        children = [child for child in started if child is not None]
        for child in children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
