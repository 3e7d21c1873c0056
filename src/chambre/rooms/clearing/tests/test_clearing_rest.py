"""The room for machines."""

import pytest

from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation


@pytest.fixture
def call(client, town):
    def send(agent, method, path, body=None):
        who = town.people.get(agent.slug, agent)
        client.force_login(Agent.objects.select_related("user").get(pk=who.pk).user)
        return getattr(client, method)(
            f"/api/clearing/{path}", data=body, content_type="application/json"
        )

    return send


def test_an_obligation_from_its_saying_to_its_acceptance(call, town):
    said = {
        "debtor": "moulin", "creditor": "fournil", "amount": 1_250, "reference": "Pain", "key": "a",
    }  # fmt: skip
    made = call(town.bakery, "post", "obligations", said)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert call(town.bakery, "post", "obligations", said).json()["id"] == made.json()["id"]
    path = f"obligations/{made.json()['id']}/decision"
    assert call(town.grocer, "post", path, {"act": "accept"}).status_code == 404
    assert call(town.mill, "post", path, {"act": "accept"}).json()["state"] == "accepted"
    assert call(town.lou, "get", "obligations").json()["items"] == []
    assert call(town.mill, "get", "obligations").json()["items"][0]["left"] == 1_250


def test_a_round_shows_totals_and_ones_own_effect(call, town):
    town.ring()
    row = town.opens()
    seen = call(town.fanny, "get", f"rounds/{row.pk}").json()
    assert (seen["total"], seen["cleared"], seen["effects"]) == (26_000, 21_000, [])
    assert seen["rings"] == [{"members": 3, "rings": 1, "cleared": 21_000}]
    for agent in (town.mill, town.bakery, town.grocer):
        mine = call(agent, "get", f"rounds/{row.pk}").json()["effects"][0]
        assert (mine["amount"], mine["agrees"]) == (7_000, None)
        told = call(
            agent, "post", f"rounds/{row.pk}/answers",
            {"agent": agent.slug, "agrees": True, "effect": mine["effect"]},
        )  # fmt: skip
        assert told.status_code == 200
    assert call(town.mill, "post", f"rounds/{row.pk}/booking").status_code == 403
    booked = call(town.fanny, "post", f"rounds/{row.pk}/booking")
    assert (booked.status_code, booked.json()["state"]) == (200, "booked")
    assert Obligation.objects.filter(cleared=7_000).count() == 3


def test_rounds_are_opened_by_who_leads_them(call, town):
    body = {"name": "Automne", "key": "k"}
    assert call(town.mill, "post", "rounds", body).status_code == 403
    made = call(town.fanny, "post", "rounds", body)
    assert (made.status_code, made.json()["state"]) == (202, "computing")
    assert call(town.lou, "get", "rounds").json()["items"][0]["name"] == "Automne"
