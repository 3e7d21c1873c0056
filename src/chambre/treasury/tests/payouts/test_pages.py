"""Pages, commands and the interface for machines: from asking to the file, and for whom they are."""

import datetime as dt
import json
import re

import pytest
from click.testing import CliRunner
from django.core import mail

from chambre.core.actors import Actor
from chambre.lib.orderstates import State
from chambre.lib.sepa.files import check_file
from chambre.treasury.cli import commands
from chambre.treasury.models import Collection, Mandate, MandateAmendment, OrderFile, Party, Payout
from chambre.treasury.services import mandates
from chambre.treasury.services import payouts as service
from chambre.treasury.services.orders import state_of
from chambre.treasury.tests.payouts.conftest import THEIRS

pytestmark = pytest.mark.django_db
HERE = "/tresorerie/vergers/"
FORM = {
    "party": "", "name": "Café du Pont", "iban": "FR76 3000 6000 0112 3456 7890 189",
    "amount": "123,45", "reason": "Facture 12", "reference": "", "use": "supplier",
    "resource": "", "day": "", "agree": "on", "key": "k1",
}  # fmt: skip


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u202f", " ").replace("\xa0", " "))


@pytest.fixture
def seen(client, treasurer):
    """The treasurer in a browser."""
    client.force_login(treasurer)
    return client


def test_from_asking_to_the_file(seen, orchard, account, chloe):
    assert "Rien ne part" in text(seen.get(f"{HERE}virements/"))
    answer = seen.post(f"{HERE}virements/nouveau/", FORM)
    payout = Payout.objects.get()
    assert answer.url == f"{HERE}virements/{payout.code}/"
    assert seen.post(f"{HERE}virements/nouveau/", FORM).url == answer.url  # sent twice
    assert (payout.holder, payout.amount, state_of(payout)) == ("Café du Pont", 12_345, State.HALF)

    page = text(seen.get(answer.url))
    assert "Premier virement vers ce compte" in page
    assert "FR76 3000 6000 0112 3456 7890 189" in page
    assert "Chloé" in page
    seen.force_login(chloe.user)
    act = f"{answer.url}faire/"
    assert seen.post(act, {"act": "approve", "key": "c"}).status_code == 302

    preview = text(seen.get(f"{HERE}virements/fichier/"))
    assert "123,45 €" in preview
    assert not OrderFile.objects.exists()
    made = seen.post(f"{HERE}virements/fichier/", {"account": "courant", "batch": "on", "key": "f"})
    file = OrderFile.objects.get()
    assert made.url == f"{HERE}fichiers/{file.message}/"
    assert payout.code in text(seen.get(made.url))
    content = b"".join(seen.get(f"/fichiers/{file.file_id}/").streaming_content)
    assert check_file(content) == (1, 12_345)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(seen, orchard):
    for change, words in (
        ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, "n’est pas un IBAN"),
        ({"name": ""}, "Choisissez un tiers, ou donnez un nom."),
        ({"reference": "RF19539007547034"}, "clé de contrôle"),
        ({"amount": "12,345"}, "décimale"),
    ):
        answer = seen.post(f"{HERE}virements/nouveau/", {**FORM, **change})
        page = text(answer)
        assert answer.status_code == 422
        assert words in page
        assert "Facture 12" in page
        assert 'aria-invalid="true"' in page
    assert not Payout.objects.exists()
    assert not Party.objects.exists()


def test_refusing_asks_why_and_changing_makes_another(seen, ask):
    payout = ask()
    act = f"{HERE}virements/{payout.code}/faire/"

    assert seen.post(act, {"act": "refuse", "key": "r", "refuse-reason": ""}).status_code == 422
    assert state_of(payout) is State.ASKED
    page = text(seen.get(f"{HERE}virements/nouveau/?replaces={payout.code}"))
    assert f"{payout.code} sera retiré" in page
    values = {**FORM, "party": payout.party.code, "name": "", "iban": "", "key": "k2"}
    seen.post(f"{HERE}virements/nouveau/?replaces={payout.code}", values)
    assert state_of(payout) is State.WITHDRAWN
    other = Payout.objects.get(replaces=payout)
    seen.post(
        f"{HERE}virements/{other.code}/faire/",
        {"act": "refuse", "key": "r", "refuse-reason": "Doublon"},
    )
    assert "Doublon" in text(seen.get(f"{HERE}virements/{other.code}/"))
    assert seen.post(act, {"act": "luck"}).status_code == 422
    assert seen.post(act, {"act": "approve", "key": "x"}).status_code == 409


def test_what_the_bank_did_not_do_is_noted_with_its_reason(
    seen, orchard, ask, agree, bruno, account
):
    payout = agree(ask())
    seen.post(f"{HERE}virements/fichier/", {"account": "courant", "key": "f"})

    act = f"{HERE}virements/{payout.code}/faire/"
    seen.post(act, {"act": "reject", "key": "r", "bank-code": "AC04", "bank-reason": ""})

    assert state_of(payout) is State.REJECTED
    assert "compte clos" in text(seen.get(f"{HERE}virements/{payout.code}/"))


