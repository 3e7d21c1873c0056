"""What a room does at the desk: cash out of a drawer, vouchers; and nothing behind the drawer's back."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.ledger.models import JournalEntry
from chambre.lib.coins import fewest
from chambre.registry import api as registry
from chambre.treasury import api
from chambre.treasury.queries.balances import balance_of, lines_of
from chambre.treasury.services import drawers
from chambre.treasury.services.receiving import withdraw

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)
ROOM = Actor.system("deposit")


@pytest.fixture
def till(orchard, system):
    """A drawer that was opened with 50 euros in it."""
    drawer = drawers.add_drawer(book=orchard, name="Point de retour", by=system)
    counted(drawer, "opening", 5_000, system, note="Fonds de caisse")
    return drawer


def counted(drawer, kind, amount, by, note=""):
    return drawers.count_drawer(
        drawer=drawer, kind=kind, pieces=fewest(amount), day=DAY, key=f"{kind}:{amount}", by=by,
        note=note,
    )  # fmt: skip


def give_back(till, amount=250, key="return:17", **facts):
    """Two jars and a crate come back: their deposits go out of the drawer."""
    return api.move_cash(
        drawer=till, kind="out", amount=amount, reason="Consignes rendues", day=DAY, key=key,
        by=ROOM, **facts,
    )  # fmt: skip


def test_a_room_gives_cash_out_of_a_drawer_once_with_its_parts(orchard, till, system):
    jars = registry.create_resource(slug="bocaux", name="Bocaux", by=system)
    parts = [api.BookLine(200, use="deposit", resource=jars.pk), api.BookLine(50, use="deposit")]

    move = give_back(till, lines=parts)
    again = give_back(till, lines=parts)

    assert again == move
    assert api.drawer_of(orchard, till.slug).held == 4_750
    assert balance_of(orchard, "419600") == 250
    on = lines_of(orchard).filter(account__code="419600", resource=jars.pk)
    assert [line.amount for line in on] == [200]
    with pytest.raises(KeyReused):
        give_back(till, amount=300, lines=[api.BookLine(300, use="deposit")])
    other = drawers.add_drawer(book=orchard, name="Seconde caisse", by=system)
    with pytest.raises(KeyReused):
        give_back(other, lines=parts)
    with pytest.raises(Invalid):
        give_back(till, amount=260, key="odd", lines=parts)
    assert balance_of(orchard, "530000") == 4_750


def test_a_closed_or_empty_drawer_gives_nothing(orchard, till, system):
    with pytest.raises(api.NotInDrawer):
        give_back(till, amount=5_001, lines=[api.BookLine(5_001, use="deposit")])
    counted(till, "closing", 5_000, system)
    with pytest.raises(api.DrawerClosed):
        give_back(till, lines=[api.BookLine(250, use="deposit")])
    assert [each.held for each in api.drawers_of(orchard)] == [5_000]


def test_nothing_is_booked_on_a_drawer_that_is_closed_or_holds_less(orchard, till, system):
    """A payment in cash, a refund and an entry by hand are all of the drawer that is counted."""
    asked = api.request_payment(
        book=orchard, amount=1_000, reason="Panier", key="p", by=system,
        lines=[api.AskedLine(1_000, use="sale.product")],
    )  # fmt: skip
    paid = api.receive(payment=asked, amount=1_000, means="cash", day=DAY, key="r", by=system)
    assert balance_of(orchard, "530000") == 6_000
    entry = {"book": orchard, "journal": "OD", "day": DAY}
    less = [api.BookLine(-6_001, account="530000"), api.BookLine(6_001, use="purchase")]
    with pytest.raises(api.NotInDrawer):
        api.book_entry(**entry, lines=less, key="less")

    counted(till, "closing", 6_000, system)

    before = JournalEntry.objects.count()
    more = [api.BookLine(1, use="means.cash"), api.BookLine(-1, use="donation")]
    acts = [
        lambda: api.book_entry(**entry, lines=more, key="more"),
        lambda: api.refund(payment=asked, amount=10, means="cash", key="b", by=system),
        lambda: withdraw(event=paid, by=system),
    ]
    for act in acts:
        with pytest.raises(api.DrawerClosed):
            act()
    asked.refresh_from_db()
    assert (asked.state, JournalEntry.objects.count()) == ("paid", before)


def test_a_room_gives_a_voucher_for_deposits_and_takes_it(orchard, system):
    facts = {"book": orchard, "reason": "Consignes rendues", "day": DAY, "by": ROOM}
    lines = [api.BookLine(180, use="deposit"), api.BookLine(20, use="donation")]

    voucher, code = api.issue_voucher(**facts, amount=200, key="return:18", lines=lines)

    assert api.issue_voucher(**facts, amount=200, key="return:18", lines=lines) == (voucher, "")
    with pytest.raises(KeyReused):
        api.issue_voucher(**facts, amount=201, key="return:18", lines=lines)
    assert (balance_of(orchard, "419600"), balance_of(orchard, "419700")) == (180, -200)
    asked = api.request_payment(
        book=orchard, amount=150, reason="Jus", key="jus", by=ROOM,
        lines=[api.AskedLine(150, use="sale.product")],
    )  # fmt: skip
    use = {"book": orchard, "code": code, "payment": asked, "day": DAY, "by": ROOM, "key": "u"}
    done = api.use_voucher(**use, amount=150)
    assert api.use_voucher(**use, amount=150) == done
    with pytest.raises(KeyReused):
        api.use_voucher(**use, amount=100)
    with pytest.raises(Conflict):
        api.use_voucher(**{**use, "key": "more"}, amount=51)
    assert balance_of(orchard, "419700") == -50


def test_several_drawers_are_moved_in_one_entry_all_or_none(orchard, till, system):
    second = drawers.add_drawer(book=orchard, name="Seconde caisse", by=system)
    jars = registry.create_resource(slug="bocaux", name="Bocaux", by=system)

    def part(drawer, amount, key):
        lines = [api.BookLine(amount, use="deposit", resource=jars.pk)]
        return api.CashPart(drawer, amount, f"Consignes rendues ({key})", key, lines)

    def move(*parts):
        return api.move_cash_together(
            parts=parts, kind="out", reason="Consignes rendues", day=DAY, by=ROOM
        )

    with pytest.raises(drawers.DrawerClosed):
        move(part(till, 400, "a"), part(second, 200, "b"))
    counted(second, "opening", 1_000, system, note="Fonds de caisse")
    with pytest.raises(drawers.NotInDrawer):
        move(part(till, 400, "a"), part(second, 1_100, "b"))
    assert balance_of(orchard, "419600") == 0
    before = JournalEntry.objects.count()

    moves = move(part(till, 400, "a"), part(second, 200, "b"))
    again = move(part(till, 400, "a"), part(second, 200, "b"))

    assert again == moves
    assert moves[0].entry == moves[1].entry
    assert JournalEntry.objects.count() == before + 1
    assert balance_of(orchard, "419600") == 600
    held = {row.slug: row.held for row in api.drawers_of(orchard)}
    assert held == {till.slug: 4_600, second.slug: 800}
    with pytest.raises(KeyReused):
        move(part(till, 401, "a"))
    # One of them was moved before by itself: only the others are.
    assert [row.amount for row in move(part(till, 400, "a"), part(second, 50, "c"))] == [400, 50]
    assert balance_of(orchard, "419600") == 650
