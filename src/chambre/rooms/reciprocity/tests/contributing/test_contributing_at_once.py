"""Many people at the same moment: nothing is recorded, recognised, asked or paid twice."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from chambre.core.errors import ChambreError
from chambre.rooms.reciprocity.models import (
    Contribution,
    InKind,
    Overrun,
    OverrunOutcome,
    Paid,
    Recognition,
    Retribution,
    Voice,
    Words,
)
from chambre.rooms.reciprocity.queries.contributing.budgets import books_of
from chambre.rooms.reciprocity.services.contributing import (
    budgets,
    circle,
    inkind,
    overruns,
    voicing,
)
from chambre.rooms.reciprocity.tests.contributing.conftest import NAMES, Orchard

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, EACH = 3, 4
CALLERS = """
import json, sys, threading
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.close()
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Budget
from chambre.rooms.reciprocity.services.contributing import budgets, recording

by = Actor.of(registry.person("chloe@exemple.test").user)
resource, budget = registry.resource("verger"), Budget.objects.get()
threads, told = int(sys.argv[2]), []
barrier = threading.Barrier(threads + 1)

def once():
    row = recording.record(
        resource=resource, given=recording.Given("time", "Taille", minutes=60), key="same", by=by
    )
    asked = budgets.ask(
        budget=budget, minor=2_000, what="Taille", key="same", by=by, contribution=row
    )
    return f"{row.pk}/{asked.pk}"

def call():
    try:
        barrier.wait()
        told.append(once())
    except ChambreError as error:
        told.append(error.code)
    except Exception as error:
        told.append(repr(error))
    finally:
        connection.close()

running = [threading.Thread(target=call) for _number in range(threads)]
for thread in running:
    thread.start()
print("ready", flush=True)
sys.stdin.readline()
barrier.wait()
for thread in running:
    thread.join()
print(json.dumps(told))
"""


def together(acts: list[Callable[[], Any]]) -> list[str]:
    """Do all of these at the same moment; what was refused, by code."""
    barrier, told = threading.Barrier(len(acts)), []

    def run(one: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            one()
        except ChambreError as refusal:
            told.append(refusal.code)
        except Exception as error:  # pragma: no cover - a fault shows in what was told
            told.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_one_key_from_many_processes_records_and_asks_once(beside: Any) -> None:
    orchard = Orchard()
    orchard.budget()
    words = [CALLERS, str(connection.settings_dict["NAME"]), str(EACH)]
    processes = [beside(*words) for _number in range(PROCESSES)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = Counter(
        answer
        for process in processes
        for answer in json.loads(process.communicate(timeout=250)[0])
    )
    row, asked = Contribution.objects.get(), Retribution.objects.get()
    assert told == {f"{row.pk}/{asked.pk}": PROCESSES * EACH}
    assert Words.objects.count() == 2


def test_voices_at_once_recognise_once() -> None:
    orchard = Orchard()
    row = orchard.gives("chloe")
    told = together(
        [
            lambda name=name: voicing.say(
                contribution=row, kind="seen", key=f"v{name}", by=orchard.by(name)
            )
            for name in ("ada", "bruno", "dris", "eve")
        ]
    )
    assert set(told) <= {"reciprocity.already-settled"}
    assert (Voice.objects.count(), len(told), Recognition.objects.count()) == (2, 2, 1)


def test_payments_at_once_never_pay_more_than_is_asked() -> None:
    orchard = Orchard()
    row = orchard.asks(orchard.budget(), "chloe", 100_000)
    told = together(
        [
            lambda number=number: budgets.note_paid(
                retribution=row, minor=40_000, key=f"p{number}", by=orchard.by("bruno")
            )
            for number in range(5)
        ]
    )
    assert told == ["invalid"] * 3
    assert sum(Paid.objects.values_list("minor", flat=True)) == 80_000


def test_an_overrun_begins_once_and_is_decided_once() -> None:
    orchard = Orchard()
    budget = orchard.budget(100_000)
    for name in NAMES:
        orchard.asks(budget, name, 30_000)
    assert together([lambda: overruns.begin(budget=budget, by=orchard.by("bruno"))] * 4) == []
    row = Overrun.objects.select_related("budget").get()

    def act(name: str, kind: str, **more: Any) -> None:
        overruns.act(row=row, kind=kind, key=f"{name}-{kind}", by=orchard.by(name), **more)

    for number, step in enumerate(("data", "feelings", "table", "positions")):
        if step in ("feelings", "positions"):
            for name in NAMES:
                more = {"words": "x"} if step == "feelings" else {"keeps": 30_000}
                act(name, "feel" if step == "feelings" else "position", **more)
        overruns.act(row=row, kind="go-on", key=f"on{number}", by=orchard.by("bruno"))
    act("ada", "propose", rule="cap")
    assert together([lambda name=name: act(name, "consent") for name in NAMES]) == []
    assert sum(OverrunOutcome.objects.values_list("paid", flat=True)) == 100_000
    assert (OverrunOutcome.objects.count(), books_of(budget).standing.over) == (5, 50_000)


def test_a_contribution_is_booked_once_at_once() -> None:
    orchard = Orchard()
    orchard.book()
    circle.set_terms(place=orchard.resource, needed=0, silence_days=0, by=orchard.by("ada"))
    row = orchard.gives("chloe")
    by = orchard.by("bruno")
    told = together(
        [
            lambda: inkind.book_in_kind(
                contribution=row, structure=orchard.structure, by=by, hourly=1_200
            )
        ]
        * 4
    )
    assert (told, InKind.objects.count()) == ([], 1)
