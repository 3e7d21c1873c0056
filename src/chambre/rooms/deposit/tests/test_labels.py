"""Labels are printed by those who manage the scheme, whole or in part, and each opens its object."""

import json

import pypdfium2
import pytest
from click.testing import CliRunner
from django.test import Client

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.core.models import AuditEntry
from chambre.lib import ntag424
from chambre.registry import api as registry
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Item, Scheme, Tag
from chambre.rooms.deposit.services import schemes, stock
from chambre.rooms.deposit.services.labelling import label_sheet

SYSTEM = Actor.system("test")


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return len(document), " ".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.fixture
def serials(house):
    stock.commission(type_=house.type, count=3, by=SYSTEM, lot="mars")
    stock.commission(type_=house.type, count=2, by=SYSTEM, lot="avril")
    return list(Item.objects.order_by("pk").values_list("serial", flat=True))


def shown(serial):
    return serial[:4]


def test_the_command_writes_a_sheet(house, serials, tmp_path):
    out = tmp_path / "labels.pdf"
    done = CliRunner().invoke(deposit, ["labels", "--type", "bocal", "--out", str(out), "--json"])

    assert json.loads(done.output) == {"labels": 5, "file": str(out), "bytes": out.stat().st_size}
    pages, text = text_of(out.read_bytes())
    assert pages == 1
    assert all(shown(serial) in text for serial in serials)
    assert [path.name for path in tmp_path.iterdir()] == ["labels.pdf"]


def test_codes_that_open_nowhere_are_not_printed_without_a_word(house, serials, tmp_path):
    Scheme.objects.update(base_uri="http://localhost:8000")
    out = tmp_path / "labels.pdf"
    done = CliRunner().invoke(deposit, ["labels", "--type", "bocal", "--out", str(out), "--json"])

    assert json.loads(done.stdout)["labels"] == 5
    assert "http://localhost:8000" in done.stderr
    Scheme.objects.update(base_uri="https://lysse.test")
    done = CliRunner().invoke(deposit, ["labels", "--type", "bocal", "--out", str(out), "--json"])
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_batch_a_part_and_what_is_gone(house, serials):
    def made(**more):
        pdf, count = label_sheet(type_=house.type, by=SYSTEM, format="50x30", **more)
        assert text_of(pdf)[0] == count
        return count

    assert made(lot="avril") == 2
    assert made(first=1, count=3) == 3
    assert made(codes=[Item.objects.first().uri]) == 1
    Item.objects.filter(serial=serials[0]).update(state="retired")
    assert made() == 4


@pytest.mark.parametrize(
    ("more", "field"),
    [({"format": "a5"}, "format"), ({"lot": "mai"}, "type"), ({"skip": 24}, "skip")],
)
def test_what_cannot_be_printed_is_refused_beside_its_field(house, serials, more, field):
    with pytest.raises(Invalid) as refused:
        label_sheet(type_=house.type, by=SYSTEM, **more)
    assert list(refused.value.data["fields"]) == [field]
    assert not AuditEntry.objects.filter(action="deposit.labels.printed").exists()


def test_only_those_who_manage_a_scheme_print_its_labels(house, serials, make_user):
    with pytest.raises(Forbidden):
        label_sheet(type_=house.type, by=Actor.of(make_user()))
    client = Client()
    client.force_login(make_user("dris@exemple.test"))
    assert client.get("/consigne/etiquettes/").status_code == 403
    assert client.get("/consigne/etiquettes/", {"type": "bocal", "format": "65"}).status_code == 403


def test_a_treasurer_gets_the_pdf_from_the_page(house, serials, make_user):
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    client = Client(headers={"accept-language": "fr"})
    client.force_login(user)
    form = {"type": "bocal", "format": "a4-65", "first": 0, "count": 10, "skip": 0, "right": "0",
            "down": "-1.5"}  # fmt: skip

    page = client.get("/consigne/etiquettes/", {"type": "bocal"})
    pdf = client.get("/consigne/etiquettes/", form)
    wrong = client.get("/consigne/etiquettes/", {**form, "format": "a5"})

    assert page.status_code == 200
    assert pdf["Content-Disposition"] == 'attachment; filename="bocal-a4-65-5.pdf"'
    assert pdf.content[:5] == b"%PDF-"
    assert wrong.status_code == 422
    assert "a4-65" in wrong.content.decode()


def test_tags_are_enrolled_and_revoked_at_the_command_line(house, serials):
    item = Item.objects.first()
    run = CliRunner().invoke
    told = json.loads(
        run(deposit, ["tag", "enrol", item.uri, "--uid", "04:DE:5F:1E:AC:C0:40", "--json"]).output
    )

    assert told["url"] == f"{item.uri}?e={'0' * 32}&c={'0' * 16}"
    ndef = bytes.fromhex(told["ndef"])
    assert ndef[told["mac_offset"] :] == b"0" * 16
    assert ndef[told["picc_data_offset"] :].startswith(b"0" * 32 + b"&c=")
    picc, mac = ntag424.answer(
        bytes.fromhex(told["uid"]), 1, meta_key=bytes.fromhex(told["meta_key"]),
        file_key=bytes.fromhex(told["file_key"]),
    )  # fmt: skip
    assert Client().get(f"/consigne/o/{item.serial}", {"e": picc, "c": mac}).status_code == 200
    assert Tag.objects.get().counter == 1
    assert json.loads(run(deposit, ["tag", "keys", told["uid"], "--json"]).output) == told

    run(deposit, ["tag", "revoke", told["uid"]])
    assert Tag.objects.get().revoked_at is not None


def test_a_type_that_is_only_counted_has_no_labels(house, serials):
    cups = schemes.create_type(slug="gobelet", scheme=house.scheme, counting="class", by=SYSTEM)
    with pytest.raises(Invalid):
        label_sheet(type_=cups, by=SYSTEM)
