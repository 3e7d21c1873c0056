"""The return point of the demonstration: a device that really speaks to the running house, by HTTP.

It is the reference device (``chambre deposit device``) in a process of its own, with a key that it gets
anew at each start, and somebody who scans: three jars go out, come back, are washed and looked at, for as
long as the demonstration runs (docs/adr/0015).
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

SLUG = "borne-epicerie"
PLACE, TYPE = "epicerie", "bocal-75"
JARS = 3
STEPS = ("issue", "return", "wash", "inspect")
"""What happens to a jar, one after the other, and again."""
NEXT = {"active": 0, "out": 1, "returned": 2, "washing": 3}
"""The step that is next for a jar in a state; others stay where they are."""
PAUSE, BUSY, QUIET = 15.0, 120, 600.0
"""Seconds between two scans; after so many scans, the longer pause."""


def prepare(folder: Path, url: str) -> list[str]:
    """Enrol the device, or give it another key, and write down what it needs.

    Args:
        folder: Where its key, its memory and its plan are kept.
        url: Address of the house.

    Returns:
        The command that is the device with somebody beside it; empty when there is no such place.
    """
    # Here and not above: the process that scans knows nothing of Django.
    from chambre.core.cli import administrator
    from chambre.rooms.deposit.models import Device, Item, Place
    from chambre.rooms.deposit.queries.finding import type_named
    from chambre.rooms.deposit.services import enrolling, stock, telling

    by = administrator()
    place = Place.objects.select_related("scheme").filter(slug=PLACE).first()
    if place is None:
        return []
    codes = stock.commission(
        type_=type_named(TYPE), count=JARS, by=by, key="demo:machine", lot="Borne", place=place
    )
    telling.tell_now()
    device = Device.objects.filter(name=SLUG).first()
    if device is None:
        made = enrolling.enrol(name=SLUG, place=PLACE, by=by, issues=True)
    else:
        made = enrolling.rotate(device, by=by)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(made.secret, encoding="ascii")
    states = dict(Item.objects.filter(uri__in=codes).values_list("uri", "state"))
    plan = {
        "url": url,
        "scheme": place.scheme.slug,
        "jars": [[code, NEXT[states[code]]] for code in codes if states[code] in NEXT],
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return [sys.executable, "-m", "chambre.project.demo.machine", str(folder)]


def scans(jars: list[list[Any]]) -> Iterator[tuple[str, str]]:
    """What is scanned and what is done with it, jar after jar, without end.

    Args:
        jars: Code of each, and the number of its next step.
    """
    places = [int(place) for _code, place in jars]
    while jars:
        for number, (code, _place) in enumerate(jars):
            yield STEPS[places[number] % len(STEPS)], str(code)
            places[number] += 1


def play(folder: Path, *, pause: float | None = None, most: int | None = None) -> int:
    """Be the device, and scan.

    Args:
        folder: What :func:`prepare` wrote.
        pause: Seconds between two scans; absent: as the demonstration has it.
        most: Scans after which it leaves when all are answered; absent: it never does.

    Returns:
        Exit status of the device.
    """
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    command = [
        *(sys.executable, "-m", "chambre", "deposit", "device", "--leave", "--means", "cash"),
        *("--scheme", plan["scheme"], "--site", PLACE, "--device", SLUG, "--url", plan["url"]),
        *("--key-file", str(folder / "key"), "--memory", str(folder / "memory.db")),
    ]
    with (
        open(folder / "log", "a", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True
        ) as device,
    ):
        assert device.stdin is not None
        try:
            for number, (op, code) in enumerate(islice(scans(plan["jars"]), most)):
                device.stdin.write(f":{op}\n{code}\n")
                device.stdin.flush()
                time.sleep(pause if pause is not None else PAUSE if number < BUSY else QUIET)
            device.stdin.close()
            return device.wait()
        except BrokenPipeError:  # the device has ended
            return device.wait()
        finally:
            device.terminate()


def _leave(_signum: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)  # and the device is ended too
    sys.exit(play(Path(sys.argv[1])))
