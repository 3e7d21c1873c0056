"""Customers: the list, one with orders and account, money back, personal data erased."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.shop.forms.customers import BackForm, NoteForm
from chambre.rooms.shop.models import Customer
from chambre.rooms.shop.queries.accounts import balance, free_credit
from chambre.rooms.shop.queries.customers import customer_of, customers_of
from chambre.rooms.shop.services import customers as service
from chambre.rooms.shop.services.moving.visiting import former_orders
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    done,
    file_of,
    frame,
    key_of,
    page_of,
    shop_for,
)


@require_safe
def customers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who orders here; as a file too."""
    shop = shop_for(request, slug, "shop.manage")
    text = asked(request, "q")
    rows = customers_of(shop, text)
    if kind := asked(request, "format"):
        return file_of(kind, title=_("Customers"), shop=shop, tables=[_table(rows)], name="clients")
    context = frame(request, shop, page=page_of(request, rows), q=text)
    return render(request, "shop/keeping/customers.html", context)


def _table(rows: Any) -> Table:
    return Table(
        key="customers",
        title=_("Customers"),
        columns=[
            Column("name", _("Name"), width=24),
            Column("email", _("E-mail address"), width=28),
            Column("phone", _("Telephone"), width=16),
            Column("address", _("Address"), width=28),
            Column("postcode", _("Postcode")),
            Column("city", _("Town"), width=18),
            Column("orders", _("Orders"), Kind.QUANTITY),
            Column("bought", _("Bought"), Kind.AMOUNT),
            Column("has", _("Has with the shop"), Kind.AMOUNT),
            Column("last", _("Last order"), Kind.DATE),
        ],
        rows=[
            Row([
                row.name, row.email, row.phone, row.address, row.postcode, row.city, row.many,
                row.bought, row.has, timezone.localtime(row.last).date() if row.last else None,
            ])
            for row in rows
        ],
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def customer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One customer."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = customer_of(shop, number)
    act = request.POST.get("act", "")
    note_form = NoteForm(request.POST if act == "note" else None, initial={"note": row.note})
    drawers = [
        place.drawer for place in shop.places.select_related("drawer") if place.drawer is not None
    ]
    back = BackForm(request.POST if act == "back" else None, drawers=drawers)
    status = 200
    if request.method == "POST":
        if act == "note" and note_form.is_valid():
            note = note_form.cleaned_data["note"]
            done(request, lambda: service.note_about(customer=row, note=note, by=by), _("Noted."))
        elif act == "back":
            status = _give_back(request, row, back)
        if status == 200:
            return redirect("shop:customer", slug=slug, number=number)
    context = frame(
        request, shop, customer=row, orders=page_of(request, row.orders.select_related(
            "distribution__place")),
        moves=row.moves.select_related("order").order_by("-id")[:40], has=balance(row),
        former=former_orders(row)[:20],
        credit=free_credit(row), note_form=note_form, back_form=back,
    )  # fmt: skip
    return render(request, "shop/keeping/customer.html", context, status=status)


def _give_back(request: HttpRequest, row: Customer, form: BackForm) -> int:
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        service.give_credit_back(
            customer=row, amount=data["amount"], key=key_of(request), by=actor_of(request),
            means=data["means"], iban=data["iban"], drawer=data["drawer"], reason=data["reason"],
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What will be erased, and then erase it."""
    shop = shop_for(request, slug, "shop.manage")
    row = customer_of(shop, number)
    back = reverse("shop:customer", args=[slug, number])
    if request.method == "POST":
        act = lambda: service.erase_customer(customer=row, by=actor_of(request))  # noqa: E731
        done(request, act, _("The personal data is erased."))
        return redirect(back)
    context = {
        "title": _("Erase the personal data of %(name)s") % {"name": row.name},
        "consequences": [
            _("Name, e-mail address, telephone, address and remarks are replaced."),
            _("Orders and payments stay, with a code that says nobody's name."),
            _("The books do not change."),
        ],
        "irreversible": _("This cannot be undone."),
        "confirm": _("Erase it"),
        "back": back,
        "danger": True,
    }
    return render(request, "ui/confirm.html", context)


CUSTOMERS = [
    path("boutiques/<slug:slug>/clients/", customers, name="customers"),
    path("boutiques/<slug:slug>/clients/<int:number>/", customer, name="customer"),
    path("boutiques/<slug:slug>/clients/<int:number>/effacer/", erase, name="customer_erase"),
]
