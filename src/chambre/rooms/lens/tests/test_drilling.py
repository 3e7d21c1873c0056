"""From a figure to its lines, to the journal entry, to the import, to the file: and for whom."""

import csv
import io
import re
from copy import deepcopy

import pytest

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line, Seal
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.queries import lines as reading
from chambre.rooms.lens.queries.entries import read_entry
from chambre.rooms.lens.tests import small_books
from chambre.rooms.lens.tests.small_books import YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def books(once):
    return once(small_books.make, Actor.system("test"))


@pytest.fixture
def world(books, db):
    return deepcopy(books)


def sale():
    return JournalEntry.objects.get(number="2", journal__code="VE", kind="entry")


def line_of(account, book="vergers"):
    return Line.objects.get(
        account__code=account,
        book__structure__slug=book,
        source_line__isnull=True,
        day__year=2024,
        phase=0,
    )


def words(answer):
    """The text of a page, spaces put together."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def scope(world, **chosen):
    import datetime as dt

    readers = queries.readable_structures(Actor.system("test"))
    return reading.Scope(
        structures=readers, first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31), **chosen
    )


# Lines ---------------------------------------------------------------------------------------------


def test_a_resources_part_of_a_line_is_shown_with_the_whole_lines_words(client, world):
    client.force_login(world.treasurer)

    page = words(client.get(f"/comptes/lignes/?{YEAR}&resource=verger&account=701000"))

    assert "Vente de jus à Secrette Client" in page  # of the line in the books
    assert "90,00" in page  # three quarters of 120
    assert "1 ligne" in page


def test_a_line_that_changed_hands_counts_once(world, system):
    line = line_of("606000")
    for shares in ({"atelier": 1}, {"verger": 1, "atelier": 1}, {"verger": 1}):
        services.attribute_by_hand(lines=[line.pk], shares=shares, by=system)

    mine = reading.find_lines(scope(world, resource="verger", accounts=("606000",)), at=0, size=50)
    other = reading.find_lines(
        scope(world, resource="atelier", accounts=("606000",)), at=0, size=50
    )

    assert [(each.pk, debit, credit) for each, debit, credit in mine.rows] == [(line.pk, 3000, 0)]
    assert other.rows == []
    assert (mine.count, mine.debit, mine.credit) == (1, 3000, 0)


@pytest.mark.parametrize("by", ["resource", "structure"])
@pytest.mark.parametrize("year", [2023, 2024])
def test_balances_and_sums_are_those_of_the_statement(world, by, year):
    import datetime as dt

    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    half = dt.date(year, 6, 10)
    checked = 0
    readers = queries.readable_structures(Actor.system("test"))
    for begin in (first, half):
        statement = ledger.statement(by=by, first=begin, last=last)
        taken_off = {each.account for each in statement.eliminations}
        for group in statement.groups:
            for figures in group.figures.listed():
                if figures.account in taken_off:
                    continue
                asked = reading.Scope(
                    structures=readers,
                    first=begin,
                    last=last,
                    accounts=(figures.account,),
                    **{by: group.key or "-"},
                )
                opening = reading.opening_balance(asked)
                found = reading.find_lines(asked, at=0, size=0)
                if opening is None:
                    assert figures.account.startswith("12")
                    continue
                assert opening == figures.opening, (group.key, figures.account)
                assert found.debit - found.credit == figures.debit - figures.credit
                checked += 1

    assert checked >= 6


def test_a_running_balance_begins_and_ends_where_the_account_does(client, world):
    client.force_login(world.treasurer)

    page = words(client.get(f"/comptes/lignes/?{YEAR}&structure=vergers&account=512000"))

    assert "Avant · 01/01/2024 300,00 €" in page
    assert "À la fin · 31/12/2024 1 270,00 €" in page
    assert "Sécateurs P3 30,00 270,00" in page  # 300 − 30
    assert "Avance de Secret Martin P4 1 000,00 1 270,00" in page


def test_pages_carry_the_balance_on(client, world, monkeypatch):
    from chambre.rooms.lens.views import lines as view

    monkeypatch.setattr(view, "PAGE", 1)
    client.force_login(world.treasurer)

    second = words(client.get(f"/comptes/lignes/?{YEAR}&structure=vergers&account=512000&page=2"))

    assert "Report de la page précédente" in second
    assert "270,00" in second
    assert "1 270,00" in second
    assert "Sécateurs" not in second


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ("", 6),
        ("&journal=VE", 1),
        ("&text=secateurs", 0),
        ("&text=S%C3%A9cateurs", 1),
        ("&text=Presse", 1),  # a third party's name
        ("&text=P5", 2),  # a piece: both lines of its entry
        ("&account=6*", 3),
        ("&account=606*,625000", 2),
    ],
)
def test_lines_are_found_by_journal_words_and_accounts(client, world, filters, count):
    client.force_login(world.treasurer)
    extra = filters if "account" in filters else f"&account=6*,7*,455*,467*{filters}"

    answer = client.get(f"/comptes/lignes/?{YEAR}&structure=vergers{extra}")

    assert answer.context["found"].count == count


def test_days_run_backwards_when_asked(client, world):
    client.force_login(world.treasurer)
    url = f"/comptes/lignes/?{YEAR}&structure=vergers&account=6*"

    forth = [row[0].pk for row in client.get(url + "&sort=day").context["found"].rows]
    back = [row[0].pk for row in client.get(url + "&sort=-day").context["found"].rows]

    assert forth == back[::-1]
    assert len(forth) == 3


def test_what_is_left_to_attribute_can_be_listed(world):
    left = reading.find_lines(
        scope(world, resource="-", structure="vergers", accounts=("6*", "7*")), at=0, size=0
    )

    assert left.rows == []  # rules take all of it
    bank = reading.find_lines(
        scope(world, resource="-", structure="vergers", accounts=("512*",)), at=0, size=0
    )
    assert (bank.count, bank.debit, bank.credit) == (2, 100_000, 3_000)


def test_lines_go_into_a_spreadsheet_with_the_same_sums(client, world):
    client.force_login(world.treasurer)
    url = f"/comptes/lignes/?{YEAR}&structure=vergers&account=6*&format="

    rows = list(
        csv.reader(io.StringIO(client.get(url + "csv").content.decode("utf-8-sig")), delimiter=";")
    )
    xlsx = client.get(url + "xlsx")

    assert len(rows) == 4
    assert [row[9] for row in rows[1:]] == ["30,00", "40,00", "50,00"]
    assert xlsx.content[:2] == b"PK"
    assert client.get(url + "doc").status_code == 404
    [table] = client.get(url + "json").json()["tables"]
    assert [row["cells"]["debit"] for row in table["rows"]] == [3000, 4000, 5000]


def test_a_file_of_too_many_lines_is_refused(client, world, monkeypatch):
    from chambre.rooms.lens.views import lines as view

    monkeypatch.setattr(view, "MOST_EXPORTED", 2)
    client.force_login(world.treasurer)
    url = f"/comptes/lignes/?{YEAR}&structure=vergers&account=6*"

    assert client.get(url + "&format=csv").status_code == 413
    assert "format=csv" not in client.get(url).content.decode()


# The entry -----------------------------------------------------------------------------------------


def test_an_entry_says_what_it_concerns_and_which_rule_said_so(client, world):
    client.force_login(world.treasurer)
    record, seal = FecImport.objects.get(files__isnull=False), Seal.objects.get(kind="entry")

    answer = client.get(f"/comptes/ecritures/{sale().pk}/")
    page = words(answer)

    assert "Vente de jus à Secrette Client" in page
    assert "Verger partagé 90,00" in page
    assert "Atelier de pressage 30,00" in page
    assert "règle « le jus »" in page
    assert "Ventes de jus" in page
    assert "Ventes de produits finis" in page  # what the chart calls the account
    assert "règles, version 1" in page
    assert "000000109FEC20241231.txt" in page
    assert f"/livres/vergers/imports/{record.pk}/" in answer.content.decode()
    assert bytes(seal.digest).hex() in page
    assert bytes(sale().digest).hex() in page


def test_a_persons_word_and_its_reason_stand_in_the_history(client, world):
    line = line_of("606000")
    by = Actor.of(world.treasurer)
    services.attribute_by_hand(lines=[line.pk], shares={"-": 1}, by=by, reason="pour le bureau")
    client.force_login(world.treasurer)

    answer = client.get(f"/comptes/ecritures/{line.entry_id}/")
    page = words(answer)
    changes = read_entry(line.entry).changes

    assert "pour le bureau" in page
    assert "treasurer@exemple.test" in page
    assert [(each.run is not None, each.hand is not None) for each in changes] == [
        (True, False),
        (False, True),
    ]
    assert [(p.name, p.amount) for p in changes[1].parts] == [("", 3000), ("Verger partagé", -3000)]


def test_after_a_word_is_taken_back_the_rules_decide_and_all_of_it_is_told(world):
    line = line_of("606000")
    by = Actor.of(world.treasurer)
    services.attribute_by_hand(lines=[line.pk], shares={"atelier": 1}, by=by)
    services.attribute_by_hand(lines=[line.pk], shares={}, by=by, reason="erreur")

    read = read_entry(line.entry)
    own = next(each for each in read.lines if each.line.pk == line.pk)

    assert [each.hand.reason if each.hand else None for each in read.changes] == [
        None,
        "",
        "erreur",
    ]
    assert own.hand is None
    assert [(share.slug, share.amount, share.why) for share in own.shares] == [
        ("verger", 3000, "le verger")
    ]


def test_a_replaced_entry_and_what_took_it_back_name_each_other(client, world, system):
    content = small_books.fec(
        *(e for e in [small_books.entry("VE", 2, "20240205", "Vente corrigée",
          ("411000", "Clients", 100), ("701000", "Ventes de jus", -100))])
    )  # fmt: skip
    old = sale()
    services.import_fec(
        source=content, name="000000109FEC20241231b.txt", structure=world.orchard,
        replace=True, by=system,
    )  # fmt: skip
    services.after_import(by=system)
    client.force_login(world.treasurer)
    reversal = JournalEntry.objects.get(reverses=old)

    first = client.get(f"/comptes/ecritures/{old.pk}/").content.decode()
    second = client.get(f"/comptes/ecritures/{reversal.pk}/").content.decode()

    assert f"/comptes/ecritures/{reversal.pk}/" in first
    assert f"/comptes/ecritures/{old.pk}/" in second
    assert [each.reversal for each in read_entry(old).changes] == [False, True]


def test_an_attribution_leads_to_the_entry_that_it_is_about(client, world):
    client.force_login(world.treasurer)
    about = JournalEntry.objects.filter(about=sale()).first()

    answer = client.get(f"/comptes/ecritures/{about.pk}/")

    assert answer.status_code == 302
    assert answer["Location"] == f"/comptes/ecritures/{sale().pk}/"


def test_an_entry_that_is_not_sealed_yet_says_so(client, world, system):
    ledger.post(
        ledger.EntryDraft(
            book=world.orchard.book.pk,
            journal=sale().journal_id,
            day=sale().day,
            lines=[
                ledger.LineDraft(line_of("606000").account_id, None, "EUR", 100, "D", sale().day),
                ledger.LineDraft(line_of("701000").account_id, None, "EUR", -100, "C", sale().day),
            ],
            key="one-more",
        ),
        by=system,
    )
    client.force_login(world.treasurer)

    page = words(client.get(f"/comptes/ecritures/{JournalEntry.objects.get(key='one-more').pk}/"))

    assert "pas encore scellée" in page


# The file ------------------------------------------------------------------------------------------


def test_the_file_itself_is_open_to_who_reads_the_books(client, world):
    url = f"/fichiers/{world.file.pk}/"
    client.force_login(world.treasurer)
    page = client.get(f"/comptes/ecritures/{sale().pk}/").content.decode()
    answer = client.get(url)

    assert url in page
    assert b"".join(answer.streaming_content) == small_books.ORCHARD_2024


def test_the_file_itself_is_closed_to_others(client, world):
    url = f"/fichiers/{world.file.pk}/"
    client.force_login(world.member)

    assert client.get(url).status_code == 404


def test_a_discarded_file_is_no_longer_offered(client, world, system):
    from chambre.core import files

    files.discard(world.file, by=system)
    client.force_login(world.treasurer)
    record = FecImport.objects.filter(files__isnull=False).get()

    for url in (f"/comptes/ecritures/{sale().pk}/", f"/livres/vergers/imports/{record.pk}/"):
        page = client.get(url).content.decode()
        assert "plus conservé" in page
        assert f"/fichiers/{world.file.pk}/" not in page


# For whom ------------------------------------------------------------------------------------------


def pages(world):
    press = JournalEntry.objects.filter(book__structure=world.press).first()
    record = FecImport.objects.get(book__structure=world.press)
    return [
        f"/comptes/lignes/?{YEAR}&structure=presse",
        f"/comptes/lignes/?{YEAR}&structure=presse&format=csv",
        f"/comptes/ecritures/{press.pk}/",
        f"/livres/presse/imports/{record.pk}/",
    ]


@pytest.mark.parametrize("who", ["treasurer", "member"])
def test_nobody_looks_into_the_books_of_others(client, world, who):
    client.force_login(getattr(world, who))

    for page in pages(world):
        answer = client.get(page)
        assert answer.status_code == 403, page
        assert "Pressage" not in answer.content.decode()


def test_who_is_not_signed_in_is_asked_to(client, world):
    for page in pages(world):
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert "/compte/" in answer["Location"]


def test_a_resource_of_several_structures_shows_only_lines_of_readable_books(client, world):
    client.force_login(world.treasurer)

    answer = client.get(f"/comptes/lignes/?{YEAR}&resource=atelier")

    assert {line.book.structure.slug for line, *_rest in answer.context["found"].rows} == {
        "vergers"
    }


@pytest.mark.parametrize(
    "page",
    [
        f"/comptes/lignes/?{YEAR}&resource=verger&account=606000&page=2",
        f"/comptes/lignes/?{YEAR}&structure=vergers&account=512000&page=2",
        f"/comptes/lignes/?{YEAR}&resource=-&account=512000&text=a",
        "/comptes/ecritures/{sale}/",
    ],
)
def test_these_pages_ask_the_database_at_most_fifteen_times(
    client, world, page, django_assert_max_num_queries, monkeypatch
):
    from chambre.rooms.lens.views import lines as view

    monkeypatch.setattr(view, "PAGE", 1)
    client.force_login(world.administrator)
    page = page.format(sale=sale().pk)
    client.get("/health/live")

    with django_assert_max_num_queries(15):
        assert client.get(page).status_code == 200


def test_an_unknown_entry_or_resource_is_not_found(client, world):
    client.force_login(world.administrator)

    assert client.get("/comptes/ecritures/999999/").status_code == 404
    assert client.get(f"/comptes/lignes/?{YEAR}&resource=nope").status_code == 404
