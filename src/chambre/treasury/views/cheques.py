"""Cheques: received, paid in with a slip, and those that came back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.core.ui import figures
from chambre.lib.exports.model import Column, Kind, Report, Role, Row, Table
from chambre.lib.exports.pdf import pdf_bytes
from chambre.registry import api as registry
from chambre.treasury.forms.desk import ChequeForm
from chambre.treasury.forms.payouts import ReasonForm
from chambre.treasury.models import BankAccount, Cheque, ChequeSlip
from chambre.treasury.queries.desk import cheques_on, cheques_to_pay_in, slip_of
from chambre.treasury.services import cheques as service
from chambre.treasury.views.desk import key_of, told
from chambre.treasury.views.home import actor_of, readable


@require_safe
def cheques(request: HttpRequest, slug: str) -> HttpResponse:
    """Cheques that wait to be paid in, and the slips that were made."""
    book = readable(request, slug)
    rows = list(cheques_to_pay_in(book))
    context = {
        "structure": book.structure,
        "cheques": rows,
        "total": sum(row.amount for row in rows),
        "slips": ChequeSlip.objects.filter(book=book)[:20],
        "accounts": BankAccount.objects.filter(book=book, is_open=True),
        "key": key_of(request),
    }
    return render(request, "treasury/desk/cheques.html", context)


@require_http_methods(["GET", "POST"])
def cheque_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Receive a cheque."""
    book = readable(request, slug)
    form, status = ChequeForm(request.POST or None, book=book), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            data["use"] = data["use"] or "advance"
            key = f"form:{key_of(request)}"
            try:
                service.receive_cheque(book=book, key=key, by=actor_of(request), **data)
            except ChambreError as refusal:
                status = told(form, refusal)
            else:
                messages.success(request, _("Noted."))
                return redirect("treasury:cheques", slug=slug)
    context = {"structure": book.structure, "form": form, "key": key_of(request)}
    return render(request, "treasury/desk/cheque_new.html", context, status=status)


@require_POST
def slip_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the slip of the cheques that were chosen."""
    book = readable(request, slug)
    account = BankAccount.objects.filter(book=book, slug=request.POST.get("account", "")).first()
    chosen = [int(each) for each in request.POST.getlist("cheque") if each.isdigit()]
    if account is None:
        messages.error(request, _("Add the structure’s bank account first."))
        return redirect("treasury:cheques", slug=slug)
    try:
        made = service.make_slip(
            book=book,
            account=account,
            day=registry.today(),
            key=f"form:{book.pk}:{key_of(request)}",
            by=actor_of(request),
            cheques=chosen,
        )
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("treasury:cheques", slug=slug)
    return redirect("treasury:slip", slug=slug, number=made.number)


@require_safe
def slip(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A slip: on the page, or as the paper that goes to the bank with the cheques."""
    book = readable(request, slug)
    row = slip_of(book, number)
    rows = cheques_on(row)
    if request.GET.get("format") == "pdf":
        paper = pdf_bytes(_paper(book.structure.name, row, rows, row.at))
        answer = HttpResponse(paper, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{row}.pdf"'
        return answer
    context = {"structure": book.structure, "slip": row, "cheques": rows, "form": ReasonForm()}
    return render(request, "treasury/desk/slip.html", context)


def _paper(holder: str, row: ChequeSlip, rows: list[Cheque], made_at: datetime) -> Report:
    columns = (
        Column("drawn_by", _("Drawn by")),
        Column("bank", _("Bank")),
        Column("number", _("Number")),
        Column("amount", _("Amount"), Kind.AMOUNT, "EUR"),
    )
    table = Table(
        key="cheques",
        title=_("Cheques"),
        columns=columns,
        rows=[Row((each.drawn_by, each.bank, each.number, each.amount)) for each in rows],
        totals=[Row((_("Together"), "", str(row.count), row.total), role=Role.TOTAL)],
    )
    return Report(
        title=_("Paying-in slip %(slip)s") % {"slip": row},
        subject=holder,
        tables=(table,),
        issued=timezone.localtime(made_at),
        period=figures.day(row.day),
        language=(get_language() or "fr")[:2],
        lead=(
            _("To the account %(iban)s. Each cheque is signed on its back.")
            % {"iban": row.account.iban},
        ),
    )


@require_http_methods(["POST"])
def cheque_return(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Note that the bank could not cash a cheque."""
    book = readable(request, slug)
    row: Any = Cheque.objects.filter(book=book, pk=number).select_related("slip_line__slip").first()
    if row is None:
        raise NotFound
    row.book = book
    try:
        service.return_cheque(
            cheque=row,
            day=registry.today(),
            reason=request.POST.get("reason", ""),
            by=actor_of(request),
        )
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Noted: what it paid is due again."))
    if hasattr(row, "slip_line"):
        return redirect("treasury:slip", slug=slug, number=row.slip_line.slip.number)
    return redirect("treasury:cheques", slug=slug)


CHEQUES = [
    path("<slug:slug>/cheques/", cheques, name="cheques"),
    path("<slug:slug>/cheques/nouveau/", cheque_new, name="cheque_new"),
    path("<slug:slug>/cheques/remise/", slip_new, name="slip_new"),
    path("<slug:slug>/cheques/remises/<int:number>/", slip, name="slip"),
    path("<slug:slug>/cheques/<int:number>/impaye/", cheque_return, name="cheque_return"),
]
