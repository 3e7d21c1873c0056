"""A booking: taking it, cancelling, handing out, bringing back."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core import files
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.rooms.access.forms import ReasonForm, SeenForm
from chambre.rooms.access.models import Booking, StatePhoto, Wait
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.services import changing, custody, waiting
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
    context = frame(
        request, row.offer, row=row, steps=row.steps.all(), form=ReasonForm(),
        handovers=row.handovers.prefetch_related("photos"),
        own=by.user is not None and row.person.user_id == by.user.pk,
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
    return redirect("access:booking", number)


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
    context = frame(request, row.offer, row=row, form=form, back=back)
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
    path("mises-a-disposition/photo/<int:number>", photo, name="photo"),
    path("mises-a-disposition/<slug:slug>/ici/", scan, name="scan"),
]
