"""The return point of the demonstration: a device that really speaks to the running house, by HTTP.

It is the reference device with a key that it gets anew at each start, and somebody who scans
(:mod:`chambre.project.scanner`), for as long as the demonstration runs (docs/adr/0015).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from chambre.core.cli import administrator
from chambre.rooms.deposit.models import Device, Item, Place
from chambre.rooms.deposit.queries.finding import type_named
from chambre.rooms.deposit.services import enrolling, stock, telling

SLUG = "borne-epicerie"
PLACE, TYPE = "epicerie", "bocal-75"
JARS = 3
NEXT = {"active": 0, "out": 1, "returned": 2, "washing": 3}
"""The step of :data:`chambre.project.scanner.STEPS` that is next for a jar in a state."""


def prepare(folder: Path, url: str) -> list[str]:
    """Enrol the device, or give it another key, and write down what it needs.

    Args:
        folder: Where its key, its memory and its plan are kept.
        url: Address of the house.

    Returns:
        The command that is the device with somebody beside it; empty when there is no such place.
    """
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
        "site": PLACE,
        "device": SLUG,
        "jars": [[code, NEXT[states[code]]] for code in codes if states[code] in NEXT],
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return [sys.executable, "-m", "chambre.project.scanner", str(folder)]
