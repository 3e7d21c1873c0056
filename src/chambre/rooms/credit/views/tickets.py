"""Tickets: made, shown with their code, brought."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.core.models import AuditEntry
from chambre.lib.sepa import qr
from chambre.registry import api as registry
from chambre.rooms.credit.forms import TakeForm, TicketForm
from chambre.rooms.credit.models import Ticket
from chambre.rooms.credit.services import tickets as service
from chambre.rooms.credit.views.frame import done, key_of, own_account, person_asking, tried

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tickets(request: HttpRequest, number: int) -> HttpResponse:
    """The tickets that an account made, and bringing one to it."""
    by = person_asking(request)
    row = own_account(by, number)
    make, take = TicketForm(account=row), TakeForm(account=row, prefix="take")
    status = 200
    if request.method == "POST":
        if request.POST.get("act") == "take":
            take = TakeForm(request.POST, account=row, prefix="take")
            answer = _take(request, take, by)
        else:
            make = TicketForm(request.POST, account=row)
            answer = _make(request, make, by)
        if answer is not None:
            return answer
        status = 422
    made = Ticket.objects.filter(account=row).select_related("taken__target__agent")[:SHOWN]
    context = {
        "account": row, "unit": row.unit, "make": make, "take": take, "tickets": made,
        "key": key_of(request), "today": registry.today(),
    }  # fmt: skip
    return render(request, "credit/tickets.html", context, status=status)


def _make(request: HttpRequest, form: TicketForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    made = tried(
        form,
        lambda: service.make_ticket(
            account=form.account, key=f"form:{key_of(request)}", by=by, **form.cleaned_data
        ),
    )
    return made and redirect("credit:ticket", serial=made.serial)


def _take(request: HttpRequest, form: TakeForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    text = form.cleaned_data["text"]
    taken = tried(form, lambda: service.take_ticket(text=text, account=form.account, by=by))
    if taken is None:
        return None
    messages.success(request, _("The units of the ticket are yours."))
    return redirect("credit:receipt", move=taken.taken_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, serial: str) -> HttpResponse:
    """A ticket for who made it: to print or show, whether it was taken, and what was tried with it."""
    by = person_asking(request)
    rows = Ticket.objects.select_related(
        "account__agent", "community__chamber", "taken__target__agent"
    )
    row = rows.filter(serial=serial).first()
    if row is None:
        raise NotFound
    if not by.may("credit.use_account", row.account):
        raise Forbidden(permission="credit.use_account")
    if request.method == "POST":
        done(request, lambda: service.give_back(ticket=row, by=by), _("The units are yours again."))
        return redirect("credit:ticket", serial=serial)
    text = service.text_of(row)
    tried_again = AuditEntry.objects.filter(
        action="credit.ticket.tried-again", object_type="credit.ticket", object_id=str(row.pk)
    )
    open_ = row.taken_id is None and row.back_id is None
    context = {
        "ticket": row, "unit": row.community.unit, "text": text, "open": open_,
        "late": registry.today() > row.until, "tried": list(tried_again[:10]),
        "code": mark_safe(qr.draw(text, label=_("Code of this ticket"))) if open_ else "",  # noqa: S308
    }  # fmt: skip
    return render(request, "credit/ticket.html", context)


TICKETS = [
    path("credit/compte/<int:number>/billets/", tickets, name="tickets"),
    path("credit/billet/<str:serial>/", ticket, name="ticket"),
]