def test_nobody_else_sees_or_does_anything(client, orchard, ask, passer_by):
    payout = ask()
    addresses = (
        "virements/", "virements/nouveau/", "virements/fichier/", f"virements/{payout.code}/",
        "prelevements/", "prelevements/nouveau/", "prelevements/fichier/", "mandats/",
        "mandats/nouveau/", "mandats/1/", "fichiers/x/",
    )  # fmt: skip
    for address in addresses:
        assert client.get(HERE + address).status_code == 302
    client.force_login(passer_by)
    for address in addresses:
        assert client.get(HERE + address).status_code == 403
    act = f"{HERE}virements/{payout.code}/faire/"
    assert client.post(act, {"act": "approve", "key": "x"}).status_code == 403
    assert state_of(payout) is State.ASKED


def test_a_payout_of_another_structure_is_not_found(seen, orchard):
    for address in ("virements/PXXXXXXXXXX/", "fichiers/VXXXXXXXXXX/", "mandats/999/",
                    "prelevements/CXXXXXXXXXX/"):  # fmt: skip
        assert seen.get(HERE + address).status_code == 404


def test_a_list_asks_few_questions_of_the_database(seen, ask, agree, django_assert_max_num_queries):
    for number in range(6):
        agree(ask(str(number)))
    seen.get(f"{HERE}virements/")

    with django_assert_max_num_queries(15):
        seen.get(f"{HERE}virements/")
    with django_assert_max_num_queries(15):
        seen.get(f"{HERE}virements/fichier/")
    with django_assert_max_num_queries(15):
        seen.get(f"{HERE}virements/{Payout.objects.last().code}/")


def test_mandate_announcement_and_file_of_collections(seen, orchard, payee, account, monkeypatch):
    monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, 3, 2))
    assert seen.post(f"{HERE}mandats/", {"identifier": "FR00"}).status_code == 422
    seen.post(f"{HERE}mandats/", {"identifier": "FR72 ZZZ 123456"})
    values = {
        "party": payee.code, "name": "", "iban": THEIRS, "reference": "ADH-17", "key": "m",
        "signed_on": "2026-01-05", "scheme": "CORE", "is_recurrent": "on", "notice_days": "14",
    }  # fmt: skip
    assert seen.post(f"{HERE}mandats/nouveau/", {**values, "iban": ""}).status_code == 422
    seen.post(f"{HERE}mandats/nouveau/", values)
    mandate = Mandate.objects.get()
    assert "5 janvier 2029" in text(seen.get(f"{HERE}mandats/{mandate.pk}/"))

    wanted = {
        "mandate": "ADH-17", "amount": "25", "day": "2026-03-10", "reason": "Adhésion",
        "use": "membership", "resource": "", "key": "c",
    }  # fmt: skip
    late = seen.post(f"{HERE}prelevements/nouveau/", wanted)
    assert late.status_code == 422
    assert "16 mars 2026" in text(late)
    answer = seen.post(f"{HERE}prelevements/nouveau/", {**wanted, "day": "2026-03-20"})
    row = Collection.objects.get()
    shown = text(seen.get(answer.url))
    assert "Identifiant créancier SEPA (ICS) : FR72ZZZ123456" in shown
    assert "(RUM) : ADH-17" in shown
    seen.post(f"{answer.url}faire/", {"act": "announce", "key": "a"})
    assert "FRST" in text(seen.get(f"{HERE}prelevements/fichier/"))
    seen.post(f"{HERE}prelevements/fichier/", {"account": "courant", "batch": "on", "key": "f"})
    assert state_of(row) is State.SENT
    seen.post(f"{answer.url}faire/", {"act": "bank", "key": "b", "bank-code": "MD01"})
    assert state_of(row) is State.REJECTED
    assert "absence de mandat" in text(seen.get(f"{HERE}mandats/{mandate.pk}/"))
    assert "Adhésion" in text(seen.get(f"{HERE}prelevements/"))


