"""Mandates: who lets the structure draw, and until when."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.forms.collections import AmendForm, CreditorForm, MandateForm
from chambre.treasury.forms.payouts import ReasonForm
from chambre.treasury.models import Mandate, Party
from chambre.treasury.queries.orders import collections_of, creditor_id, expiry, mandates_of
from chambre.treasury.services import mandates as service
from chambre.treasury.services.payouts import note_payee
from chambre.treasury.views.home import actor_of, readable
from chambre.treasury.views.payouts import with_words


def _dated(rows: Any) -> list[Any]:
    """Mandates with the day on which they run out, and whether they have."""
    today, found = registry.today(), list(rows)
    for row in found:
        row.until = expiry(row)
        row.has_ended = hasattr(row, "end") or row.until < today
    return found


@require_http_methods(["GET", "POST"])
def mandates(request: HttpRequest, slug: str) -> HttpResponse:
    """The mandates, and the identifier without which nothing is drawn."""
    book = readable(request, slug)
    form = CreditorForm(request.POST or None, initial={"identifier": creditor_id(book)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.set_creditor_id(book=book, by=actor_of(request), **form.cleaned_data)
            except Forbidden:
                raise
            except ChambreError as refusal:
                form.note({}, str(refusal.message))
            else:
                messages.success(request, _("Noted."))
                return redirect("treasury:mandates", slug=slug)
    context = {
        "structure": book.structure,
        "mandates": _dated(mandates_of(book)[:200]),
        "creditor_id": creditor_id(book),
        "form": form,
    }
    return render(request, "treasury/collections/mandates.html", context, status=status)


@require_http_methods(["GET", "POST"])
def mandate_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Note a mandate that somebody signed."""
    book = readable(request, slug)
    parties = Party.objects.filter(book=book).order_by("name")
    form = MandateForm(request.POST or None, parties=parties)
    if request.method == "POST" and form.is_valid():
        try:
            row = _note(request, book, form.cleaned_data)
        except Forbidden:
            raise
        except ChambreError as refusal:
            form.note(refusal.data.get("fields", {}), str(refusal.message))
        else:
            messages.success(request, _("Noted. Keep the signed paper as long as it is used."))
            return redirect("treasury:mandate", slug=slug, number=row.pk)
    context = {
        "structure": book.structure,
        "form": form,
        "key": request.POST.get("key") or uuid.uuid4().hex,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/collections/mandate_new.html", context, status=status)


@transaction.atomic
def _note(request: HttpRequest, book: Book, data: dict[str, Any]) -> Mandate:
    by, key = actor_of(request), f"form:{request.POST.get('key', '')[:64]}"
    done: Mandate | None = Mandate.objects.filter(book=book, key=key).first()
    if done is not None:
        return done  # the same form, sent twice
    party, iban = note_payee(
        book=book, by=by, party=data["party"], name=data["name"], iban=data["iban"]
    )
    return service.note_mandate(
        book=book,
        party=party,
        iban=iban,
        signed_on=data["signed_on"],
        key=key,
        by=by,
        reference=data["reference"],
        scheme=data["scheme"],
        is_recurrent=data["is_recurrent"],
        notice_days=data["notice_days"],
    )


@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One mandate: what was drawn with it; another account of the debtor; end it."""
    book = readable(request, slug)
    row = mandates_of(book).filter(pk=number).first()
    if row is None:
        raise NotFound
    row.book = book
    amends = request.POST.get("act") == "amend"
    posted = request.POST or None
    form = ReasonForm(None if amends else posted)
    amend = AmendForm(posted if amends else None, prefix="amend")
    if request.method == "POST":
        done = _amended(request, row, amend) if amends else _ended(request, row, form)
        if done:
            messages.success(request, done)
            return redirect("treasury:mandate", slug=slug, number=number)
    (row,) = _dated([row])
    drawn = collections_of(book).filter(mandate=row).order_by("-id")[:50]
    context = {
        "structure": book.structure,
        "mandate": row,
        "account": row.account(),
        "amendments": list(row.amendments.all()),
        "collections": with_words(list(drawn)),
        "form": form,
        "amend_form": amend,
        "key": request.POST.get("key") or uuid.uuid4().hex,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/collections/mandate.html", context, status=status)


def _ended(request: HttpRequest, row: Mandate, form: ReasonForm) -> str:
    """End it; what to say, or empty when something is to be corrected."""
    if not form.is_valid():
        return ""
    service.end_mandate(mandate=row, by=actor_of(request), **form.cleaned_data)
    return _("Ended: nothing is drawn with it any more.")


def _amended(request: HttpRequest, row: Mandate, form: AmendForm) -> str:
    """Note the debtor's new account; what to say, or empty when something is to be corrected."""
    if not form.is_valid():
        return ""
    key = f"form:{request.POST.get('key', '')[:64]}"
    try:
        service.amend_mandate(mandate=row, key=key, by=actor_of(request), **form.cleaned_data)
    except Forbidden:
        raise
    except ChambreError as refusal:
        form.note(refusal.data.get("fields", {}), str(refusal.message))
        return ""
    return _("Noted. The next collection is drawn from the new account and tells the bank so.")


MANDATES = [
    path("<slug:slug>/mandats/", mandates, name="mandates"),
    path("<slug:slug>/mandats/nouveau/", mandate_new, name="mandate_new"),
    path("<slug:slug>/mandats/<int:number>/", mandate, name="mandate"),
]
