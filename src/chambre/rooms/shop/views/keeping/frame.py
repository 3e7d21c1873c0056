"""What the pages of those who keep a shop share: who may, the tabs, acts, files."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.core.ui import figures as written
from chambre.lib import exports
from chambre.rooms.shop.models import Distribution, Shop
from chambre.rooms.shop.queries.finding import shop_named
from chambre.rooms.shop.queries.keeping import distribution_of

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}
PER_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def shop_for(request: HttpRequest, slug: str, permission: str = "shop.prepare") -> Shop:
    """A shop for somebody who may do something there.

    Raises:
        NoShop: There is none.
        Forbidden: Not for this person.
    """
    shop = shop_named(slug)
    authorize(actor_of(request), permission, shop)
    return shop


def distribution_for(request: HttpRequest, slug: str, number: int) -> Distribution:
    """A distribution for somebody who prepares there.

    Raises:
        NoShop: There is none.
        Forbidden: Not for this person.
    """
    return distribution_of(shop_for(request, slug), number)


def page_of(request: HttpRequest, rows: Any, many: int = PER_PAGE) -> Any:
    """The page of a list that was asked for."""
    return Paginator(rows, many).get_page(request.GET.get("page"))


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


def asked(request: HttpRequest, name: str, longest: int = 60) -> str:
    """A word of the address, cut and clean."""
    return request.GET.get(name, "")[:longest].replace("\0", "").strip()


def posted(request: HttpRequest, name: str, longest: int = 60) -> str:
    """A word that was sent, cut and clean."""
    return request.POST.get(name, "")[:longest].replace("\0", "").strip()


def frame(request: HttpRequest, shop: Shop, **more: Any) -> dict[str, Any]:
    """What every page of a shop shows."""
    manages = actor_of(request).may("shop.manage", shop)
    names = [
        (_("Overview"), "shop_home"),
        (_("Order cycles"), "cycles"),
        (_("Products"), "products"),
        (_("Stock"), "stocks"),
        (_("Baskets"), "keep_plans"),
    ]
    if manages:
        names += [
            (_("Customers"), "customers"),
            (_("Reductions"), "coupons"),
            (_("Figures"), "shop_figures"),
            (_("Producers"), "keep_producers"),
            (_("Settings"), "settings"),
        ]
    links = [(label, reverse(f"shop:{name}", args=[shop.slug])) for label, name in names]
    inside = [url for _label, url in links[1:] if request.path.startswith(url)]
    here = max(inside, key=len, default=request.path)
    crumb = next((label for label, url in links if url == here), "")
    return {
        "shop": shop, "links": links, "here": here, "manages": manages, "key": key_of(request),
        "crumb": crumb, **more,
    }  # fmt: skip


def steps(request: HttpRequest, distribution: Distribution, **more: Any) -> dict[str, Any]:
    """What every page of a distribution shows: its steps, from the field to the end of the day."""
    shop = distribution.cycle.shop
    links = [
        (label, reverse(f"shop:{name}", args=[shop.slug, distribution.pk]))
        for label, name in (
            (_("Orders"), "distribution"),
            (_("Harvest"), "harvest"),
            (_("Baskets"), "composition"),
            (_("Crates"), "picking"),
            (_("Work"), "keep_shifts"),
            (_("Weighing"), "weighing"),
            (_("Hand-over"), "handing"),
            (_("Sale at the stall"), "stall"),
            (_("End of the day"), "ending"),
        )
    ]
    inside = [url for _label, url in links if request.path.startswith(url)]
    here = max(inside, key=len, default=links[0][1])
    crumb = next(label for label, url in links if url == here)
    return frame(
        request, shop, distribution=distribution, step_links=links,
        **{"crumb": crumb, "step_here": here, **more},
    )  # fmt: skip


def done(request: HttpRequest, act: Callable[[], Any], success: str = "") -> bool:
    """Do what a button asks; what was refused is said at the top of the next page."""
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True


def file_of(
    kind: str, *, title: str, shop: Shop, tables: Sequence[exports.Table], period: str = "",
    name: str = "",
) -> HttpResponse:  # fmt: skip
    """Tables as a file: CSV (of the first one; several: an archive), XLSX, JSON or PDF.

    Raises:
        NotFound: There is no such kind.
    """
    if kind not in MEDIA:
        raise NotFound
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"
    report = exports.Report(
        title=title, subject=shop.name, tables=tables, issued=timezone.localtime(), period=period,
        issuer=str(shop.book.structure), language=language,
    )  # fmt: skip
    ending, media = kind, MEDIA[kind]
    if kind == "csv" and len(tables) > 1:
        ending, media, content = "zip", "application/zip", exports.csv_zip(report)
    elif kind == "csv":
        content = exports.csv_bytes(tables[0], language=language)
    elif kind == "xlsx":
        content = exports.xlsx_bytes(report)
    elif kind == "json":
        content = exports.json_bytes(report)
    else:
        content = exports.pdf_bytes(report)
    response = HttpResponse(content, content_type=media)
    stem = slugify(f"{shop.slug}-{name or title}")
    response["Content-Disposition"] = f'attachment; filename="{stem}.{ending}"'
    return response


def shown(table: exports.Table) -> dict[str, Any]:
    """A table as a page writes it: each cell in words, and whether it is a number."""
    return {
        "title": table.title,
        "notes": table.notes,
        "heads": [(column.title, column.numeric) for column in table.columns],
        "rows": [_row(table, row) for row in table.rows],
        "totals": [_row(table, row) for row in table.totals],
    }


def _row(table: exports.Table, row: exports.Row) -> list[tuple[str, bool, str]]:
    return [
        (_cell(column, value), column.numeric, column.title)
        for column, value in zip(table.columns, row.cells, strict=True)
    ]


def _cell(column: exports.Column, value: exports.Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, dt.date):
        return written.day(value)
    if isinstance(value, str):
        return value
    if column.kind is exports.Kind.AMOUNT:
        return written.money(value)
    if column.kind is exports.Kind.SHARE or column.decimals > 0:
        return decimal(value, column.decimals) + ("\u202f%" if _is_share(column) else "")
    return written.integer(value)


def _is_share(column: exports.Column) -> bool:
    return column.kind is exports.Kind.SHARE


def decimal(value: int, places: int) -> str:
    """An integer in smallest parts, with its decimals, in the language of the reader."""
    whole, rest = divmod(abs(value), 10**places)
    mark = "," if written.is_french() else "."
    sign = "−" if value < 0 else ""
    return f"{sign}{written.integer(whole)}{mark}{rest:0{places}d}"


def kilos(grams: int) -> str:
    """A weight in words: grams below one kilogram, else kilograms."""
    if grams < 1_000:
        return f"{grams}\u202fg"
    return f"{decimal(grams, 3)}\u202fkg"
