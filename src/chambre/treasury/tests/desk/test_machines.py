"""The desk and its mandates for machines and at the command line: the same acts, once per key."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.treasury.cli.desk import cheque, drawer, voucher
from chambre.treasury.models import Cheque, Collection, Party
from chambre.treasury.services.bank import create_account
from chambre.treasury.services.payments import request_payment
from chambre.treasury.tests.payouts.conftest import OURS, THEIRS

pytestmark = pytest.mark.django_db
BASE = "/api/treasury/structures/vergers/"


@pytest.fixture
def bruno(treasurer):
    return Actor.of(treasurer)


@pytest.fixture
def account(orchard, system):
    return create_account(
        book=orchard, slug="compte", iban=OURS.iban, name="Compte courant", by=system
    )


@pytest.fixture
def post(client, treasurer):
    client.force_login(treasurer)

    def act(path, expect=(200, 201), **body):
        answer = client.post(BASE + path, body, content_type="application/json")
        wanted = (expect,) if isinstance(expect, int) else expect
        assert answer.status_code in wanted, answer.content
        return answer.json()

    return act


@pytest.fixture
def owed(orchard, bruno):
    return request_payment(book=orchard, amount=2_000, reason="Panier", by=bruno)


def test_a_machine_opens_a_drawer_takes_cash_and_closes_it(client, post, owed):
    made = post("drawers", name="Marché")
    assert (made["slug"], made["is_open"], made["held"]) == ("marche", False, 0)
    post("drawers/marche/payments", 409, payment=owed.public_id, amount=2_000, key="early")
    post("drawers/marche/counts", kind="opening", pieces={}, key="o")
    for _time in range(2):
        taken = post("drawers/marche/payments", payment=owed.public_id, amount=2_000, key="t")
    assert taken == {"payment": owed.public_id, "state": "paid", "received": 2_000}
    out = {"kind": "out", "amount": 200, "reason": "Consigne", "use": "deposit", "key": "d"}
    assert post("drawers/marche/moves", **out)["held"] == 1_800
    assert post("drawers/marche/moves", **out)["held"] == 1_800
    post("drawers/marche/moves", 409, **{**out, "amount": 1_801, "key": "much"})
    closing = {"kind": "closing", "pieces": {"1000": 1, "500": 1, "200": 1}, "key": "c"}
    refused = post("drawers/marche/counts", 422, **closing)
    assert [each["field"] for each in refused["errors"]] == ["note"]
    done = post("drawers/marche/counts", **closing, note="Une pièce perdue")
    assert (done["counted"], done["expected"], done["difference"]) == (1_700, 1_800, -100)
    assert client.get(BASE + "drawers").json()[0]["held"] == 1_700


def test_a_machine_receives_cheques_and_pays_them_in(client, post, owed, account):
    face = {"drawn_by": "Léa Martin", "bank": "Nef", "number": "0000123", "amount": 2_000,
            "reason": "Panier", "payment": owed.public_id, "key": "q"}  # fmt: skip
    one = post("cheques", **face)
    assert post("cheques", **face) == one
    assert (one["state"], Cheque.objects.count()) == ("here", 1)
    post("cheques", 409, **{**face, "key": "again"})
    slip = post("slips", account="compte", cheques=[one["id"]], key="s")
    assert (slip["count"], slip["total"]) == (1, 2_000)
    post(f"cheques/{one['id']}/bounced", reason="Sans provision")
    assert client.get(BASE + "cheques").json()["items"][0]["state"] == "bounced"
    owed.refresh_from_db()
    assert owed.open == 2_000


def test_a_machine_gives_a_voucher_and_pays_with_it(client, post, owed):
    gift = {"reason": "Tombola", "amount": 2_500, "use": "purchase", "key": "v"}
    made = post("vouchers", **gift)
    assert post("vouchers", **gift)["code"] == ""
    use = {"code": made["code"], "payment": owed.public_id, "amount": 2_000, "key": "u"}
    assert post("voucher-uses", **use)["state"] == "paid"
    post("voucher-uses", 409, **{**use, "amount": 501, "key": "more"})
    post("voucher-uses", 404, **{**use, "code": "ABCD-ABCD-ABCD-ABCD", "key": "wrong"})
    assert client.get(BASE + "vouchers").json()["items"][0]["left"] == 500


def test_a_machine_notes_a_mandate_and_ends_it(client, post, bruno):
    party = post("parties", name="Jus de la Lysse")
    answer = client.put(
        BASE + "creditor-id", {"identifier": "FR72ZZZ123456"}, content_type="application/json"
    )
    assert answer.status_code in (200, 422)
    body = {"party": party["code"], "iban": THEIRS, "key": "m", "reference": "RUM-1",
            "signed_on": registry.today().isoformat(), "scheme": "B2B"}  # fmt: skip
    made = post("mandates", **body)
    assert post("mandates", **body) == made
    assert (made["reference"], made["scheme"], made["ended"]) == ("RUM-1", "B2B", "")
    day = (registry.today() + dt.timedelta(30)).isoformat()
    planned = post(
        "collections", mandate="RUM-1", amount=900, day=day, reason="Abonnement", key="c"
    )
    gone = post(f"collections/{planned['code']}/withdraw", key="w", reason="Erreur")
    assert gone["state"] == client.get(f"{BASE}collections/{planned['code']}").json()["state"]
    post(f"collections/{planned['code']}/bank-answer", 409, code="AM04", key="b")
    assert post("mandates/RUM-1/end", reason="Fin du contrat")["ended"] == "Fin du contrat"
    post("collections", 409, mandate="RUM-1", amount=900, day=day, reason="Encore", key="c2")
    assert Collection.objects.count() == 1


def test_nobody_else_sees_or_moves_anything(client, orchard, passer_by):
    client.force_login(passer_by)
    for path in ("drawers", "cheques", "slips", "vouchers", "parties", "mandates"):
        assert client.get(BASE + path).status_code == 403
    denied = client.post(BASE + "drawers", {"name": "À moi"}, content_type="application/json")
    assert denied.status_code == 403
    assert not Party.objects.exists()


def run(command, *words):
    ran = CliRunner().invoke(command, [*words, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output)


def test_the_command_line_does_the_same(orchard, owed, account):
    here = ("--structure", "vergers")
    assert run(drawer, "add", "Marché", *here)["slug"] == "marche"
    run(drawer, "count", "marche", *here, "--kind", "opening")
    money = ("--kind", "in", "--amount", "5000", "--reason", "Fonds", "--use", "internal")
    for _time in range(2):
        assert run(drawer, "move", "marche", *here, *money, "--key", "f")["held"] == 5_000
    closed = run(drawer, "count", "marche", *here, "--kind", "closing", "--pieces", "2000:2",
                 "--pieces", "1000:1")  # fmt: skip
    assert closed == {"counted": 5_000, "expected": 5_000, "difference": 0}
    face = ("--from", "Léa", "--bank", "Nef", "--number", "1", "--amount", "2000", "--reason", "P")
    run(cheque, "receive", *here, *face, "--payment", owed.public_id)
    assert len(run(cheque, "list", *here)["cheques"]) == 1
    assert run(cheque, "slip", *here, "--account", "compte")["total"] == 2_000
    gift = ("--amount", "700", "--reason", "Merci", "--use", "purchase")
    code = run(voucher, "issue", *here, *gift)["code"]
    assert len(code) == 19
    assert run(voucher, "list", *here)["vouchers"][0]["left"] == 700
