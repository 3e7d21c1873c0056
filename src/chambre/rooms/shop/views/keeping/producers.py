"""Who sells in a shop, what is owed to each of them, and paying it out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import clock
from chambre.core.errors import ChambreError
from chambre.core.ui import figures as written
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.shop.forms.customers import PayProducerForm
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.selling import Due, owed_to
from chambre.rooms.shop.services.producers import pay_producer
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    file_of,
    frame,
    key_of,
    shop_for,
)
from chambre.rooms.shop.views.keeping.settings import add_producer


@require_http_methods(["GET", "HEAD", "POST"])
def producers(request: HttpRequest, slug: str) -> HttpResponse:
    """The producers and what is owed to them; a new one."""
    shop = shop_for(request, slug, "shop.manage")
    form, status = add_producer(request, shop)
    if status == 303:
        messages.success(request, _("Noted."))
        return redirect("shop:keep_producers", slug=slug)
    dues = owed_to(shop)
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("What is owed to producers"), shop=shop, tables=[_table(dues)],
            name="producteurs",
        )  # fmt: skip
    by_producer = {each.producer.pk: each for each in dues}
    rows = [(row, by_producer.get(row.pk)) for row in shop.producers.all()]
    context = frame(request, shop, rows=rows, form=form, owed=sum(each.owed for each in dues))
    return render(request, "shop/keeping/producers.html", context, status=status)


def _table(dues: list[Due]) -> Table:
    return Table(
        key="owed",
        title=_("What is owed to producers"),
        columns=[
            Column("producer", _("Producer"), width=30),
            Column("owed", _("Owed"), Kind.AMOUNT),
            Column("under_way", _("Asked for"), Kind.AMOUNT),
            Column("open", _("Still to ask for"), Kind.AMOUNT),
        ],
        rows=[Row([each.producer.name, each.owed, each.under_way, each.open]) for each in dues],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, slug: str, producer: str) -> HttpResponse:
    """Say what is paid out to a producer, see what will happen, ask for it."""
    shop = shop_for(request, slug, "shop.manage")
    due = next((each for each in owed_to(shop) if each.producer.slug == producer), None)
    if due is None:
        raise NoShop
    words = _("Sales up to %(day)s") % {"day": written.day(clock.today(), "short")}
    initial = {"amount": due.open, "reason": f"{shop.name[:90]} – {words}"}
    form, status = PayProducerForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                payout = pay_producer(
                    producer=due.producer, key=key_of(request), by=actor_of(request),
                    **form.cleaned_data,
                )  # fmt: skip
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Asked for; two people agree before it is sent."))
                return redirect("treasury:payout", shop.book.structure.slug, payout.code)
    context = frame(request, shop, due=due, form=form)
    return render(request, "shop/keeping/pay_producer.html", context, status=status)


PRODUCERS = [
    path("boutiques/<slug:slug>/producteurs/", producers, name="keep_producers"),
    path("boutiques/<slug:slug>/producteurs/<slug:producer>/payer/", pay, name="producer_pay"),
]
