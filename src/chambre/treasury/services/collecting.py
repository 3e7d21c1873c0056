"""Collections: planned, announced, put into a file, and what the bank says of them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.core.hooks import emit
from chambre.core.ui import figures
from chambre.lib.orderstates import COLLECTION, Happening, State
from chambre.lib.sepa import SepaRefusal, amounts, charset, days
from chambre.lib.sepa.reasons import reason as bank_reason
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.treasury.events import CollectionChanged
from chambre.treasury.models import Collection, CollectionEvent, Mandate, MandateEnd
from chambre.treasury.services.booking import rule_of
from chambre.treasury.services.mandates import MandateEnded, check_usable, end_mandate
from chambre.treasury.services.orders import Detail, happen, new_code, refused, state_of


class TooSoon(Conflict):
    """The debtor would be told too late."""

    code = "treasury.collection.too-soon"


@transaction.atomic
def plan_collection(
    *,
    mandate: Mandate,
    amount: int,
    day: dt.date,
    reason: str,
    key: str,
    by: Actor,
    use: str = "customer",
    resource: Resource | None = None,
    origin: str = "",
    origin_key: str = "",
) -> Collection:
    """Plan a collection. It is announced to the debtor, then put into a file for the bank.

    Args:
        mandate: With which mandate.
        amount: Cents.
        day: When it is due; moved to the next day on which banks settle.
        reason: What for, at most 140 characters; the debtor reads it.
        key: Idempotency key, unique for ever.
        by: Who plans it.
        use: What the money is, and so where it is booked when it is on the statement.
        resource: The resource that it concerns.
        origin: Which room asks; it hears :class:`CollectionChanged`.
        origin_key: The room's own key.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MandateEnded: Nothing may be drawn with the mandate on that day.
        TooSoon: There is no time left to announce it.
        Invalid: Amount, words or use that are not right.
        KeyReused: The key was used for something else.
    """
    book = mandate.book
    authorize(by, "treasury.manage", book)
    Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    done: Collection | None = Collection.objects.filter(key=key).first()
    if done is not None:
        if (done.mandate.pk, done.amount) != (mandate.pk, amount):
            raise KeyReused(key=key)
        return done
    reason = " ".join(reason.split())
    if not charset.fold(reason) or len(reason) > 140:
        message = _("Say in 1 to 140 characters what the money is for.")
        raise Invalid(message, fields={"reason": [message]})
    try:
        amounts.check_amount(amount)
    except SepaRefusal as refusal:
        raise refused(refusal, "amount") from None
    rule_of(book, use)
    day = days.next_open(day)
    check_usable(mandate, day)
    _in_time(mandate, day, registry.today())
    collection = Collection.objects.create(
        book=book,
        mandate=mandate,
        code=new_code("C"),
        amount=amount,
        day=day,
        reason=reason,
        use=use,
        resource=resource,
        origin=origin,
        origin_key=origin_key,
        key=key,
        by=by.label[:254],
    )
    record(collection, Happening.ASKED, by, key)
    return collection


def due_day(collection: Collection) -> dt.date:
    """The day on which a collection is due now: the one it was planned for, or moved to last."""
    moved = collection.events.filter(kind=Happening.MOVED).order_by("-number")
    found: dt.date | None = moved.values_list("day", flat=True).first()
    return found or collection.day


def earliest_day(mandate: Mandate, told: dt.date | None = None) -> dt.date:
    """The first day on which something may be drawn of which the debtor is told then, or today."""
    return days.next_open((told or registry.today()) + dt.timedelta(mandate.notice_days))


def _in_time(mandate: Mandate, day: dt.date, told: dt.date) -> None:
    earliest = earliest_day(mandate, told)
    if day < earliest:
        message = _(
            "The debtor is told %(days)d days before: the earliest day is %(day)s. Take that "
            "day, or have the debtor agree in writing to be told later."
        ) % {
            "days": mandate.notice_days,
            "day": figures.day(earliest),
        }
        raise TooSoon(message, fields={"day": [message]}, earliest=earliest.isoformat())


@transaction.atomic
def announce_collection(
    *, collection: Collection, key: str, by: Actor, day: dt.date | None = None
) -> CollectionEvent:
    """Note that the debtor was told of amount and day (*prénotification*).

    Args:
        collection: Which one.
        key: Idempotency key.
        by: Who told them.
        day: When; today.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MandateEnded: Nothing may be drawn with its mandate any more.
        TooSoon: That is too late for the day on which it is due.
        OrderNotNow: It was announced, withdrawn or sent already.
    """
    authorize(by, "treasury.manage", collection.book)
    collection = locked(collection)
    told = day or registry.today()
    if told > registry.today():
        message = _("The day of the announcement is not in the future.")
        raise Invalid(message, fields={"day": [message]})
    check_announceable(collection, told)
    return record(collection, Happening.ANNOUNCED, by, key, Detail(day=told))


def check_announceable(collection: Collection, told: dt.date) -> None:
    """Stop unless a debtor who is told on that day is told in time.

    Raises:
        MandateEnded: Nothing may be drawn with its mandate any more.
        TooSoon: That is too late for the day on which it is due.
    """
    if end := MandateEnd.objects.filter(mandate=collection.mandate).first():
        raise MandateEnded(end.reason)
    _in_time(collection.mandate, due_day(collection), told)


@transaction.atomic
def move_collection(
    *, collection: Collection, key: str, by: Actor, day: dt.date | None = None
) -> CollectionEvent:
    """Move a collection that is not at the bank yet to another day; the debtor is told anew.

    Args:
        collection: Which one.
        key: Idempotency key.
        by: Who moves it.
        day: To which day, or the next one on which banks settle; absent: the earliest one of which
            the debtor can still be told in time.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MandateEnded: Nothing may be drawn with its mandate on that day.
        TooSoon: There is no time left to tell the debtor.
        OrderNotNow: It is at the bank already, or ended.
    """
    authorize(by, "treasury.manage", collection.book)
    collection = locked(collection)
    day = days.next_open(day) if day else earliest_day(collection.mandate)
    check_usable(collection.mandate, day, besides=collection)
    _in_time(collection.mandate, day, registry.today())
    return record(collection, Happening.MOVED, by, key, Detail(day=day))


@transaction.atomic
def withdraw_collection(
    *, collection: Collection, key: str, by: Actor, reason: str = ""
) -> CollectionEvent:
    """Withdraw a collection that is not at the bank yet.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: It is at the bank already, or ended.
    """
    authorize(by, "treasury.manage", collection.book)
    return record(locked(collection), Happening.WITHDRAWN, by, key, Detail(reason=reason.strip()))


@transaction.atomic
def note_bank_answer(
    *, collection: Collection, key: str, by: Actor, code: str = "", reason: str = ""
) -> CollectionEvent:
    """Note what the bank said of a collection (*R-transaction*): not done, or money given back.

    Before it is on the statement it is rejected; after, the money goes back to the debtor, and the
    row that takes it can be matched. A reason that says that there is no mandate ends the mandate.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: It is neither at the bank nor on the statement.
    """
    authorize(by, "treasury.manage", collection.book)
    collection = locked(collection)
    code = code.strip().upper()
    paid = state_of(collection) == State.PAID
    happening = Happening.RETURNING if paid else Happening.REJECTED
    event = record(collection, happening, by, key, Detail(reason=reason.strip(), code=code))
    why = bank_reason(code)
    if why.ends_mandate and not MandateEnd.objects.filter(mandate=collection.mandate).exists():
        end_mandate(mandate=collection.mandate, reason=f"{code} – {why.fr}", by=by)
    return event


@transaction.atomic
def keep_collected(
    *, collection: Collection, key: str, by: Actor, reason: str = ""
) -> CollectionEvent:
    """Note that the money is not given back after all.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: Nothing was to be given back.
    """
    authorize(by, "treasury.manage", collection.book)
    return record(locked(collection), Happening.KEPT, by, key, Detail(reason=reason.strip()))


def locked(collection: Collection) -> Collection:
    """A collection under its lock, with its mandate, debtor and structure."""
    found: Collection = (
        Collection.objects.select_for_update(of=("self",))
        .select_related("mandate__party", "book__structure")
        .get(pk=collection.pk)
    )
    return found


def record(
    collection: Collection, happening: Happening, by: Actor, key: str, detail: Detail | None = None
) -> CollectionEvent:
    """Write down what happened to a locked collection, and say it."""
    event: CollectionEvent
    event, new = happen(collection, happening, flow=COLLECTION, by=by, key=key, detail=detail)
    if new:
        say_changed(collection, State(event.state), by)
    return event


def say_changed(collection: Collection, state: State, by: Actor) -> None:
    """Let those who asked for it hear where it stands now."""
    emit(
        CollectionChanged(
            collection=collection.code,
            state=state.value,
            origin=collection.origin,
            origin_key=collection.origin_key,
        ),
        by=by,
    )
