"""The interface for machines: beginning, proposing, leaving, paying in another chamber."""

import json

import pytest

from chambre.core.hooks import deliver_pending
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Decision
from chambre.rooms.credit.services import crossing
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.rooms.credit.tests.conftest import SYSTEM
from chambre.treasury.models import Payout

pytestmark = pytest.mark.django_db
RULES = {"floor": 5_000, "ceiling": None, "rate": 100, "ways": ["spend", "euros", "shared"],
         "hands": 2}  # fmt: skip


@pytest.fixture
def ask(village, client):
    """``ask("ada", "/decisions", data, 201)``: what is answered."""

    def send(name, path, data=None, status=200, unit="CRD"):
        client.force_login(village.people[name].user)
        url = f"/api/credit/{village.chamber.slug}/{unit}{path}"
        if data is None:
            answer = client.get(url)
        else:
            answer = client.post(url, json.dumps(data), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return send


@pytest.fixture
def code(village):
    return {name: village.account(name).code for name in village.members}


def test_who_looks_after_the_chamber_begins(village, ask):
    assert ask("ada", "", RULES, 403, unit="HUR")["status"] == 403
    agent = village.people["ada"]
    registry.grant_role(agent=agent, kind="administrator", scope=village.chamber, by=SYSTEM)
    begun = ask("ada", "", RULES, 201, unit="HUR")
    assert (begun["unit"], begun["members"], begun["rules"]["rate"]) == ("HUR", 0, 100)
    again = ask("ada", "", {**RULES, "floor": 1}, 201, unit="HUR")
    assert again["rules"]["floor"] == 5_000
    ask("ada", "", {**RULES, "ways": []}, 422, unit="HUR")
    ask("ada", "", RULES, 422, unit="EUR")
    assert Community.objects.count() == 2


def test_rules_and_bounds_are_proposed_and_decided(village, ask, code):
    wish = {"account": code["ada"], "words": "On essaie", "key": "r", "rules": RULES}
    made = ask("ada", "/decisions/rules", wish, 201)
    assert (made["state"], made["yes"], made["content"]["rate"]) == ("open", 1, 100)
    assert ask("ada", "/decisions/rules", wish, 201)["id"] == made["id"]
    ask("ada", "/decisions/rules", {**wish, "words": " "}, 422)
    ask("cora", "/decisions/rules", {**wish, "key": "x"}, 403)
    voice = {"account": code["cora"], "yes": True}
    assert ask("cora", f"/decisions/{made['id']}/voice", voice)["state"] == "agreed"
    assert village.account("dune").limit == 5_000
    wish = {"account": code["ada"], "words": "Four", "key": "r", "member": code["dune"]}
    ask("ada", "/decisions/bounds", {**wish, "floor": 9_000}, 409)  # the key was another proposal's
    made = ask("ada", "/decisions/bounds", {**wish, "floor": 9_000, "key": "b"}, 201)
    ask("cora", f"/decisions/{made['id']}/voice", voice)
    assert village.account("dune").limit == 9_000
    assert Decision.objects.count() == 2


def test_a_loss_is_proposed(village, ask, code):
    village.pays("ada", "basile", 300)
    wish = {"account": code["basile"], "words": "Partie", "key": "l", "member": code["ada"],
            "how": "equal"}  # fmt: skip
    ask("basile", "/decisions/loss", wish, 404)
    until = registry.today().isoformat()
    path = f"/accounts/{code['ada']}/leaving"
    ask("ada", path, {"way": "shared", "until": until}, 201)
    made = ask("basile", "/decisions/loss", wish, 201)
    ask("cora", f"/decisions/{made['id']}/voice", {"account": code["cora"], "yes": True})
    assert village.held() == [0, 200, -100, -100, 0]
    assert ask("ada", f"{path}/step", {})["state"] == "done"


def test_somebody_leaves(village, ask, code):
    village.pays("ada", "basile", 300)
    path = f"/accounts/{code['basile']}/leaving"
    ask("basile", path, status=404)
    wish = {"way": "euros", "until": registry.today().isoformat()}
    ask("cora", path, wish, 403)
    begun = ask("basile", path, wish, 201)
    assert (begun["state"], begun["held"], begun["payment"]) == ("open", 300, "")
    ask("cora", path, status=403)
    assert ask("basile", f"{path}/stay", {})["state"] == "stayed"
    ask("basile", path, wish, 201)
    ask("basile", f"{path}/step", {"iban": "FR00"}, 422)
    asked = ask("basile", f"{path}/step", {"iban": "DE89370400440532013000"})
    assert (asked["payment"], asked["held"]) == (Payout.objects.get().code, 0)
    ask("basile", f"{path}/step", {}, 409)
    ask("basile", f"{path}/stay", {}, 409)
    assert ask("basile", path)["state"] == "open"
    assert village.held() == [-300, 0, 0, 0, 300]


def test_units_are_sent_to_another_chamber(village, ask, code):
    other = registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
    there = open_community(chamber=other, unit="CRD", rules=RulesIn(floor=1), by=SYSTEM)
    shop = registry.create_structure(slug="echoppe", name="Échoppe", chamber=other, by=SYSTEM)
    target = join(community=there, agent=shop, by=SYSTEM).account
    sent = {"account": code["ada"], "chamber": "aval", "target": target.code, "amount": 900,
            "reason": "Farine", "key": "x"}  # fmt: skip
    ask("ada", "/crossings", sent, 404)
    facts = {"owes": 900, "owed": 900, "by": SYSTEM}
    crossing.agree(community=village.community, partner=other, **facts)
    assert ask("ada", "/partners")[0]["in_force"] is False
    ask("ada", "/crossings", sent, 409)
    crossing.agree(community=there, partner=village.chamber, **facts)
    made = ask("ada", "/crossings", sent, 201)
    assert ask("ada", "/crossings", sent, 201)["id"] == made["id"]
    assert made["state"] == "sent"
    for _round in range(2):
        deliver_pending(force=True)
    assert ask("ada", f"/crossings/{made['id']}")["state"] == "done"
    ask("cora", f"/crossings/{made['id']}", status=403)
    ask("ada", "/crossings/nichts", status=404)
    assert ask("ada", "/partners") == [
        {
            "chamber": "aval",
            "owes": 900,
            "owed": 900,
            "held": 900,
            "in_force": True,
            "state": "force",
        }
    ]
    assert village.held()[0] == -900
