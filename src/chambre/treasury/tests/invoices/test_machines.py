"""Invoices for machines: the commands exactly as promised, and the REST interface."""

import json

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from chambre.core.errors import Invalid, NotFound
from chambre.ledger import api as ledger
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.cli.invoice import invoice as command
from chambre.treasury.models import Invoice, Purchase
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.invoice_papers import facturx_of
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.parties import note_party
from chambre.treasury.tests.invoices.conftest import BY, CANTEEN, ISSUER, USUAL

pytestmark = pytest.mark.django_db
API = "/api/treasury/structures/vergers/"


def issue(party, key="one"):
    return issue_invoice(book=party.book, party=party, asked=USUAL, key=key, by=BY)


def run(*words):
    return CliRunner().invoke(command, words)


def test_the_factur_x_of_a_number_is_written(canteen, tmp_path):
    made = issue(canteen)
    out = tmp_path / "facture.pdf"

    done = run("export", made.number, "--out", str(out))
    assert (done.exit_code, done.exception) == (0, None)
    assert out.read_bytes() == facturx_of(invoice=made, by=BY)
    assert run("export", made.number, "--out", str(tmp_path / "f.xml")).exit_code == 0
    assert (tmp_path / "f.xml").read_bytes() == lib.embedded_xml(out.read_bytes())


def test_a_number_that_is_not_there_or_twice_is_refused(canteen, tmp_path, system):
    out = tmp_path / "x.pdf"
    assert isinstance(run("export", "F-1", "--out", str(out)).exception, NotFound)
    set_issuer(book=canteen.book, by=BY, prefix="F")
    first = issue(canteen)
    set_issuer(book=canteen.book, by=BY, prefix="G")
    other = ledger.open_book(
        structure=registry.create_structure(slug="autre", name="Autre", by=system), by=system
    )
    set_issuer(book=other, by=BY, **{**ISSUER, "prefix": "F"})
    party = note_party(book=other, name="Cantine", by=BY, **CANTEEN)
    second = issue(party)
    assert first.number == second.number == "F-2026-0001"

    assert isinstance(run("export", first.number, "--out", str(out)).exception, Invalid)
    assert not out.exists()
    assert run("export", first.number, "--out", str(out), "--structure", "autre").exit_code == 0
    assert lib.read_invoice(out.read_bytes()).invoice.seller.name == "Autre"


def test_the_list_says_what_is_open(canteen):
    made = issue(canteen)
    found = json.loads(run("list", "--structure", "vergers", "--open", "--json").output)

    assert found == {
        "invoices": [
            {
                "number": made.number, "kind": "invoice", "customer": "Cantine du Bourg",
                "issued": "2026-03-02", "due": "2026-04-01", "payable": 17460, "open": 17460,
                "state": "open",
            }
        ]
    }  # fmt: skip
    assert "174,60" in run("list", "--structure", "vergers").output


@pytest.fixture
def api(client, treasurer):
    client.force_login(treasurer)

    def call(path, data=None):
        if data is None:
            return client.get(API + path)
        return client.post(API + path, json.dumps(data), content_type="application/json")

    return call


ASKED = {
    "key": "a", "lines": [
        {"name": "Pommes", "price": "2.4", "quantity": "12.5", "vat": "550", "discount": 100},
        {"name": "Pressage", "price": "40", "quantity": "3"},
    ],
}  # fmt: skip


def test_machines_issue_read_and_take_back(api, canteen):
    made = api("invoices", {**ASKED, "party": canteen.code})
    assert made.status_code == 201
    assert made.json()["payable"] == 17460
    assert api("invoices", {**ASKED, "party": canteen.code}).json() == made.json()
    number = made.json()["number"]
    assert api(f"invoices/{number}").json() == made.json()
    assert [each["number"] for each in api("invoices").json()["items"]] == [number]
    pdf = api(f"invoices/{number}/facturx")
    assert lib.embedded_xml(pdf.content) == api(f"invoices/{number}/xml").content
    back = api(f"invoices/{number}/credit", {"key": "c", "lines": {"2": "1"}})
    assert (back.status_code, back.json()["payable"], back.json()["credits"]) == (201, 4800, number)
    assert api(f"invoices/{number}/credit", {"key": "d", "lines": {"2": "9"}}).status_code == 422
    assert api(f"invoices/{number}/credit", {"key": "d", "lines": {"2": "x"}}).status_code == 422
    assert Invoice.objects.count() == 2


def test_what_is_wrong_is_said_to_machines(api, canteen):
    nobody = note_party(book=canteen.book, name="Sans adresse", by=BY)
    wrong = api("invoices", {**ASKED, "party": nobody.code})

    assert wrong.status_code == 422
    assert "buyer.address" in json.dumps(wrong.json())
    assert api("invoices", {**ASKED, "party": "T9"}).status_code == 404
    assert api("invoices/F-1").status_code == 404
    assert not Invoice.objects.exists()


def test_machines_bring_in_and_decide(api, client, canteen):
    file = SimpleUploadedFile("f.pdf", facturx_of(invoice=issue(canteen), by=BY))
    sent = client.post(API + "purchases", {"file": file})

    assert sent.status_code == 201
    number = sent.json()["id"]
    done = api(f"purchases/{number}/accept", {"account": "601000"})
    assert (done.json()["state"], done.json()["account"], done.json()["open"]) == (
        "accepted", "601000", 17460,
    )  # fmt: skip
    assert api(f"purchases/{number}/refuse", {"reason": "x"}).status_code == 409
    assert api("purchases").json()["items"][0]["id"] == number
    assert api("purchases/999").status_code == 404
    bad = client.post(API + "purchases", {"file": SimpleUploadedFile("x", b"nothing")})
    assert bad.status_code == 422
    assert Purchase.objects.count() == 1


def test_machines_of_others_get_nothing(client, canteen, passer_by):
    made = issue(canteen)
    client.force_login(passer_by)
    for path in ("invoices", f"invoices/{made.number}", f"invoices/{made.number}/facturx",
                 f"invoices/{made.number}/xml", "purchases"):  # fmt: skip
        assert client.get(API + path).status_code == 403
