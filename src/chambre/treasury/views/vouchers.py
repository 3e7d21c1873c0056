"""Vouchers: what they are still good for, issuing one, paying with one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError
from chambre.registry import api as registry
from chambre.treasury.forms.vouchers import IssueForm, UseForm
from chambre.treasury.queries.vouchers import sold_lines, vouchers_of
from chambre.treasury.services import vouchers as service
from chambre.treasury.views.desk import key_of, told
from chambre.treasury.views.home import actor_of, readable


@require_http_methods(["GET", "POST"])
def vouchers(request: HttpRequest, slug: str) -> HttpResponse:
    """Every voucher with what is left of it; pay with one."""
    book = readable(request, slug)
    form, status = UseForm(request.POST or None, book=book), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts: dict[str, Any] = {"day": registry.today(), "key": f"form:{key_of(request)}"}
            try:
                service.use_voucher(book=book, by=actor_of(request), **facts, **form.cleaned_data)
            except ChambreError as refusal:
                status = told(form, refusal)
            else:
                messages.success(request, _("Paid with the voucher."))
                return redirect("treasury:vouchers", slug=slug)
    rows = list(vouchers_of(book)[:200])
    today = registry.today()
    for row in rows:
        row.is_over = row.expires is not None and row.expires < today
    context = {
        "structure": book.structure,
        "vouchers": rows,
        "over": any(row.is_over and row.left for row in rows),
        "form": form,
        "key": key_of(request),
    }
    return render(request, "treasury/desk/vouchers.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def voucher_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Issue a voucher; its code is shown once."""
    book = readable(request, slug)
    form, status = IssueForm(request.POST or None, lines=sold_lines(book)), 200
    context: dict[str, Any] = {"structure": book.structure, "form": form, "key": key_of(request)}
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            data["amount"] = data["amount"] or 0
            facts: dict[str, Any] = {"day": registry.today(), "key": f"form:{key_of(request)}"}
            try:
                row, code = service.issue_voucher(book=book, by=actor_of(request), **facts, **data)
            except ChambreError as refusal:
                status = told(form, refusal)
            else:
                status = 200
                context |= {"voucher": row, "code": code}
    return render(request, "treasury/desk/voucher_new.html", context, status=status)


@require_POST
def vouchers_end(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what is left of vouchers whose day is over as income."""
    book = readable(request, slug)
    count = service.end_vouchers(book=book, day=registry.today(), by=actor_of(request))
    messages.success(request, _("%(count)d ended.") % {"count": count})
    return redirect("treasury:vouchers", slug=slug)


VOUCHERS = [
    path("<slug:slug>/bons/", vouchers, name="vouchers"),
    path("<slug:slug>/bons/nouveau/", voucher_new, name="voucher_new"),
    path("<slug:slug>/bons/echus/", vouchers_end, name="vouchers_end"),
]
