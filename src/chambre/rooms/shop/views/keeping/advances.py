"""VAT on advances: what was paid ahead over the end of a month, and booking it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core import clock
from chambre.lib.exports import Column, Kind, Role, Row, Table
from chambre.lib.shopping.advances import Advance, by_rate
from chambre.registry.models import Agent
from chambre.rooms.shop.models import AdvanceVat, Shop
from chambre.rooms.shop.queries.advances import advances, shops_to_book
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.services.advances import book_advances, last_day
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    done,
    file_of,
    frame,
    shop_for,
    shown,
)
from chambre.treasury import api as treasury
from chambre.treasury.cards import Check

EARLIEST = dt.date(2023, 1, 1)
"""Since when VAT is due on advances for goods."""


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was paid ahead over the end of a month (``?mois=2026-11``), with the VAT in it."""
    shop = shop_for(request, slug, "shop.manage")
    month = _month(asked(request, "mois"))
    last = last_day(month)
    if request.method == "POST":
        done(
            request, lambda: book_advances(shop=shop, month=month, by=actor_of(request)),
            _("It is booked."),
        )  # fmt: skip
        return redirect(f"{request.path}?mois={month:%Y-%m}")
    found = advances(shop, last)
    table = _table(found)
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("VAT on advances"), shop=shop, tables=[table],
            period=date_format(last, "j F Y"), name=f"avances-{month:%Y%m}",
        )  # fmt: skip
    owed = sum(each.vat for each in found)
    rows = AdvanceVat.objects.filter(shop=shop, month=month)
    booked = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    context = frame(
        request, shop, month=month, last=last, over=last < clock.today(), table=shown(table),
        months=_months(month), owed=owed, booked=booked, rest=owed - booked, rows=rows,
        crumb=_("VAT on advances"), account=_account(shop),
    )  # fmt: skip
    return render(request, "shop/keeping/advances.html", context)


def _account(shop: Shop) -> str:

    return treasury.account_of(shop.book, "vat.advance")


def _month(text: str) -> dt.date:
    """The month that was asked for; else the last one that is over."""
    this = clock.today().replace(day=1)
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        month = (this - dt.timedelta(days=1)).replace(day=1)
    return min(max(month, EARLIEST), this)


def _months(month: dt.date) -> list[tuple[str, str]]:
    """This month and the twelve before it, and the one that is shown."""
    found, at = {month}, clock.today().replace(day=1)
    for _each in range(13):
        found.add(max(at, EARLIEST))
        at = (at - dt.timedelta(days=1)).replace(day=1)
    return [(f"{each:%Y-%m}", date_format(each, "F Y")) for each in sorted(found, reverse=True)]


def _table(found: Sequence[Advance]) -> Table:
    rows = [Row([each.name, each.rate, each.paid, each.vat]) for each in found]
    totals = [
        Row([_("Total"), rate, paid, vat], role=Role.TOTAL)
        for rate, (paid, vat) in by_rate(found).items()
    ]
    return Table(
        key="advances", title=_("Paid ahead"), rows=rows, totals=totals,
        columns=[
            Column("what", _("Order or season"), width=30),
            Column("rate", _("VAT rate (%)"), Kind.QUANTITY, decimals=2),
            Column("paid", _("Paid ahead, VAT included"), Kind.AMOUNT),
            Column("vat", _("VAT due on it"), Kind.AMOUNT),
        ],
    )  # fmt: skip


@require_safe
def of_structure(request: HttpRequest, slug: str) -> HttpResponse:
    """From the list that closes a month to the shop of a structure that has something to book."""
    agent = Agent.objects.filter(slug=slug).first()
    if agent is None:
        raise NoShop
    shop = Shop.objects.filter(book__structure=agent).order_by("name").first()
    if shop is None:  # nothing can be left there: the list links each of its lines all the same
        return redirect("shop:keep_shops")
    return redirect("shop:advances", slug=shop.slug)


def say(count: int, rows: Sequence[QuerySet[Any]]) -> str:
    """What the list that closes a month says of shops."""
    if not count:
        return _("VAT on what shops were paid ahead is booked, or there is none.")
    return ngettext(
        "%(count)d shop was paid ahead: book the VAT on it.",
        "%(count)d shops were paid ahead: book the VAT on it.", count,
    ) % {"count": count}  # fmt: skip


CHECK = Check("shop-advances", shops_to_book, say, "shop:advances_of", order=35)
ADVANCES = [
    path("boutiques/<slug:slug>/avances/", page, name="advances"),
    path("boutiques/structures/<slug:slug>/avances/", of_structure, name="advances_of"),
]
