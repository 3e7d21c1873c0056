"""How many scans a second come in over MQTT, each with its contract ended and its ledger written.

    python benchmarks/bench_mqtt.py [--scans 60000] [--workers 2] [--devices 50]

Mosquitto as `chambre deposit broker-config` writes it, PostgreSQL as it comes (every commit on the
disk), `chambre deposit listen` with its workers, and devices of which only the wire is real, all on
this machine. Each scan is a message of QoS 1 about another object in circulation: it is read, told
apart by device, start and number, its deposit is paid back in cash, the journal entry is posted, and
it is answered. The time is from the first message to the last answer. Writes
`benchmarks/results/mqtt.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time

from mqtt_house import ROOT, House, Sender, run_senders

RESULT = ROOT / "benchmarks" / "results" / "mqtt.json"


def measure(house: House, scans: int, window: int) -> dict[str, object]:
    count = len(house.devices)
    codes = house.codes[:scans]
    messages = [
        [house.message(device, seq + 1, code) for seq, code in enumerate(codes[device::count])]
        for device in range(count)
    ]
    senders = [Sender(house, device, messages[device], window) for device in range(count)]
    load, start = os.getloadavg()[0], time.monotonic()
    cpu, before = os.times(), house.processor()
    moments = run_senders(senders)
    seconds = time.monotonic() - start
    used, after = os.times(), house.processor()
    from chambre.rooms.deposit.models import DeviceMessage, Refund
    from chambre.rooms.deposit.queries.holding import holding

    held = holding(house.scheme)
    tenth = max(1, len(moments) // 10)
    rates = [
        tenth / max(1e-9, moments[end - 1] - moments[end - tenth])
        for end in range(2 * tenth, len(moments), tenth)
    ]
    return {
        "scans": scans,
        "devices": count,
        "seconds": round(seconds, 1),
        "scans a second": round(len(moments) / seconds),
        "median tenth": round(statistics.median(rates)),
        "answers": len(moments),
        "refunds": Refund.objects.count(),
        "messages kept": DeviceMessage.objects.count(),
        "held": held.held,
        "books agree": held.equal,
        "load before": round(load, 1),
        **{
            f"{name}, µs of processor a scan": round((after[name] - before[name]) / scans * 1e6)
            for name in after
        },
        "senders' seconds of processor": round(used.user + used.system - cpu.user - cpu.system, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=60_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--places", type=int, default=10)
    parser.add_argument("--window", type=int, default=40, help="messages of a device on their way")
    wanted = parser.parse_args()
    house = House(objects=wanted.scans, devices=wanted.devices, places=wanted.places)
    try:
        house.start_listeners(wanted.workers)
        row = {"workers": wanted.workers, **measure(house, wanted.scans, wanted.window)}
    finally:
        house.close()
    print(json.dumps(row, indent=1))
    RESULT.parent.mkdir(exist_ok=True)
    facts = {"python": platform.python_version(), "processors": os.cpu_count()}
    RESULT.write_text(json.dumps({"about": facts, "rows": [row]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
