"""Credit notes: line by line, never above, to the cent; what is settled and what is owed back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.ledger.models import Line
from chambre.lib import invoicing as lib
from chambre.treasury.invoicedata import AllowanceIn, InvoiceIn, paper_of
from chambre.treasury.models import Invoice, NumberSeries
from chambre.treasury.queries.invoices import open_of
from chambre.treasury.services.invoice_crediting import left_of, rest_of
from chambre.treasury.services.invoice_settling import settle_invoice
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice
from chambre.treasury.tests.invoices.conftest import APPLES, BY, PRESSING, USUAL, booked

pytestmark = pytest.mark.django_db


def issue(party, asked=USUAL, key="one"):
    return issue_invoice(book=party.book, party=party, asked=asked, key=key, by=BY)


def credit(invoice, key="c", **more):
    return credit_invoice(invoice=invoice, key=key, by=BY, **more)


def balance(book, account):
    rows = Line.objects.filter(book=book, account__code=account)
    return sum(row.amount for row in rows)


def test_an_invoice_is_taken_back_whole(canteen):
    made = issue(canteen)
    back = credit(made, note="Livraison annulée")

    assert back.number == "VERGERS-A-2026-0001"
    assert (back.payable, back.credits, back.due) == (17460, made, None)
    assert booked(back.entry) == [
        ("411000", -17460), ("445710", 160), ("445710", 2400), ("701000", 2900), ("706000", 12000),
    ]  # fmt: skip
    assert open_of(made) == open_of(back) == 0
    assert balance(canteen.book, "411000") == 0
    paper = paper_of(back.content)
    assert paper.preceding[0].number == made.number
    texts = [note.text for note in paper.notes]
    assert "Avoir sur la facture VERGERS-2026-0001 du 02/03/2026." in texts
    assert "Livraison annulée" in texts
    assert lib.missing(paper) == []


def test_part_of_a_line_is_taken_back_in_proportion(canteen):
    made = issue(canteen)
    back = credit(made, lines={1: Decimal("2.5"), 2: Decimal(1)})

    assert [(line.number, line.net) for line in back.lines.all()] == [(1, 580), (2, 4000)]
    assert back.payable == 580 + 32 + 4000 + 800
    assert open_of(made) == 17460 - 5412
    left = {each.line.number: (each.quantity, each.net) for each in left_of(made)}
    assert left == {1: (100_000, 2320), 2: (20_000, 8000)}


def test_never_more_than_what_is_left_of_a_line(canteen):
    made = issue(canteen)
    credit(made, lines={2: Decimal(2)})

    for wanted in ({2: Decimal(2)}, {2: Decimal("1.00001")}, {2: Decimal(-1)}, {9: Decimal(1)}):
        with pytest.raises(Invalid) as refused:
            credit(made, key="d", lines=wanted)
        assert f"lines.{next(iter(wanted))}" in refused.value.data["fields"]
    with pytest.raises(Invalid):
        credit(made, key="d", lines={2: Decimal(0)})
    assert Invoice.objects.filter(kind="381").count() == 1
    assert NumberSeries.objects.get(name="VERGERS-A-2026").last == 1


def test_what_is_left_goes_in_the_end_and_then_nothing(canteen):
    made = issue(canteen)
    credit(made, lines={2: Decimal(2)})
    last = credit(made, key="d")

    assert [(line.number, line.net) for line in last.lines.all()] == [(1, 2900), (2, 4000)]
    assert rest_of(made) == open_of(made) == 0
    with pytest.raises(Conflict):
        credit(made, key="e")
    with pytest.raises(Conflict):
        credit(last, key="f")


def test_the_same_key_is_the_same_credit_note(canteen):
    made = issue(canteen)
    first = credit(made, lines={2: Decimal(1)})

    assert credit(made, lines={2: Decimal(1)}) == first
    with pytest.raises(KeyReused):
        credit(made, lines={2: Decimal(2)})
    assert open_of(made) == 17460 - 4800


def test_what_was_paid_already_is_owed_back(canteen):
    made = issue(canteen)
    settle_invoice(
        book=canteen.book, key=str(made.pk), amount=15000, day=made.issued, idempotency="r", by=BY
    )
    back = credit(made)

    assert open_of(made) == 0
    assert open_of(back) == 15000, "2460 were still open, the rest goes back to the customer"


def test_reductions_on_the_whole_go_back_with_the_whole_only(canteen):
    asked = replace(USUAL, allowances=(AllowanceIn(1000, "Fidélité", vat="2000"),))
    made = issue(canteen, asked)
    assert made.payable == 16260

    whole = credit(made)
    assert (whole.payable, rest_of(made)) == (16260, 0)


def test_reductions_keep_line_credits_within_the_invoice(canteen):
    asked = replace(USUAL, allowances=(AllowanceIn(10000, "Fidélité", vat="2000"),))
    made = issue(canteen, asked)

    with pytest.raises(Invalid):
        credit(made, lines={2: Decimal(3)})
    assert open_of(made) == made.payable


def test_only_who_answers_for_the_money_takes_back(canteen, passer_by):
    made = issue(canteen)

    with pytest.raises(Forbidden):
        credit_invoice(invoice=made, key="c", by=Actor.of(passer_by))
    assert not Invoice.objects.filter(kind="381").exists()


def test_the_vat_of_many_small_credit_notes_never_passes_the_invoices(canteen):
    line = replace(PRESSING, price=Decimal("0.13"), quantity=Decimal(7), vat="550")
    made = issue(canteen, InvoiceIn(lines=(line,)))
    parts = [credit(made, key=f"c{at}", lines={1: Decimal(1)}) for at in range(7)]

    assert sum(each.payable for each in parts) == made.payable == 96
    assert rest_of(made) == 0
    assert all(lib.missing(paper_of(each.content)) == [] for each in parts)
    assert balance(canteen.book, "411000") == 0


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_however_it_is_taken_back_the_customer_is_at_nought(canteen, data):
    count = Invoice.objects.count()
    lines = tuple(
        replace(
            APPLES, price=Decimal(data.draw(st.integers(1, 9999))) / 1000,
            quantity=Decimal(data.draw(st.integers(1, 50))), discount=0,
            vat=data.draw(st.sampled_from(["2000", "550", "210"])),
        )
        for _at in range(data.draw(st.integers(1, 3)))
    )  # fmt: skip
    made = issue(canteen, InvoiceIn(lines=lines), key=f"h{count}")
    for step in range(2):
        part = {}
        for each in left_of(made):
            quantity = data.draw(st.integers(0, each.quantity // 10_000))
            if quantity and each.net:
                part[each.line.number] = Decimal(quantity)
        if part and rest_of(made) > 0:
            credit(made, key=f"h{count}-{step}", lines=part)
    if rest_of(made) > 0 and any(each.quantity or each.net for each in left_of(made)):
        credit(made, key=f"h{count}-end")

    assert rest_of(made) == open_of(made) == 0
    assert balance(canteen.book, "411000") == 0
