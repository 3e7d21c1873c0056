"""Preparing a distribution: its orders, the harvest list, the crates to fill, labels, what is short."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui import figures as written
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.lib.labels import LabelRefusal
from chambre.lib.labels.crates import CRATES, CrateLabel, crate_labels, find_crate_format
from chambre.lib.shopping import preparing as lists
from chambre.lib.shopping.preparing import Fair
from chambre.rooms.shop.forms.keeping import ShortForm
from chambre.rooms.shop.models import Distribution, Order, OrderLine, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import lines_of, lines_of_cycle, orders_of
from chambre.rooms.shop.queries.shortages import propose
from chambre.rooms.shop.services.preparing import ready_all
from chambre.rooms.shop.services.shortening import shorten
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    distribution_for,
    done,
    file_of,
    frame,
    key_of,
    kilos,
    shop_for,
    shown,
    steps,
)


@require_http_methods(["GET", "HEAD", "POST"])
def distribution(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The orders of a distribution and where each stands; all that can be is marked ready."""
    row = distribution_for(request, slug, number)
    if request.method == "POST":
        key, by = key_of(request), actor_of(request)
        told: list[tuple[int, int]] = []
        if done(request, lambda: told.append(ready_all(distribution=row, key=key, by=by))):
            many, left = told[0]
            words = ngettext("%(n)d order is ready.", "%(n)d orders are ready.", many)
            messages.success(request, words % {"n": many})
            if left:
                words = ngettext(
                    "%(n)d order waits to be weighed.", "%(n)d orders wait to be weighed.", left
                )
                messages.warning(request, words % {"n": left})
        return redirect("shop:distribution", slug=slug, number=number)
    orders = orders_of(row)
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("Orders"), shop=row.cycle.shop, tables=[_orders_table(orders)],
            period=_period(row), name=f"commandes-{row.starts_at:%Y%m%d}",
        )  # fmt: skip
    counts = {state: sum(order.state == state for order in orders) for state in Order.State.values}
    context = steps(
        request, row, orders=orders, counts=counts, due=sum(order.due for order in orders),
        total=sum(order.total for order in orders), formats=CRATES,
    )  # fmt: skip
    return render(request, "shop/keeping/distribution.html", context)


def _orders_table(orders: list[Any]) -> Table:
    return Table(
        key="orders",
        title=_("Orders"),
        columns=[
            Column("number", _("Order number")),
            Column("name", _("Name"), width=24),
            Column("email", _("E-mail address"), width=28),
            Column("phone", _("Telephone"), width=16),
            Column("time", _("Time")),
            Column("state", _("State")),
            Column("total", _("Total"), Kind.AMOUNT),
            Column("due", _("To pay"), Kind.AMOUNT),
            Column("note", _("Remark"), width=30),
        ],
        rows=[
            Row([
                order.code, order.customer.name, order.customer.email, order.customer.phone,
                slot_words(order), str(order.get_state_display()), order.total, order.due,
                order.note,
            ])
            for order in orders
        ],
    )  # fmt: skip


def wanted_of(rows: list[OrderLine], place: str = "", *, as_ordered: bool) -> list[lists.Wanted]:
    """Lines as the lists of preparing want them; without a place, each has that of its order."""
    made = []
    for line in rows:
        many = line.quantity if as_ordered or line.given is None else line.given
        grams = line.grams if line.grams is not None and not as_ordered else line.estimate * many
        made.append(
            lists.Wanted(
                order=line.order.code,
                person=line.order.customer.name,
                place=place or line.order.distribution.place.name,
                slot=slot_words(line.order),
                producer=line.producer.name,
                product=line.variant.product.name,
                variant=line.variant.name,
                pieces=many,
                parts=grams if line.weighed else 0,
            )
        )
    return made


def slot_words(order: Order) -> str:
    """The time at which an order is fetched; empty where there are no slots."""
    return "" if order.slot is None else str(order.slot)


def _lines(request: HttpRequest, row: Distribution) -> tuple[list[OrderLine], bool, int]:
    """Lines of the distribution, whether unpaid orders are among them, and how many orders wait."""
    unpaid = asked(request, "unpaid") == "1"
    waiting = Order.objects.filter(distribution=row, state=Order.State.PLACED).count()
    return lines_of(row, unpaid=unpaid), unpaid, waiting


def _harvest_table(wanted: list[lists.Wanted]) -> Table:
    rows = lists.harvest_list(wanted)
    return Table(
        key="harvest",
        title=_("Harvest"),
        columns=[
            Column("producer", _("Producer"), width=24),
            Column("product", _("Product"), width=30),
            Column("variant", _("Variant"), width=18),
            Column("pieces", _("Pieces"), Kind.QUANTITY),
            Column("weight", _("About (kg)"), Kind.QUANTITY, decimals=3),
            Column("orders", _("Orders"), Kind.QUANTITY),
        ],
        rows=[
            Row([each.producer, each.product, each.variant, each.pieces, each.parts or None,
                 each.orders])
            for each in rows
        ],
    )  # fmt: skip


