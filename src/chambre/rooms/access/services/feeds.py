"""Secret addresses of calendars, and busy calendars of others that are read."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Forbidden, Invalid
from chambre.lib.booking import BookingRefusal, Span, read_calendar
from chambre.registry.models import Agent
from chambre.rooms.access.models import BusyCalendar, BusyTime, CalendarKey, Offer
from chambre.rooms.access.queries.errors import unreadable

log = structlog.get_logger("chambre.access")
AHEAD = dt.timedelta(days=400)
"""How far ahead a calendar of others is read."""
MOST_BYTES = 5 * 1024 * 1024
MOST_FEEDS = 10
EVERY = dt.timedelta(minutes=55)

Fetch = Callable[[str], bytes]
"""Gives what lies at an address; raises OSError with words for people."""


def secret_of(key: CalendarKey) -> str:
    """The secret part of a calendar's address; nothing of it is kept."""
    text = f"access.calendar:{key.pk}:{key.number}".encode()
    mac = hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
    return f"{key.pk}-{mac[:40]}"


def key_at(secret: str) -> CalendarKey | None:
    """The calendar that lies at a secret address; None: no such address (any more)."""
    number, _dash, _mac = secret.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    key = CalendarKey.objects.select_related("offer__resource", "person").filter(pk=number).first()
    if key is None or not hmac.compare_digest(secret_of(key).encode(), secret.encode()):
        return None
    return key


def calendar_key(
    *, by: Actor, offer: Offer | None = None, person: Agent | None = None, new: bool = False
) -> CalendarKey:
    """The secret address of the calendar of a thing, or of a person; another one when asked for.

    Args:
        by: Who keeps the thing, or the person.
        offer: Of the thing.
        person: The person.
        new: Make another address; the old one leads nowhere from then on.

    Raises:
        Forbidden: Not theirs.
    """
    if offer is not None:
        authorize(by, "access.keep", offer)
    elif person is None or by.user is None or person.user_id != by.user.pk:
        raise Forbidden
    about = {"offer": offer} if offer is not None else {"person": person}
    # A page shows it: what is there is read without a transaction, which on SQLite would lock others out.
    key, made = CalendarKey.objects.get_or_create(**about)
    return _renewed(key, by) if new and not made else key


@transaction.atomic
def _renewed(key: CalendarKey, by: Actor) -> CalendarKey:
    key = CalendarKey.objects.select_for_update().get(pk=key.pk)
    key.number += 1
    key.save(update_fields=["number"])
    audit(by, "access.calendar.renewed", key)
    return key


@transaction.atomic
def add_calendar(
    *, offer: Offer, name: str, by: Actor, address: str = "", content: bytes | None = None
) -> BusyCalendar:
    """Let what is taken in a calendar kept elsewhere be taken here.

    Args:
        offer: Of the thing.
        name: As people call it.
        by: Who keeps the thing.
        address: Where it lies (https), read every hour; or
        content: The bytes of its file, read once.

    Raises:
        Forbidden: ``by`` does not keep the thing.
        Invalid: Neither, too many, or a file that cannot be read, with its line.
    """
    authorize(by, "access.keep", offer)
    fields: dict[str, list[str]] = {}
    if bool(address) == (content is not None):
        fields["address"] = [_("Give an address or a file.")]
    if address and not address.startswith("https://"):
        fields["address"] = [_("This is only asked over https.")]
    if content is not None and len(content) > MOST_BYTES:
        fields["file"] = [_("This file is too large.")]
    if offer.feeds.count() >= MOST_FEEDS:
        fields["name"] = [_("There are ten already.")]
    if fields:
        raise Invalid(fields=fields)
    row = BusyCalendar.objects.create(
        offer=offer, name=name.strip()[:140], address=address, made_by=by.label[:254]
    )
    audit(by, "access.calendar.added", row)
    if content is not None:
        try:
            _put(row, content)
        except BookingRefusal as refusal:
            raise unreadable(refusal, "file") from refusal
    return row


@transaction.atomic
def drop_calendar(*, calendar: BusyCalendar, by: Actor) -> None:
    """Look at a calendar kept elsewhere no more; its times are free again.

    Raises:
        Forbidden: ``by`` does not keep the thing.
    """
    authorize(by, "access.keep", calendar.offer)
    audit(by, "access.calendar.dropped", calendar)
    calendar.delete()


def _put(row: BusyCalendar, content: bytes) -> int:
    """Replace the times of a calendar by what it says now; how many.

    Raises:
        BookingRefusal: It cannot be read; then the times stay as they were.
    """
    now = timezone.now()
    taken = read_calendar(content, Span(now - dt.timedelta(days=1), now + AHEAD))
    times = [
        BusyTime(calendar=row, uid=each.uid, starts_at=each.span.start, ends_at=each.span.end)
        for each in taken
        if each.span.start < each.span.end
    ]
    row.times.all().delete()
    BusyTime.objects.bulk_create(times, batch_size=500)
    row.fetched_at, row.error = now, ""
    row.save(update_fields=["fetched_at", "error"])
    return len(times)


def read_due(fetch: Fetch) -> int:
    """Read the calendars that lie elsewhere and were not read for an hour; how many were.

    What cannot be fetched or read keeps its old times, and says why.
    """
    before = timezone.now() - EVERY
    rows = BusyCalendar.objects.exclude(address="").exclude(offer__state=Offer.State.ENDED)
    done = 0
    for row in rows.exclude(fetched_at__gt=before).order_by("fetched_at", "id")[:50]:
        try:
            content = fetch(row.address)
            with transaction.atomic():
                _put(row, content)
            done += 1
        except (OSError, BookingRefusal) as error:
            words = (
                error.message(get_language() or "fr")
                if isinstance(error, BookingRefusal)
                else error
            )
            log.info("access.calendar-unread", calendar=row.pk)
            BusyCalendar.objects.filter(pk=row.pk).update(
                error=str(words)[:300], fetched_at=timezone.now()
            )
    return done
