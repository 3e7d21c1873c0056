"""The words of letters about bookings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.addresses import own_address
from chambre.core.ui.figures import moment, money
from chambre.rooms.access.models import AccessLetter, Booking
from chambre.rooms.access.queries.returns import deposit_of

Kind = AccessLetter.Kind


def _openings() -> dict[str, tuple[str, str]]:
    """Subject and beginning of each kind, over ``thing`` and ``from``, ``to``, ``until``, ``end``."""
    return {
        Kind.BOOKED: (
            _("Booked: %(thing)s"),
            _("%(thing)s is booked for you from %(from)s to %(to)s."),
        ),
        Kind.ASKED: (
            _("To approve: %(thing)s"),
            _("Somebody asks for %(thing)s from %(from)s to %(to)s. Approve it or say no:"),
        ),
        Kind.REFUSED: (
            _("Not possible: %(thing)s"),
            _("Your booking of %(thing)s from %(from)s to %(to)s was not approved."),
        ),
        Kind.CANCELLED: (
            _("Cancelled: %(thing)s"),
            _("Your booking of %(thing)s from %(from)s to %(to)s is cancelled."),
        ),
        Kind.KEPT: (
            _("Free for you: %(thing)s"),
            _("%(thing)s became free from %(from)s to %(to)s and is kept for you until %(until)s. "
              "Take it or leave it to the next one:"),
        ),
        Kind.REMINDER: (
            _("Reminder: %(thing)s"),
            _("You have %(thing)s from %(from)s to %(to)s. If you cannot come, cancel: somebody may be "
              "waiting."),
        ),
        Kind.LATE: (
            _("Not brought back: %(thing)s"),
            _("%(thing)s was to be brought back at %(to)s. Bring it back, or tell whoever keeps it."),
        ),
        Kind.BROKEN: (
            _("Out of use: %(thing)s"),
            _("%(thing)s is out of use. Your booking from %(from)s to %(to)s may not be possible; you will "
              "hear when it is mended."),
        ),
        Kind.LEAVING: (
            _("Will be withdrawn: %(thing)s"),
            _("Its owner takes %(thing)s back from %(end)s. What is booked stays."),
        ),
        Kind.DEPOSIT: (_("Your deposit: %(thing)s"), _("You had %(thing)s from %(from)s to %(to)s.")),
    }  # fmt: skip


def wording(letter: AccessLetter) -> tuple[str, str]:
    """Subject and body of a letter, in the language that is on."""
    offer, booking = letter.offer, letter.booking
    facts = {"thing": offer.resource.name, "end": offer.ends_on or ""}
    address = reverse("access:thing", args=[offer.resource.slug])
    if booking is not None:
        facts |= {
            "from": moment(booking.starts_at), "to": moment(booking.ends_at),
            "until": moment(booking.held_until) if booking.held_until else "",
        }  # fmt: skip
        address = reverse("access:booking", args=[booking.pk])
    subject, body = _openings()[letter.kind]
    if letter.kind == Kind.LEAVING and offer.ends_on is None:
        subject = _("Stays at disposal: %(thing)s")
        body = _("The withdrawal that was announced is taken back: %(thing)s stays at disposal.")
    if letter.kind == Kind.BROKEN and booking is None:  # to owner and custodian
        body = _("%(thing)s is out of use until it is mended or found.")
    if letter.kind in (Kind.BOOKED, Kind.REMINDER) and booking is not None:
        body += _deposit(booking)
    elif letter.kind == Kind.DEPOSIT and booking is not None:
        body += _decided(booking)
    return subject % facts, f"{body % facts}\n\n{own_address()}{address}\n"


def _deposit(booking: Booking) -> str:
    """What is still to be paid before a thing is handed out; empty: nothing."""
    found = deposit_of(booking)
    if found is None or found.state != "due":
        return ""
    words = _("Pay the deposit of %(amount)s before it is handed out:")
    return " " + words % {"amount": money(found.amount)}


def _decided(booking: Booking) -> str:
    """What goes back of a deposit, and what is kept and why; a text that is filled in later."""
    found = deposit_of(booking)
    if found is None:
        return ""
    facts = {
        "kept": money(found.kept), "back": money(found.back), "reason": found.reason,
    }  # fmt: skip
    lines = []
    if found.kept:
        lines.append(_("Of the deposit, %(kept)s is kept: %(reason)s") % facts)
    if found.back:
        lines.append(_("%(back)s goes back to you.") % facts)
    return "".join(f"\n\n{line}" for line in lines).replace("%", "%%")
