"""What somebody gives back for a use: the deposit and where it stands, the hours of work."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from chambre.ledger.models import Book, Event, JournalEntry
from chambre.rooms.access.models import Booking, Offer, Terms
from chambre.rooms.access.queries.moments import now
from chambre.treasury.models import Payment

ORIGIN = "access"
"""Who asks, in the treasury; its key is the booking's number."""
MOST_WAITING = 50
"""How many bookings are shown whose deposit or hours wait for a decision."""
State = Booking.State


class Deposit(NamedTuple):
    """The deposit of a booking, as the treasury and the book of its holder say it; cents.

    Attributes:
        amount: What the rules ask for.
        state: ``due``: not (wholly) paid; ``held``; ``decide``: the thing is back or gone, somebody says
            how much goes back; ``settled``: nothing is held any more.
        payment: The payment, once it was asked for.
        here: What is held and may still go back.
        kept: What was kept, by a decision.
        back: What went back, or is on its way.
        reason: Why something was kept.
    """

    amount: int
    state: str
    payment: Payment | None
    here: int = 0
    kept: int = 0
    back: int = 0
    reason: str = ""


class Hours(NamedTuple):
    """The work that somebody owes for a use, in minutes; ``event`` of the ledger once it was given."""

    minutes: int
    is_due: bool
    event: Event | None


def holder_of(offer: Offer) -> Book | None:
    """The book of who holds a deposit: of who keeps the thing, else of its owner; None: neither has one."""
    rows = Book.objects.filter(structure__in=[offer.custodian_id, offer.owner_id])
    books = {book.structure_id: book for book in rows.select_related("structure")}
    return books.get(offer.custodian_id) or books.get(offer.owner_id)


def kept_key(booking: Booking) -> str:
    """The key of the entry that keeps a part of a deposit."""
    return f"access:{booking.pk}:kept"


def hours_key(booking: Booking) -> str:
    """The key of the event that says that work was given."""
    return f"access:{booking.pk}:hours"


def is_side(booking: Booking) -> bool:
    """Whether a booking is the owner's or the custodian's own: they give nothing back."""
    return booking.person_id in (booking.offer.owner_id, booking.offer.custodian_id)


def is_over(booking: Booking) -> bool:
    """Whether nothing more comes: back, lost, or never fetched."""
    fetched_not = booking.state == State.CONFIRMED and booking.ends_at <= now()
    return fetched_not or booking.state not in (State.CONFIRMED, State.OUT, State.ASKED, State.HELD)


def payment_of(booking: Booking) -> Payment | None:
    """The payment of a deposit: the one to which money came, else the newest."""
    rows = Payment.objects.filter(origin=ORIGIN, origin_key=str(booking.pk))
    rows = rows.select_related("book__structure").order_by("id")
    return max(rows, key=lambda row: (row.received > 0, row.pk), default=None)


def deposit_of(booking: Booking) -> Deposit | None:
    """Where the deposit of a booking stands; None: none is asked for, or nobody has books to hold it in."""
    terms = booking.terms
    if terms.gives != Terms.Return.DEPOSIT or is_side(booking):
        return None
    payment = payment_of(booking)
    if payment is None:
        over = is_over(booking)
        if over or holder_of(booking.offer) is None:
            return None
        return Deposit(terms.gives_amount, "due", None)
    kept, reason = _kept(booking, payment)
    back = payment.refunded + payment.refunding
    here = max(0, payment.received - back - payment.held - kept)
    state = "due"
    if is_over(booking):
        state = "decide" if here else "settled"
    elif here >= payment.amount:
        state = "held"
    return Deposit(payment.amount, state, payment, here, kept, back, reason)


def _kept(booking: Booking, payment: Payment) -> tuple[int, str]:
    rows = JournalEntry.objects.filter(chamber=payment.book.chamber_id, key=kept_key(booking))
    entry = rows.first()
    if entry is None:
        return 0, ""
    sums = entry.lines.filter(unit="EUR", amount__gt=0).order_by().aggregate(sum=Sum("amount"))
    return int(sums["sum"] or 0), entry.label


def hours_of(booking: Booking) -> Hours | None:
    """The work that a booking asks for, due once the thing is back; None: none."""
    if booking.terms.gives != Terms.Return.HOURS or is_side(booking):
        return None
    chambers = [booking.offer.chamber_id, booking.person.chamber_id or booking.offer.chamber_id]
    event = Event.objects.filter(chamber__in=chambers, key=hours_key(booking)).first()
    return Hours(booking.terms.gives_amount, booking.state == State.DONE, event)


class Waiting(NamedTuple):
    """A booking of which something waits for who keeps the thing: a deposit in cents, or hours in minutes."""

    booking: Booking
    deposit: int
    minutes: int


def waiting_returns(offer: Offer) -> list[Waiting]:
    """The bookings whose deposit or hours wait for who keeps the thing, the oldest first; in one question."""
    rows = Booking.objects.filter(offer=offer).exclude(
        person__in=[offer.owner_id, offer.custodian_id]
    )
    rows = rows.annotate(here=_held()).filter(_hours_wait() | _deposit_waits())
    rows = rows.select_related("person", "terms").order_by("ends_at", "id")
    deposit = Terms.Return.DEPOSIT
    return [
        Waiting(row, row.here, 0) if row.terms.gives == deposit
        else Waiting(row, 0, row.terms.gives_amount)
        for row in rows[:MOST_WAITING]
    ]  # fmt: skip


def _held() -> Coalesce:
    """Cents that came for a booking and are still there, when nothing was kept of them."""
    there = F("received") - F("refunded") - F("refunding") - F("held")
    rows = Payment.objects.filter(origin=ORIGIN, origin_key=Cast(OuterRef("pk"), CharField()))
    most = rows.annotate(there=there).order_by("-there").values("there")[:1]
    return Coalesce(Subquery(most), 0, output_field=BigIntegerField())


def _key(name: str) -> Any:
    number = Cast(OuterRef("pk"), CharField())
    return Concat(Value("access:"), number, Value(f":{name}"), output_field=CharField())


def _hours_wait() -> Q:
    chambers = Q(chamber=OuterRef("offer__chamber")) | Q(chamber=OuterRef("person__chamber"))
    given = Exists(Event.objects.filter(chambers, key=_key("hours")))
    return Q(state=State.DONE, terms__gives=Terms.Return.HOURS) & Q(~given)


def _deposit_waits() -> Q:
    """Something is held, nothing was kept, and the thing is back, gone or was never fetched."""
    kept = JournalEntry.objects.filter(chamber=OuterRef("offer__chamber"), key=_key("kept"))
    coming = Q(state__in=[State.ASKED, State.HELD, State.OUT]) | Q(
        state=State.CONFIRMED, ends_at__gt=now()
    )
    return Q(terms__gives=Terms.Return.DEPOSIT, here__gt=0) & Q(~Exists(kept)) & ~coming
