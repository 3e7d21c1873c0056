"""Drawers of cash: what they hold, counting them, what goes in and out."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError, Forbidden
from chambre.registry import api as registry
from chambre.treasury.forms.desk import CountForm, DrawerForm, MoveForm, TakeForm
from chambre.treasury.models import CashCount
from chambre.treasury.queries.desk import cash_lines, drawer_of, drawers_of
from chambre.treasury.services import drawers as service
from chambre.treasury.views.home import actor_of, readable


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    return request.POST.get("key", "")[:64] or uuid.uuid4().hex


def told(form: Any, refusal: ChambreError) -> int:
    """Show a refusal in its form; the status of the answer."""
    if isinstance(refusal, Forbidden):
        raise refusal
    form.note(refusal.data.get("fields", {}), str(refusal.message))
    return refusal.status


@require_http_methods(["GET", "POST"])
def cash(request: HttpRequest, slug: str) -> HttpResponse:
    """The drawers, and what each should hold."""
    book = readable(request, slug)
    form, status = DrawerForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = service.add_drawer(book=book, by=actor_of(request), **form.cleaned_data)
            except ChambreError as refusal:
                status = told(form, refusal)
            else:
                return redirect("treasury:drawer", slug=slug, drawer=made.slug)
    context = {"structure": book.structure, "drawers": drawers_of(book), "form": form}
    return render(request, "treasury/desk/cash.html", context, status=status)


@require_http_methods(["GET", "POST"])
def drawer(request: HttpRequest, slug: str, drawer: str) -> HttpResponse:
    """One drawer: what it should hold, what moved it, and what one does with it."""
    book = readable(request, slug)
    row = drawer_of(book, drawer)
    act = request.POST.get("act", "")
    forms: dict[str, Any] = {
        "move": MoveForm(request.POST if act == "move" else None),
        "take": TakeForm(request.POST if act == "take" else None, book=book),
    }
    status = 200
    if (form := forms.get(act)) is not None:
        status = 422
        if form.is_valid():
            try:
                _do(request, row, act, form.cleaned_data)
            except ChambreError as refusal:
                status = told(form, refusal)
            else:
                messages.success(request, _("Noted."))
                return redirect("treasury:drawer", slug=slug, drawer=drawer)
    context = {
        "structure": book.structure,
        "drawer": row,
        "lines": cash_lines(row)[:40],
        "counts": CashCount.objects.filter(drawer=row).order_by("-number")[:10],
        "move_form": forms["move"],
        "take_form": forms["take"],
        "key": key_of(request),
    }
    return render(request, "treasury/desk/drawer.html", context, status=status)


def _do(request: HttpRequest, row: Any, act: str, data: dict[str, Any]) -> None:
    facts: dict[str, Any] = {
        "drawer": row,
        "day": registry.today(),
        "key": f"form:{key_of(request)}",
        "by": actor_of(request),
    }
    if act == "move":
        service.move_cash(**facts, **data)
    else:
        service.take_cash(**facts, payment=data["payment"], amount=data["received"])


@require_http_methods(["GET", "POST"])
def count(request: HttpRequest, slug: str, drawer: str) -> HttpResponse:
    """Open or close a drawer by counting what is in it."""
    book = readable(request, slug)
    row = drawer_of(book, drawer)
    form, status = CountForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = service.count_drawer(
                    drawer=row,
                    kind="closing" if row.is_open else "opening",
                    pieces=form.pieces,
                    day=registry.today(),
                    key=f"form:{key_of(request)}",
                    by=actor_of(request),
                    note=form.cleaned_data["remark"],
                )
            except ChambreError as refusal:
                fields: dict[str, Any] = (
                    {"remark": []} if "note" in refusal.data.get("fields", {}) else {}
                )
                form.note(fields, str(refusal.message))
                status = refusal.status
            else:
                words = _("The drawer is open.") if done.kind == "opening" else _("Closed.")
                messages.success(request, words)
                return redirect("treasury:drawer", slug=slug, drawer=drawer)
    context = {
        "structure": book.structure,
        "drawer": row,
        "form": form,
        "key": key_of(request),
    }
    return render(request, "treasury/desk/count.html", context, status=status)


DESK = [
    path("<slug:slug>/caisse/", cash, name="cash"),
    path("<slug:slug>/caisse/<slug:drawer>/", drawer, name="drawer"),
    path("<slug:slug>/caisse/<slug:drawer>/compter/", count, name="drawer_count"),
]
