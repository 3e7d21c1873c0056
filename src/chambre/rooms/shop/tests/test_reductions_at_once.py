"""The last use of a coupon, basket paid ahead and place of a shift: many want each at once."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from chambre.rooms.shop.models import Coupon, CouponUse, Order, SuspendedFund, WorkShift
from chambre.rooms.shop.services import reducing, suspended
from chambre.rooms.shop.tests.baskets import Season
from chambre.rooms.shop.tests.conftest import SYSTEM
from chambre.rooms.shop.tests.test_solidarity import ahead, gives, shift

PROCESSES, THREADS, PEOPLE, THERE = 2, 4, 24, 5
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
from chambre.rooms.shop.models import Distribution, Variant, WorkShift
from chambre.rooms.shop.services import shifts, suspended
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.ordering import place_order

first, count, threads = map(int, sys.argv[2:5])
distribution = Distribution.objects.select_related("cycle__shop").get()
nobody, told, barrier = Actor.of(None), [], threading.Barrier(threads + 1)
WANTED = ("coupon", "suspended", "shift")
basket = Variant.objects.select_related("product").get(name="Petit")

def want(what, number):
    who = Who(email=f"p{number}@exemple.test", name=f"P{number}")
    if what == "coupon":
        return place_order(
            distribution=distribution, who=who, wanted=[Wanted(basket.pk, 1)], key=f"c{number}",
            by=nobody, codes=["CINQ"],
        )
    if what == "suspended":
        return suspended.take(
            distribution=distribution, variant=basket, key=f"c{number}", by=nobody
        )
    return shifts.sign_up(shift=WorkShift.objects.get(), who=who, by=nobody)

def call(part):
    try:
        barrier.wait()
        for what in WANTED:
            for number in range(first + part, first + count, threads):
                try:
                    want(what, number)
                    told.append((what, "done"))
                except ChambreError as error:
                    told.append((what, error.code))
                except Exception as error:
                    told.append((what, repr(error)))
    finally:
        connection.close()

running = [threading.Thread(target=call, args=(part,)) for part in range(threads)]
for each in running:
    each.start()
print("ready", flush=True)
sys.stdin.readline()
barrier.wait()
for each in running:
    each.join()
print(json.dumps(told))
"""


def all_at_once(beside: Any) -> Counter[tuple[str, str]]:
    each = PEOPLE // PROCESSES
    name = str(connection.settings_dict["NAME"])
    processes = [
        beside(CALLERS, name, str(number * each), str(each), str(THREADS))
        for number in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return Counter(
        (what, answer)
        for process in processes
        for what, answer in json.loads(process.communicate(timeout=250)[0])
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_left_is_had_by_as_many_as_it_is_for_and_no_more(beside: Any) -> None:
    season = Season()
    reducing.save_coupon(
        shop=season.shop, code="CINQ", kind="amount", value=500, in_all=THERE, by=SYSTEM
    )
    gift = ahead(season, 1_500)
    for number in range(THERE):
        gives(season, gift, f"g{number}")
    shift(season, places=THERE)

    assert all_at_once(beside) == {
        ("coupon", "done"): THERE,
        ("coupon", "shop.coupon-used-up"): PEOPLE - THERE,
        ("suspended", "done"): THERE,
        ("suspended", "shop.suspended-little"): PEOPLE - THERE,
        ("shift", "done"): THERE,
        ("shift", "shop.slot-full"): PEOPLE - THERE,
    }
    assert Coupon.objects.get().used == CouponUse.objects.count() == THERE
    assert Order.objects.count() == 3 * THERE  # of what was refused nothing is kept
    fund = SuspendedFund.objects.get()
    assert (fund.given, fund.used) == (THERE * 1_500, THERE * 1_500)
    assert list(suspended.differences()) == []
    assert WorkShift.objects.get().taken == THERE
