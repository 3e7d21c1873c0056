"""Preparing invoices: how the structure signs, its customers, a draft with live totals, issuing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Invalid
from chambre.ledger.models import Book
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.forms.invoices import DraftForms, IssuerForm, PartyForm
from chambre.treasury.invoicedata import InvoiceIn, asked
from chambre.treasury.models import InvoiceDraft, InvoiceIssuer, Party
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.invoice_composing import compose, issuer_of
from chambre.treasury.services.invoice_issuers import (
    discard_draft,
    save_draft,
    set_issuer,
    suggested_prefix,
)
from chambre.treasury.services.invoice_papers import draft_paper
from chambre.treasury.services.invoicing import issue_invoice
from chambre.treasury.services.parties import change_party, note_party
from chambre.treasury.views.home import actor_of


def manageable(request: HttpRequest, slug: str) -> Book:
    """The book of a structure whose money the person may act on.

    Raises:
        Forbidden: They may not.
    """
    return book_of(slug, actor_of(request), "treasury.manage")


def _add_errors(form: Any, refusal: ChambreError) -> None:
    """Put a refusal beside the fields that it is about."""
    placed = False
    for name, texts in refusal.data.get("fields", {}).items():
        if name in form.fields:
            form.add_error(name, texts)
            placed = True
    if not placed:
        form.add_error(None, str(refusal.message))


@require_http_methods(["GET", "POST"])
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """How the structure signs its invoices."""
    book = manageable(request, slug)
    known = InvoiceIssuer.objects.filter(book=book).first()
    new = InvoiceIssuer(
        book=book, name=book.structure.name[:140], siren=book.structure.siren,
        siret=book.structure.siret, prefix=suggested_prefix(book), regime="non-profit",
    )  # fmt: skip
    form = IssuerForm(request.POST or None, instance=known or new)
    if request.method == "POST" and form.is_valid():
        try:
            set_issuer(book=book, by=actor_of(request), **form.cleaned_data)
        except ChambreError as refusal:
            _add_errors(form, refusal)
        else:
            messages.success(request, _("Invoices are signed so from now on."))
            return redirect("treasury:invoices", slug=slug)
    context = {"structure": book.structure, "form": form, "known": known}
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/invoices/issuer.html", context, status=status)


@require_http_methods(["GET", "POST"])
def customer(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """Note a customer, or change what is known of one."""
    book = manageable(request, slug)
    known = get_object_or_404(Party, book=book, code=code) if code else None
    form = PartyForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        by = actor_of(request)
        try:
            if known:
                change_party(party=known, by=by, **form.cleaned_data)
            else:
                known = note_party(book=book, by=by, **form.cleaned_data)
        except ChambreError as refusal:
            _add_errors(form, refusal)
        else:
            messages.success(request, _("%(name)s is noted.") % {"name": known.name})
            return redirect(f"{reverse('treasury:invoice_new', args=[slug])}?client={known.code}")
    context = {"structure": book.structure, "form": form, "party": known}
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/invoices/customer.html", context, status=status)


def _forms(request: HttpRequest, book: Book, draft: InvoiceDraft | None) -> DraftForms:
    by = actor_of(request)
    parties = Party.objects.filter(book=book).order_by("name")
    resources = registry.resources_visible_to(by).order_by("name")
    data = request.POST if request.method == "POST" else None
    before = asked(draft.data) if draft else None
    party = draft.party if draft else None
    if draft is None and (code := request.GET.get("client")):
        party = parties.filter(code=code).first()
        before = InvoiceIn(lines=()) if party else None
    return DraftForms(data, parties=parties, resources=resources, asked=before, party=party)


def _totals(book: Book, forms: DraftForms, *, valid: bool) -> dict[str, Any]:
    """What the lines come to, and what is still missing; nothing while they cannot be read."""
    if not valid:
        return {"unreadable": True}
    content = forms.asked()
    try:
        made = compose(issuer=issuer_of(book), party=forms.party(), asked=content, number="X")
    except ChambreError as refusal:
        return {"problem": str(refusal.message)}
    return _shown(made)


def _shown(made: lib.Invoice) -> dict[str, Any]:
    """Totals as the reader reads them, whatever language the invoice is in."""
    language = (get_language() or "fr")[:2]
    data = lib.paper_data(made, language=language, issued=timezone.now())
    return {
        "sums": data["sums"],
        "vat": data["vat"],
        "missing": [each.message(language) for each in lib.missing(made)],
    }


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, slug: str, number: int = 0) -> HttpResponse:
    """Prepare an invoice: lines, totals, then keep, look at, or issue."""
    book = manageable(request, slug)
    if not InvoiceIssuer.objects.filter(book=book).exists():
        messages.info(request, _("Say first how this structure signs its invoices."))
        return redirect("treasury:issuer", slug=slug)
    row = None
    if number:
        rows = InvoiceDraft.objects.select_related("party", "book__structure")
        row = get_object_or_404(rows, book=book, pk=number)
        if row.invoice_id:
            return redirect("treasury:invoice", slug=slug, number=row.invoice_id)
    forms = _forms(request, book, row)
    valid = request.method == "GET" or forms.is_valid()
    status = 200
    if request.method == "POST" and valid and not {"add", "compute"} & set(request.POST):
        row = save_draft(
            book=book, asked=forms.asked(), party=forms.party(), draft=row, by=actor_of(request)
        )
        if "issue" in request.POST:
            return redirect("treasury:invoice_issue", slug=slug, number=row.pk)
        messages.success(request, _("The draft is kept."))
        return redirect("treasury:draft", slug=slug, number=row.pk)
    if not valid:
        status = 422
    context = {
        "structure": book.structure,
        "draft": row,
        "forms": forms,
        "totals": _totals_of_page(request, book, forms, row, valid=valid),
    }
    return render(request, "treasury/invoices/draft.html", context, status=status)


def _totals_of_page(
    request: HttpRequest, book: Book, forms: DraftForms, row: InvoiceDraft | None, *, valid: bool
) -> dict[str, Any]:
    if request.method == "POST":
        return _totals(book, forms, valid=valid)
    if row is None or not asked(row.data).lines:
        return {"empty": True}
    try:
        made = compose(issuer=issuer_of(book), party=row.party, asked=asked(row.data), number="X")
    except ChambreError as refusal:
        return {"problem": str(refusal.message)}
    return _shown(made)


@require_POST
def draft_totals(request: HttpRequest, slug: str) -> HttpResponse:
    """The totals of what is being typed, for the page while one types."""
    book = manageable(request, slug)
    forms = _forms(request, book, None)
    context = {"totals": _totals(book, forms, valid=forms.is_valid())}
    return render(request, "treasury/invoices/_totals.html", context)


@require_safe
def draft_file(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The draft on paper, marked as such."""
    book = manageable(request, slug)
    row = get_object_or_404(InvoiceDraft, book=book, pk=number)
    try:
        content = draft_paper(draft=row, by=actor_of(request))
    except Invalid as refusal:
        messages.error(request, str(refusal.message))
        return redirect("treasury:draft", slug=slug, number=number)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="brouillon-{row.pk}.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what issuing does, and issue."""
    book = manageable(request, slug)
    rows = InvoiceDraft.objects.select_related("party", "book__structure")
    row = get_object_or_404(rows, book=book, pk=number)
    if row.invoice_id:
        return redirect("treasury:invoice", slug=slug, number=row.invoice_id)
    back = reverse("treasury:draft", args=[slug, row.pk])
    if row.party is None:
        messages.error(request, _("Choose the customer first."))
        return redirect(back)
    content = asked(row.data)
    if request.method == "POST":
        try:
            made = issue_invoice(
                book=book, party=row.party, asked=content, key=f"draft:{row.pk}", draft=row,
                by=actor_of(request),
            )  # fmt: skip
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            return redirect(back)
        messages.success(request, _("Invoice %(n)s was issued.") % {"n": made.number})
        return redirect("treasury:invoice", slug=slug, number=made.pk)
    made_up = compose(issuer=issuer_of(book), party=row.party, asked=content, number="X")
    if problems := lib.missing(made_up):
        language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
        words = "; ".join(each.message(language) for each in problems)
        messages.error(request, _("Still missing: %(what)s.") % {"what": words})
        return redirect(back)
    sums = lib.totals(made_up)
    shown = lib.amount_shown(sums.payable, made_up, request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    facts = {"amount": shown, "name": row.party.name}
    context = {
        "title": _("Issue this invoice"),
        "lede": _("%(amount)s to be paid by %(name)s.") % facts,
        "consequences": [
            _("It gets the next number of the series, and is booked at once."),
            _("The customer's and the structure's names and terms are kept as they are today."),
            _("It can be downloaded as Factur-X and sent."),
        ],
        "irreversible": _(
            "An invoice that was issued is never changed: a credit note takes it back."
        ),
        "confirm": _("Issue"),
        "back": back,
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    book = manageable(request, slug)
    row = get_object_or_404(InvoiceDraft, book=book, pk=number)
    try:
        discard_draft(draft=row, by=actor_of(request))
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The draft is gone."))
    return redirect("treasury:invoices", slug=slug)


@require_POST
def copy(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Begin a new draft with what an invoice was asked with."""
    book = manageable(request, slug)
    authorize(actor_of(request), "treasury.manage", book)
    rows = InvoiceDraft.objects.select_related("party")
    source = get_object_or_404(rows, book=book, invoice=number)
    data = {**source.data, "issued": None, "due": None, "delivered": None, "period": None}
    row = save_draft(book=book, asked=asked(data), party=source.party, by=actor_of(request))
    messages.success(request, _("A draft like that invoice. Check its days."))
    return redirect("treasury:draft", slug=slug, number=row.pk)


_ONE = "<slug:slug>/factures/brouillons/<int:number>/"
DRAFTS = [
    path("<slug:slug>/factures/emetteur/", issuer, name="issuer"),
    path("<slug:slug>/factures/nouvelle/", draft, name="invoice_new"),
    path("<slug:slug>/factures/totaux/", draft_totals, name="draft_totals"),
    path("<slug:slug>/factures/clients/nouveau/", customer, name="customer_new"),
    path("<slug:slug>/factures/clients/<str:code>/", customer, name="customer"),
    path(_ONE, draft, name="draft"),
    path(f"{_ONE}brouillon.pdf", draft_file, name="draft_file"),
    path(f"{_ONE}emettre/", issue, name="invoice_issue"),
    path(f"{_ONE}jeter/", discard, name="draft_discard"),
    path("<slug:slug>/factures/<int:number>/copier/", copy, name="invoice_copy"),
]
