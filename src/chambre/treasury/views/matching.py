"""Bank rows that wait for a person: why, what they may be, one click; split; undone; habits."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.forms.matching import LINES, AlwaysForm, SplitForm, use_choices
from chambre.treasury.models import BankAccount, BankRow, Habit, Match
from chambre.treasury.openitems import OpenItem, kinds
from chambre.treasury.queries import matching as queries
from chambre.treasury.services import matching as services
from chambre.treasury.services.matching.gathering import item_key, open_of
from chambre.treasury.views.home import actor_of, readable

ROWS = 20
ITEMS = 200
"""Open items offered in the list of the form: those whose amount is closest come first."""


def _shown(row: BankRow) -> dict[str, Any]:
    """A row that waits, as the list and its page show it."""
    proposals = [_proposal(each) for each in row.proposals.all()]
    return {"row": row, "why": queries.why_of(row), "proposals": proposals,
            "best": proposals[0] if proposals else None,
            "others": len(proposals) - 1, "key": uuid4()}  # fmt: skip


def _proposal(proposal: Any) -> dict[str, Any]:
    if proposal.reverses is not None:
        what = _("It takes back the row of %(day)s") % {
            "day": figures.day(proposal.reverses.day, "short")
        }
    elif proposal.habit is not None:
        what = queries.target_label(proposal.habit.use, proposal.habit.account)
    elif proposal.use:
        what = queries.target_label(proposal.use, "")
    else:
        what = ", ".join(label for _kind, _key, _amount, label in proposal.parts)
    return {
        "proposal": proposal,
        "what": what,
        "reasons": queries.said(proposal.reasons),
        "whole": not proposal.rest,
        "parts": proposal.parts,
        "key": uuid4(),
    }


@require_http_methods(["GET", "POST"])
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """All rows that wait, oldest first, each with the best proposal; and looking again at all."""
    book = readable(request, slug)
    accounts = list(BankAccount.objects.filter(book=book).select_related("book__structure"))
    if request.method == "POST":
        return _look_again(request, book, accounts)
    rows = queries.waiting_of(book)
    wanted = request.GET.get("account", "")
    if wanted:
        rows = rows.filter(account__slug=wanted)
    if text := request.GET.get("q", "").strip():
        rows = queries.find_rows(rows, text)
    page = Paginator(queries.with_proposals(rows), ROWS).get_page(request.GET.get("page"))
    context = {
        "structure": book.structure,
        "accounts": accounts,
        "wanted": wanted,
        "q": text,
        "page": page,
        "rows": [_shown(row) for row in page],
        "filtered": bool(wanted or text),
    }
    return render(request, "treasury/matching/waiting.html", context)


def _look_again(request: HttpRequest, book: Book, accounts: list[BankAccount]) -> HttpResponse:
    by = actor_of(request)
    try:
        matched = sum(services.match_imported(account, by).matched for account in accounts)
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        words = ngettext("%(n)d row was matched.", "%(n)d rows were matched.", matched)
        messages.success(request, words % {"n": matched})
    return redirect("treasury:matching", slug=book.structure.slug)


def _row(request: HttpRequest, slug: str, pk: int) -> BankRow:
    row = queries.row_named(pk, actor_of(request))
    if row.account.book.structure.slug != slug:
        raise Http404
    return row


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, slug: str, row: int) -> HttpResponse:
    """One row: what it may be and why, the form to split it; once matched, what it was; undo."""
    readable(request, slug)
    found = _row(request, slug, row)
    match = queries.match_of(found)
    status, forms = 200, None
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "match":
                forms = _forms(request, found)
                if _split(request, found, forms):
                    messages.success(request, _("Matched."))
                    return redirect("treasury:matching", slug=slug)
                status = 422
            else:
                return _acted(request, found, match, act)
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
            match = queries.match_of(found)
    return render(request, "treasury/matching/row.html", _page(request, found, match, forms),
                  status=status)  # fmt: skip


def _page(request: HttpRequest, row: BankRow, match: Match | None, forms: Any) -> dict[str, Any]:
    """What the page of a row shows."""
    context: dict[str, Any] = {
        "structure": row.account.book.structure,
        "row": row,
        "texts": [*row.texts.splitlines(), *row.info.splitlines()],
        "match": match,
        "key": request.POST.get("key") or uuid4(),
        "among": [(kind, AMONG.get(kind, kind)) for kind in kinds()],
        "looked": request.GET.get("among", ""),
        "history": Match.objects.filter(row=row, undo__isnull=False).select_related("undo"),
    }
    if match is not None:
        parts = [(part, queries.part_label(part)) for part in match.parts.all()]
        return {**context, "parts": parts, "reasons": queries.said(match.reasons)}
    if row.is_booked:
        context |= _shown(row) | {"key": context["key"]}
        context["forms"], context["always"] = forms or _forms(request, row)
    return context


AMONG: dict[str, Any] = {
    "payment": gettext_lazy("payments asked for"),
    "invoice": gettext_lazy("invoices"),
    "purchase": gettext_lazy("purchases"),
    "payout": gettext_lazy("payouts"),
    "payout-batch": gettext_lazy("payouts of one file"),
    "payout-return": gettext_lazy("payouts that came back"),
    "collection": gettext_lazy("collections"),
    "collection-batch": gettext_lazy("collections of one file"),
    "collection-return": gettext_lazy("collections that came back"),
    "cheque-deposit": gettext_lazy("slips of cheques"),
    "cheque-return": gettext_lazy("unpaid cheques"),
    "cash-deposit": gettext_lazy("cash taken to the bank"),
    "provider-transfer": gettext_lazy("transfers of card payments"),
}
"""Among what a person may look for what a row is; each kind is read only when it is asked for."""


def _kinds(request: HttpRequest) -> list[str]:
    """The kinds of open items that a page needs: chosen, or in what was sent."""
    given = [str(value) for name, value in request.POST.items() if name.endswith("-what")]
    sent = [value.split(":")[1] for value in given if value.count(":") >= 2]
    wanted = {*sent, request.GET.get("among", "")}
    return [kind for kind in kinds() if kind in wanted]


def _items(request: HttpRequest, row: BankRow) -> list[OpenItem]:
    """What is open among the kinds asked for, in the row's direction, closest amounts first."""
    direction = "in" if row.amount > 0 else "out"
    found = open_of(row.account.book, row.account, _kinds(request)).values()
    wanted = [item for item in found if item.direction == direction]
    wanted.sort(key=lambda item: (abs(item.amount - abs(row.amount)), item.due or item.day))
    return wanted[:ITEMS]


