"""Exchanges for machines: check, draft, read, deposit, settle."""

from __future__ import annotations

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(world):
    def asks(agent, method, address, **payload):
        client = Client()
        client.force_login(world.by(agent).user)
        call = getattr(client, method)
        more = {"data": json.dumps(payload), "content_type": "application/json"} if payload else {}
        answer = call(f"/api/exchange/{address}", **more)
        return answer.status_code, answer.json()

    return asks


def test_words_are_checked_and_nothing_is_kept(world, ask):
    status, said = ask(world.lou, "post", "exchange-check", text=world.words())
    assert (status, said["valid"], said["can_settle"], said["problems"]) == (200, True, True, [])
    wrong = world.words().replace("25000", "0")
    status, said = ask(world.lou, "post", "exchange-check", text=wrong)
    assert (said["valid"], said["problems"][0]["line"]) == (False, 37)
    assert ask(world.lou, "get", "exchanges")[1]["items"] == []


def test_an_exchange_is_drafted_once_under_its_key(world, ask):
    status, said = ask(world.lou, "post", "exchanges", text=world.words(), key="k")
    assert (status, said["state"], said["missing"]) == (201, "draft", [])
    assert (
        ask(world.lou, "post", "exchanges", text=world.words(), key="k")[1]["slug"] == said["slug"]
    )
    assert len(ask(world.lou, "get", "exchanges")[1]["items"]) == 1
    assert ask(world.bruno, "get", f"exchanges/{said['slug']}")[0] == 404


def test_it_is_deposited_and_settled(world, ask):
    exchange = world.opened()
    base = f"exchanges/{exchange.slug}"
    assert ask(world.dris, "post", f"{base}/legs/pommes/deposit", note="x")[0] == 403
    assert ask(world.dris, "post", f"{base}/settle")[0] == 409
    status, said = ask(world.ada, "post", f"{base}/legs/pommes/deposit", note="là")
    assert (status, said["missing"]) == (200, ["site", "argent"])
    ask(world.bruno, "post", f"{base}/legs/site/deposit", note="")
    world.pay(exchange)

    status, said = ask(world.dris, "post", f"{base}/settle")
    assert (status, said["state"]) == (200, "settled")
    assert {leg["state"] for leg in said["legs"]} == {"released"}
    assert ask(world.person("omar"), "get", base)[0] == 404
