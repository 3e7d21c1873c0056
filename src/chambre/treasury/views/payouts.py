"""What goes out, and who must still agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError, Forbidden, Invalid, NotFound
from chambre.ledger.models import Book
from chambre.lib.orderstates import PAYOUT, Happening, State, can
from chambre.lib.sepa.reasons import reason as bank_reason
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.forms.payouts import BankReasonForm, PayoutForm, ReasonForm
from chambre.treasury.models import Party, Payment, Payout
from chambre.treasury.models.orders import STATES
from chambre.treasury.queries.orders import files_of, payouts_of
from chambre.treasury.queries.payouts import doubts, people_who_may_agree, still_to_agree
from chambre.treasury.services import payouts as service
from chambre.treasury.views.home import actor_of, readable
from chambre.treasury.views.payoutadvice import BACK, advice

PER_PAGE = 30


def payout_of(book: Book, code: str) -> Any:
    """A payout of a book by its number, with where it stands.

    Raises:
        NotFound: The book has none of it.
    """
    found = payouts_of(book).select_related("party__agent", "replaces", "replaced_by")
    row = found.filter(code=code).first()
    if row is None:
        raise NotFound
    row.book = book
    return row


def who(event: Any) -> str:
    """Who did it: the name of a person in the register, else as the audit trail names them."""
    agent = getattr(event.user, "agent", None)
    return str(agent.name if agent else event.by)


def with_words(rows: Any) -> Any:
    """Payouts or collections, each with its state in people's words."""
    for row in rows:
        row.state_words = STATES[State(row.state)]
    return rows


