"""The file of transfers for the bank: what it will do, then the file itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.treasury.forms.payouts import FileForm
from chambre.treasury.models import CollectionEvent, OrderFile, PayoutEvent
from chambre.treasury.queries.ownaccounts import OwnAccount, own_account, own_accounts
from chambre.treasury.services.payoutfiles import Plan, export_payouts, plan_file
from chambre.treasury.views.home import actor_of, readable


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the form that makes a file: shown (again), or done (``answer``)."""

    form: FileForm
    accounts: list[OwnAccount]
    status: int = 200
    answer: HttpResponse | None = None


def ask_file(request: HttpRequest, book: Book, make: Callable[..., OrderFile]) -> Asked:
    """Show the form that makes a file for the bank; make it when somebody confirms.

    Args:
        request: Of the page.
        book: Whose orders.
        make: Makes the file: takes ``book``, ``account``, ``key``, ``by`` and ``batch``.

    Raises:
        Forbidden: They may not.
    """
    mine = own_accounts(book)
    named = [(each.slug, f"{each.label} – {each.iban}") for each in mine]
    form = FileForm(request.POST or None, accounts=named)
    if request.method != "POST":
        return Asked(form, mine)
    if not form.is_valid():
        return Asked(form, mine, 422)
    try:
        file = make(
            book=book,
            account=own_account(book, form.cleaned_data["account"]),
            key=f"form:{request.POST.get('key', '')[:64]}",
            by=actor_of(request),
            batch=form.cleaned_data["batch"],
        )
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return Asked(form, mine, refusal.status)
    messages.success(request, _("The file is made. Give it to the bank now."))
    page = redirect("treasury:order_file", slug=book.structure.slug, message=file.message)
    return Asked(form, mine, answer=page)


@require_http_methods(["GET", "POST"])
def payout_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the file will do; make it when somebody confirms."""
    book = readable(request, slug)
    asked = ask_file(request, book, export_payouts)
    if asked.answer is not None:
        return asked.answer
    plan = plan_file(book)
    context: dict[str, Any] = {
        "structure": book.structure,
        "plan": plan,
        "accounts": asked.accounts,
        "form": asked.form,
        "consequences": _consequences(plan),
        "confirm": _("Make the file"),
        "irreversible": _(
            "These payouts are in this file for ever: no other file will hold them. If the bank does "
            "not take the file, note it on each payout."
        ),
        "hidden": {"key": request.POST.get("key") or uuid.uuid4().hex},
        "back": reverse("treasury:payouts", args=[slug]),
    }
    return render(request, "treasury/payouts/file.html", context, status=asked.status)


def _consequences(plan: Plan) -> list[str]:
    """What will happen, day by day."""
    return [
        ngettext(
            "On %(day)s the bank does %(count)d transfer, %(total)s.",
            "On %(day)s the bank does %(count)d transfers, %(total)s.",
            count,
        )
        % {"day": figures.day(day), "count": count, "total": figures.money(total)}
        for day, count, total in plan.days
    ]


@require_safe
def order_file(request: HttpRequest, slug: str, message: str) -> HttpResponse:
    """A file that was made: what it holds, what became of it, and the file itself."""
    book = readable(request, slug)
    row = OrderFile.objects.select_related("file").filter(book=book, message=message).first()
    if row is None:
        raise NotFound
    context: dict[str, Any] = {"structure": book.structure, "file": row}
    if row.kind == OrderFile.Kind.TRANSFERS:
        held = PayoutEvent.objects.filter(file=row, kind="exported")
        context["events"] = held.select_related("payout__party").order_by("day", "payout")
    else:
        told = CollectionEvent.objects.filter(file=row, kind="exported")
        context["events"] = told.select_related("collection__mandate__party").order_by(
            "day", "collection"
        )
    return render(request, "treasury/payouts/made.html", context)


FILES = [
    path("<slug:slug>/virements/fichier/", payout_file, name="payout_file"),
    path("<slug:slug>/fichiers/<str:message>/", order_file, name="order_file"),
]
