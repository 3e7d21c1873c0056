"""Tries are counted once each, by all processes together, and forgotten."""

from __future__ import annotations

import threading

import pytest
import time_machine
from django.db import connections
from django.test import RequestFactory

from chambre.core.errors import TooMany
from chambre.core.models import RateCount
from chambre.core.ratelimit import address_of, forget_old, hit, limit


@pytest.mark.django_db
def test_the_limit_bites_after_so_many_tries_and_lets_go():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        for _try in range(3):
            limit("test.try", "ada", times=3, seconds=60)
        with pytest.raises(TooMany) as refused:
            limit("test.try", "ada", times=3, seconds=60)
        assert refused.value.data == {"retry_after": 60}
        limit("test.try", "zoe", times=3, seconds=60)
        limit("test.other", "ada", times=3, seconds=60)

        clock.shift(120)
        limit("test.try", "ada", times=3, seconds=60)


@pytest.mark.django_db
def test_nobody_gets_twice_the_limit_around_a_border():
    with time_machine.travel("2026-03-01T12:00:59Z", tick=False) as clock:
        for _try in range(10):
            hit("test.try", "ada", seconds=60)
        clock.shift(1)
        assert hit("test.try", "ada", seconds=60) == 11
        clock.shift(30)
        assert hit("test.try", "ada", seconds=60) == 2 + 5
        clock.shift(29)
        assert hit("test.try", "ada", seconds=60) == 3


@pytest.mark.django_db
def test_what_is_counted_does_not_say_who():
    hit("test.try", "ada@exemple.test", seconds=60)

    assert "ada" not in RateCount.objects.get().key


@pytest.mark.django_db
def test_old_counts_are_forgotten():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        hit("test.try", "ada", seconds=60)
    hit("test.try", "zoe", seconds=60)

    assert forget_old() == 1
    assert RateCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted():
    barrier = threading.Barrier(4)
    counts = []

    def work():
        try:
            barrier.wait()
            counts.extend(hit("test.try", "ada", seconds=3600) for _try in range(10))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == list(range(1, 41))


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "203.0.113.1", "192.0.2.9", "203.0.113.1"),
        (1, "127.0.0.1", "192.0.2.9", "192.0.2.9"),
        (1, "127.0.0.1", "6.6.6.6, 192.0.2.9", "192.0.2.9"),
        (2, "127.0.0.1", "6.6.6.6, 192.0.2.9, 10.0.0.1", "192.0.2.9"),
        (2, "127.0.0.1", "192.0.2.9", "192.0.2.9"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "unix:", "", "unix:"),
    ],
)
def test_where_a_visitor_comes_from(settings, proxies, remote, forwarded, expected):
    settings.CHAMBRE_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})

    assert address_of(request) == expected
