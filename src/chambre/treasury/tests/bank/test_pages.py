"""The bank's pages: for those who answer for the money, from an empty account to an explained file."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chambre.core.models import Job, StoredFile
from chambre.lib.bankfiles.writing import table
from chambre.treasury.models import BankAccount, BankFile, BankRow
from chambre.treasury.services.bank import RowState
from chambre.treasury.services.bank import matching as hooks
from chambre.treasury.views.bank.panels import bank_card

from .conftest import LAST, OURS, camt_of, gift, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(client, treasurer):
    client.force_login(treasurer)
    return client


def upload(name, content):
    return {"file": SimpleUploadedFile(name, content)}


def at(name, *more):
    return reverse(f"treasury:{name}", args=["vergers", *more])


def send(signed, name, content):
    return signed.post(at("bank_import", "credit"), upload(name, content), follow=True)


def test_an_account_is_added_and_its_first_statement_asked_for(signed, orchard):
    assert "Pas encore de compte bancaire" in signed.get(at("bank")).content.decode()
    given = {"name": "Compte courant", "iban": OURS, "slug": "vergers"}

    answer = signed.post(at("bank_create"), given, follow=True)

    assert answer.redirect_chain[-1][0] == at("bank_import", "vergers")
    assert BankAccount.objects.get().code == "512100"


def test_a_wrong_iban_is_said_next_to_its_field(signed, orchard):
    given = {"name": "Compte", "iban": OURS[:-1] + "8", "slug": "vergers"}

    answer = signed.post(at("bank_create"), given)

    assert answer.status_code == 422
    assert "iban" in answer.context["form"].errors
    assert not BankAccount.objects.exists()


def test_a_statement_is_brought_in_and_shown(signed, account):
    answer = send(signed, "mars.xml", camt_of(page(gift(5000), gift(7, status="pending"))))

    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == at("bank_file", "credit", BankFile.objects.get().pk)
    assert "1 ligne est nouvelle" in text
    assert "1\u202f050,00" in text
    shown = signed.get(at("bank_account", "credit")).content.decode()
    assert "Ines Marchal" in shown
    assert "à expliquer" in shown
    row = BankRow.objects.get(kind="row", status="booked")
    one = signed.get(at("bank_row", "credit", row.pk)).content.decode()
    assert "Don verger" in one
    assert "Relevé 1, ligne 1" in one
    home = signed.get(at("home")).content.decode()
    assert 'id="card-bank"' in home
    assert "Ines Marchal" in home


def test_rows_are_found_by_words_amount_and_days(signed, account, bring):
    bring(page(gift(1250, texts="Panier mars"), gift(-4000, day=LAST, party_name="Regie des eaux")))
    address = at("bank_account", "credit")

    def found(**wanted):
        return [row.amount for row, _state in signed.get(address, wanted).context["rows"]]

    assert found(text="panier") == [1250]
    assert found(text="12,50") == [1250]
    assert found(text="40.00") == [-4000]
    assert found(show="out") == [-4000]
    assert found(first="2026-03-31") == [-4000]
    assert found(text="rien de tel") == []
    assert signed.get(address, {"first": "2026-04-01", "last": "2026-03-01"}).status_code == 422


def test_a_refused_file_leaves_nothing_and_says_why_next_to_the_field(signed, account):
    answer = send(signed, "mars.xml", camt_of(page(gift(100), closing=100_101)))

    assert answer.status_code == 422
    assert "ne tombe pas juste" in str(answer.context["form"].errors["file"])
    assert not BankRow.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_table_is_mapped_once_and_then_read_without_asking(signed, account):
    content = table(page(gift(1000), gift(-300)), balance=True).encode()
    answer = send(signed, "mars.csv", content)
    text = answer.content.decode()
    assert "Quelle colonne est laquelle" in text
    assert "Ines Marchal Don verger" in text
    assert answer.context["form"]["debit"].initial == "Débit"
    address = answer.redirect_chain[-1][0]

    refused = signed.post(address, {"day": "Date", "day_order": "dmy", "decimal": ","})
    assert refused.status_code == 422
    assert "amount" in refused.context["form"].errors

    given = {
        "day": "Date", "day_order": "dmy", "decimal": ",", "debit": "Débit", "credit": "Crédit",
        "texts": ["Libellé"], "balance": "Solde", "value_day": "Date de valeur",
    }  # fmt: skip
    done = signed.post(address, given, follow=True)
    assert done.redirect_chain[-1][0] == at("bank_file", "credit", BankFile.objects.get().pk)

    again = send(signed, "avril.csv", table(
        page(gift(50, day=dt.date(2026, 4, 2)), opening=100_700, first=dt.date(2026, 4, 1),
             last=dt.date(2026, 4, 30)), balance=True).encode())  # fmt: skip
    assert BankFile.objects.count() == 2
    assert "1 ligne est nouvelle" in again.content.decode()


def test_a_mapping_that_reads_nothing_is_said_above_the_form(signed, account):
    content = table(page(gift(1000))).encode()
    address = send(signed, "mars.csv", content).redirect_chain[-1][0]

    answer = signed.post(
        address, {"day": "Libellé", "day_order": "dmy", "decimal": ",", "debit": "Débit",
                  "credit": "Crédit"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "ne se lisent pas" in answer.content.decode()
    assert not BankRow.objects.exists()


def test_a_large_file_is_brought_in_by_a_job(signed, account, monkeypatch):
    monkeypatch.setattr("chambre.treasury.views.bank.bringing.AT_ONCE", 10)
    answer = send(signed, "mars.xml", camt_of(page(gift(100))))

    job = Job.objects.get()
    assert (job.kind, job.params["account"]) == ("treasury.bank_import", "credit")
    assert answer.redirect_chain[-1][0] == reverse("core:job", args=[job.pk])


def test_a_missing_statement_is_said_until_it_comes(signed, account):
    send(signed, "mars.xml", camt_of(page(gift(100), last=dt.date(2026, 3, 10))))
    april = page(gift(50, day=dt.date(2026, 4, 2)), opening=100_400, number=3,
                 first=dt.date(2026, 4, 1), last=dt.date(2026, 4, 30))  # fmt: skip
    told = send(signed, "avril.xml", camt_of(april)).content.decode()
    assert "apportez les relevés de ces jours" in told
    assert "Il manque des relevés" in signed.get(at("bank_account", "credit")).content.decode()

    missing = page(gift(300, day=LAST), opening=100_100, first=dt.date(2026, 3, 11), number=2)
    send(signed, "reste.xml", camt_of(missing))
    assert "Il manque des relevés" not in signed.get(at("bank_account", "credit")).content.decode()


def test_what_the_matching_says_is_shown(signed, account, bring, monkeypatch):
    monkeypatch.setattr(hooks, "_states", [])
    monkeypatch.setattr(hooks, "_match", [])
    bring(page(gift(100)))
    hooks.use_matching(
        lambda account, by: hooks.MatchCounts(),
        lambda rows: {each: RowState(0, "Deux factures du même montant", "/x/") for each in rows},
    )

    assert "Deux factures" in signed.get(at("bank_account", "credit")).content.decode()
    row = BankRow.objects.get(kind="row")
    assert 'href="/x/"' in signed.get(at("bank_row", "credit", row.pk)).content.decode()


def test_the_account_can_be_renamed_and_put_out_of_use(signed, account):
    given = {"name": "Livret", "bic": "", "since": "2026-03-15"}
    assert signed.post(at("bank_change", "credit"), given).status_code == 302

    account.refresh_from_db()
    assert (account.name, account.is_open, account.since) == ("Livret", False, dt.date(2026, 3, 15))
    assert "hors service" in signed.get(at("bank")).content.decode()


def test_nobody_else_sees_the_bank(client, account, bring, passer_by):
    bring(page(gift(100)))
    row, record = BankRow.objects.get(kind="row"), BankFile.objects.get()
    pages = [
        at("bank"), at("bank_create"), at("bank_account", "credit"), at("bank_change", "credit"),
        at("bank_import", "credit"), at("bank_file", "credit", record.pk),
        at("bank_row", "credit", row.pk),
        at("bank_columns", "credit", StoredFile.objects.get().pk),
    ]  # fmt: skip
    client.force_login(passer_by)
    for address in pages:
        assert client.get(address).status_code == 403, address
    assert client.get(reverse("core:file", args=[record.file])).status_code == 404


def test_an_account_is_only_found_under_its_own_structure(signed, account, system, by):
    from chambre.registry import api as registry

    other = registry.create_structure(slug="autre", name="Autre", by=system)
    registry.grant_role(agent=by.user.agent, kind="treasurer", scope=other, by=system)
    assert signed.get(reverse("treasury:bank_account", args=["autre", "credit"])).status_code == 404


def test_a_page_of_many_rows_asks_little(signed, account, bring, django_assert_max_num_queries):
    bring(page(*(gift(100 + n) for n in range(60))))
    with django_assert_max_num_queries(15):
        signed.get(at("bank_account", "credit"))
    with django_assert_max_num_queries(15):
        signed.get(at("bank"))
    with django_assert_max_num_queries(3):
        bank_card(None, account.book)
