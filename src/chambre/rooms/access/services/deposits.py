"""The deposit of a booking: asked for, given back, or kept in part by a decision; booked by who holds it."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.addresses import own_address
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Forbidden, Invalid
from chambre.core.ui.figures import money
from chambre.registry import api as registry
from chambre.rooms.access.models import AccessLetter, Booking, Offer
from chambre.rooms.access.queries.errors import DepositDue, NotNow
from chambre.rooms.access.queries.returns import (
    ORIGIN,
    Deposit,
    deposit_of,
    holder_of,
    is_over,
    kept_key,
)
from chambre.rooms.access.services.booking import lock
from chambre.rooms.access.services.letters import write_to
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

SYSTEM = Actor.system("access")
HELD, KEPT = "guarantee", "guarantee.kept"
"""Uses of money: what is held is a debt (165); what is kept is income of who holds it."""
IN_TIME = 30
"""Minutes late up to which a deposit goes back by itself: who is later is told, and somebody decides."""
State = Booking.State


def _locked(booking: Booking) -> tuple[Booking, Offer]:
    offer = lock(booking.offer)
    row = Booking.objects.select_related("person__user", "terms").get(pk=booking.pk)
    row.offer = offer
    return row, offer


@transaction.atomic
def ask(*, booking: Booking, by: Actor) -> Payment:
    """Ask for the deposit of a booking. Asked again it is the same payment, as long as it can be paid.

    Args:
        booking: Confirmed, under rules that ask for a deposit.
        by: Its person, or who keeps the thing.

    Returns:
        The payment in the book of who holds it; its page is ``treasury:pay``.

    Raises:
        Forbidden: ``by`` is neither.
        NotNow: No deposit is asked for, the booking is not confirmed, or it is over.
    """
    authorize(by, "access.read_booking", booking)
    row, offer = _locked(booking)
    found = deposit_of(row)
    if found is None:
        raise NotNow(_("No deposit is paid here for this booking."))
    ended = (Payment.State.CANCELLED, Payment.State.EXPIRED)
    if found.payment is not None and (found.payment.received or found.payment.state not in ended):
        return found.payment
    if row.state != State.CONFIRMED or is_over(row):
        raise NotNow(_("A deposit is paid once the booking is confirmed, and before it is over."))
    return _request(row, offer)


def _request(row: Booking, offer: Offer) -> Payment:
    book = holder_of(offer)
    if book is None:
        raise NotNow(_("No deposit is paid here for this booking."))
    amount, person = row.terms.gives_amount, row.person
    party = treasury.note_party(book=book, name=person.name, by=SYSTEM, agent=person)
    before = Payment.objects.filter(origin=ORIGIN, origin_key=str(row.pk)).count()
    title = (_("Deposit – %(thing)s") % {"thing": offer.resource.name})[:140]
    return treasury.request_payment(
        book=book, amount=amount, reason=title, by=SYSTEM, key=f"access:{row.pk}:{before + 1}",
        lines=[
            treasury.AskedLine(
                amount, label=title, use=HELD, vat=0, party=party, resource=offer.resource_id,
                piece=f"access {row.pk}",
            )
        ],
        party=party, payer_email=person.user.email if person.user is not None else "",
        due=registry.today(), origin=ORIGIN, origin_key=str(row.pk),
        back_url=reverse("access:booking", args=[row.pk]),
    )  # fmt: skip


def check_paid(row: Booking, offer: Offer) -> None:
    """Refuse to hand a thing out before its deposit is there. The offer is locked.

    Raises:
        DepositDue: It is not paid, or not wholly; ``pay`` is the page where it is.
    """
    row.offer = offer
    found = deposit_of(row)
    if found is None or found.state == "held":
        return
    page = own_address() + reverse("access:booking", args=[row.pk])
    words = _("The deposit of %(amount)s is not paid yet. Pay it first: %(page)s")
    raise DepositDue(words % {"amount": money(found.amount), "page": page}, pay=page)


def release(row: Booking, offer: Offer) -> bool:
    """Give the whole deposit back, under the lock of the offer; whether it went, or was asked back.

    What the treasury refuses (no account of the payer is known, the drawer is closed) stays held and waits
    for somebody: a thing is taken back whatever becomes of the money.
    """
    row.offer = offer
    found = deposit_of(row)
    if found is None or found.payment is None or not found.here:
        return False
    try:
        with transaction.atomic():
            _give_back(row, found.payment, found.here, "", "")
    except ChambreError as refusal:
        audit(SYSTEM, "access.deposit.waits", row, why=refusal.code)
        return False
    return True


def _give_back(row: Booking, payment: Payment, amount: int, reason: str, means: str) -> None:
    # Each has its own key: one may fail, and money may come after one. The offer is locked, and what goes
    # back is no longer held, so that nothing is asked back twice.
    number = payment.refunds.count() + 1
    treasury.refund(
        payment=payment, by=SYSTEM, key=f"access:{row.pk}:back:{number}", amount=amount,
        means=means or _as_it_came(payment), reason=reason[:200],
    )  # fmt: skip


def _as_it_came(payment: Payment) -> str:
    """Cash goes back as cash; for the rest the treasury knows how it came."""
    came = set(payment.events.filter(kind="paid").values_list("means", flat=True))
    return "cash" if came == {"cash"} else ""


def came_back(row: Booking, offer: Offer, *, whole: bool, late: int, by: Actor) -> bool:
    """Give a deposit back at check-in, unless somebody is to decide; whether it went.

    It goes by itself when somebody who keeps the thing took it back from another person, in good order and
    in time. Who brings a thing back alone says nothing about their own deposit.
    """
    own = by.user is not None and row.person.user_id == by.user.pk
    if own or not whole or late > IN_TIME or not by.may("access.keep", offer):
        return False
    return release(row, offer)


def let_go(row: Booking, offer: Offer) -> None:
    """Ask no longer for the deposit of a booking that is cancelled; what was paid goes back whole."""
    row.offer = offer
    found = deposit_of(row)
    if found is None or found.payment is None or release(row, offer):
        return
    if found.payment.state in (Payment.State.CREATED, Payment.State.FAILED):
        _withdraw(found.payment, row)


def _withdraw(payment: Payment, row: Booking) -> None:
    """Ask no longer; money that is on its way just now goes back when it comes (:func:`hear_payment`)."""
    try:
        with transaction.atomic():
            treasury.cancel_payment(payment=payment, by=SYSTEM, reason=f"access {row.pk}")
    except ChambreError as refusal:
        audit(SYSTEM, "access.deposit.on-its-way", row, why=refusal.code)


@transaction.atomic
def hear_payment(*, booking: Booking) -> None:
    """Give back what came for a booking that is not any more."""
    row, offer = _locked(booking)
    if row.state in (State.CANCELLED, State.REFUSED, State.LAPSED):
        release(row, offer)


@transaction.atomic
def settle(*, booking: Booking, kept: int, by: Actor, reason: str = "", means: str = "") -> Deposit:
    """Decide what becomes of a deposit once the thing is back, lost, or was never fetched.

    The part that is kept is income of who holds it, with the reason in its book; the rest goes back. The
    same decision again changes nothing.

    Args:
        booking: Whose deposit.
        kept: Cents that are kept, from 0 to what is held.
        by: Who acts for owner or custodian; not the person themselves.
        reason: Why something is kept.
        means: How the rest goes back: empty as it came, ``cash`` or ``transfer``.

    Raises:
        Forbidden: ``by`` acts for neither, or it is their own booking.
        NotNow: Nothing is held, the thing is not back, or it was decided otherwise.
        Invalid: More than is held, or no reason.
        ChambreError: The treasury cannot give back in this way; see :func:`chambre.treasury.api.refund`.
    """
    authorize(by, "access.settle_deposit", booking)
    if by.user is not None and booking.person.user_id == by.user.pk:
        raise Forbidden(_("Somebody else decides about one's own deposit."))
    row, offer = _locked(booking)
    found = deposit_of(row)
    if found is None or found.payment is None or found.state in ("due", "held"):
        raise NotNow(_("A deposit is decided about once it was paid and the thing is back."))
    if found.kept != kept and (found.kept or found.state == "settled"):
        raise NotNow(_("This was decided already."))
    if found.state == "settled":
        return found
    _check(found, kept, reason)
    if kept and not found.kept:
        _keep(row, offer, found.payment, kept, reason)
    if rest := found.here - (0 if found.kept else kept):
        _give_back(row, found.payment, rest, reason, means)
    audit(by, "access.deposit.settled", row, kept=kept, back=rest, reason=reason[:300])
    write_to([row.person], AccessLetter.Kind.DEPOSIT, offer, about=str(row.pk), booking=row)
    settled = deposit_of(row)
    assert settled is not None
    return settled


def _check(found: Deposit, kept: int, reason: str) -> None:
    fields: dict[str, list[str]] = {}
    if not 0 <= kept <= found.here + found.kept:
        words = _("From 0 to what is held: %(here)s.") % {"here": money(found.here)}
        fields["kept"] = [words]
    elif kept and not found.kept and not reason.strip():
        fields["reason"] = [_("Say why it is kept: the person reads it.")]
    if len(reason) > 300 or "\0" in reason:
        fields["reason"] = [_("This text is too long.")]
    if fields:
        raise Invalid(fields=fields)


def _keep(row: Booking, offer: Offer, payment: Payment, kept: int, reason: str) -> None:
    """From the debt to income; on the account on which the deposit was booked, whatever the rules say now."""
    line = payment.lines.get(number=1)
    treasury.book_entry(
        book=payment.book, journal="OD", day=registry.today(), key=kept_key(row),
        label=reason.strip(), piece=f"access {row.pk}", source="access",
        lines=[
            treasury.BookLine(
                kept, account=line.account, party=line.party, resource=offer.resource_id
            ),
            treasury.BookLine(-kept, use=KEPT, resource=offer.resource_id),
        ],
    )  # fmt: skip
