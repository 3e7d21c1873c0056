"""Commands and the interface for machines."""

import json

import pytest
from click.testing import CliRunner

from chambre.core.errors import ChambreError
from chambre.registry import api as registry
from chambre.rooms.credit import cli  # noqa: F401 # adds its commands to the treasury's group
from chambre.rooms.credit.services.deciding import propose_rules
from chambre.rooms.credit.tests.conftest import RULES
from chambre.treasury.cli.credit import credit

pytestmark = pytest.mark.django_db


def run(*words, exit_code=0):
    done = CliRunner().invoke(credit, [*map(str, words), "--json"])
    if exit_code is None:
        assert isinstance(done.exception, ChambreError)
        return done.exception.code
    assert done.exit_code == exit_code, done.output + repr(done.exception)
    return json.loads(done.output)


def test_paying_at_the_command_line(village, tmp_path):
    ada, cora = (village.people[name].slug for name in ("ada", "cora"))
    chamber = village.chamber.slug
    assert run("pay", ada, cora, 500, "--reason", "Pain", "--key", "a")["held"] == -500
    assert run("pay", ada, cora, 500, "--reason", "Pain", "--key", "a")["held"] == -500
    code = "treasury.credit.not-so-much"
    assert run("pay", ada, cora, 9_501, "--reason", "Pain", exit_code=None) == code
    file = tmp_path / "p.csv"
    ends = f"{village.account('ada').code},{village.account('cora').code}"
    file.write_text(f"from,to,amount,reason,key\n{ends},100,Bois,b\n{ends},99999,Bois,c\n")
    told = run("pay-file", chamber, file, exit_code=1)["payments"]
    assert [(each["made"], each["refused"]) for each in told] == [(True, ""), (False, code)]
    figures = run("figures", chamber)
    assert (figures["members"], figures["owed"], figures["moved"]) == (4, 600, 600)
    assert run("rules", chamber)["floor"] == 10_000
    assert village.held() == [-600, 0, 600, 0, 0]


def test_a_ticket_at_the_command_line(village):
    ada, cora, dune = (village.people[name].slug for name in ("ada", "cora", "dune"))
    made = run("ticket", "make", ada, 250, "--until", registry.today().isoformat(), "--key", "t")
    key = run("ticket", "key", village.chamber.slug)["key"]
    assert run("ticket", "check", made["ticket"], "--key", key)["amount"] == 250
    assert run("ticket", "check", "CHB1.x.y", "--key", key, exit_code=None) == "credit.no-ticket"
    assert run("ticket", "take", made["ticket"], cora)["amount"] == 250
    assert run("ticket", "take", made["ticket"], dune, exit_code=None) == "credit.ticket-taken"
    assert village.held() == [-250, 0, 250, 0, 0]


def test_the_interface_for_machines(village, client):
    base = f"/api/credit/{village.chamber.slug}/CRD"
    codes = {name: village.account(name).code for name in village.members}

    def post(name, path, data, status):
        client.force_login(village.people[name].user)
        answer = client.post(f"{base}{path}", json.dumps(data), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    pay = {
        "source": codes["ada"],
        "target": codes["cora"],
        "amount": 500,
        "reason": "Pain",
        "key": "a",
    }
    assert post("ada", "/payments", pay, 201)["held"] == -500
    assert post("ada", "/payments", pay, 201)["held"] == -500
    assert post("cora", "/payments", pay, 403)["type"].endswith("forbidden")
    many = {"payments": [{**pay, "key": "b"}, {**pay, "key": "c", "amount": 99_999}]}
    told = post("ada", "/payments/many", many, 200)["payments"]
    assert [each["made"] for each in told] == [True, False]
    ask = {"account": codes["cora"], "amount": 70, "reason": "Sel", "key": "r"}
    asked = post("cora", "/requests", ask, 201)
    paid = post("ada", f"/requests/{asked['id']}/pay", {"source": codes["ada"]}, 200)
    assert paid["move"]
    until = registry.today().isoformat()
    ticket = post(
        "ada", "/tickets", {"account": codes["ada"], "amount": 30, "until": until, "key": "t"}, 201
    )
    take = {"account": codes["dune"], "ticket": ticket["ticket"]}
    assert post("dune", "/tickets/take", take, 200)["move"]
    post("basile", "/tickets/take", {**take, "account": codes["basile"]}, 409)
    decision = propose_rules(
        speaker=village.account("ada"), rules=RULES, words="Encore", key="d", by=village.by("ada")
    )
    voice = {"account": codes["cora"], "yes": True}
    assert post("cora", f"/decisions/{decision.pk}/voice", voice, 200)["state"] == "agreed"
    assert client.get(f"{base}/decisions").json()[0]["yes"] == 2
    shown = client.get(base).json()
    assert (shown["members"], shown["owed"], shown["rules"]["number"]) == (4, 1_100, 2)
    assert client.get(f"/api/credit/{village.chamber.slug}/EUR").status_code == 404
    assert village.held() == [-1_100, 0, 1_070, 30, 0]
