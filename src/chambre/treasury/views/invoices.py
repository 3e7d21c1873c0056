"""Invoices of a structure: the list, what is due, and one of them as it prints."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError, Invalid
from chambre.ledger.models import Book
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.forms.invoices import MailForm, ReasonForm, decimal_shown
from chambre.treasury.invoicedata import paper_of
from chambre.treasury.models import Invoice, InvoiceDraft, Purchase
from chambre.treasury.queries import invoices as queries
from chambre.treasury.queries.purchases import purchases_of
from chambre.treasury.services.invoice_crediting import QUANTITIES, left_of, rest_of
from chambre.treasury.services.invoice_mails import prepare_mail, send_later
from chambre.treasury.services.invoice_papers import facturx_of, scan_of, xml_of
from chambre.treasury.services.invoice_settling import set_off, write_off
from chambre.treasury.services.invoicing import credit_invoice
from chambre.treasury.views.home import actor_of, readable

STATES = {
    "paid": (gettext_lazy("paid"), "badge-good"),
    "late": (gettext_lazy("late"), "badge-danger"),
    "partly": (gettext_lazy("paid in part"), "badge-warning"),
    "open": (gettext_lazy("open"), ""),
}
WHICH = {
    "": gettext_lazy("All"),
    "open": gettext_lazy("Not paid"),
    "late": gettext_lazy("Late"),
    "credit": gettext_lazy("Credit notes"),
}


def mark(invoice: Any) -> Any:
    """The invoice with the words and the look of its state."""
    state = queries.state_of(invoice)
    invoice.state = state
    invoice.state_label, invoice.state_class = STATES[state]
    if invoice.is_credit:
        invoice.state_label = _("given back") if state == "paid" else _("to be given back")
    return invoice


@require_safe
def invoices(request: HttpRequest, slug: str) -> HttpResponse:
    """Invoices and credit notes, the newest first, with drafts above them."""
    book = readable(request, slug)
    which, text = request.GET.get("which", ""), request.GET.get("q", "").strip()[:60]
    rows = queries.invoices_of(book)
    if which == "open":
        rows = rows.filter(open__gt=0)
    elif which == "late":
        rows = rows.filter(kind=Invoice.Kind.INVOICE, open__gt=0, due__lt=registry.today())
    elif which == "credit":
        rows = rows.filter(kind=Invoice.Kind.CREDIT)
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(party__name__icontains=text))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "structure": book.structure,
        "page": page,
        "rows": [mark(row) for row in page],
        "drafts": InvoiceDraft.objects.filter(book=book, invoice=None).select_related("party")[:20],
        "which": which,
        "choices": WHICH,
        "text": text,
    }
    return render(request, "treasury/invoices/index.html", context)


@require_safe
def due(request: HttpRequest, slug: str) -> HttpResponse:
    """What customers owe, by age of the debt."""
    book = readable(request, slug)
    rows = [mark(row) for row in queries.due_of(book)]
    sent = queries.reminders_of(book)
    for row in rows:
        row.reminder = sent.get(row.pk)
    debtors = queries.debtors_of(rows)
    context = {
        "structure": book.structure,
        "debtors": debtors,
        "total": [sum(debtor.ages[at] for debtor in debtors) for at in range(4)],
        "whole": sum(debtor.total for debtor in debtors),
    }
    return render(request, "treasury/invoices/due.html", context)


def _found(request: HttpRequest, slug: str, number: int) -> tuple[Book, Any]:
    """An invoice of a structure whose money the reader answers for."""
    book = readable(request, slug)
    row = get_object_or_404(queries.invoices_of(book), pk=number)
    row.book = book  # with its structure: what the rules ask
    return book, mark(row)


@require_safe
def invoice(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One invoice as it prints, with what became of it."""
    book, row = _found(request, slug, number)
    paper = paper_of(row.content)
    context = {
        "structure": book.structure,
        "invoice": row,
        "paper": lib.paper_data(paper, language=row.language, issued=row.at, scan=scan_of(paper)),
        "settlements": row.settlements.select_related("undoes").order_by("id"),
        "credit_notes": row.credit_notes.order_by("id"),
        "mails": row.mails.order_by("id"),
        "may_credit": not row.is_credit and rest_of(row) > 0,
        "counterparts": _counterparts(row),
        "key": uuid.uuid4().hex,
        "has_draft": InvoiceDraft.objects.filter(invoice=row).exists(),
        "level": _next_level(row),
        "mail": MailForm(initial={"to": row.party.email}),
    }
    return render(request, "treasury/invoices/show.html", context)


def _counterparts(row: Any) -> list[Any]:
    """Accepted invoices of the same partner, to be set off against this one."""
    if not row.barter or row.is_credit or row.open <= 0:
        return []
    rows = purchases_of(row.book).filter(
        state=Purchase.State.ACCEPTED, credit=False, party=row.party, open__gt=0
    )
    return list(rows)


def _next_level(row: Any) -> int:
    """The next reminder of what is late; 0 when there is none to send."""
    if row.state != "late" or row.barter:
        return 0
    done = max((mail.level for mail in row.mails.all()), default=0)
    return min(done + 1, 3)


