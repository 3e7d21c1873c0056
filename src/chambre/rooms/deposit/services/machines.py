"""The machines of an invented fleet: what they saw is told as connected objects tell it.

Each machine is enrolled at its place and says its messages with its own numbers and by its own clock;
:func:`.ingesting.ingest` takes them as it takes those of real ones.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from chambre.core.actors import Actor
from chambre.lib import devices as lib
from chambre.lib.deposits import Returned
from chambre.rooms.deposit.models import Place
from chambre.rooms.deposit.services import enrolling
from chambre.rooms.deposit.services.hearing import Arrival
from chambre.rooms.deposit.services.ingesting import ingest

OPENING = dt.time(7, tzinfo=dt.UTC)
"""When a machine that was dark is in touch again."""


@dataclass(slots=True)
class Machine:
    """A machine at a place, with the numbers of its messages.

    Attributes:
        topic: Where it says what it scans.
        boot: What it drew when it started.
        numbers: Number of each act that it told, by the key of the act.
    """

    topic: lib.Topic
    boot: str
    numbers: dict[str, int] = field(default_factory=dict)

    def arrival(self, one: Returned, code: str, day: dt.date) -> Arrival:
        """A return as this machine tells it on a day; told again, it has the same number."""
        received = max(one.at, dt.datetime.combine(day, OPENING))
        clock = received + (one.said - one.at)
        said = {
            "v": lib.VERSION,
            "dev": self.topic.device,
            "boot": self.boot,
            "seq": self.numbers.setdefault(one.key, len(self.numbers) + 1),
            "t": lib.to_ms(one.said),
            "clk": {"now": lib.to_ms(clock), "src": "ntp"},
            "op": lib.Op.RETURN.value,
            "codes": [code],
            "means": "receipt",
            "cond": one.condition.value,
        }
        return Arrival(str(self.topic), json.dumps(said).encode(), received)


def enrol_machine(place: Place, seed: int, by: Actor) -> Machine:
    """Enrol the machine of a place; nobody has its key, so that nobody else speaks for it."""
    name = f"{place.slug}-machine"[:60]
    enrolling.enrol(name=name, place=place.slug, by=by)
    topic = lib.Topic(place.scheme.slug, place.slug, name, lib.Kind.SCAN)
    return Machine(topic, f"story{seed:011d}"[:36])


def tell(told: Sequence[tuple[Machine, Returned, str]], day: dt.date) -> list[tuple[str, str]]:
    """Have machines tell what they saw, in one transaction.

    Args:
        told: Machine, return, and the code that was read.
        day: On which day it becomes known.

    Returns:
        Outcome and reason of each, as the machine was answered.
    """
    answers = ingest([machine.arrival(one, code, day) for machine, one, code in told])
    found = []
    for answer in answers:
        said = answer or {}
        found.append((str(said.get("outcome", said.get("code", ""))), str(said.get("reason", ""))))
    return found
