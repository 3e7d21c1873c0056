"""Bringing a bank's file in, saying which column is which, and what a file brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core import files
from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, NotFound
from chambre.core.jobs import start_job
from chambre.core.models import StoredFile
from chambre.lib import bankfiles
from chambre.treasury.forms.bank import ImportForm, MappingForm
from chambre.treasury.models import BankAccount, BankFile
from chambre.treasury.services import bank as services
from chambre.treasury.services.bank.importing import PURPOSE
from chambre.treasury.services.bank.wording import notice_text, outcome_text
from chambre.treasury.views.bank.accounts import account_here
from chambre.treasury.views.home import actor_of

AT_ONCE = 512 * 1024
"""Bytes up to which the person waits for the answer: about a thousand rows."""


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest, slug: str, account: str) -> HttpResponse:
    """Bring a file in; a table that nobody has mapped yet is looked at first."""
    found = account_here(request, slug, account)
    by = actor_of(request)
    authorize(by, "treasury.manage", found)
    form = ImportForm(request.POST or None, request.FILES or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        stored = files.store(upload, name=upload.name, purpose=PURPOSE, by=by)
        try:
            return _take(request, found, stored)
        except ChambreError as refusal:
            files.discard(stored, by)
            form.add_error("file", str(refusal.message))
            status = refusal.status
    context = {"structure": found.book.structure, "account": found, "form": form}
    return render(request, "treasury/bank/import.html", context, status=status)


def _take(request: HttpRequest, account: BankAccount, stored: StoredFile) -> HttpResponse:
    """Go on with a kept file: ask for its columns, start a job, or bring it in at once."""
    slug, by = account.book.structure.slug, actor_of(request)
    if _looked(stored)[1] is not None and not account.mapping:
        return redirect("treasury:bank_columns", slug=slug, account=account.slug, file=stored.pk)
    if stored.size > AT_ONCE:
        started = start_job("treasury.bank_import", by, stored=str(stored.pk), account=account.slug)
        return redirect("core:job", job=started.pk)
    try:
        outcome = services.import_file(account=account, stored=stored, by=by)
    except services.MappingNeeded as refusal:
        messages.error(request, str(refusal.message))
        return redirect("treasury:bank_columns", slug=slug, account=account.slug, file=stored.pk)
    messages.success(request, outcome_text(outcome))
    kept = outcome.record.notices if outcome.record is not None else []
    for notice in outcome.notices:
        if notice not in kept:  # what the file's own page does not say
            messages.warning(request, notice_text(notice))
    if outcome.record is None:
        files.discard(stored, by)
        return redirect("treasury:bank_account", slug=slug, account=account.slug)
    return redirect("treasury:bank_file", slug=slug, account=account.slug, number=outcome.record.pk)


def _looked(stored: StoredFile) -> tuple[str, bankfiles.Table | None]:
    """The format of a kept file, and how it looks when it is a table.

    Raises:
        BankRefused: It is nothing that can be read.
    """
    try:
        return bankfiles.survey(files.path_of(stored.digest), name=stored.name)
    except bankfiles.BankFileRefused as error:
        raise services.BankRefused.of(error) from error


def _waiting(request: HttpRequest, key: UUID) -> StoredFile:
    """A kept file that the reader brought.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    stored = StoredFile.objects.filter(pk=key, purpose=PURPOSE).first()
    if stored is None or not files.may_read(actor_of(request), stored):
        raise NotFound
    return stored


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, slug: str, account: str, file: UUID) -> HttpResponse:
    """Say which column of a table is which: proposed, corrected, kept for the account."""
    found = account_here(request, slug, account)
    by = actor_of(request)
    authorize(by, "treasury.manage", found)
    stored = _waiting(request, file)
    table = _looked(stored)[1]
    if table is None:
        return _take(request, found, stored)
    kept = bankfiles.Mapping.from_json(found.mapping) if found.mapping else None
    form = MappingForm(request.POST or None, table=table, kept=kept)
    status = 422 if request.method == "POST" else 200
    refusal: ChambreError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = services.keep_mapping(account=found, mapping=form.mapping(), by=by)
            return _take(request, found, stored)
        except ChambreError as error:
            refusal, status = error, error.status
    context = {
        "structure": found.book.structure,
        "account": found,
        "file": stored,
        "table": table,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "treasury/bank/columns.html", context, status=status)


@require_safe
def file(request: HttpRequest, slug: str, account: str, number: int) -> HttpResponse:
    """What a file brought, and what to know of it."""
    found = account_here(request, slug, account)
    record = get_object_or_404(BankFile, pk=number, account=found)
    kept: Any = StoredFile.objects.filter(pk=record.file).exists()
    context = {
        "structure": found.book.structure,
        "account": found,
        "record": record,
        "statements": record.statements.order_by("id")[:200],
        "notices": [notice_text(each) for each in record.notices],
        "kept": kept,
    }
    return render(request, "treasury/bank/file.html", context)
