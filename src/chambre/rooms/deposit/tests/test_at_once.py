"""Many bring the same object back at the same moment, in several processes: one is paid."""

import json
from typing import Any

import pytest
from django.db import connection

from chambre.rooms.deposit.models import Contract, Move, Refund
from chambre.rooms.deposit.queries.holding import holding

from .conftest import House

PROCESSES, THREADS = 4, 16
CALLERS = """
import json, sys, threading
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.close()
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from chambre.core.actors import Actor
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.deposit.services.returning import take_back

one, other, first, count = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
barrier, own, shared = threading.Barrier(count + 1), [], []

def ask(key, code):
    asked = Asked(key=key, codes=(code,), place="halle", means="receipt")
    try:
        return take_back(asked, by=Actor.system("caller")).as_json()
    except Exception as error:
        return {"outcome": repr(error), "refund": 0}

def call(number):
    try:
        barrier.wait()
        own.append(ask(f"caller-{number}", one))
        shared.append(ask("one-key", other))
    finally:
        connection.close()

threads = [threading.Thread(target=call, args=(first + n,)) for n in range(count)]
for thread in threads:
    thread.start()
print("ready", flush=True)
sys.stdin.readline()
barrier.wait()
for thread in threads:
    thread.join()
print(json.dumps([own, shared]))
"""


def all_at_once(beside: Any, one: str, other: str) -> tuple[list[dict], list[dict]]:
    """What each of 64 callers in four processes is told of two objects, one of them with one key."""
    words = [CALLERS, str(connection.settings_dict["NAME"]), one, other]
    processes = [beside(*words, str(number * THREADS), str(THREADS)) for number in range(PROCESSES)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    own, shared = [], []
    for process in processes:
        told = json.loads(process.communicate(timeout=200)[0])
        own += told[0]
        shared += told[1]
    return own, shared


@pytest.mark.slow
def test_sixty_four_callers_are_paid_once(transactional_db, beside):
    house = House()
    one, other = house.jars(2)
    house.out(one, other)

    own, shared = all_at_once(beside, one, other)

    assert len(own) == len(shared) == PROCESSES * THREADS
    assert sorted({answer["outcome"] for answer in own}) == ["already", "refunded"]
    assert sum(answer["refund"] for answer in own) == 200
    assert Move.objects.filter(item__uri=one).count() == 2 + len(own)
    assert {json.dumps(answer, sort_keys=True) for answer in shared} == {
        json.dumps(shared[0], sort_keys=True)
    }
    assert (shared[0]["outcome"], shared[0]["refund"]) == ("refunded", 200)
    assert Move.objects.filter(item__uri=other).count() == 3
    assert Refund.objects.count() == 2
    assert not Contract.objects.filter(state="open").exists()
    assert holding().equal
