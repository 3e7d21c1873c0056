"""Many at the same moment: two hundred people, the last fifty places."""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any

import pytest
from django.db import connection, connections

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.registry.models import Agent, Resource
from chambre.rooms.access.models import HOLDING, Booking
from chambre.rooms.access.services import booking, changing
from chambre.rooms.access.tests.conftest import SYSTEM, Workshop

pytestmark = pytest.mark.django_db(transaction=True)


def some(shop: Workshop, many: int) -> list[Agent]:
    return [shop.person(f"p{number}") for number in range(many)]


def book_some(at: int, settings: Any, people: list[int], start: Any, end: Any, told: Any) -> None:
    """What one process does: it books for its people, one after the other."""
    connections.close_all()
    codes = []
    resource = Resource.objects.get(slug="tour")
    for pk in people:
        person = Agent.objects.select_related("user").get(pk=pk)
        try:
            row = booking.book(
                resource=resource, person=person, start=start, end=end, key=f"p:{pk}",
                by=Actor.of(person.user),
            )  # fmt: skip
            codes.append(row.state)
        except ChambreError as refusal:
            codes.append(refusal.code)
    connections.close_all()
    told.put(codes)


def test_two_hundred_people_and_the_last_fifty_places(transactional_db: Any) -> None:
    shop = Workshop()
    shop.offers(capacity=50)
    people = [person.pk for person in some(shop, 200)]
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    connections.close_all()
    workers = [
        context.Process(
            target=book_some, args=(at, None, people[at::8], shop.at(9), shop.at(10), told)
        )
        for at in range(8)
    ]
    for worker in workers:
        worker.start()
    codes = [code for _worker in workers for code in told.get(timeout=120)]
    for worker in workers:
        worker.join(timeout=60)

    assert sorted(codes) == ["access.full"] * 150 + ["confirmed"] * 50
    held = Booking.objects.filter(state__in=HOLDING)
    assert sorted(held.values_list("seat", flat=True)) == list(range(1, 51))
    assert held.values("person").distinct().count() == 50


def together(*acts: Any) -> list[Any]:
    barrier = threading.Barrier(len(acts))
    told: list[Any] = [None] * len(acts)

    def run(at: int) -> None:
        try:
            barrier.wait()
            told[at] = acts[at]()
        except ChambreError as refusal:
            told[at] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_one_time_asked_for_by_six_at_once(transactional_db: Any) -> None:
    shop = Workshop()
    shop.offers()
    people = some(shop, 6)
    for round_ in range(4):
        acts = [
            lambda person=person, round_=round_: (
                shop.books(person, 9, 11, days=round_, key=f"{round_}:{person.pk}").pk
            )
            for person in people
        ]

        told = together(*acts)

        assert sum(isinstance(each, int) for each in told) == 1
        assert [each for each in told if not isinstance(each, int)] == ["access.full"] * 5


def test_one_key_sent_four_times_at_once(transactional_db: Any) -> None:
    shop = Workshop()
    shop.offers(capacity=9)

    told = together(*[lambda: shop.books(shop.carl, 9, 10, key="same").pk] * 4)

    assert len(set(told)) == 1
    assert Booking.objects.count() == 1


def test_cancelled_by_two_at_once_it_is_given_on_once(transactional_db: Any) -> None:
    from chambre.rooms.access.services import waiting

    shop = Workshop()
    shop.offers()
    row = shop.books(shop.carl, 9, 10)
    times = {"start": shop.at(9), "end": shop.at(10), "resource": shop.lathe}
    for person in (shop.dora, shop.ada):
        waiting.join(person=person, by=shop.by(person), **times)

    together(
        lambda: changing.cancel(booking=row, by=SYSTEM),
        lambda: changing.cancel(booking=row, by=shop.by(shop.carl)),
    )

    assert Booking.objects.filter(state="held").count() == 1
    assert Booking.objects.get(state="held").person == shop.dora
