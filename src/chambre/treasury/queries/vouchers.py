"""Vouchers with what is left of them."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.ledger.models import Book
from chambre.treasury.models import PaymentEvent, PaymentLine, Voucher, VoucherUse

USE = "means.voucher"


def vouchers_of(book: Book) -> QuerySet[Any]:
    """The vouchers of a book, the newest first, each with ``left`` in cents.

    A use whose receipt was withdrawn from its payment does not count.
    """
    taken_back = PaymentEvent.objects.filter(
        payment=OuterRef("receipt__payment"), kind="withdrawn", subject=OuterRef("receipt__subject")
    )
    used = (
        VoucherUse.objects.filter(voucher=OuterRef("pk"))
        .exclude(Exists(taken_back))
        .order_by()
        .values("voucher")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    rows: QuerySet[Any] = Voucher.objects.filter(book=book)
    found: QuerySet[Any] = rows.annotate(
        left=F("amount") - Coalesce(Subquery(used, output_field=BigIntegerField()), 0)
    )
    return found.order_by("-id")


def sold_lines(book: Book) -> QuerySet[Any]:
    """Lines of paid payments that bought a voucher which nobody issued yet."""
    rows: QuerySet[Any] = PaymentLine.objects.filter(
        payment__book=book, use=USE, amount__gt=0, voucher__isnull=True, payment__state="paid"
    )
    return rows.select_related("payment").order_by("id")
