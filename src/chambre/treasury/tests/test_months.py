"""A month is closed by a person; nothing is booked in it afterwards, until somebody opens it."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.ledger.models import JournalEntry
from chambre.treasury.models import MonthMark
from chambre.treasury.queries.months import mark_of, money_of
from chambre.treasury.services import drawers
from chambre.treasury.services.bank.accounts import create_account
from chambre.treasury.services.booking import BookLine, book_entry, unbook
from chambre.treasury.services.months import MonthClosed, MonthNotOver, close_month, open_month

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


def take(book, amount, day, key):
    lines = (BookLine(amount, use="means.cash"), BookLine(-amount, use="membership"))
    return book_entry(book=book, journal="CA", day=day, lines=lines, key=key, label="Adhésion")


@pytest.fixture
def by(treasurer):
    return Actor.of(treasurer)


def test_nothing_is_booked_in_a_closed_month_and_a_repeated_act_is_still_answered(orchard, by):
    done = take(orchard, 1500, dt.date(2026, 3, 31), "a")
    mark = close_month(book=orchard, month=dt.date(2026, 3, 12), by=by, note="Tout y est")

    with pytest.raises(MonthClosed):
        take(orchard, 100, dt.date(2026, 3, 1), "b")
    with pytest.raises(MonthClosed):
        unbook(entry=done, key="undo")
    assert take(orchard, 1500, dt.date(2026, 3, 31), "a") == done
    take(orchard, 100, dt.date(2026, 4, 1), "c")
    assert JournalEntry.objects.count() == 2
    assert mark.figures == {"530000": 1500, "entries": 1}
    assert close_month(book=orchard, month=MARCH, by=by) == mark


def test_an_opened_month_takes_entries_again(orchard, by):
    close_month(book=orchard, month=MARCH, by=by)
    open_month(book=orchard, month=MARCH, by=by)

    take(orchard, 100, MARCH, "b")

    assert [mark.closed for mark in MonthMark.objects.order_by("id")] == [True, False]


def test_a_month_that_is_not_over_stays_open(orchard, by):
    from chambre.registry import api as registry

    with pytest.raises(MonthNotOver):
        close_month(book=orchard, month=registry.today(), by=by)
    assert not MonthMark.objects.exists()


def test_others_close_nothing(orchard, passer_by):
    with pytest.raises(Forbidden):
        close_month(book=orchard, month=MARCH, by=Actor.of(passer_by))
    assert mark_of(orchard, MARCH) is None


def test_the_money_of_a_month_adds_up(orchard, by):
    take(orchard, 1500, dt.date(2026, 2, 28), "a")
    take(orchard, 700, dt.date(2026, 3, 1), "b")
    spent = (BookLine(-250, use="means.cash"), BookLine(250, account="606000"))
    book_entry(book=orchard, journal="CA", day=dt.date(2026, 3, 31), lines=spent, key="c")
    take(orchard, 9, dt.date(2026, 4, 1), "d")

    (line,) = money_of(orchard, MARCH, dt.date(2026, 3, 31))

    assert (line.account, line.opening, line.came, line.went) == ("530000", 1500, 700, 250)
    assert line.closing == 1950


def test_the_page_of_a_month_closes_it_and_opens_it(client, orchard, treasurer):
    client.force_login(treasurer)
    take(orchard, 1500, dt.date(2026, 3, 31), "a")
    address = "/tresorerie/vergers/mois/2026-3/"

    assert "15,00" in client.get(address).content.decode()
    assert client.post(address, {"note": "Vu"}).status_code == 302
    assert mark_of(orchard, MARCH).note == "Vu"
    page = client.get(address).content.decode()
    assert "Open this month again" in page or "Rouvrir ce mois" in page
    assert client.post(address, {"open": "1"}).status_code == 302
    assert not mark_of(orchard, MARCH).closed
    assert client.get("/tresorerie/vergers/mois/2026-13/").status_code == 404
    assert client.get("/tresorerie/vergers/mois/").status_code == 200


def test_the_month_that_is_not_over_is_refused_on_its_page(client, orchard, treasurer):
    from chambre.registry import api as registry

    client.force_login(treasurer)
    today = registry.today()

    answer = client.post(f"/tresorerie/vergers/mois/{today.year}-{today.month}/")

    assert answer.status_code == 409
    assert mark_of(orchard, today.replace(day=1)) is None


def test_the_page_of_a_month_asks_little_also_when_much_is_left_to_do(
    client, orchard, treasurer, by, django_assert_max_num_queries
):
    iban = "FR7630006000011234567890189"
    create_account(book=orchard, slug="credit", name="Crédit", iban=iban, by=by)
    till = drawers.add_drawer(book=orchard, name="Marché", by=by)
    drawers.count_drawer(drawer=till, kind="opening", pieces={}, day=MARCH, key="o", by=by)
    close_month(book=orchard, month=MARCH, by=by)
    client.force_login(treasurer)
    client.get("/tresorerie/")

    with django_assert_max_num_queries(15):
        page = client.get("/tresorerie/vergers/mois/2026-3/").content.decode()

    assert "fin du mois\N{NO-BREAK SPACE}: Crédit" in page
    assert "Marché" in page
