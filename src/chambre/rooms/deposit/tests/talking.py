"""A device as tests need it: it says things, by whatever way they then take."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from chambre.core.actors import Actor
from chambre.lib import devices as lib
from chambre.rooms.deposit.services import enrolling
from chambre.rooms.deposit.services.hearing import Arrival
from chambre.rooms.deposit.services.ingesting import ingest

SYSTEM = Actor.system("test")


class Talker:
    """A device that is enrolled and talks; its clock is as wrong as a test wants it."""

    def __init__(self, name: str = "borne-1", place: str = "halle", **options: Any) -> None:
        made = enrolling.enrol(name=name, place=place, by=SYSTEM, **options)
        self.device, self.secret = made.device, made.secret
        self.topic = lib.Topic(made.device.scheme.slug, place, name, lib.Kind.SCAN)
        self.boot, self.seq = "0123456789abcdef", 0
        self.wrong = dt.timedelta(0)

    def clock(self) -> int:
        return lib.to_ms(timezone.now() + self.wrong)

    def said(self, *codes: str, op: str = "return", **more: Any) -> dict[str, Any]:
        """A message about objects, with the next number."""
        return self.numbered(op=op, codes=list(codes), **{"means": "cash", **more})

    def numbered(self, **said: Any) -> dict[str, Any]:
        self.seq += 1
        common = {"v": 1, "dev": self.topic.device, "boot": self.boot, "seq": self.seq}
        now = self.clock()
        return {**common, "t": now, "clk": {"now": now}, **said}

    def arrival(self, said: dict[str, Any], received: dt.datetime | None = None) -> Arrival:
        topic = str(self.topic.to(lib.kind_of(said)))
        return Arrival(topic, json.dumps(said).encode(), received or timezone.now())

    def say(self, *messages: dict[str, Any]) -> list[Any]:
        """Say things, as a listener hears them; the answers."""
        return ingest([self.arrival(said) for said in messages])


def plain(answer: Any) -> dict[str, Any]:
    """An answer without what hangs on the moment at which each message arrived."""
    return {key: value for key, value in answer.items() if key not in ("now", "skew_ms")}