@require_safe
def invoice_file(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """The Factur-X file, or its XML alone."""
    _book, row = _found(request, slug, number)
    by = actor_of(request)
    if kind == "pdf":
        content, media = facturx_of(invoice=row, by=by), "application/pdf"
    elif kind == "xml":
        content, media = xml_of(invoice=row, by=by), "application/xml"
    else:
        raise Http404
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.{kind}"'
    return answer


@require_POST
def mail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send the invoice, or the next reminder."""
    _book, row = _found(request, slug, number)
    form = MailForm(request.POST)
    level = _next_level(row) if request.POST.get("reminder") == "1" else 0
    if not form.is_valid():
        messages.error(request, _("Give an e-mail address."))
    else:
        try:
            made = prepare_mail(
                invoice=row, level=level, key=request.POST.get("key", "")[:60] or "once",
                by=actor_of(request), to=form.cleaned_data["to"],
            )  # fmt: skip
            send_later(made)
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
        else:
            said = _("The e-mail to %(to)s is on its way.")
            messages.success(request, said % {"to": made.to})
    return redirect("treasury:invoice", slug=slug, number=number)


@require_http_methods(["GET", "POST"])
def credit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take an invoice back, in whole or line by line."""
    book, row = _found(request, slug, number)
    left = left_of(row)
    lines = [
        {
            "number": each.line.number,
            "name": each.line.name,
            "left": decimal_shown(Decimal(each.quantity) / QUANTITIES),
            "net": each.net,
            "typed": request.POST.get(f"q{each.line.number}", ""),
            "errors": [],
        }
        for each in left
        if each.quantity
    ]
    problem = ""
    if request.method == "POST":
        try:
            wanted = None if request.POST.get("all") == "1" else _wanted(request, lines)
            made = credit_invoice(
                invoice=row, key=request.POST.get("key", "")[:60], by=actor_of(request),
                lines=wanted, note=request.POST.get("note", ""),
            )  # fmt: skip
        except ChambreError as refusal:
            problem = str(refusal.message)
            fields = refusal.data.get("fields", {})
            for line in lines:
                line["errors"] = fields.get(f"lines.{line['number']}", [])
        else:
            messages.success(request, _("Credit note %(n)s was issued.") % {"n": made.number})
            return redirect("treasury:invoice", slug=slug, number=made.pk)
    context = {
        "structure": book.structure, "invoice": row, "lines": lines, "problem": problem,
        "rest": rest_of(row), "key": request.POST.get("key") or uuid.uuid4().hex,
        "note": request.POST.get("note", ""),
    }  # fmt: skip
    status = 422 if problem else 200
    return render(request, "treasury/invoices/credit.html", context, status=status)


def _wanted(request: HttpRequest, lines: list[dict[str, Any]]) -> dict[int, Any]:
    """The quantities that were typed.

    Raises:
        Invalid: One is no number.
    """
    from django.core.exceptions import ValidationError

    from chambre.treasury.forms.invoices import DecimalText

    field = DecimalText(places=4, signed=True, required=False)
    wanted, wrong = {}, {}
    for line in lines:
        try:
            if (quantity := field.clean(line["typed"])) is not None:
                wanted[line["number"]] = quantity
        except ValidationError as error:
            wrong[f"lines.{line['number']}"] = error.messages
    if wrong:
        raise Invalid(fields=wrong)
    return wanted


@require_POST
def compensate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Set an invoice off against one of the same partner."""
    book, row = _found(request, slug, number)
    chosen = request.POST.get("purchase", "")
    other = get_object_or_404(Purchase, book=book, pk=int(chosen) if chosen.isdecimal() else 0)
    try:
        amount = set_off(
            invoice=row, purchase=other, day=registry.today(), by=actor_of(request),
            key=request.POST.get("key", "")[:60],
        )  # fmt: skip
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        shown = lib.amount_shown(amount, paper_of(row.content), request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        messages.success(request, _("%(amount)s were set off.") % {"amount": shown})
    return redirect("treasury:invoice", slug=slug, number=number)


@require_http_methods(["GET", "POST"])
def loss(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give up what will not be paid, after saying what that does."""
    book, row = _found(request, slug, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_off(
                invoice=row, day=registry.today(), reason=form.cleaned_data["reason"],
                key=f"{row.pk}", by=actor_of(request),
            )  # fmt: skip
        except ChambreError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("It is booked as a loss."))
            return redirect("treasury:invoice", slug=slug, number=number)
    context = {
        "title": _("Give up %(number)s") % {"number": row.number},
        "lede": _("What is open on this invoice will not be paid."),
        "consequences": [
            _("It is booked on the account of debts that will not be paid."),
            _("The VAT of the invoice stays owed until a credit note says otherwise."),
            _("Nobody is reminded of it any more."),
        ],
        "form": form,
        "confirm": _("Give it up"),
        "danger": True,
        "back": reverse("treasury:invoice", args=[book.structure.slug, row.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "ui/confirm.html", context, status=status)


_ONE = "<slug:slug>/factures/<int:number>/"
INVOICES = [
    path("<slug:slug>/factures/", invoices, name="invoices"),
    path("<slug:slug>/factures/a-recevoir/", due, name="invoices_due"),
    path(_ONE, invoice, name="invoice"),
    path(f"{_ONE}facture.<str:kind>", invoice_file, name="invoice_file"),
    path(f"{_ONE}envoyer/", mail, name="invoice_mail"),
    path(f"{_ONE}avoir/", credit, name="invoice_credit"),
    path(f"{_ONE}compenser/", compensate, name="invoice_set_off"),
    path(f"{_ONE}perte/", loss, name="invoice_loss"),
]