def test_a_debtor_is_told_by_e_mail_or_the_day_is_moved(
    seen, orchard, payee, account, monkeypatch, django_capture_on_commit_callbacks
):
    def today(day):
        monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, 3, day))

    today(2)
    seen.post(f"{HERE}mandats/", {"identifier": "FR72 ZZZ 123456"})
    values = {
        "party": payee.code, "name": "", "iban": THEIRS, "reference": "ADH-17", "key": "m",
        "signed_on": "2026-01-05", "scheme": "CORE", "is_recurrent": "on", "notice_days": "14",
    }  # fmt: skip
    seen.post(f"{HERE}mandats/nouveau/", values)
    wanted = {
        "mandate": "ADH-17", "amount": "25", "day": "2026-03-20", "reason": "Adhésion",
        "use": "membership", "resource": "", "key": "c",
    }  # fmt: skip
    url = seen.post(f"{HERE}prelevements/nouveau/", wanted).url
    row = Collection.objects.get()
    told = seen.post(f"{HERE}prelevements/prevenir/", {"key": "all"}, follow=True)
    assert "Ce débiteur n’a pas d’adresse électronique." in text(told)

    today(9)
    shown = text(seen.get(url))
    assert "Le premier jour possible est le 23 mars 2026." in shown
    assert "L’envoyer par courriel" not in shown
    notify = {"act": "notify", "notify-to": "dupre@exemple.test", "notify-language": "fr"}
    late = seen.post(f"{url}faire/", {**notify, "key": "late"})
    assert late.status_code == 409
    assert "23 mars 2026" in text(late)
    seen.post(f"{url}faire/", {"act": "earliest", "key": "e"})
    assert "23 mars 2026 (prévu le 20 mars 2026)" in text(seen.get(url))
    wrong = seen.post(f"{url}faire/", {**notify, "notify-to": "dupre", "key": "w"})
    assert wrong.status_code == 422
    assert 'value="dupre"' in text(wrong)
    with django_capture_on_commit_callbacks(execute=True):
        seen.post(f"{url}faire/", {**notify, "key": "n"})
    assert state_of(row) is State.ANNOUNCED
    assert [each.to for each in mail.outbox] == [["dupre@exemple.test"]]
    assert "Courriels au débiteur" in text(seen.get(url))


def test_another_account_is_noted_on_the_page_of_the_mandate(seen, orchard, payee, bruno):
    mandate = mandates.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="m", by=bruno
    )
    url, other = f"{HERE}mandats/{mandate.pk}/", "FR14 2004 1010 0505 0001 3M02 606"
    wrong = {"act": "amend", "key": "k", "amend-iban": "FR76", "amend-told_on": "2026-02-27"}

    refused = seen.post(url, wrong)
    assert (refused.status_code, MandateAmendment.objects.count()) == (422, 0)
    assert 'value="FR76"' in text(refused)
    seen.post(url, {**wrong, "amend-iban": other})
    seen.post(url, {**wrong, "amend-iban": other})

    assert MandateAmendment.objects.count() == 1
    shown = text(seen.get(url))
    assert "(depuis le 27 février 2026)" in shown
    assert "sur le mandat, le 5 janvier 2026" in shown
    close = "".join(shown.split())
    assert (other.replace(" ", "") in close, THEIRS in close) == (True, True)


def test_the_command_makes_the_file_once_and_never_an_empty_one(
    orchard, ask, agree, account, tmp_path
):
    group = next(each for each in commands if each.name == "payouts")
    agree(ask())
    out = tmp_path / "virements.xml"
    wanted = ["export", "--structure", "vergers", "--out", str(out), "--json"]

    done = CliRunner().invoke(group, wanted, standalone_mode=False)

    told = json.loads(done.output)
    assert (told["count"], told["total"], told["left"]) == (1, 12_345, [])
    assert check_file(out.read_bytes()) == (1, 12_345)
    wanted[4] = str(tmp_path / "again.xml")
    again = CliRunner().invoke(group, wanted, standalone_mode=False)
    assert again.exception.code == "treasury.orders.nothing-to-send"
    assert not (tmp_path / "again.xml").exists()
    copy = tmp_path / "copy.xml"
    CliRunner().invoke(group, ["file", told["file"], "--out", str(copy)], standalone_mode=False)
    assert copy.read_bytes() == out.read_bytes()
    listed = CliRunner().invoke(group, ["list", "--structure", "vergers"], standalone_mode=False)
    assert "123,45" in listed.output


def test_the_command_says_which_account_is_missing(orchard, ask, agree, tmp_path):
    payout = agree(ask())
    group = next(each for each in commands if each.name == "payouts")
    out = tmp_path / "virements.xml"

    done = CliRunner().invoke(
        group, ["export", "--structure", "vergers", "--out", str(out)], standalone_mode=False
    )

    assert done.exception.code == "treasury.no-bank-account"
    assert state_of(payout) is State.AGREED
    assert not out.exists()


def test_a_machine_asks_and_sends_but_does_not_agree(
    client, orchard, payee, treasurer, chloe, account
):
    client.force_login(treasurer)
    url = "/api/treasury/structures/vergers/payouts"
    body = {"party": payee.code, "amount": 500, "reason": "Facture 3", "key": "r1"}
    asked = client.post(url, body, content_type="application/json")
    assert asked.status_code == 201
    code = asked.json()["code"]
    assert client.post(url, body, content_type="application/json").json()["code"] == code
    assert client.get(url).json()["items"][0]["state"] == "asked"
    files = "/api/treasury/structures/vergers/payout-files"
    assert client.post(files, {"key": "f"}, content_type="application/json").status_code == 409
    payout = Payout.objects.get()
    for key, by in (("a", Actor.of(treasurer)), ("b", chloe)):
        service.approve_payout(payout=payout, key=key, by=by)
    made = client.post(files, {"key": "f"}, content_type="application/json")
    assert (made.status_code, made.json()["total"]) == (201, 500)
    assert client.get(f"{url}/{code}").json()["state"] == "sent"