@require_safe
def harvest(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What to bring of each product, by producer; on the page, on paper, as a file."""
    row = distribution_for(request, slug, number)
    rows, unpaid, waiting = _lines(request, row)
    table = _harvest_table(wanted_of(rows, row.place.name, as_ordered=True))
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("Harvest list"), shop=row.cycle.shop, tables=[table],
            period=_period(row), name=f"recolte-{row.starts_at:%Y%m%d}",
        )  # fmt: skip
    context = steps(request, row, table=shown(table), unpaid=unpaid, waiting=waiting)
    return render(request, "shop/keeping/harvest.html", context)


@require_safe
def cycle_harvest(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What to bring for all distributions of a cycle together, and how much of it to which place."""
    shop = shop_for(request, slug)
    cycle = shop.cycles.filter(pk=number).first()
    if cycle is None:
        raise NoShop
    unpaid = asked(request, "unpaid") == "1"
    wanted = wanted_of(lines_of_cycle(cycle, unpaid=unpaid), as_ordered=True)
    tables = [_harvest_table(wanted), _places_table(wanted)]
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("Harvest list"), shop=shop, tables=tables, period=cycle.name,
            name=f"recolte-{cycle.name}",
        )  # fmt: skip
    waiting = Order.objects.filter(distribution__cycle=cycle, state=Order.State.PLACED).count()
    context = frame(
        request, shop, cycle=cycle, tables=[shown(table) for table in tables], unpaid=unpaid,
        waiting=waiting, empty=not wanted,
    )  # fmt: skip
    return render(request, "shop/keeping/cycle_harvest.html", context)


def _places_table(wanted: list[lists.Wanted]) -> Table:
    """How much of each product goes to which place."""
    by_place = sorted({each.place for each in wanted})
    parts = {
        place: lists.harvest_list([each for each in wanted if each.place == place])
        for place in by_place
    }
    return Table(
        key="places",
        title=_("By place"),
        columns=[
            Column("place", _("Place"), width=24),
            Column("product", _("Product"), width=30),
            Column("pieces", _("Pieces"), Kind.QUANTITY),
            Column("weight", _("About (kg)"), Kind.QUANTITY, decimals=3),
        ],
        rows=[
            Row([place, _named(each), each.pieces, each.parts or None])
            for place in by_place
            for each in parts[place]
        ],
    )


def _period(row: Distribution) -> str:
    return f"{row.place.name}, {written.moment(row.starts_at)}"


def _people_table(crates: tuple[lists.Crate, ...]) -> Table:
    return Table(
        key="crates",
        title=_("Crates"),
        columns=[
            Column("slot", _("Time")),
            Column("person", _("Who"), width=24),
            Column("orders", _("Order number")),
            Column("product", _("Product"), width=30),
            Column("pieces", _("Pieces"), Kind.QUANTITY),
            Column("weight", _("Weight (kg)"), Kind.QUANTITY, decimals=3),
        ],
        rows=[
            Row([crate.slot, crate.person, " ".join(crate.orders), _named(pick), pick.pieces,
                 pick.parts or None])
            for crate in crates
            for pick in crate.picks
        ],
    )  # fmt: skip


def _product_table(picks: tuple[lists.ProductPick, ...]) -> Table:
    return Table(
        key="products",
        title=_("By product"),
        columns=[
            Column("product", _("Product"), width=30),
            Column("slot", _("Time")),
            Column("person", _("Who"), width=24),
            Column("pieces", _("Pieces"), Kind.QUANTITY),
            Column("weight", _("Weight (kg)"), Kind.QUANTITY, decimals=3),
        ],
        rows=[
            Row([_named(pick), share.slot, share.person, share.pieces, share.parts or None])
            for pick in picks
            for share in pick.shares
        ],
    )


def _named(pick: Any) -> str:
    return f"{pick.product} – {pick.variant}" if pick.variant else pick.product


