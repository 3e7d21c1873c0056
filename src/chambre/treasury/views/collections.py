"""Collections: what is drawn, when, and what the bank said."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError, Forbidden, Invalid, NotFound
from chambre.ledger.models import Book
from chambre.lib.orderstates import COLLECTION, Happening, State, can
from chambre.lib.sepa.reasons import reason as bank_reason
from chambre.registry import api as registry
from chambre.treasury.forms.collections import CollectionForm, MoveForm, NoticeForm
from chambre.treasury.forms.payouts import BankReasonForm
from chambre.treasury.models import Mandate
from chambre.treasury.models.orders import STATES
from chambre.treasury.queries.orders import collections_of, creditor_id, files_of
from chambre.treasury.services import collecting as service
from chambre.treasury.services import prenotices
from chambre.treasury.services.collectionfiles import export_collections, plan_collections
from chambre.treasury.views.home import actor_of, readable
from chambre.treasury.views.payoutfiles import ask_file
from chambre.treasury.views.payouts import who, with_words

PER_PAGE = 30


def collection_of(book: Book, code: str) -> Any:
    """A collection of a book by its number, with where it stands.

    Raises:
        NotFound: The book has none of it.
    """
    row = collections_of(book).filter(code=code).first()
    if row is None:
        raise NotFound
    row.book = row.mandate.book = book
    return row


@require_safe
def collections(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to be announced, what may be sent, what is at the bank, what is done."""
    book = readable(request, slug)
    rows = collections_of(book)
    opened = [each for each in State if each.is_open]
    still = with_words(rows.filter(state__in=opened).order_by("due_on", "id"))
    groups = [
        (_("To be announced to the debtor"), "planned", State.PLANNED),
        (_("Announced, not yet at the bank"), "announced", State.ANNOUNCED),
        (_("At the bank, not yet on the statement"), "sent", State.SENT),
        (_("Going back to the debtor"), "returning", State.RETURNING),
    ]
    shown = [
        {
            "title": title,
            "name": name,
            "rows": (found := [row for row in still if row.state == state]),
            "total": sum(row.amount for row in found),
        }
        for title, name, state in groups
    ]
    page = Paginator(rows.exclude(state__in=opened).order_by("-id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    page.object_list = with_words(list(page.object_list))
    context = {
        "structure": book.structure,
        "groups": [group for group in shown if group["rows"]],
        "page": page,
        "files": files_of(book, "collections")[:5],
        "creditor_id": creditor_id(book),
        "key": uuid.uuid4().hex,
    }
    return render(request, "treasury/collections/index.html", context)


@require_http_methods(["GET", "POST"])
def collection_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a collection with a mandate."""
    book = readable(request, slug)
    by = actor_of(request)
    usable = Mandate.objects.filter(book=book, end__isnull=True).select_related("party")
    form = CollectionForm(
        request.POST or None,
        initial={"mandate": request.GET.get("mandate", "")},
        mandates=usable.order_by("party__name"),
        resources=registry.resources_visible_to(by).order_by("name"),
    )
    if request.method == "POST" and form.is_valid():
        key = f"form:{request.POST.get('key', '')[:64]}"
        form.cleaned_data["mandate"].book = book
        try:
            row = service.plan_collection(key=key, by=by, **form.cleaned_data)
        except Forbidden:
            raise
        except ChambreError as refusal:
            form.note(refusal.data.get("fields", {}), str(refusal.message))
        else:
            messages.success(request, _("Planned. Tell the debtor now, and note when you did."))
            return redirect("treasury:collection", slug=slug, code=row.code)
    context = {
        "structure": book.structure,
        "form": form,
        "has_mandates": usable.exists(),
        "key": request.POST.get("key") or uuid.uuid4().hex,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/collections/new.html", context, status=status)


@require_safe
def collection(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One collection: what is drawn, what the debtor is told, what happened."""
    book = readable(request, slug)
    row = collection_of(book, code)
    return render(request, "treasury/collections/show.html", _shown(book, row))


def _shown(book: Book, row: Any) -> dict[str, Any]:
    events = list(row.events.select_related("file", "user__agent").order_by("number"))
    language = get_language() or "fr"
    for event in events:
        event.who = who(event)
        event.code_words = bank_reason(event.code).text(language) if event.code else ""
    sent = next((event for event in events if event.kind == Happening.EXPORTED), None)
    told_in_time = row.due_on >= service.earliest_day(row.mandate)
    return {
        "structure": book.structure,
        "collection": row,
        "letter": prenotices.letter(row, creditor_id(book), language)[1],
        "notices": list(row.notices.order_by("id")),
        "earliest": None if told_in_time else service.earliest_day(row.mandate),
        "notify_form": NoticeForm(
            prefix="notify", initial={"to": row.mandate.party.email, "language": language}
        ),
        "move_form": MoveForm(prefix="move"),
        "mandate": row.mandate,
        "account": row.mandate.account(sent.at if sent else None),
        "creditor_id": creditor_id(book),
        "state_words": STATES[State(row.state)],
        "events": events,
        "can": {each.value: can(COLLECTION, State(row.state), each) for each in Happening},
        "bank_form": BankReasonForm(prefix="bank"),
        "key": uuid.uuid4().hex,
    }


def _notify(*, collection: Any, key: str, by: Any, to: str, language: str) -> None:
    """Write the e-mail to the debtor, which is sent after the commit."""
    prenotices.send_later(
        prenotices.prepare_notice(collection=collection, key=key, by=by, to=to, language=language)
    )


ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "announce": (service.announce_collection, None),
    "notify": (_notify, NoticeForm),
    "move": (service.move_collection, MoveForm),
    "earliest": (service.move_collection, None),
    "withdraw": (service.withdraw_collection, None),
    "bank": (service.note_bank_answer, BankReasonForm),
    "keep": (service.keep_collected, None),
}
"""What a person does to a collection: the service, and the form that says why."""
SAID = {
    "notify": gettext_lazy("The e-mail is on its way. The debtor counts as told once it has gone."),
    "move": gettext_lazy("Moved. The debtor is told of the new day."),
    "earliest": gettext_lazy("Moved. The debtor is told of the new day."),
}
"""What is said after an act, when it is more than that it is noted."""


@require_POST
def collection_act(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Announce, withdraw, note what the bank said."""
    book = readable(request, slug)
    row = collection_of(book, code)
    act, form_class = ACTS.get(request.POST.get("act", ""), (None, None))
    if act is None:
        raise Invalid
    name = request.POST["act"]
    form = form_class(request.POST, prefix=name) if form_class else None
    status = 422
    if form is None or form.is_valid():
        facts = form.cleaned_data if form else {}
        key = f"page:{request.POST.get('key', '')[:64]}"
        try:
            act(collection=row, key=key, by=actor_of(request), **facts)
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, SAID.get(name, _("Noted.")))
            return redirect("treasury:collection", slug=slug, code=code)
    context = _shown(book, collection_of(book, code))
    if form is not None:
        context[f"{name}_form"] = form
    return render(request, "treasury/collections/show.html", context, status=status)


@require_POST
def collections_notify(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell all debtors by e-mail who are still to be told."""
    book = readable(request, slug)
    key = f"page:{request.POST.get('key', '')[:64]}"
    try:
        with transaction.atomic():
            made, left = prenotices.prepare_all(book=book, key=key, by=actor_of(request))
            for notice in made:
                prenotices.send_later(notice)
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("treasury:collections", slug=slug)
    if made:
        said = ngettext("%(n)d e-mail is on its way.", "%(n)d e-mails are on their way.", len(made))
        messages.success(request, said % {"n": len(made)})
    for row, why in left:
        words = {"name": row.mandate.party.name, "code": row.code, "why": why}
        messages.warning(request, _("%(name)s, %(code)s: %(why)s") % words)
    return redirect("treasury:collections", slug=slug)


@require_http_methods(["GET", "POST"])
def collection_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the file will do; make it when somebody confirms."""
    book = readable(request, slug)
    scheme = _scheme(book)
    asked = ask_file(request, book, partial(export_collections, scheme=scheme))
    if asked.answer is not None:
        return asked.answer
    plan = plan_collections(book, scheme=scheme)
    context: dict[str, Any] = {
        "structure": book.structure,
        "plan": plan,
        "scheme": scheme,
        "accounts": asked.accounts,
        "creditor_id": creditor_id(book),
        "form": asked.form,
        "confirm": _("Make the file"),
        "irreversible": _(
            "These collections are in this file for ever: no other file will hold them. If the bank "
            "does not take the file, note it on each collection."
        ),
        "hidden": {"key": request.POST.get("key") or uuid.uuid4().hex},
        "back": reverse("treasury:collections", args=[slug]),
    }
    return render(request, "treasury/collections/file.html", context, status=asked.status)


def _scheme(book: Book) -> str:
    """CORE first; once nothing of it waits, B2B: banks take them in separate files."""
    rows = collections_of(book).filter(state=State.ANNOUNCED)
    found = set(rows.order_by().values_list("mandate__scheme", flat=True))
    return str(Mandate.Scheme.B2B if found == {Mandate.Scheme.B2B} else Mandate.Scheme.CORE)


COLLECTIONS = [
    path("<slug:slug>/prelevements/", collections, name="collections"),
    path("<slug:slug>/prelevements/nouveau/", collection_new, name="collection_new"),
    path("<slug:slug>/prelevements/prevenir/", collections_notify, name="collections_notify"),
    path("<slug:slug>/prelevements/fichier/", collection_file, name="collection_file"),
    path("<slug:slug>/prelevements/<str:code>/", collection, name="collection"),
    path("<slug:slug>/prelevements/<str:code>/faire/", collection_act, name="collection_act"),
]
