"""Bringing accounts in and checking them through the pages, as a treasurer does."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chambre.core.actors import Actor
from chambre.ledger.models import Line
from chambre.registry import api
from chambre.rooms.lens.models import FecImport

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
NAME = "732829320FEC20231231.txt"


def line(number, account, debit, credit, label="Vente"):
    return (
        f"VE\tVentes\t{number}\t20230105\t{account}\tCompte {account}\t\t\tF{number}\t20230105\t"
        f"{label}\t{debit}\t{credit}\t\t\t20240331\t\t"
    )


def sale(number, euros, label="Vente"):
    return [
        line(number, "411000", f"{euros},00", "0,00", label),
        line(number, "701000", "0,00", f"{euros},00", label),
    ]


def upload(*lines):
    return SimpleUploadedFile(NAME, "\r\n".join([HEAD, *lines, ""]).encode(), "text/plain")


@pytest.fixture
def nectar(db, system):
    api.home_chamber("Chambre")
    return api.create_structure(slug="nectar", name="Nectar", siren="732829320", by=system)


@pytest.fixture
def treasurer(nectar, system):
    agent = api.create_person(email="tanguy@exemple.test", name="Tanguy", by=system)
    api.grant_role(agent=agent, kind="treasurer", scope=nectar, by=system)
    return Actor.of(agent.user)


@pytest.fixture
def browsing(client, treasurer):
    client.force_login(treasurer.user)
    return client


def bring(client, *lines):
    return client.post("/livres/nectar/importer/", {"files": upload(*lines)}, follow=True)


def test_a_file_is_brought_in_once(browsing):
    page = bring(browsing, *sale(1, 120), *sale(2, 30))

    assert page.status_code == 200
    record = FecImport.objects.get()
    assert (record.entries, record.lines, record.debit) == (2, 4, 15000)
    bring(browsing, *sale(1, 120), *sale(2, 30))
    assert FecImport.objects.count() == 1
    assert Line.objects.count() == 4


def test_another_export_of_the_year_shows_the_difference_and_asks(browsing):
    bring(browsing, *sale(1, 120), *sale(2, 30))

    page = bring(browsing, *sale(1, 120), *sale(2, 35))

    assert page.context["difference"]["added"] == 1
    assert page.context["difference"]["removed"] == 1
    assert page.context["accounts"] == [("411000", 500), ("701000", -500)]
    assert Line.objects.count() == 4
    browsing.post(page.request["PATH_INFO"] + "remplacer/")
    assert FecImport.objects.count() == 2
    sums = Line.objects.filter(account__code="411000").values_list("amount", flat=True)
    assert sum(sums) == 15500


def test_a_refused_file_says_where_and_changes_nothing(browsing):
    page = bring(browsing, *sale(1, 120)[:1])

    assert page.context["job"].state == "refused"
    assert not FecImport.objects.exists()
    assert not Line.objects.exists()


def test_who_is_no_treasurer_sees_and_does_nothing(client, nectar, make_user):
    client.force_login(make_user("zoe@exemple.test"))

    assert client.get("/livres/nectar/").status_code == 403
    assert bring(client, *sale(1, 120)).status_code == 403
    assert client.get("/attribution/").status_code == 403
    assert not FecImport.objects.exists()


def test_a_check_gives_the_verdict_as_page_pdf_and_json(browsing):
    page = browsing.post("/verifier/", {"files": upload(*sale(1, 120))}, follow=True)

    assert page.context["result"]["verdict"] == "accepted"
    here = page.request["PATH_INFO"]
    assert browsing.get(here + "pdf/").content.startswith(b"%PDF")
    assert browsing.get(here + "json/").json()["debit"] == 12000
    assert not Line.objects.exists()