@require_safe
def picking(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What goes into which crate, by person or by product."""
    row = distribution_for(request, slug, number)
    rows, unpaid, waiting = _lines(request, row)
    wanted = wanted_of(rows, row.place.name, as_ordered=False)
    people, products = lists.picking_by_person(wanted), lists.picking_by_product(wanted)
    by_product = asked(request, "par") == "produit"
    if kind := asked(request, "format"):
        table = _product_table(products) if by_product else _people_table(people)
        return file_of(
            kind, title=_("Crates to fill"), shop=row.cycle.shop, tables=[table],
            period=_period(row), name=f"caisses-{row.starts_at:%Y%m%d}",
        )  # fmt: skip
    variants = {(line.variant.product.name, line.variant.name): line.variant_id for line in rows}
    context = steps(
        request, row, unpaid=unpaid, waiting=waiting, by_product=by_product,
        crates=[(crate, [_pick(pick) for pick in crate.picks]) for crate in people],
        products=[
            (_named(pick), variants.get((pick.product, pick.variant)),
             sum(share.pieces for share in pick.shares), [_pick(one) for one in pick.shares])
            for pick in products
        ],
    )  # fmt: skip
    return render(request, "shop/keeping/picking.html", context)


def _pick(pick: Any) -> tuple[Any, str]:
    return pick, kilos(pick.parts) if pick.parts else ""


@require_safe
def labels(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Labels for the crates of a distribution, as a PDF: who, where, what is in it, the order's code."""
    row = distribution_for(request, slug, number)
    rows = lines_of(row)
    by_order: dict[int, list[OrderLine]] = {}
    for line in rows:
        by_order.setdefault(line.order_id, []).append(line)
    due = {order.pk: order.due for order in orders_of(row)}
    code = asked(request, "commande")
    found = [
        _label(lines, due, row)
        for lines in by_order.values()
        if not code or lines[0].order.code == code
    ]
    found.sort(key=lambda label: (label.when, label.person, label.code))
    try:
        pdf = crate_labels(
            found, format=find_crate_format(asked(request, "format") or "a4-8"),
            language=get_language() or "fr", issued=timezone.now(),
        )  # fmt: skip
    except LabelRefusal as refusal:
        messages.error(request, refusal.message(get_language() or "fr"))
        return redirect("shop:distribution", slug=slug, number=number)
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"etiquettes-{slug}-{row.starts_at:%Y%m%d}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _label(lines: list[OrderLine], due: dict[int, int], row: Distribution) -> CrateLabel:
    order = lines[0].order
    owed = due.get(order.pk, 0)
    return CrateLabel(
        code=order.code,
        person=order.customer.name,
        place=row.place.name,
        when=f"{written.day(timezone.localtime(row.starts_at), 'short')} {slot_words(order)}".strip(),
        lines=tuple(_line_words(line) for line in lines),
        due=written.money(owed) if owed else "",
        note=order.note[:140],
    )


def _line_words(line: OrderLine) -> str:
    many = line.quantity if line.given is None else line.given
    weight = f" ({kilos(line.grams)})" if line.grams else ""
    return f"{many} × {line.name}{weight}"


@require_http_methods(["GET", "HEAD", "POST"])
def short(request: HttpRequest, slug: str, number: int, variant: int) -> HttpResponse:
    """A crate came back short: say how much there is, see what each order gets, then do it."""
    row = distribution_for(request, slug, number)
    thing = (
        Variant.objects.filter(pk=variant, product__shop=row.cycle.shop)
        .select_related("product")
        .first()
    )
    if thing is None:
        raise NoShop
    sent = request.method == "POST"
    form = ShortForm(request.POST if sent else (request.GET or None))
    shares, status = [], 200
    if form.is_bound and form.is_valid():
        chosen = {"available": form.cleaned_data["available"],
                  "rule": Fair(form.cleaned_data["rule"])}  # fmt: skip
        if sent:
            try:
                shorten(
                    distribution=row, variant=thing, key=key_of(request), by=actor_of(request),
                    **chosen,
                )  # fmt: skip
            except Forbidden:
                raise
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("All orders of this product were changed."))
                return redirect("shop:picking", slug=slug, number=number)
        shares = propose(distribution=row, variant=thing, **chosen)
    elif form.is_bound:
        status = 422
    ordered = propose(distribution=row, variant=thing, available=10**9)
    context = steps(
        request, row, variant=thing, form=form, shares=shares,
        changed=sum(share.changes for share in shares),
        ordered=sum(share.line.quantity for share in ordered),
    )  # fmt: skip
    return render(request, "shop/keeping/short.html", context, status=status)


_D = "boutiques/<slug:slug>/distributions/<int:number>/"
PREPARING = [
    path(_D, distribution, name="distribution"),
    path(f"{_D}recolte/", harvest, name="harvest"),
    path(f"{_D}caisses/", picking, name="picking"),
    path(f"{_D}etiquettes/", labels, name="crate_labels"),
    path("boutiques/<slug:slug>/cycles/<int:number>/recolte/", cycle_harvest, name="cycle_harvest"),
    path(f"{_D}manque/<int:variant>/", short, name="short"),
]
