"""Payments of a structure: the list, one with all that happened to it, asking, giving back."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, NotFound
from chambre.ledger.models import Book
from chambre.lib.sepa import rf
from chambre.lib.sepa.accounts import write_iban
from chambre.registry.forms import show_mistakes
from chambre.treasury.forms.payments import FilterForm, ReasonForm, RefundForm, RequestForm
from chambre.treasury.models import CashDrawer, Payment, Refund
from chambre.treasury.queries import payments as queries
from chambre.treasury.services.credit_paying import left_in_units
from chambre.treasury.services.parties import clean_iban
from chambre.treasury.services.payments import AskedLine, cancel_payment, request_payment
from chambre.treasury.services.refund_paying import came_from, cancel_refund
from chambre.treasury.services.refunds import refund, refundable_lines
from chambre.treasury.views.home import actor_of, readable


@require_safe
def payments(request: HttpRequest, slug: str) -> HttpResponse:
    """The payments that a structure asked for, and what became of them."""
    book = readable(request, slug)
    form = FilterForm(request.GET)
    which = form.cleaned_data if form.is_valid() else {}
    rows = queries.narrowed(
        queries.payments_of(book, actor_of(request)),
        which.get("state", ""),
        which.get("text", ""),
    )
    context = {
        "book": book,
        "structure": book.structure,
        "form": form,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "sums": queries.sums_of(book),
        "narrowed": any(which.values()),
    }
    return render(request, "treasury/payments/index.html", context)


def _found(request: HttpRequest, slug: str, public_id: str) -> tuple[Book, Payment]:
    book = readable(request, slug)
    payment = queries.payments_of(book, actor_of(request)).filter(public_id=public_id).first()
    if payment is None:
        raise NotFound()
    return book, payment


@require_safe
def payment(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One payment: what was asked, every event, every refund."""
    book, row = _found(request, slug, public_id)
    can = {
        "cancel": row.state in ("created", "failed", "pending", "expired"),
        "refund": row.received > row.refunding + row.refunded + row.held,
    }
    context = {
        "book": book,
        "structure": book.structure,
        "payment": row,
        "reference": rf.write(row.reference),
        "lines": row.lines.select_related("resource", "party"),
        "history": queries.history(row),
        "refunds": queries.refunds_of(row),
        "attempts": row.attempts.select_related("account").order_by("id"),
        "public_url": request.build_absolute_uri(reverse("treasury:pay", args=[row.public_id])),
        "can": can,
    }
    return render(request, "treasury/payments/payment.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask somebody for money."""
    book = readable(request, slug)
    by = actor_of(request)
    authorize(by, "treasury.manage", book)
    form = RequestForm(request.POST or None, initial={"key": secrets.token_hex(16)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _ask(book, form.cleaned_data, request)
            except ChambreError as error:
                show_mistakes(error, form)
            else:
                messages.success(request, _("The payment can be made now: send its address."))
                return redirect("treasury:payment", slug=slug, public_id=made.public_id)
    context = {"book": book, "structure": book.structure, "form": form}
    return render(request, "treasury/payments/ask.html", context, status=status)


def _ask(book: Book, data: dict[str, Any], request: HttpRequest) -> Payment:
    return request_payment(
        book=book,
        amount=data["amount"],
        reason=data["reason"],
        lines=[AskedLine(data["amount"], use=data["use"])],
        payer_name=data["payer_name"],
        payer_email=data["payer_email"],
        due=data["due"],
        key=data["key"],
        by=actor_of(request),
    )


@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Give money back, line by line."""
    book, row = _found(request, slug, public_id)
    by = actor_of(request)
    authorize(by, "treasury.manage", book)
    left = refundable_lines(row)
    lines: list[tuple[Any, int]] = [(line, left.get(line.pk, 0)) for line in row.lines.all()]
    lines = [each for each in lines if each[1]]
    if left.get(None):
        lines.append((None, left[None]))
    iban, holder = came_from(row)
    form = RefundForm(
        request.POST or None,
        lines=lines,
        by_provider=row.attempts.filter(stage="paid").exists(),
        in_units=left_in_units(row) > 0,
        drawers=CashDrawer.objects.filter(book=book).order_by("id"),
        initial={"key": secrets.token_hex(16), "iban": write_iban(iban), "holder": holder},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _gave_back(request, row, form):
            return redirect("treasury:payment", slug=slug, public_id=public_id)
    context = {"book": book, "structure": book.structure, "payment": row, "form": form}
    return render(request, "treasury/payments/refund.html", context, status=status)


def _gave_back(request: HttpRequest, row: Payment, form: RefundForm) -> bool:
    data = form.cleaned_data
    try:
        done = refund(
            payment=row,
            lines=form.asked(),
            means=data["means"],
            iban=clean_iban(data["iban"]) if data["iban"] else "",
            holder=data["holder"],
            drawer=data.get("drawer"),
            reason=data["reason"],
            key=data["key"],
            by=actor_of(request),
        )
    except ChambreError as error:
        show_mistakes(error, form)
        return False
    messages.success(request, _said(done))
    return True


def _said(done: Refund) -> str:
    return {
        Refund.Means.PROVIDER: _("The refund was given to the payment service."),
        Refund.Means.TRANSFER: _(
            "The transfer is asked for: two people agree to it, then it goes."
        ),
        Refund.Means.CREDIT: _("The units went back."),
        Refund.Means.CASH: _("The refund is booked: give the money out of the drawer."),
    }[Refund.Means(done.means)]


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Ask no longer, after saying what that means."""
    _book, row = _found(request, slug, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_payment(payment=row, by=actor_of(request), reason=form.cleaned_data["reason"])
        except ChambreError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("The payment is cancelled."))
        return redirect("treasury:payment", slug=slug, public_id=public_id)
    context = {
        "title": _("Cancel this payment?"),
        "lede": row.reason,
        "consequences": [
            _("Its page says that it is cancelled, and nobody can pay there any more."),
            _("Should a transfer come all the same, it is matched with it and can go back."),
        ],
        "confirm": _("Cancel the payment"),
        "danger": True,
        "form": form,
        "back": reverse("treasury:payment", args=[slug, public_id]),
    }
    return render(request, "ui/confirm.html", context)


@require_http_methods(["POST"])
def give_up_refund(request: HttpRequest, slug: str, public_id: str, number: int) -> HttpResponse:
    """Give up a refund by transfer that has not been made."""
    _book, row = _found(request, slug, public_id)
    found = row.refunds.filter(pk=number).first()
    if found is None:
        raise NotFound()
    try:
        cancel_refund(refund=found, by=actor_of(request))
    except ChambreError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The refund is given up."))
    return redirect("treasury:payment", slug=slug, public_id=public_id)


PAYMENTS = [
    path("<slug:slug>/paiements/", payments, name="payments"),
    path("<slug:slug>/paiements/demander/", ask, name="payment_ask"),
    path("<slug:slug>/paiements/<str:public_id>/", payment, name="payment"),
    path("<slug:slug>/paiements/<str:public_id>/rembourser/", give_back, name="payment_refund"),
    path("<slug:slug>/paiements/<str:public_id>/annuler/", cancel, name="payment_cancel"),
    path(
        "<slug:slug>/paiements/<str:public_id>/remboursements/<int:number>/abandonner/",
        give_up_refund,
        name="refund_cancel",
    ),
]
