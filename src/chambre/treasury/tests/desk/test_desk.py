"""Cash and cheques: what is in the drawer is in the books, a cheque is paid in once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.ledger.models import JournalEntry
from chambre.lib.coins import fewest
from chambre.treasury import cards
from chambre.treasury.models import CashCount, Cheque, ChequeSlip, SlipLine
from chambre.treasury.openitems import open_items, source_of
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.services import cheques, drawers
from chambre.treasury.services.bank.accounts import create_account
from chambre.treasury.services.booking import BookLine, book_entry
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.tests.payouts.test_at_once import at_once
from chambre.treasury.views import deskcheck

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)
HERE = "/tresorerie/vergers/"


@pytest.fixture
def bruno(treasurer):
    return Actor.of(treasurer)


@pytest.fixture
def account(orchard, system):
    return create_account(
        book=orchard, slug="courant", iban="FR7630006000011234567890189", by=system
    )


@pytest.fixture
def drawer(orchard, bruno):
    return drawers.add_drawer(book=orchard, name="Caisse du marché", by=bruno)


@pytest.fixture
def fee(orchard, bruno):
    """A membership fee of 25 euros that was asked for."""
    return request_payment(
        book=orchard, amount=2_500, reason="Adhésion", by=bruno, key="fee",
        lines=[AskedLine(2_500, use="membership")],
    )  # fmt: skip


@pytest.fixture
def cheque(orchard, bruno):
    """Receive a cheque: ``cheque("0000001", 2_500)``."""

    def make(number="0000001", amount=2_500, **facts):
        given = {"drawn_by": "Zoé Martin", "bank": "Banque postale", "reason": "Adhésion",
                 "use": "membership", "key": number, "day": DAY, **facts}  # fmt: skip
        return cheques.receive_cheque(book=orchard, number=number, amount=amount, by=bruno, **given)

    return make


def opened(drawer, by, amount=0, key="open", **facts):
    return drawers.count_drawer(
        drawer=drawer, kind="opening", pieces=fewest(amount), day=DAY, key=key, by=by, **facts
    )


def closed(drawer, by, amount, key="close", **facts):
    return drawers.count_drawer(
        drawer=drawer, kind="closing", pieces=fewest(amount), day=DAY, key=key, by=by, **facts
    )


def move(drawer, by, kind, amount, key, use="membership"):
    return drawers.move_cash(
        drawer=drawer, kind=kind, amount=amount, reason="Marché", day=DAY, key=key, by=by, use=use
    )


def match(book, kind, key, amount, number, by):
    facts = {"key": key, "amount": amount, "day": DAY, "row": number, "by": by}
    parts = source_of(kind).settle(book=book, idempotency=f"row:{number}", **facts)
    lines = [*parts, BookLine(-sum(each.amount for each in parts), use="suspense")]
    return book_entry(book=book, journal="BQ", day=DAY, lines=lines, key=f"match:{number}")


def items(book, kind):
    return [(each.key, each.amount) for each in open_items(book, [kind])]


def test_a_day_at_the_market(orchard, drawer, bruno, fee):
    assert drawer.account == "530000"
    with pytest.raises(drawers.DrawerClosed):
        move(drawer, bruno, "in", 100, "early")
    opened(drawer, bruno)
    move(drawer, bruno, "in", 5_000, "float", use="internal")
    drawers.take_cash(drawer=drawer, payment=fee, amount=2_500, day=DAY, key="t", by=bruno)
    move(drawer, bruno, "out", 1_200, "stamps", use="purchase")
    fee.refresh_from_db()
    assert (fee.state, drawers.held(drawer)) == ("paid", 6_300)
    with pytest.raises(drawers.NotInDrawer):
        move(drawer, bruno, "out", 6_301, "too much", use="purchase")

    with pytest.raises(Invalid) as refused:  # a difference needs a word
        closed(drawer, bruno, 6_290)
    assert refused.value.data["difference"] == -10
    count = closed(drawer, bruno, 6_290, note="Une pièce rendue en trop")

    assert (count.difference, drawers.held(drawer)) == (-10, 6_290)
    assert balance_of(orchard, "658000") == 10
    assert balance_of(orchard, "756100") == -2_500
    assert not drawers.is_open(drawer)
    with pytest.raises(drawers.DrawerClosed):
        closed(drawer, bruno, 6_290, key="again")


def test_what_is_told_twice_is_done_once(drawer, bruno):
    first = opened(drawer, bruno)
    assert opened(drawer, bruno) == first
    assert move(drawer, bruno, "in", 100, "k") == move(drawer, bruno, "in", 100, "k")
    assert drawers.held(drawer) == 100
    assert (CashCount.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_cash_taken_to_the_bank_is_on_its_way_until_its_row_comes(orchard, drawer, bruno):
    opened(drawer, bruno)
    move(drawer, bruno, "in", 20_000, "in")
    taken = move(drawer, bruno, "bank", 15_000, "bank", use="")
    assert items(orchard, "cash-deposit") == [(str(taken.pk), 15_000)]
    assert balance_of(orchard, "580000") == 15_000

    with pytest.raises(Conflict):
        match(orchard, "cash-deposit", str(taken.pk), 14_999, 7, bruno)
    match(orchard, "cash-deposit", str(taken.pk), 15_000, 7, bruno)

    assert balance_of(orchard, "580000") == 0
    assert items(orchard, "cash-deposit") == []
    with pytest.raises(Conflict):
        match(orchard, "cash-deposit", str(taken.pk), 15_000, 8, bruno)
    source_of("cash-deposit").release(
        book=orchard, key=str(taken.pk), amount=15_000, row=7, idempotency="row:7", by=bruno
    )
    assert items(orchard, "cash-deposit") == [(str(taken.pk), 15_000)]


def test_a_second_drawer_has_an_account_of_its_own(orchard, drawer, bruno):
    assert drawers.add_drawer(book=orchard, name="Boutique", by=bruno).account == "530001"
    with pytest.raises(Invalid):
        drawers.add_drawer(book=orchard, name="boutique", by=bruno)


def test_cheques_are_paid_in_together_and_matched_as_one(orchard, cheque, account, bruno, fee):
    rows = [cheque("0000001", 2_500, payment=fee), cheque("0000002", 1_000)]
    fee.refresh_from_db()
    assert fee.state == "paid"
    assert balance_of(orchard, "511200") == 3_500
    with pytest.raises(cheques.ChequeKnown):
        cheque("0000002", 1_000, key="other", bank="BANQUE  POSTALE")

    slip = cheques.make_slip(
        book=orchard, account=account, day=DAY, key="s", by=bruno,
        cheques=[row.pk for row in rows],
    )  # fmt: skip
    assert (str(slip), slip.count, slip.total) == ("R0001", 2, 3_500)
    assert items(orchard, "cheque-deposit") == [(str(slip.pk), 3_500)]
    match(orchard, "cheque-deposit", str(slip.pk), 3_500, 7, bruno)

    assert balance_of(orchard, "511200") == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        SlipLine.objects.create(slip=slip, cheque=rows[0])


def test_an_unpaid_cheque_makes_what_it_paid_due_again(orchard, cheque, account, bruno, fee):
    rows = [cheque("0000001", 2_500, payment=fee), cheque("0000002", 1_000)]
    slip = cheques.make_slip(
        book=orchard, account=account, day=DAY, key="s", by=bruno,
        cheques=[row.pk for row in rows],
    )  # fmt: skip
    match(orchard, "cheque-deposit", str(slip.pk), 3_500, 7, bruno)
    for row in rows:
        cheques.return_cheque(cheque=row, day=DAY, reason="Sans provision", by=bruno)
        cheques.return_cheque(cheque=row, day=DAY, reason="Deux fois", by=bruno)

    fee.refresh_from_db()
    assert (fee.open, balance_of(orchard, "756100")) == (2_500, 0)
    assert balance_of(orchard, "511200") == -3_500
    for number, (key, amount) in enumerate(items(orchard, "cheque-return")):
        match(orchard, "cheque-return", key, amount, 10 + number, bruno)
    assert balance_of(orchard, "511200") == 0
    assert items(orchard, "cheque-return") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"drawn_by": " "}, "drawn_by"), ({"bank": ""}, "bank"), ({"reason": ""}, "reason"),
     ({"amount": 0}, "amount")],
)  # fmt: skip
def test_a_cheque_without_its_face_is_refused(cheque, change, field):
    with pytest.raises(Invalid) as refused:
        cheque(**change)
    assert field in refused.value.data["fields"]
    assert not Cheque.objects.exists()


def test_a_month_is_not_closed_over_an_open_drawer_or_a_cheque_in_it(
    orchard, drawer, cheque, account, bruno
):
    def looked(month: int) -> list[cards.Looked]:
        checks = (deskcheck.CHEQUES_CHECK, deskcheck.DRAWERS_CHECK)
        return cards.look(checks, orchard, dt.date(2026, month, 1), dt.date(2026, month, 28))

    assert [each.done for each in looked(3)] == [True, True]
    opened(drawer, bruno)
    row = cheque()

    of_cheques, of_drawers = looked(3)
    assert (of_cheques.done, of_cheques.address) == (False, f"{HERE}cheques/")
    assert "1" in of_cheques.words
    assert not of_drawers.done
    assert "Caisse du marché" in of_drawers.words
    assert looked(2)[0].done
    closed(drawer, bruno, 0)
    cheques.make_slip(book=orchard, account=account, day=DAY, key="s", by=bruno, cheques=[row.pk])
    assert [each.done for each in looked(3)] == [True, True]


def test_a_passer_by_touches_nothing(orchard, drawer, cheque, account, passer_by, bruno):
    row, by = cheque(), Actor.of(passer_by)
    slip = {"book": orchard, "account": account, "day": DAY, "key": "s", "cheques": [row.pk]}
    for act in (
        lambda: drawers.add_drawer(book=orchard, name="x", by=by),
        lambda: opened(drawer, by),
        lambda: move(drawer, by, "in", 1, "k"),
        lambda: cheques.make_slip(**slip, by=by),
        lambda: cheques.return_cheque(cheque=row, day=DAY, reason="x", by=by),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not CashCount.objects.exists()
    assert not ChequeSlip.objects.exists()


def test_the_pages_from_the_drawer_to_the_slip(client, treasurer, orchard, account, passer_by):
    client.force_login(treasurer)
    client.post(f"{HERE}caisse/", {"name": "Caisse du marché"})
    page = f"{HERE}caisse/caisse-du-marche/"
    client.post(f"{page}compter/", {"key": "o"})
    client.post(page, {"act": "move", "key": "m", "kind": "in", "amount": "30", "use": "donation",
                       "reason": "Don"})  # fmt: skip
    assert balance_of(orchard, "530000") == 3_000
    wrong = client.post(f"{page}compter/", {"key": "c", "p1000": "2"})
    assert wrong.status_code == 422
    assert 'value="2"' in wrong.content.decode()
    client.post(f"{page}compter/", {"key": "c", "p1000": "2", "remark": "Un billet perdu"})
    assert "Un billet perdu" in client.get(page).content.decode()
    face = {"drawn_by": "Zoé", "bank": "BP", "number": "0000009", "amount": "12,50", "key": "q",
            "day": "2026-03-04", "payment": "", "use": "donation", "reason": "Don"}  # fmt: skip
    assert client.post(f"{HERE}cheques/nouveau/", {**face, "amount": "x"}).status_code == 422
    client.post(f"{HERE}cheques/nouveau/", face)
    row = Cheque.objects.get()
    made = client.post(
        f"{HERE}cheques/remise/", {"cheque": row.pk, "account": "courant", "key": "s"}
    )
    assert made.url == f"{HERE}cheques/remises/1/"
    assert "0000009" in client.get(made.url).content.decode()
    paper = client.get(f"{made.url}?format=pdf")
    assert paper.content.startswith(b"%PDF-")
    client.post(f"{HERE}cheques/{row.pk}/impaye/", {"reason": "Sans provision"})
    assert "Sans provision" in client.get(made.url).content.decode()
    client.force_login(passer_by)
    for address in ("caisse/", "caisse/caisse-du-marche/", "cheques/", "cheques/remises/1/"):
        assert client.get(HERE + address).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_slips_at_once_hold_each_cheque_once(orchard, cheque, account, bruno):
    rows = [cheque(f"000000{n}", 100 + n).pk for n in range(3)]

    results = at_once(
        *(
            lambda n=n: (
                cheques.make_slip(
                    book=orchard, account=account, day=DAY, key=f"s{n}", by=bruno, cheques=rows
                ).count
            )
            for n in range(2)
        )
    )

    assert sorted(map(str, results)) == ["3", "treasury.cheques.nothing-to-pay-in"]


@pytest.mark.django_db(transaction=True)
def test_two_hands_in_one_drawer_do_not_take_more_than_it_holds(drawer, bruno):
    opened(drawer, bruno)
    move(drawer, bruno, "in", 1_000, "in")

    results = at_once(
        *(
            lambda n=n: move(drawer, bruno, "out", 700, f"out-{n}", use="purchase").amount
            for n in range(2)
        )
    )

    assert sorted(map(str, results)) == ["700", "treasury.drawer.not-so-much"]
    assert drawers.held(drawer) == 300
