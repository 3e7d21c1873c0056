"""Figures of a shop: what was sold, by what one asks; what was lost; as drawing, table and file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core import clock
from chambre.core.ui import figures as written
from chambre.lib.charts import Bar, Bars, ChartPair, Months, MonthSeries, draw_pair
from chambre.lib.exports import Column, Kind, Role, Row, Table
from chambre.registry.models import Resource
from chambre.rooms.shop.models import Shop
from chambre.rooms.shop.queries import selling
from chambre.rooms.shop.views.keeping.frame import asked, file_of, frame, shop_for, shown

YEAR = dt.timedelta(days=364)
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
MONTH, SEASON = "mois", "saison"
MOST_BARS = 12


class PeriodForm(forms.Form):
    """From when to when; a year up to today when nothing is said."""

    first = forms.DateField(required=False)
    last = forms.DateField(required=False)

    def period(self) -> tuple[dt.date, dt.date]:
        """First and last day, in order."""
        data = self.cleaned_data if self.is_valid() else {}
        last = _within(data.get("last") or clock.today())
        first = _within(data.get("first") or last - YEAR)
        return min(first, last), max(first, last)


def _within(day: dt.date) -> dt.date:
    """A day of which there is a year before and after, on every clock."""
    return min(max(day, EARLIEST), LATEST)


def _axes() -> list[tuple[str, str]]:
    return [
        ("produit", _("By product")),
        ("categorie", _("By category")),
        ("producteur", _("By producer")),
        (MONTH, _("By month")),
        (SEASON, _("By season")),
        ("lieu", _("By place")),
    ]


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """What was sold, by one axis (``?par=``); ``?format=`` gives it as a file."""
    shop = shop_for(request, slug, "shop.read")
    first, last = PeriodForm(request.GET).period()
    axis = asked(request, "par")
    axis = axis if axis in {*selling.AXES, MONTH, SEASON} else "produit"
    table, drawn = _drawn(shop, first, last, axis)
    tables = [table]
    if axis == "produit" and (waste := _waste(shop, first, last)):
        tables.append(waste)
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("Sales of the shop"), shop=shop, tables=tables,
            period=f"{written.day(first)} – {written.day(last)}",
            name=f"ventes-{axis}-{first:%Y%m%d}-{last:%Y%m%d}",
        )  # fmt: skip
    context = frame(
        request, shop, first=first, last=last, axis=axis, axes=_axes(), chart=drawn,
        tables=[shown(each) for each in tables], empty=not list(table.rows),
    )  # fmt: skip
    return render(request, "shop/keeping/figures.html", context)


def _columns(head: str) -> list[Column]:
    return [
        Column("what", head, width=30),
        Column("pieces", _("Pieces"), Kind.QUANTITY),
        Column("weight", _("Weighed (kg)"), Kind.QUANTITY, decimals=3),
        Column("lines", _("Lines of orders"), Kind.QUANTITY),
        Column("amount", _("Sold, VAT included"), Kind.AMOUNT),
    ]


def _cells(name: str, each: selling.Sales) -> list[Any]:
    return [name, each.pieces, each.grams or None, each.lines, each.cents]


def _drawn(shop: Shop, first: dt.date, last: dt.date, axis: str) -> tuple[Table, ChartPair]:
    """The table and the drawing of an axis."""
    if axis == MONTH:
        return _months(shop, first, last)
    if axis == SEASON:
        return _table_of(selling.by_season(shop, first, last, _seasons()), _("Season"))
    heads = {
        "produit": _("Product"),
        "categorie": _("Category"),
        "producteur": _("Producer"),
        "lieu": _("Place"),
    }
    # Of a product with two categories each has its sales: their sum would count it twice.
    found = selling.sales(shop, first, last, axis)
    return _table_of(found, heads[axis], whole=axis != "categorie")


def _seasons() -> tuple[str, str, str, str]:
    return _("winter"), _("spring"), _("summer"), _("autumn")


def _table_of(
    found: list[selling.Sales], head: str, *, whole: bool = True
) -> tuple[Table, ChartPair]:
    rows = [Row(_cells(each.name or _("without"), each)) for each in found]
    total = Row(
        [_("Total"), sum(each.pieces for each in found), None, sum(each.lines for each in found),
         sum(each.cents for each in found)], role=Role.TOTAL,
    )  # fmt: skip
    table = Table(
        key="sales", title=_("What was sold"), columns=_columns(head), rows=rows,
        totals=[total] if whole and rows else [],
        notes=[] if whole else [_("What is in two categories is counted in both.")],
    )  # fmt: skip
    drawn = draw_pair(
        Bars(
            title=_("What was sold"),
            description=_("Prices with VAT, the most first."),
            empty=_("Nothing was handed over in this period."),
            header=(head, _("Sold, VAT included")),
            bars=[Bar(each.name or _("without"), each.cents) for each in found[:MOST_BARS]],
            format=written.money,
        ),
        prefix="sales",
    )
    return table, drawn


def _months(shop: Shop, first: dt.date, last: dt.date) -> tuple[Table, ChartPair]:
    found = selling.sales_by_month(selling.sold(shop, first, last))
    rows = [Row(_cells(date_format(month, "F Y"), each)) for month, each in found]
    table = Table(key="months", title=_("What was sold"), columns=_columns(_("Month")), rows=rows)
    return table, month_chart(found)


def month_chart(found: list[tuple[dt.date, selling.Sales]]) -> ChartPair:
    """Sales by month, as columns."""
    return draw_pair(
        Months(
            title=_("What was sold, by month"),
            description=_("Prices with VAT, in the month of the hand-over."),
            empty=_("Nothing was handed over in this period."),
            header=_("Month"),
            months=[month.replace(day=1) for month, _each in found],
            series=[
                MonthSeries(_("Sold, VAT included"), [each.cents for _m, each in found], "column")
            ],
            format=written.money,
            format_month=lambda month: date_format(month, "F Y"),
            short_month=lambda month: date_format(month, "M"),
        ),
        prefix="months",
    )


def _waste(shop: Shop, first: dt.date, last: dt.date) -> Table | None:
    """What was lost of each product, as a share of what was sold and lost together."""
    lost = selling.lost(shop, first, last)
    if not lost:
        return None
    sold = {each.name: each.pieces for each in selling.sales(shop, first, last, "produit")}
    return Table(
        key="waste",
        title=_("What was lost"),
        columns=[
            Column("product", _("Product"), width=30),
            Column("lost", _("Lost"), Kind.QUANTITY),
            Column("sold", _("Sold"), Kind.QUANTITY),
            Column("share", _("Share lost"), Kind.SHARE),
        ],
        rows=[
            Row([name, many, sold.get(name, 0), 1000 * many // (many + sold.get(name, 0))])
            for name, many in sorted(lost.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """What sales of shops bring to a resource: sums only, nobody's name."""
    shops = selling.shops_feeding(resource)
    if not shops:
        return ""
    since = (clock.today() - YEAR).replace(day=1)
    rows = selling.sold_for(resource).filter(order__handed_at__date__gte=since)
    found = selling.sales_by_month(rows)
    context = {
        "shops": shops, "total": sum(cents for _name, _slug, cents in shops),
        "chart": month_chart(found) if found else None,
    }  # fmt: skip
    return render_to_string("shop/keeping/_resource.html", context, request)


def feeds(request: HttpRequest, resource: Resource) -> bool:
    """Whether anything was sold for a resource."""
    return selling.sold_for(resource).exists()


FIGURES = [path("boutiques/<slug:slug>/chiffres/", figures, name="shop_figures")]
