"""Twenty kills at random moments while return points scan: what is lost, and what is doubled?

    python benchmarks/devices_killed.py [--kills 20] [--objects 3000] [--seed 1]

Return points (the reference device, with its memory on disk) scan the same objects, each at two
points, over a real Mosquitto; two listeners write to a PostgreSQL of their own. At random moments one
of them is killed with SIGKILL and started again: a listener, the broker, or all of PostgreSQL. At the
end every point waits for its last answer, and everything is counted. Exit status 1 when something was
lost or doubled. Writes `benchmarks/results/devices_killed.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import sys
import threading
import time

from mqtt_house import ROOT, House

RESULT = ROOT / "benchmarks" / "results" / "devices_killed.json"


class ReturnPoint:
    """A return point at work in a thread; its scanner gives an object every few milliseconds."""

    def __init__(self, house: House, number: int, codes: list[str]) -> None:
        from chambre.lib import devices as lib
        from chambre.lib.devices import carrying, links, point

        self.lib, self.carrying, self.links, self.pointing = lib, carrying, links, point
        self.house, self.codes = house, codes
        self.name, self.place, self.secret = house.devices[number]
        self.answered = 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        lib, events = self.lib, queue.SimpleQueue()
        store = lib.Store(self.house.folder / f"{self.name}.db", self.name, slips_a_day=10**6)
        setting = self.pointing.Setting(
            self.name, secret=self.secret, means="receipt", patience=3600
        )
        topic = lib.Topic("bocaux", self.place, self.name, lib.Kind.SCAN)
        where = self.links.Broker.read(f"mqtt://127.0.0.1:{self.house.port}").known_as(
            self.name, lib.broker_password(self.secret)
        )
        states = self.pointing.states(setting, store)
        carrier = self.carrying.MqttCarrier(where, topic, events, states)
        here = self.pointing.Point(setting, store, carrier, events, lambda _line: None)
        scanner = threading.Thread(target=self.scan, args=(events,), daemon=True)
        scanner.start()
        here.run(leave=True)
        self.answered = len(self.codes) - store.waiting_count()
        store.close()

    def scan(self, events: object) -> None:
        for code in self.codes:
            events.put(self.carrying.Event("line", code))
            time.sleep(0.004)
        events.put(self.carrying.Event("end"))


def kill(house: House, what: str, chance: random.Random) -> None:
    if what == "listener":
        number = chance.randrange(len(house.listeners))
        house.listeners[number].kill()
        house.listeners[number].wait()
        time.sleep(chance.random())
        house.listeners[number] = house.start_listener(number + 1)
    elif what == "broker":
        house.broker.kill()
        house.broker.wait()
        time.sleep(chance.random())
        house.start_broker()
    else:
        house.kill_database()


def counted(house: House, scans: int, objects: int) -> dict[str, object]:
    from django.db import connection

    connection.close()
    from chambre.rooms.deposit.models import Act, Contract, DeviceMessage, Refund
    from chambre.rooms.deposit.queries.holding import holding

    held = holding(house.scheme)
    kept = DeviceMessage.objects.filter(kind="scan").count()
    refunds = Refund.objects.count()
    return {
        "scans": scans,
        "objects": objects,
        "messages lost": scans - kept,
        "deposits lost": Contract.objects.filter(state="open").count(),
        "refunds": refunds,
        "refunds doubled": refunds - objects,
        "cents paid back": sum(Refund.objects.values_list("amount", flat=True)),
        "acts doubled": Act.objects.filter(kind="return").count() - kept,
        "held": held.held,
        "books agree": held.equal,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--objects", type=int, default=3000)
    parser.add_argument("--points", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    house = House(objects=wanted.objects, devices=wanted.points, places=3)
    try:
        house.start_listeners(2)
        shares = [[] for _ in range(wanted.points)]
        for place, code in enumerate(house.codes):
            shares[place % wanted.points].append(code)
            shares[(place + 1 + place // 7) % wanted.points].append(code)
        start = time.monotonic()
        points = [ReturnPoint(house, number, share) for number, share in enumerate(shares)]
        kills = {"listener": 0, "broker": 0, "database": 0}
        order = [list(kills)[number % 3] for number in range(wanted.kills)]
        chance.shuffle(order)
        for what in order:
            time.sleep(0.5 + 2.5 * chance.random())
            kill(house, what, chance)
            kills[what] += 1
        for point in points:
            point.thread.join(600)
        seconds = time.monotonic() - start
        scans = sum(map(len, shares))
        answered = sum(point.answered for point in points)
        row = {
            **{f"kills of the {what}": count for what, count in kills.items()},
            **counted(house, scans, wanted.objects),
            "not answered": scans - answered,
            "seconds": round(seconds),
            "load": round(os.getloadavg()[0], 1),
        }
    finally:
        house.close()
    print(json.dumps(row, indent=1))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"rows": [row]}, indent=1) + "\n")
    wrong = ("messages lost", "deposits lost", "refunds doubled", "acts doubled", "not answered")
    return int(any(row[name] for name in wrong) or not row["books agree"])


if __name__ == "__main__":
    sys.exit(main())