@require_safe
def payouts(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for people, what is ready, what is at the bank, what is done."""
    book = readable(request, slug)
    rows = payouts_of(book)
    still = with_words(
        rows.filter(state__in=[each for each in State if each.is_open]).order_by("day", "id")
    )
    groups = [
        (_("Two people must agree"), "waiting", (State.ASKED, State.HALF)),
        (_("Ready to be sent"), "ready", (State.AGREED,)),
        (_("At the bank, not yet on the statement"), "sent", (State.SENT,)),
        (_("Coming back"), "returning", (State.RETURNING,)),
    ]
    shown = [
        {
            "title": title,
            "name": name,
            "rows": (found := [row for row in still if row.state in states]),
            "total": sum(row.amount for row in found),
        }
        for title, name, states in groups
    ]
    ended = rows.exclude(state__in=[each for each in State if each.is_open]).order_by("-id")
    page = Paginator(ended, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = with_words(list(page.object_list))
    context = {
        "structure": book.structure,
        "groups": [group for group in shown if group["rows"]],
        "page": page,
        "files": files_of(book, "transfers")[:5],
    }
    return render(request, "treasury/payouts/index.html", context)


@require_http_methods(["GET", "POST"])
def payout_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a transfer, or for one in the place of another."""
    book = readable(request, slug)
    by = actor_of(request)
    replaces = payout_of(book, code) if (code := request.GET.get("replaces")) else None
    form = PayoutForm(
        request.POST or None,
        initial=_initial(replaces),
        parties=Party.objects.filter(book=book).order_by("name"),
        resources=registry.resources_visible_to(by).order_by("name"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            payout = _ask(request, book, form, replaces)
        except Forbidden:
            raise
        except ChambreError as refusal:
            form.note(refusal.data.get("fields", {}), str(refusal.message))
        else:
            return redirect("treasury:payout", slug=slug, code=payout.code)
    context = {
        "structure": book.structure,
        "form": form,
        "replaces": replaces,
        "is_back": replaces is not None and replaces.state in BACK,
        "key": request.POST.get("key") or uuid.uuid4().hex,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/payouts/new.html", context, status=status)


def _initial(replaces: Any) -> dict[str, Any]:
    if replaces is None:
        return {}
    line = replaces.lines.select_related("resource").first()
    return {
        "party": replaces.party.code,
        "iban": "" if replaces.state in BACK else replaces.iban,
        "amount": replaces.amount,
        "reason": replaces.reason,
        "reference": replaces.reference,
        "use": line.use,
        "resource": line.resource.slug if line.resource else None,
        "day": replaces.day,
    }


@transaction.atomic
def _ask(request: HttpRequest, book: Book, form: PayoutForm, replaces: Any) -> Payout:
    """Ask as the form says; who asks may agree at once."""
    by, data = actor_of(request), form.cleaned_data
    key = f"form:{request.POST.get('key', '')[:64]}"
    done: Payout | None = Payout.objects.filter(book=book, key=key).first()
    if done is not None:
        return done  # the same form, sent twice
    party, iban = service.note_payee(
        book=book, by=by, party=data["party"], name=data["name"], iban=data["iban"]
    )
    line = BookLine(
        data["amount"],
        use=data["use"],
        resource=data["resource"].pk if data["resource"] else None,
        label=data["reason"],
    )
    payout = service.ask_payout(
        book=book,
        party=party,
        amount=data["amount"],
        reason=data["reason"],
        reference=data["reference"],
        key=key,
        by=by,
        iban=iban,
        lines=[line],
        day=data["day"],
        replaces=replaces,
    )
    messages.success(request, _("Asked for. Nothing leaves before two people have agreed."))
    if data["agree"]:
        try:
            service.approve_payout(payout=payout, key=f"{key}:agreed", by=by)
        except (service.OwnPayout, service.PeopleOnly) as refusal:
            messages.warning(request, str(refusal.message))
    return payout


@require_safe
def payout(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One payout: what people agree to, who has, what happened."""
    book = readable(request, slug)
    row = payout_of(book, code)
    return render(request, "treasury/payouts/show.html", _shown(request, book, row))


def _shown(request: HttpRequest, book: Book, row: Any) -> dict[str, Any]:
    events = list(row.events.select_related("file", "user__agent").order_by("number"))
    state, by = State(row.state), actor_of(request)
    language = get_language() or "fr"
    for event in events:
        event.who = who(event)
        event.code_words = bank_reason(event.code).text(language) if event.code else ""
    mine = any(event.kind == "approved" and event.user_id == by.user.pk for event in events)  # type: ignore[union-attr]
    to_me = service.pays(row, by.user)
    waiting = can(PAYOUT, state, Happening.APPROVED)
    refunded = Payment.objects.filter(refunds__payout=row).first()
    return {
        "structure": book.structure,
        "payout": row,
        "refunded": refunded,
        "advice": advice(row, events, refunded),
        "state_words": STATES[state],
        "lines": row.lines.select_related("resource"),
        "events": events,
        "doubts": doubts(row) if state in {State.ASKED, State.HALF, State.AGREED} else None,
        "may_agree": waiting and not mine and not to_me,
        "mine": waiting and mine,
        "to_me": waiting and to_me,
        "others": still_to_agree(row, people_who_may_agree(book)) if waiting else [],
        "can": {each.value: can(PAYOUT, state, each) for each in Happening},
        "refuse_form": ReasonForm(prefix="refuse"),
        "bank_form": BankReasonForm(prefix="bank"),
        "key": uuid.uuid4().hex,
    }


ACTS: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "approve": (service.approve_payout, None, ""),
    "refuse": (service.refuse_payout, ReasonForm, "refuse"),
    "withdraw": (service.withdraw_payout, None, ""),
    "reject": (service.reject_payout, BankReasonForm, "bank"),
    "return": (service.expect_return, BankReasonForm, "bank"),
    "keep": (service.keep_paid, None, ""),
}
"""What a person does to a payout: the service, and the form that says why."""


@require_POST
def payout_act(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Agree, refuse, withdraw, note what the bank said."""
    book = readable(request, slug)
    row = payout_of(book, code)
    act, form_class, prefix = ACTS.get(request.POST.get("act", ""), (None, None, ""))
    if act is None:
        raise Invalid
    form = form_class(request.POST, prefix=prefix) if form_class else None
    status = 422
    if form is None or form.is_valid():
        facts = form.cleaned_data if form else {}
        key = f"page:{request.POST.get('key', '')[:64]}"
        try:
            act(payout=row, key=key, by=actor_of(request), **facts)
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("Noted."))
            return redirect("treasury:payout", slug=slug, code=code)
    context = _shown(request, book, payout_of(book, code))
    if form is not None:
        context[f"{prefix}_form"] = form
    return render(request, "treasury/payouts/show.html", context, status=status)


PAYOUTS = [
    path("<slug:slug>/virements/", payouts, name="payouts"),
    path("<slug:slug>/virements/nouveau/", payout_new, name="payout_new"),
    path("<slug:slug>/virements/<str:code>/", payout, name="payout"),
    path("<slug:slug>/virements/<str:code>/faire/", payout_act, name="payout_act"),
]
