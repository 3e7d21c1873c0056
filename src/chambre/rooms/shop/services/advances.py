"""VAT on advances, booked when a month is over.

| on | debit | credit |
|---|---|---|
| the last day of the month | 44587 VAT on advances | 44571 VAT collected |
| the day after | 44571 | 44587 |

So the month in which the money came declares the VAT, and the sale, which books its VAT when it is handed
over, does not declare it twice.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as lazy

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import insert
from chambre.core.errors import Conflict
from chambre.ledger.models import JournalEntry
from chambre.lib.shopping.advances import by_rate
from chambre.registry import api as registry
from chambre.rooms.shop.models import AdvanceVat, Shop
from chambre.rooms.shop.queries.advances import advances
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine


class MonthNotOver(Conflict):
    """What is paid ahead over the end of a month is known when it is over."""

    code = "shop.month-not-over"
    default_message = lazy("This month is not over yet.")


def last_day(month: dt.date) -> dt.date:
    """The last day of the month of a day."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


@transaction.atomic
def book_advances(*, shop: Shop, month: dt.date, by: Actor) -> AdvanceVat | None:
    """Book the VAT on what was paid ahead over the end of a month; again books what changed since.

    Args:
        shop: Whose.
        month: Any day of the month.
        by: Who books.

    Returns:
        What was booked; None: it is as it was booked already.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        MonthNotOver: It is not over.
        MonthClosed: The books of that month, or of the next one, are closed.
    """
    authorize(by, "shop.manage", shop)
    first, last = month.replace(day=1), last_day(month)
    if last >= registry.today():
        raise MonthNotOver
    shop = (
        Shop.objects.select_for_update(of=("self",), no_key=True)
        .select_related("book__structure")
        .get(pk=shop.pk)
    )
    rates = by_rate(advances(shop, last))
    rows = AdvanceVat.objects.filter(shop=shop, month=first)
    booked = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    amount = sum(vat for _paid, vat in rates.values()) - booked
    if not amount:
        return None
    number = rows.count() + 1
    row = insert(
        AdvanceVat(
            shop=shop, month=first, number=number, amount=amount, by=by.label[:254],
            rates={str(rate): list(sums) for rate, sums in rates.items()},
            entry=_entry(shop, last, amount, f"{first:%Y-%m}:{number}"),
            back=_entry(shop, last + dt.timedelta(1), -amount, f"{first:%Y-%m}:{number}:back"),
        )
    )  # fmt: skip
    audit(by, "shop.advances.booked", shop, month=f"{first:%Y-%m}", vat=amount)
    return row


def _entry(shop: Shop, day: dt.date, amount: int, key: str) -> JournalEntry:
    """VAT due on advances; less than zero takes it back."""
    return treasury.book_entry(
        book=shop.book, journal="OD", day=day, key=f"shop:{shop.slug}:advances:{key}",
        lines=[BookLine(amount, use="vat.advance"), BookLine(-amount, use="vat.collected")],
        label=f"{shop.name} – TVA sur acomptes", piece=f"{day:%Y-%m-%d}",
        source=f"shop.shop:{shop.pk}",
    )  # fmt: skip
