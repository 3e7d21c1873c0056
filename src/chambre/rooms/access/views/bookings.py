"""A booking: taking it, cancelling, handing out, bringing back."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core import files
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.rooms.access.forms import ReasonForm, SeenForm, SettleForm
from chambre.rooms.access.models import Booking, StatePhoto, Wait
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.returns import deposit_of, hours_of
from chambre.rooms.access.services import changing, custody, deposits, hours, waiting
from chambre.rooms.access.views.frame import (
    actor_of,
    booking_for,
    done,
    frame,
    key_of,
    offer_for,
    person_of,
)

State = Booking.State


@require_safe
def booking(request: HttpRequest, number: int) -> HttpResponse:
    """A booking, what became of it, what may be done with it."""
    row = booking_for(request, number)
    by = actor_of(request)
    moment = now()
    early = row.starts_at - custody.EARLY <= moment < row.ends_at
    own = by.user is not None and row.person.user_id == by.user.pk
    context = frame(
        request, row.offer, row=row, deposit=deposit_of(row), hours=hours_of(row),
        may_settle=not own and by.may("access.settle_deposit", row), steps=row.steps.all(), form=ReasonForm(),
        handovers=row.handovers.prefetch_related("photos"),
        own=own,
        may_out=row.state == State.CONFIRMED and early, may_back=row.state == State.OUT,
        may_cancel=row.state in (State.ASKED, State.CONFIRMED, State.HELD),
        waits=row.state == State.ASKED, kept=row.state == State.HELD,
    )  # fmt: skip
    return render(request, "access/booking.html", context)


@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Take, approve, refuse or cancel a booking."""
    row = booking_for(request, number)
    by, name = actor_of(request), request.POST.get("act", "")
    reason = request.POST.get("reason", "")[:300].replace("\0", "")
    if name == "take":
        done(request, lambda: changing.take(booking=row, by=by), _("It is yours."))
    elif name == "approve":
        done(request, lambda: changing.approve(booking=row, by=by), _("Approved."))
    elif name == "refuse":
        done(
            request, lambda: changing.refuse(booking=row, by=by, reason=reason), _("Not approved.")
        )
    elif name == "cancel":
        done(request, lambda: changing.cancel(booking=row, by=by, reason=reason), _("Cancelled."))
    elif name == "hours":
        done(
            request,
            lambda: hours.confirm(booking=row, by=by, note=reason),
            _("Confirmed. Thank you."),
        )
    return redirect("access:booking", number)


@require_POST
def pay(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the deposit, and go to the page where it is paid."""
    row = booking_for(request, number)
    asked: list[str] = []
    by = actor_of(request)
    if done(request, lambda: asked.append(deposits.ask(booking=row, by=by).public_id)):
        return redirect("treasury:pay", asked[0])
    return redirect("access:booking", number)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Decide how much of a deposit goes back, and how much is kept, for which reason."""
    row = booking_for(request, number, "access.settle_deposit")
    found = deposit_of(row)
    if found is None:
        raise NotFound
    form = SettleForm(request.POST or None, initial={"kept": found.kept})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deposits.settle(booking=row, by=actor_of(request), **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Decided."))
                return redirect("access:booking", number)
    context = frame(
        request, row.offer, row=row, form=form, deposit=found, handovers=row.handovers.all()
    )
    return render(request, "access/settle.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def hand(request: HttpRequest, number: int) -> HttpResponse:
    """Hand a thing out, or bring it back: state, counter, photos."""
    row = booking_for(request, number, "access.hand_over")
    back = row.state == State.OUT
    form = SeenForm(request.POST or None, photos_of(request), counter=row.terms.counter)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            seen = custody.Seen(
                given["condition"], given["words"], form.thousandths(), given["photos"]
            )
            service = custody.bring_back if request.POST.get("act") == "back" else custody.hand_out
            try:
                service(booking=row, seen=seen, key=key_of(request), by=actor_of(request))
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("access:booking", row.pk)
    due = None if back else deposit_of(row)
    context = frame(
        request, row.offer, row=row, form=form, back=back,
        due=due if due is not None and due.state == "due" else None,
    )  # fmt: skip
    return render(request, "access/hand.html", context, status=status)


def photos_of(request: HttpRequest) -> dict[str, list[object]] | None:
    """All the pictures that were sent: Django's form data would give the last alone."""
    if request.method != "POST":
        return None
    return {"photos": list(request.FILES.getlist("photos"))}


@require_safe
def photo(request: HttpRequest, number: int) -> HttpResponse | FileResponse:
    """A photo of a state, for who keeps or owns the thing and whose booking it was."""
    found = StatePhoto.objects.select_related("file").filter(pk=min(number, 2**62)).first()
    if found is None:
        raise NotFound
    if not files.may_read(actor_of(request), found.file):
        raise Forbidden
    answer = FileResponse(files.open_file(found.file), content_type=found.file.content_type)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_safe
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the code on the thing leads: to the booking that is on now, else to the calendar."""
    offer = offer_for(request, slug)
    user = actor_of(request).user
    if user is not None:
        moment = now()
        rows = Booking.objects.filter(offer=offer, person__user=user)
        out = rows.filter(state=State.OUT).first()
        due = rows.filter(
            state=State.CONFIRMED, starts_at__lte=moment + custody.EARLY, ends_at__gt=moment
        ).first()
        if row := out or due:
            return redirect("access:hand", row.pk)
    return redirect("access:thing", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def waits(request: HttpRequest) -> HttpResponse:
    """The lists that I am on, and leaving one."""
    person = person_of(request)
    rows = Wait.objects.filter(person=person, state=Wait.State.WAITING)
    rows = rows.select_related("offer__resource", "offer__chamber", "person")
    if request.method == "POST":
        number = request.POST.get("wait", "")
        row = (
            rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
        )
        if row is None:
            raise NotFound
        done(
            request, lambda: waiting.leave(wait=row, by=actor_of(request)), _("You left the list.")
        )
        return redirect("access:waits")
    return render(request, "access/waits.html", {"rows": rows.order_by("starts_at")})


BOOKINGS = [
    path("mises-a-disposition/attente/", waits, name="waits"),
    path("mises-a-disposition/reservation/<int:number>/", booking, name="booking"),
    path("mises-a-disposition/reservation/<int:number>/acte/", act, name="act"),
    path("mises-a-disposition/reservation/<int:number>/remise/", hand, name="hand"),
    path("mises-a-disposition/reservation/<int:number>/caution/payer/", pay, name="pay_deposit"),
    path("mises-a-disposition/reservation/<int:number>/caution/", settle, name="settle_deposit"),
    path("mises-a-disposition/photo/<int:number>", photo, name="photo"),
    path("mises-a-disposition/<slug:slug>/ici/", scan, name="scan"),
]