def _forms(request: HttpRequest, row: BankRow) -> tuple[Any, AlwaysForm]:
    """The form of a row: prefilled with the proposal that was chosen, or with its whole amount."""
    items = _items(request, row)
    offered = [
        (f"item:{item_key(item.kind, item.key)}",
         f"{item.label} – {item.party_name} – {figures.money(item.amount)}") for item in items
    ]  # fmt: skip
    choices = [("", _("choose")), (_("What is open"), offered), (_("Uses"), use_choices())]
    resources = registry.resources_visible_to(actor_of(request)).order_by("name")
    given: dict[str, Any] = {"choices": choices, "resources": resources, "prefix": "part"}
    if request.method == "POST" and request.POST.get("act") == "match":
        return SplitForm(request.POST, **given), AlwaysForm(request.POST)
    initial: list[dict[str, Any]] = []
    chosen = request.GET.get("proposal", "")
    if chosen.isdigit():
        for proposal in row.proposals.filter(pk=int(chosen)):
            offered += [
                (f"item:{item_key(kind, key)}", label)
                for kind, key, _amount, label in proposal.parts
            ]
            initial += [
                {"what": f"item:{item_key(kind, key)}", "amount": amount}
                for kind, key, amount, _label in proposal.parts
            ]
            initial += [{"amount": proposal.rest}] if proposal.rest else []
    initial = (initial or [{"amount": abs(row.amount)}])[:LINES]
    return SplitForm(initial=initial + [{}] * (LINES - len(initial)), **given), AlwaysForm()


def _split(request: HttpRequest, row: BankRow, forms: tuple[Any, AlwaysForm]) -> bool:
    """Match the row as the form says; no when the form needs mending."""
    lines, always = forms
    if not (lines.is_valid() and always.is_valid()):
        return False
    by, parts = actor_of(request), lines.parts(1 if row.amount > 0 else -1)
    services.match_row(row=row, parts=parts, key=request.POST.get("key", ""), by=by)
    if len(parts) == 1 and isinstance(parts[0], services.BookedPart):
        services.keep_habit(
            row=row, part=parts[0], by=by, always=always.cleaned_data["always"],
            anybody_who_writes=always.cleaned_data["anybody"],
        )  # fmt: skip
    return True


def _acted(request: HttpRequest, row: BankRow, match: Match | None, act: str) -> HttpResponse:
    """Take a proposal, or take a match back."""
    by, key = actor_of(request), request.POST.get("key", "")
    structure = row.account.book.structure.slug
    if act == "accept":
        number = request.POST.get("proposal", "")
        services.accept_proposal(
            row=row, proposal=int(number) if number.isdigit() else 0, key=key, by=by
        )
        messages.success(request, _("Matched."))
        return redirect("treasury:matching", slug=structure)
    if act == "undo":
        if match is not None:
            services.undo_match(match=match, key=key, by=by, reason=request.POST.get("reason", ""))
            messages.success(request, _("Undone: the row waits again."))
        return redirect("treasury:match-row", slug=structure, row=row.pk)
    raise services.ProposalGone


@require_http_methods(["GET", "POST"])
def habits(request: HttpRequest, slug: str) -> HttpResponse:
    """What is booked without asking, or proposed: each habit with what it goes by; forget one."""
    book = readable(request, slug)
    if request.method == "POST":
        number = request.POST.get("habit", "")
        habit = get_object_or_404(Habit, book=book, pk=int(number) if number.isdigit() else 0)
        try:
            services.forget_habit(habit=habit, by=actor_of(request))
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Forgotten. What was booked by it stays."))
        return redirect("treasury:habits", slug=slug)
    rows = [
        {"habit": each, "target": queries.target_label(each.use, each.account)}
        for each in queries.habits_of(book)
    ]
    return render(request, "treasury/matching/habits.html",
                  {"structure": book.structure, "rows": rows})  # fmt: skip


MATCHING = [
    path("<slug:slug>/rapprochement/", waiting, name="matching"),
    path("<slug:slug>/rapprochement/habitudes/", habits, name="habits"),
    path("<slug:slug>/rapprochement/<int:row>/", row, name="match-row"),
]
