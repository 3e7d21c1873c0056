"""Somebody who scans at the return point of the demonstration; knows nothing of Django.

It runs the reference device (``chambre deposit device``) in a process of its own and types what a person
would: three jars go out, come back, are washed and looked at. :mod:`chambre.project.demo.machine` says
which.
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

STEPS = ("issue", "return", "wash", "inspect")
"""What happens to a jar, one after the other, and again."""
PAUSE, BUSY, QUIET = 15.0, 120, 600.0
"""Seconds between two scans; after so many scans, the longer pause."""


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
        folder: Where its plan and its key are; its memory is kept there.
        pause: Seconds between two scans; absent: as the demonstration has it.
        most: Scans after which it leaves when all are answered; absent: it never does.

    Returns:
        Exit status of the device.
    """
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    command = [
        *(sys.executable, "-m", "chambre", "deposit", "device", "--leave", "--means", "cash"),
        *(
            "--scheme",
            plan["scheme"],
            "--site",
            plan["site"],
            "--device",
            plan["device"],
            "--url",
            plan["url"],
        ),
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
