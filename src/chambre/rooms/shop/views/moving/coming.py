"""Moving products in from WooCommerce: a file is looked at first, then brought in; and out again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError
from chambre.core.jobs import start_job
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.shop.forms.moving import ComingForm, RatesForm
from chambre.rooms.shop.models import Arrival, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.services.moving import arrivals
from chambre.rooms.shop.services.moving.giving import export_products
from chambre.rooms.shop.services.moving.pictures import waiting_photos
from chambre.rooms.shop.services.moving.reading import Reading
from chambre.rooms.shop.views.keeping.frame import actor_of, done, file_of, frame, shop_for

AT_ONCE = 256 * 1024
"""Bytes up to which the person waits: some hundreds of products."""
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def coming(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file; what it would do is shown before anything is done."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    form, status = ComingForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                return redirect(_looked(shop, upload, form.reading(), by))
            except ChambreError as refusal:
                status = form.told(refusal)
    context = frame(
        request, shop, form=form, arrivals=shop.arrivals.all()[:20],
        waiting=waiting_photos(shop).count(), crumb=_("Moving in and out"),
    )  # fmt: skip
    return render(request, "shop/moving/coming.html", context, status=status)


def _looked(shop: Shop, upload: Any, reading: Reading, by: Any) -> Any:
    """Keep a file and look at it: at once, or in the background; where to go on."""
    row = arrivals.keep_file(shop=shop, source=upload, name=upload.name, reading=reading, by=by)
    if upload.size > AT_ONCE:
        return start_job("shop.look", by, arrival=row.pk)
    try:
        arrivals.look(arrival=row, by=by)
    except ChambreError:
        row.delete()
        raise
    return address_of(row)


def address_of(row: Arrival) -> str:
    """The page of an arrival."""
    return reverse("shop:arrival", args=[row.shop.slug, row.pk])


def _arrival(request: HttpRequest, slug: str, number: int) -> Arrival:
    """An arrival for who manages the shop.

    Raises:
        NoShop: There is none.
    """
    shop = shop_for(request, slug, "shop.manage")
    row: Arrival | None = shop.arrivals.filter(pk=number).select_related("file").first()
    if row is None:
        raise NoShop
    row.shop = shop
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What a file would do or did, line by line; another way of reading its taxes."""
    row, by = _arrival(request, slug, number), actor_of(request)
    report, reading, status = row.report, Reading.of(row.options), 200
    form = RatesForm(
        request.POST if request.method == "POST" else None, classes=report.get("classes", []),
        initial={
            "default_vat": f"{reading.default_vat / 100:g}", "without_tax": reading.without_tax,
        },
    )  # fmt: skip
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arrivals.look(arrival=row, by=by, reading=form.chosen())
                return redirect("shop:arrival", slug=slug, number=number)
            except ChambreError as refusal:
                status = form.told(refusal)
    if kind := request.GET.get("format", "")[:8]:
        return file_of(
            kind, title=_("Products brought in"), shop=row.shop, tables=[_table(report)],
            period=row.name, name="importation",
        )  # fmt: skip
    context = frame(
        request, row.shop, arrival=row, report=report, form=form, shown=SHOWN,
        to_do=any(report.get(name) for name in ("products", "variations", "updated")),
        waiting=waiting_photos(row.shop).count(), crumb=row.name,
    )  # fmt: skip
    return render(request, "shop/moving/arrival.html", context, status=status)


def _table(report: dict[str, Any]) -> Table:
    """The report, line by line."""
    refused, noticed = _("refused"), _("to know")
    made, changed = _("new product"), _("changed product")
    lines = [
        *((row["line"], refused, row["reason"]) for row in report.get("skipped", [])),
        *((row["line"], noticed, row["text"]) for row in report.get("notices", [])),
        *(
            (row["line"], made if row["new"] else changed, row["name"])
            for row in report.get("names", [])
        ),
    ]
    return Table(
        key="arrival", title=_("Line by line"),
        columns=[
            Column("line", _("Line"), Kind.QUANTITY), Column("what", _("What happens"), width=20),
            Column("text", _("Why, or what"), width=80),
        ],
        rows=[Row(list(each)) for each in sorted(lines, key=lambda each: each[0])],
    )  # fmt: skip


@require_POST
def bring(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Bring in what was looked at: at once, or in the background when it is much."""
    row, by = _arrival(request, slug, number), actor_of(request)
    if row.file is not None and row.file.size > AT_ONCE:
        return redirect(start_job("shop.bring", by, arrival=row.pk))
    done(request, lambda: arrivals.bring_arrival(arrival=row, by=by), _("The products are there."))
    return redirect("shop:arrival", slug=slug, number=number)


@require_POST
def fetch_pictures(request: HttpRequest, slug: str) -> HttpResponse:
    """Fetch the pictures of photos that have only an address, in the background."""
    shop = shop_for(request, slug, "shop.manage")
    return redirect(start_job("shop.pictures", actor_of(request), shop=shop.slug))


@require_safe
def going(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be taken out, and where others find it."""
    shop = shop_for(request, slug, "shop.manage")
    many = shop.products.count()
    words = ngettext("%(n)d product.", "%(n)d products.", many) % {"n": many}
    context = frame(request, shop, words=words, crumb=_("Taking the products out"))
    return render(request, "shop/moving/going.html", context)


@require_safe
def given(request: HttpRequest, slug: str) -> HttpResponse:
    """The products as a file that WooCommerce brings in."""
    shop = shop_for(request, slug, "shop.manage")
    content = export_products(
        shop=shop, by=actor_of(request), address=request.build_absolute_uri("/")
    )
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{shop.slug}-produits.csv"'
    return answer


COMING = [
    path("boutiques/<slug:slug>/importer/", coming, name="coming"),
    path("boutiques/<slug:slug>/importer/photos/", fetch_pictures, name="fetch_pictures"),
    path("boutiques/<slug:slug>/importer/<int:number>/", arrival, name="arrival"),
    path("boutiques/<slug:slug>/importer/<int:number>/reprendre/", bring, name="bring"),
    path("boutiques/<slug:slug>/exporter/", going, name="going"),
    path("boutiques/<slug:slug>/exporter/produits.csv", given, name="given"),
]
