"""Contracts for machines: drafting, words, reading, check and uses; nothing there signs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from chambre.core.actors import Actor
from chambre.core.tokens import create_token
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, Signature, Use, Version
from chambre.rooms.reciprocity.tests.conftest import Commons, words

BASE = "/api/reciprocity"


class Machine:
    """A machine with somebody's key."""

    def __init__(self, agent: Agent | None, *scopes: str) -> None:
        self.client = Client(headers={"accept-language": "fr"})
        self.headers = {}
        if agent is not None:
            user: Any = agent.user
            key = create_token(
                user=user, scopes=list(scopes or ("reciprocity",)), by=Actor.of(user)
            )[1]
            self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Any:
        return self.client.get(BASE + path, headers=self.headers)

    def post(self, path: str, **payload: Any) -> Any:
        return self.client.post(
            BASE + path, json.dumps(payload), content_type="application/json", headers=self.headers
        )


@pytest.fixture
def machine(commons: Commons) -> Machine:
    return Machine(commons.ines)


def test_a_draft_from_a_template_and_its_next_version(commons: Commons, machine: Machine) -> None:
    made = machine.post(
        "/contracts",
        name="Redevance",
        template="redevance-diffusion",
        resource="cours",
        holder="ecole",
    )
    assert made.status_code == 201, made.content
    slug = made.json()["slug"]
    text = machine.get(f"/contracts/{slug}/versions/1").json()["text"]
    second = machine.post(
        f"/contracts/{slug}/versions", text=text.replace("5000", "6000"), note="Cher"
    )
    assert second.status_code == 201, second.content
    assert second.json()["number"] == 2
    assert machine.get(f"/contracts/{slug}").json()["digest"] == second.json()["digest"]
    assert "60,00" in machine.get(f"/contracts/{slug}/reading").content.decode()
    assert len(machine.get(f"/contracts/{slug}/versions").json()) == 2


def test_words_are_refused_with_their_place(commons: Commons, machine: Machine) -> None:
    bad = words().replace('"costs"', '"magie"')
    refused = machine.post("/contracts", name="Cours", text=bad)
    assert refused.status_code == 422
    assert refused.json()["data"]["problems"][0]["line"] == 25
    checked = machine.post("/check", text=bad).json()
    assert checked["ok"] is False
    assert checked["problems"][0]["path"] == "step[1].how"
    assert not Contract.objects.exists()


def test_a_check_names_the_version_that_has_the_words(commons: Commons) -> None:
    commons.signed()
    found = Machine(commons.lou).post("/check", text="# relu\n" + words()).json()
    assert (found["ok"], found["known"]) == (True, ["cours/1"])


def test_names_of_people_are_not_told(commons: Commons) -> None:
    from chambre.rooms.reciprocity.services.offering import Bound

    commons.offered(Bound(commons.school), Bound(commons.lou))
    parties = Machine(None).get("/contracts/cours/versions/1").json()["parties"]
    assert parties == [
        {"agent": "ecole", "name": "ecole", "hands": 1, "signed": 0},
        {"agent": None, "name": "", "hands": 1, "signed": 0},
    ]


def test_a_machine_tells_a_use_once_and_takes_it_back(commons: Commons) -> None:
    commons.signed()
    machine = Machine(commons.omar)
    told = {"user": "presse", "quantity": "2.5", "unit": "diffusion", "key": "k1"}
    first = machine.post("/contracts/cours/uses", **told)
    assert first.status_code == 201, first.content
    assert machine.post("/contracts/cours/uses", **told).json()["id"] == first.json()["id"]
    assert machine.post("/contracts/cours/uses", **{**told, "quantity": "3"}).status_code == 409
    assert (
        machine.post("/contracts/cours/uses", **{**told, "unit": "vue", "key": "k2"}).status_code
        == 422
    )
    number = first.json()["id"]
    back = machine.post(f"/contracts/cours/uses/{number}/back", key="b1")
    assert back.json()["corrects"] == number
    assert [row["quantity"] for row in machine.get("/contracts/cours/uses").json()["items"]] == [
        "2.5", "-2.5",
    ]  # fmt: skip


def test_who_may_not(commons: Commons) -> None:
    commons.draft("brouillon")
    stranger, narrow = Machine(None), Machine(commons.ines, "lens")
    assert stranger.get("/contracts/brouillon").status_code == 404
    assert stranger.post("/contracts", name="X").status_code == 401
    assert narrow.post("/contracts", name="X").status_code == 403
    other = Machine(commons.omar).post("/contracts/brouillon/versions", text=words("brouillon"))
    assert other.status_code == 403
    assert Version.objects.count() == 1
    assert not Signature.objects.exists()
    assert not Use.objects.exists()


def test_lists_show_what_may_be_read(commons: Commons) -> None:
    commons.draft("brouillon")
    commons.signed()
    assert [row["slug"] for row in Machine(None).get("/contracts").json()["items"]] == ["cours"]
    own = Machine(commons.lou).get("/contracts").json()["items"]
    assert {row["slug"] for row in own} == {"brouillon", "cours"}
    assert len(Machine(None).get("/templates?language=en").json()) == 12
