"""A real Mosquitto, a real listener and real return points, all of which can be killed."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from chambre.core.actors import Actor
from chambre.lib import devices as lib
from chambre.lib.devices import carrying, links, point
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.services import brokering

PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
LISTEN = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from chambre.lib.devices import links
from chambre.rooms.deposit.services.listening import supervising
broker = links.Broker.read(sys.argv[2]).known_as("chambre-ingest", sys.argv[3])
supervising.work(broker, int(sys.argv[4]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], seconds: float = 90) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited for nothing"
        time.sleep(0.05)


class Mosquitto:
    """The broker, configured for the devices that are enrolled."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("mosquitto", path=PLACES)
        if program is None:
            pytest.skip("no Mosquitto on this machine")
        self.program, self.folder, self.port = program, folder, free_port()
        self.configure()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def configure(self) -> None:
        wanted = brokering.Wanted(self.folder, port=self.port)
        brokering.write(wanted, by=Actor.system("test"))

    @property
    def address(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return links.secret_of(self.folder / "listener-password")

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "-c", str(self.folder / "mosquitto.conf")], stderr=log
            )
        wait_for(self.answers)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class SecureMosquitto(Mosquitto):
    """The same over TLS, written by ``chambre deposit broker-config``; its authority is made here."""

    def __init__(self, folder: Path, *, device_certificates: bool = False) -> None:
        self.papers = folder.parent / "papers"
        self.papers.mkdir()
        self.device_certificates = device_certificates
        self.authority = self.certify("authority")
        self.certify("broker", "subjectAltName=IP:127.0.0.1")
        super().__init__(folder)

    def certify(self, name: str, extension: str = "") -> Path:
        """A key and its certificate: an authority's own, or one that the authority signed."""
        program = shutil.which("openssl", path=PLACES)
        if program is None:
            pytest.skip("no OpenSSL on this machine")
        made, key = self.papers / f"{name}.pem", self.papers / f"{name}.key"
        said = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        said += ["-nodes", "-subj", f"/CN={name}", "-days", "2", "-keyout", key, "-out", made]
        if name.endswith("authority"):
            said += ["-addext", "keyUsage=critical,keyCertSign"]
        else:
            said += ["-CA", self.papers / "authority.pem", "-CAkey", self.papers / "authority.key"]
            said += ["-addext", "basicConstraints=critical,CA:FALSE"]
            said += ["-addext", extension] if extension else []
        subprocess.run(said, check=True, capture_output=True)
        return made

    def configure(self) -> None:
        said = ["broker-config", "--out", self.folder, "--port", self.port]
        said += ["--tls-cert", self.papers / "broker.pem", "--tls-key", self.papers / "broker.key"]
        if self.device_certificates:
            said += ["--client-ca", self.authority]
        done = CliRunner().invoke(deposit, [str(each) for each in said])
        assert done.exit_code == 0, done.output

    @property
    def address(self) -> str:
        return f"mqtts://127.0.0.1:{self.port}?ca={self.authority}"

    def address_of(self, name: str) -> str:
        """The address for somebody who shows a certificate."""
        return f"{self.address}&cert={self.papers / name}.pem&key={self.papers / name}.key"


class Listening:
    """``chambre deposit listen`` on the database of the test, in a process of its own."""

    def __init__(self, broker: Mosquitto, number: int = 1, address: str = "") -> None:
        self.broker, self.number = broker, number
        self.address = address or broker.address
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        name = str(connection.settings_dict["NAME"])
        said = (name, self.address, self.broker.password, str(self.number))
        self.process = subprocess.Popen(
            [sys.executable, "-c", LISTEN, *said], stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class ReturnPoint:
    """A return point of our own, at work in a thread."""

    def __init__(
        self, broker: Mosquitto, talker: Any, folder: Path, address: str = "", **setting: Any
    ) -> None:
        self.address = address or broker.address
        self.events: carrying.Events = queue.SimpleQueue()
        self.setting = point.Setting(talker.topic.device, secret=talker.secret, **setting)
        self.path = folder / f"{talker.topic.device}.db"
        self.shown: list[str] = []
        self._stop = threading.Event()
        self._talker = talker
        self.left = -1
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        store = lib.Store(self.path, self.setting.device)
        where = links.Broker.read(self.address).known_as(
            self.setting.device, lib.broker_password(self._talker.secret)
        )
        carrier = carrying.MqttCarrier(
            where, self._talker.topic, self.events, point.states(self.setting, store)
        )
        here = point.Point(self.setting, store, carrier, self.events, self.shown.append)
        here.run(self._stop.is_set, leave=True)
        self.left = store.waiting_count()
        store.close()

    def scan(self, *lines: str) -> None:
        for line in lines:
            self.events.put(carrying.Event("line", line))

    def finish(self) -> None:
        """Wait until everything is answered."""
        self.events.put(carrying.Event("end"))

    def join(self, seconds: float = 120) -> None:
        self.thread.join(seconds)
        self._stop.set()
        self.thread.join(10)
