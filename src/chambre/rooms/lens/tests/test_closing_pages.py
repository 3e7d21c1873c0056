"""Closing a year through the page: shown first, done once, and nothing enters it any more."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import FinancialYear, JournalEntry
from chambre.registry import api as registry
from chambre.rooms.lens import services

pytestmark = pytest.mark.django_db
PAGE = "/livres/a/2023/cloture/"
DAY = dt.date(2023, 6, 1)


@pytest.fixture
def house(system):
    """2023: a sale of 120.00, 40.00 of it for the press."""
    registry.home_chamber("Chambre")
    structure = registry.create_structure(slug="a", name="Atelier", siren="732829320", by=system)
    press = registry.create_resource(slug="presse", name="Presse", by=system)
    agent = registry.create_person(email="t@exemple.test", name="T", by=system)
    registry.grant_role(agent=agent, kind="treasurer", scope=structure, by=system)
    book = ledger.open_book(structure=structure, by=system)
    ledger.financial_year(
        book=book, start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31), by=system
    )
    ids = ledger.accounts(book, {"411000": "Clients", "706000": "Prestations"})
    journal = ledger.journals(book, {"VE": "Ventes"})["VE"]
    lines = [
        ledger.LineDraft(ids["411000"], None, "EUR", 12_000, "D", DAY),
        ledger.LineDraft(ids["706000"], None, "EUR", -12_000, "C", DAY),
    ]
    entry = ledger.post(ledger.EntryDraft(book.pk, journal, DAY, lines, key="s"), by=system)
    line = entry.lines.get(number=2)
    ledger.attribute([(entry.pk, [(line.pk, {press.pk: -4_000, None: -8_000})])], by=system)
    return {"book": book, "treasurer": agent.user, "line": line}


@pytest.fixture
def browsing(client, house):
    client.force_login(house["treasurer"])
    return client


def closed():
    return FinancialYear.objects.filter(closed_at__isnull=False).count()


def test_the_page_shows_what_will_happen_and_does_nothing(
    browsing, house, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):  # the preview works the closing out, then takes it back
        page = browsing.get(PAGE).content.decode()

    for words in ("120,00", "40,00", "80,00", "Presse", "411000", "181RES"):
        assert words in page
    assert closed() == 0
    assert not JournalEntry.objects.filter(kind="closing").exists()


def test_a_treasurer_closes_a_year_once_and_for_ever(browsing, house):
    first = browsing.post(PAGE, follow=True)
    entries = JournalEntry.objects.count()
    second = browsing.post(PAGE)

    assert first.status_code == second.status_code == 200
    assert closed() == 1
    assert JournalEntry.objects.count() == entries
    assert "<form" not in second.content.decode().split("<main", 1)[1].split("</main", 1)[0]
    statement = browsing.get("/comptes/structure/a/?first=2023-01-01&last=2023-12-31")
    assert "badge-provisional" not in statement.content.decode()


def test_a_closed_year_takes_no_import_but_attributions(browsing, house, system):
    browsing.post(PAGE)
    entries = JournalEntry.objects.count()
    rows = [
        "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
        "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\t"
        "ValidDate\tMontantdevise\tIdevise"
    ]
    for account, debit, credit in (("411000", "5,00", "0,00"), ("706000", "0,00", "5,00")):
        rows.append(
            f"VE\tVentes\t9\t20230105\t{account}\tCompte\t\t\tF9\t20230105\tVente\t{debit}\t{credit}"
            "\t\t\t20230331\t\t"
        )

    with pytest.raises(ledger.ClosedYear) as refusal:
        services.import_fec(
            source="\r\n".join([*rows, ""]).encode(), name="732829320FEC20231231.txt",
            structure=house["book"].structure, by=Actor.of(house["treasurer"]),
        )  # fmt: skip

    assert "clos" in str(refusal.value.message)
    assert JournalEntry.objects.count() == entries
    line = house["line"]
    ledger.attribute([(line.entry_id, [(line.pk, {None: -12_000})])], by=system)
    assert JournalEntry.objects.count() == entries + 1


def test_an_earlier_open_year_stands_in_the_way(browsing, house, system):
    ledger.financial_year(
        book=house["book"], start=dt.date(2022, 1, 1), end=dt.date(2022, 12, 31), by=system
    )

    page = browsing.get(PAGE)
    refused = browsing.post(PAGE)

    assert '<button class="button button-danger"' not in page.content.decode()
    assert refused.status_code == 409
    assert closed() == 0


def test_nobody_else_sees_or_closes_it(client, house, make_user):
    assert client.get(PAGE).status_code in (302, 403)
    assert client.post(PAGE).status_code in (302, 403)
    client.force_login(make_user())

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403
    assert closed() == 0


def test_a_year_that_is_not_there_is_not_found(browsing):
    assert browsing.get("/livres/a/1999/cloture/").status_code == 404
