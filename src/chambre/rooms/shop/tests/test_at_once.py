"""Five hundred people want the last hundred crates at the same moment: exactly a hundred get one."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from chambre.rooms.shop.models import Customer, Order, Stock
from chambre.rooms.shop.tests.conftest import Farm
from chambre.treasury.models import Payment

PROCESSES, PEOPLE, CRATES = 4, 500, 100
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
from chambre.rooms.shop.models import Distribution
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.ordering import place_order

variant, first, count = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
distribution = Distribution.objects.get()
THREADS = 5
told, barrier = [], threading.Barrier(THREADS + 1)

def order(number):
    who = Who(email=f"p{number}@exemple.test", name=f"P{number}")
    try:
        done = place_order(
            distribution=distribution, who=who, wanted=[Wanted(variant, 1)], key=f"k{number}",
            by=Actor.of(None),
        )
        return done.state
    except ChambreError as error:
        return error.code
    except Exception as error:
        return repr(error)

def call(part):
    try:
        barrier.wait()
        for number in range(first + part, first + count, THREADS):
            told.append(order(number))
    finally:
        connection.close()

threads = [threading.Thread(target=call, args=(part,)) for part in range(THREADS)]
for thread in threads:
    thread.start()
print("ready", flush=True)
sys.stdin.readline()
barrier.wait()
for thread in threads:
    thread.join()
print(json.dumps(told))
"""


@pytest.mark.django_db(transaction=True)
def test_five_hundred_people_and_a_hundred_crates(beside: Any) -> None:
    farm = Farm()
    crate = farm.sells("Cagette", 1_900, there=CRATES)
    each = PEOPLE // PROCESSES
    words = [CALLERS, str(connection.settings_dict["NAME"]), str(crate.pk)]
    processes = [beside(*words, str(number * each), str(each)) for number in range(PROCESSES)]
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

    assert told == {"placed": CRATES, "shop.sold-out": PEOPLE - CRATES}
    stock = Stock.objects.get()
    assert (stock.there, stock.promised) == (CRATES, CRATES)
    assert Order.objects.count() == Payment.objects.count() == CRATES
    assert Customer.objects.count() == CRATES  # of a refused order nothing is kept
