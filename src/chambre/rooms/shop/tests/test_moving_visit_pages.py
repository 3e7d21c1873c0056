"""The page that brings a running shop in: a job with its report, and a key that nothing keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from chambre.core import fetching
from chambre.core.jobs import execute
from chambre.core.models import AuditEntry, Job
from chambre.rooms.shop.models import Customer, ImportedOrder, Order, Product
from chambre.rooms.shop.tests.conftest import page


def told(address: str, **more: Any) -> dict[str, Any]:
    return {
        "address": address, "consumer_key": "ck_1", "consumer_secret": "cs_1",
        "default_vat": "20", **more,
    }  # fmt: skip


@pytest.fixture
def reached(former: str, monkeypatch: Any, settings: Any) -> str:
    """The shop of this machine, as if it were in the public internet; jobs wait for a worker."""
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    }
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)
    return former


def everything() -> str:
    """Each word of each table of the core and of the shop."""
    with connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.startswith(("core_", "shop_", "django_tasks"))
        ]
        found = []
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(repr(cursor.fetchall()))
    return "".join(found)


def test_a_running_shop_comes_in_by_a_job_that_tells_what_did_not(farm, keeper, reached):
    sent = keeper.post(page("visit"), told(reached))
    job = Job.objects.get()
    assert sent["Location"] == reverse("core:job", args=[job.pk])
    assert (job.state, job.sealed != "") == ("waiting", True)
    waiting = everything()

    execute(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.sealed) == ("done", "")
    assert job.report["facts"] == {
        "customers": 2, "customers_updated": 0, "orders": 3, "placed": 0,
    }  # fmt: skip
    assert [line["what"] for line in job.report["refused"]] == ["client 8"]
    assert (Product.objects.count(), Customer.objects.count(), ImportedOrder.objects.count()) == (
        1, 2, 3,
    )  # fmt: skip
    shown = keeper.get(sent["Location"]).content.decode()
    assert "3 commandes" in job.report["summary"]
    assert job.report["summary"] in shown
    assert reached in keeper.get(page("visit")).content.decode()
    for words in (waiting, everything(), shown):
        assert "cs_1" not in words
        assert "ck_1" not in words


def test_open_orders_are_placed_where_the_page_says(farm, keeper, reached):
    keeper.post(page("visit"), told(reached, into=farm.distribution.pk))
    execute(str(Job.objects.get().pk))

    assert Order.objects.get().distribution == farm.distribution


def test_a_wrong_secret_is_said_so_and_brings_nothing(farm, keeper, reached):
    keeper.post(page("visit"), told(reached, consumer_secret="cs_2"))
    job = Job.objects.get()
    execute(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.error_code, job.sealed) == ("refused", "shop.former-shop-refused", "")
    assert not Product.objects.exists()


def test_the_key_is_only_sent_where_it_is_safe(farm, keeper, former):
    unsafe = keeper.post(page("visit"), told("http://ferme.test"))
    keeper.post(page("visit"), told(former))
    job = Job.objects.get()
    execute(str(job.pk))

    assert unsafe.status_code == 422
    assert "cs_1" not in unsafe.content.decode()
    job.refresh_from_db()
    assert job.state == "refused"


def test_a_key_that_was_lost_on_the_way_is_asked_for_again(farm, keeper, reached):
    keeper.post(page("visit"), told(reached))
    Job.objects.update(sealed="not ours")
    job = Job.objects.get()
    execute(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.sealed) == ("refused", "")
    assert not Product.objects.exists()


def test_it_is_for_who_manages_the_shop(farm, client, make_user):
    client.force_login(make_user("passant@exemple.test"))

    assert client.get(page("visit")).status_code == 403
    assert client.post(page("visit"), told("https://ferme.test")).status_code == 403
    assert not Job.objects.exists()
    assert not AuditEntry.objects.filter(action="core.job.started").exists()
