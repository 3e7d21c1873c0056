"""Invoices that suppliers send: bring them in, decide, see what is to be paid."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core import files
from chambre.core.errors import ChambreError, NotFound
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.forms.purchases import AcceptForm, EnterForm, ReceiveForm
from chambre.treasury.invoicedata import paper_of
from chambre.treasury.models import Purchase
from chambre.treasury.queries import purchases as queries
from chambre.treasury.services import purchases as services
from chambre.treasury.services.purchase_paying import pay_purchase, payouts_for
from chambre.treasury.views.home import actor_of, readable
from chambre.treasury.views.invoice_drafts import _add_errors, manageable

State = Purchase.State


@require_http_methods(["GET", "POST"])
def purchases(request: HttpRequest, slug: str) -> HttpResponse:
    """What came in: to be decided first, then what is to be paid, then the rest."""
    book = readable(request, slug)
    form = ReceiveForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                if upload.size > lib.MOST_BYTES:
                    raise services.PurchaseRefused(_("The file is larger than 20 MB."))
                row = services.receive_purchase(
                    book=book, content=upload.read(), name=upload.name, by=actor_of(request)
                )
            except ChambreError as refusal:
                _add_errors(form, refusal)
            else:
                return redirect("treasury:purchase", slug=slug, number=row.pk)
    rows = queries.purchases_of(book)
    page = Paginator(rows.exclude(state=State.RECEIVED), 50).get_page(request.GET.get("page"))
    context = {
        "structure": book.structure,
        "form": form,
        "waiting": rows.filter(state=State.RECEIVED)[:100],
        "page": page,
    }
    return render(request, "treasury/purchases/index.html", context, status=status)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Type in an invoice that came on paper."""
    book = manageable(request, slug)
    form = EnterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        part = services.VatPart(data.pop("base"), data.pop("vat") or 0)
        try:
            row = services.enter_purchase(book=book, by=actor_of(request), parts=[part], **data)
        except ChambreError as refusal:
            _add_errors(form, refusal)
        else:
            return redirect("treasury:purchase", slug=slug, number=row.pk)
    context = {"structure": book.structure, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/purchases/enter.html", context, status=status)


def _initial(row: Any) -> dict[str, Any]:
    """Where the last invoice of the same supplier was booked."""
    party = row.party or queries.party_like(row.book, siren=row.siren, name=row.supplier)
    last = queries.last_account_of(party) if party else None
    return {"account": last.account, "resource": last.resource} if last else {}


@require_http_methods(["GET", "POST"])
def purchase(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One invoice: what it says, what does not hold, and the decision."""
    book = readable(request, slug)
    by = actor_of(request)
    rows = queries.purchases_of(book).select_related("book__structure", "resource", "file", "party")
    row = get_object_or_404(rows, pk=number)
    resources = registry.resources_visible_to(by).order_by("name")
    form = AcceptForm(request.POST or None, initial=_initial(row), resources=resources)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.accept_purchase(purchase=row, by=by, **form.cleaned_data)
            except ChambreError as refusal:
                _add_errors(form, refusal)
            else:
                messages.success(request, _("It is booked, and waits to be paid."))
                return redirect("treasury:purchase", slug=slug, number=number)
    language = (get_language() or "fr")[:2]
    key = "fr" if language == "fr" else "en"
    paper = paper_of(row.content) if row.content.get("lines") is not None else None
    context = {
        "structure": book.structure,
        "purchase": row,
        "form": form,
        "paper": lib.paper_data(paper, language=language, issued=row.at) if paper else None,
        "problems": [{"text": each[key], "grave": each["grave"]} for each in row.problems],
        "grave": any(each["grave"] for each in row.problems),
        "may_decide": by.may("treasury.approve", row),
        "payouts": payouts_for(book, row),
        "to_pay": row.state == State.ACCEPTED
        and not row.credit
        and row.open > queries.on_their_way(book).get(row.pk, 0),
        "key": uuid.uuid4().hex,
        "settlements": row.settlements.order_by("id"),
    }
    return render(request, "treasury/purchases/show.html", context, status=status)


@require_POST
def refuse(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Refuse an invoice, and say why."""
    book = readable(request, slug)
    row = get_object_or_404(Purchase, book=book, pk=number)
    try:
        services.refuse_purchase(
            purchase=row, reason=request.POST.get("reason", ""), by=actor_of(request)
        )
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("It is refused; nothing is booked."))
    return redirect("treasury:purchase", slug=slug, number=number)


@require_POST
def pay(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for the transfer that pays an invoice."""
    book = manageable(request, slug)
    row = get_object_or_404(Purchase, book=book, pk=number)
    try:
        pay_purchase(
            purchase=row, key=request.POST.get("key", "")[:60], by=actor_of(request),
            iban=request.POST.get("iban", ""), checked=request.POST.get("checked") == "1",
        )  # fmt: skip
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The transfer is asked for: two people agree to it."))
    return redirect("treasury:purchase", slug=slug, number=number)


@require_safe
def purchase_file(request: HttpRequest, slug: str, number: int) -> FileResponse:
    """The file as it came."""
    book = readable(request, slug)
    row = get_object_or_404(Purchase.objects.select_related("file"), book=book, pk=number)
    if row.file is None:
        raise NotFound
    return FileResponse(files.open_file(row.file), as_attachment=True, filename=row.file.name)


_ONE = "<slug:slug>/achats/<int:number>/"
PURCHASES = [
    path("<slug:slug>/achats/", purchases, name="purchases"),
    path("<slug:slug>/achats/saisie/", enter, name="purchase_enter"),
    path(_ONE, purchase, name="purchase"),
    path(f"{_ONE}refuser/", refuse, name="purchase_refuse"),
    path(f"{_ONE}payer/", pay, name="purchase_pay"),
    path(f"{_ONE}fichier/", purchase_file, name="purchase_file"),
]
