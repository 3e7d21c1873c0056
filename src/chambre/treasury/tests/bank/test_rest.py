"""The bank for machines: what they hold, rows, files in; nothing for others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chambre.treasury.models import BankAccount, BankRow

from .conftest import OURS, camt_of, gift, page

pytestmark = pytest.mark.django_db
BASE = "/api/treasury/bank-accounts"


def send(client, content, **more):
    return client.post(
        f"{BASE}/credit/files", {"file": SimpleUploadedFile("mars.xml", content), **more}
    )


def test_a_file_is_brought_in_once(client, account, treasurer):
    client.force_login(treasurer)
    content = camt_of(page(gift(100), gift(100)))

    first, again = send(client, content), send(client, content)

    assert (first.status_code, first.json()["new"], first.json()["closing"]) == (201, 2, 100_200)
    assert (again.status_code, again.json()["new"], again.json()["already"]) == (200, 0, 2)
    rows = client.get(f"{BASE}/credit/rows").json()["items"]
    assert [row["amount"] for row in rows] == [100, 100, 100_000]
    told = client.get(f"{BASE}/credit").json()
    assert (told["statement_balance"], told["ledger_balance"], told["equal"]) == (
        100_200,
        100_200,
        True,
    )
    assert [each["slug"] for each in client.get(BASE, {"structure": "vergers"}).json()] == [
        "credit"
    ]


def test_what_is_refused_says_why_and_keeps_nothing(client, account, treasurer):
    client.force_login(treasurer)

    answer = send(client, camt_of(page(gift(100), closing=1)))

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("treasury.bank-refused")
    assert not BankRow.objects.exists()
    assert send(client, b"Date;Montant\n02/03/2026;1,00\n").status_code == 422


def test_an_account_is_added(client, orchard, treasurer):
    client.force_login(treasurer)
    given = {"structure": "vergers", "slug": "compte", "iban": OURS}

    answer = client.post(BASE, given, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (201, "512100")
    wrong = {**given, "slug": "autre", "iban": OURS[:-1] + "8"}
    assert client.post(BASE, wrong, content_type="application/json").status_code == 422
    assert BankAccount.objects.count() == 1


def test_nobody_else_is_told_anything(client, account, passer_by):
    client.force_login(passer_by)
    assert client.get(BASE, {"structure": "vergers"}).status_code == 403
    assert client.get(f"{BASE}/credit").status_code == 403
    assert client.get(f"{BASE}/credit/rows").status_code == 403
    assert send(client, camt_of(page(gift(100)))).status_code == 403
    assert client.get(f"{BASE}/nope").status_code == 404
    assert not BankRow.objects.exists()
