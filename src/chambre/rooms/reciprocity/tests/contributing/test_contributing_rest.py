"""Contributions and budgets for machines and at the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from chambre.rooms.reciprocity.cli.contributing import contribution
from chambre.rooms.reciprocity.models import Contribution, OverrunOutcome, Recognition
from chambre.rooms.reciprocity.services.contributing import circle, overruns
from chambre.rooms.reciprocity.tests.contributing.conftest import Orchard


class Caller:
    """Somebody's program."""

    def __init__(self, orchard: Orchard, name: str) -> None:
        self.client = Client()
        self.client.force_login(orchard.people[name].user)

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/reciprocity/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, status: int = 201, **data: Any) -> Any:
        answer = self.client.post(f"/api/reciprocity/{path}", data, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def callers(orchard: Orchard) -> dict[str, Caller]:
    return {name: Caller(orchard, name) for name in orchard.people}


def test_a_machine_records_and_peers_recognise(orchard, callers):
    given = {"resource": "verger", "kind": "time", "what": "Taille", "minutes": 90, "key": "k"}
    made = callers["chloe"].post("contributions", **given)
    assert callers["chloe"].post("contributions", **given)["id"] == made["id"]
    callers["chloe"].post("contributions", status=409, **{**given, "minutes": 5})
    callers["chloe"].post("contributions", status=422, **{**given, "key": "x", "cents": 5})
    callers["chloe"].post("contributions", status=403, **{**given, "key": "y", "agent": "ada"})
    path = f"contributions/{made['id']}"
    callers["bruno"].post(f"{path}/voices", kind="objection", words="Non", key="o")
    answer = callers["chloe"].post(
        f"{path}/voices", kind="answer", words="Si", about="bruno", key="a"
    )
    assert (answer["state"], len(answer["voices"])) == ("answered", 2)
    callers["bruno"].post(f"{path}/voices", kind="seen", key="s")
    assert callers["dris"].post(f"{path}/voices", kind="seen", key="s")["counts"] is True
    callers["eve"].post(f"{path}/voices", status=409, kind="seen", key="s")
    assert [each["id"] for each in callers["eve"].get("contributions")["items"]] == [made["id"]]
    assert callers["eve"].get("contributions?resource=verger&waiting=true")["items"] == []
    more = {"kind": "goods", "what": "Plants", "quantity": "12.50", "unit": "kg", "key": "c"}
    new = callers["chloe"].post(f"{path}/correction", **more)
    assert (new["quantity"], new["corrects"], new["counts"]) == ("12.5", made["id"], None)
    gone = callers["chloe"].post(f"contributions/{new['id']}/withdrawal", key="w", why="Doublon")
    assert gone["withdrawn"]
    callers["chloe"].get("contributions/999999", status=404)
    assert Client().get("/api/reciprocity/contributions").status_code == 401


def test_rates_and_the_statement(orchard, callers):
    callers["chloe"].get("resources/verger/rates", status=404)
    circle.propose_grid(
        place=orchard.resource, name="2026", key="g", by=orchard.by("ada"), lines=[("a", "", 2_000)]
    )
    rate = callers["chloe"].get("resources/verger/rates")["lines"][0]
    callers["chloe"].post(
        "contributions", resource="verger", kind="care", what="Soin", minutes=60,
        rate=rate["id"], key="k",
    )  # fmt: skip
    row = Contribution.objects.get()
    assert row.asked == 2_000
    told = callers["chloe"].get(f"statement/{row.until.year}")
    assert (told["minutes"], told["given"], len(told["contributions"])) == (60, 0, 1)


def test_a_budget_and_its_overrun(orchard, callers):
    budget = orchard.budget(100_00, fallback="cap")
    for name, minor in (("chloe", 90_00), ("dris", 40_00)):
        told = callers[name].post("budgets/budget/asked", minor=minor, what="Taille", key="k")
    assert (told["left"], told["warnings"]) == (-30_00, [["over", ""]])
    number = told["rows"][0]["id"]
    callers["chloe"].post(f"budgets/budget/asked/{number}", status=403, minor=1, key="c")
    told = callers["dris"].post(f"budgets/budget/asked/{number}", minor=50_00, key="c")
    assert told["asked"] == 140_00
    assert [each["slug"] for each in callers["eve"].get("budgets")["items"]] == ["budget"]
    row = overruns.begin(budget=budget, by=orchard.by("bruno"))
    path = f"budgets/budget/overruns/{row.number}/acts"
    callers["bruno"].post(path, kind="go-on", key="1")
    callers["chloe"].post(path, kind="feel", words="Bien", key="2")
    callers["bruno"].post(path, status=409, kind="go-on", key="3")
    callers["bruno"].post(path, kind="excuse", agent="dris", key="4")
    for key in ("5", "6"):
        callers["bruno"].post(path, kind="go-on", key=key)
    for name in ("chloe", "dris"):
        callers[name].post(path, kind="position", keeps=50_00, rest="carry", key="7")
    callers["bruno"].post(path, kind="go-on", key="8")
    callers["chloe"].post(path, kind="propose", rule="cap", key="9")
    for name in ("chloe", "dris"):
        told = callers[name].post(path, kind="consent", key="10")
    assert told["stage"] == "practice"
    assert {each["agent"]: each["paid"] for each in told["outcomes"]} == {
        "chloe": 50_00, "dris": 50_00,
    }  # fmt: skip
    assert callers["eve"].get("budgets/budget/overruns/1")["missing"] == ["chloe", "dris"]
    assert OverrunOutcome.objects.count() == 2


def test_the_command_line_records_lists_and_recognises(orchard):
    def run(*arguments: str, status: int = 0) -> Any:
        done = CliRunner().invoke(contribution, [*arguments, "--json"])
        assert done.exit_code == status, (done.output, done.exception)
        return json.loads(done.output)

    given = (
        "record",
        "verger",
        "--by",
        "chloe@exemple.test",
        "--what",
        "Taille",
        "--much",
        "2 h 30",
    )
    made = run(*given, "--key", "k")
    assert run(*given, "--key", "k") == made
    assert (made["minutes"], made["state"]) == (150, "waiting")
    for name in ("bruno", "dris"):
        told = run("recognise", str(made["id"]), "--by", f"{name}@exemple.test")
    assert told["counts"] is True and Recognition.objects.get().counts
    assert run("list", "--waiting") == {"contributions": []}
    assert [each["id"] for each in run("list", "--resource", "verger")["contributions"]] == [
        made["id"]
    ]
