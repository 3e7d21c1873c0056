"""The weighing screen: one line at a time, with big buttons, a number pad, or a scale that types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.keeping import WeighingForm
from chambre.rooms.shop.models import Distribution, OrderLine
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.services.preparing import Weighed, prepare
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    distribution_for,
    key_of,
    kilos,
    steps,
)
from chambre.rooms.shop.views.keeping.preparing import slot_words

ORDERS = {
    "produit": ("variant__product__position", "variant__product__name", "variant_id",
                "order__slot__starts_at", "order__customer__name", "order_id"),
    "personne": ("order__slot__starts_at", "order__customer__name", "order_id", "number"),
}  # fmt: skip


def _lines(row: Distribution) -> Any:
    rows = OrderLine.objects.filter(order__distribution=row, order__state__in=LIVE)
    return rows.select_related("order__customer", "order__slot", "variant__product")


def _queue(row: Distribution, how: str, everything: bool) -> list[OrderLine]:
    """What is still to be weighed (or, with everything, to be put in), in the order of the walk."""
    rows = _lines(row)
    left = rows.filter(given__isnull=True) if everything else rows.filter(weighed=True)
    return [
        line
        for line in left.order_by(*ORDERS[how])
        if (line.given is None or (line.weighed and line.grams is None))
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def weighing(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Weigh one line, go on to the next."""
    row = distribution_for(request, slug, number)
    how = asked(request, "par") if asked(request, "par") in ORDERS else "produit"
    everything = asked(request, "tout") == "1"
    form, status = None, 200
    if request.method == "POST":
        form = WeighingForm(request.POST)
        line, status = _weigh(request, row, form)
        if status == 200 and line is not None:
            query = f"?par={how}&tout={int(everything)}&faite={line.pk}"
            return redirect(reverse("shop:weighing", args=[slug, number]) + query)
    queue = _queue(row, how, everything)
    line = _chosen(request, row, queue, form)
    last = _one(row, asked(request, "faite"))
    context = steps(
        request, row, line=line, form=form, how=how, everything=everything, left=len(queue),
        last=last, last_weight=kilos(last.grams) if last and last.grams else "",
        slot=slot_words(line.order) if line else "",
        given=_given(line, form), about=kilos(line.estimate * line.quantity) if line else "",
        digits=("7", "8", "9", "4", "5", "6", "1", "2", "3", ",", "0"),
    )  # fmt: skip
    return render(request, "shop/keeping/weighing.html", context, status=status)


def _given(line: OrderLine | None, form: WeighingForm | None) -> Any:
    if form is not None:
        return form.data.get("given", "")
    if line is None:
        return ""
    return line.quantity if line.given is None else line.given


def _one(row: Distribution, text: str) -> OrderLine | None:
    found: OrderLine | None = None
    if text.isdecimal() and len(text) < 18:
        found = _lines(row).filter(pk=int(text)).first()
    return found


def _chosen(
    request: HttpRequest, row: Distribution, queue: list[OrderLine], form: WeighingForm | None
) -> OrderLine | None:
    """The line that the form is about, that the address names, or the next one."""
    named = form.data.get("line", "") if form is not None else asked(request, "ligne")
    return _one(row, named) or (queue[0] if queue else None)


def _weigh(
    request: HttpRequest, row: Distribution, form: WeighingForm
) -> tuple[OrderLine | None, int]:
    """Write down what was put in; the line, and the status of the answer."""
    if not form.is_valid():
        return None, 422
    data = form.cleaned_data
    line = _lines(row).filter(pk=data["line"]).first()
    if line is None:
        raise NoShop
    short = request.POST.get("act") == "short"
    grams = data["weight"] if line.weighed and not short else None
    if line.weighed and not short and data["given"] and not grams:
        form.add_error("weight", _("Put it on the scale."))
        return line, 422
    weighed = Weighed(line.number, 0 if short else data["given"], grams)
    try:
        prepare(
            order=line.order, weighed=[weighed], by=actor_of(request), key=f"form:{key_of(request)}"
        )
    except ChambreError as refusal:
        return line, form.told(refusal)
    return line, 200


WEIGHING = [
    path("boutiques/<slug:slug>/distributions/<int:number>/pesee/", weighing, name="weighing"),
]
