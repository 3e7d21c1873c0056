"""The demonstration's invoices: the same every time, and their payments settle them exactly."""

import datetime as dt

import pytest

from chambre.treasury.demo.invoices import issue_some
from chambre.treasury.models import Invoice
from chambre.treasury.openitems import source_of
from chambre.treasury.queries.invoices import open_of
from chambre.treasury.tests.invoices.conftest import BY

pytestmark = pytest.mark.django_db
FIRST = dt.date(2025, 9, 1)


def test_half_a_year_of_invoices_and_what_customers_pay(orchard):
    rows = issue_some(book=orchard, by=BY, seed=7, first=FIRST)
    again = issue_some(book=orchard, by=BY, seed=7, first=FIRST)

    assert [(each.row, each.invoice.pk) for each in again] == [
        (each.row, each.invoice.pk) for each in rows
    ]
    made = Invoice.objects.filter(book=orchard, kind="380").order_by("id")
    assert made.count() == 15
    numbers = [each.number for each in made]
    assert numbers == sorted(numbers)
    for at, each in enumerate(rows):
        source_of("invoice").settle(
            book=orchard, key=str(each.invoice.pk), amount=each.row.amount, day=each.row.day,
            row=at, idempotency=f"row:{at}", by=BY,
        )  # fmt: skip
    paid = {each.invoice.pk for each in rows}
    assert {open_of(each) for each in made if each.pk in paid} == {0}
    assert {"reference", "number"} <= {each.how for each in rows}
