"""What phones ask for: people of a place at the counter, and anybody from anywhere.

At the counter the person's own rights decide. Anybody may say that an object was left at a place: a
code alone pays no more than the scheme allows at a distance, a tapped tag that signs pays; never in
cash, one object at a time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.core.ratelimit import limit
from chambre.rooms.deposit.models import Act, Part
from chambre.rooms.deposit.queries.finding import item_of, place_named
from chambre.rooms.deposit.services import tags
from chambre.rooms.deposit.services.accountcards import holder_of
from chambre.rooms.deposit.services.asking import Answer, Asked, Presence
from chambre.rooms.deposit.services.issuing import hand_out
from chambre.rooms.deposit.services.returning import take_back

Channel = Part.Channel
AWAY = (Channel.VOUCHER, Channel.SEPA, Channel.GIFT, Channel.SUSPENDED)
"""How somebody who is not at a counter may be paid: what needs no till and no account."""
ANYBODY = Actor.system("somebody's phone")
TRIES, SECONDS = 20, 600
"""So often from one address, in so many seconds."""
OLDEST = dt.timedelta(days=14)
"""A scan that waited longer in a phone without a network counts as of this long ago."""


@dataclasses.dataclass(frozen=True, slots=True)
class Tap:
    """What a tapped tag put into the address."""

    picc: str
    mac: str


def at_the_counter(
    kind: str,
    asked: Asked,
    *,
    by: Actor,
    tap: Tap | None = None,
    waited: dt.timedelta | None = None,
    account: str = "",
) -> Answer:
    """Issue or take back as somebody who works at the place.

    Args:
        kind: ``issue`` or ``return``.
        asked: What, where, how.
        by: Who; the place's rights decide.
        tap: A tag that was tapped, when there is one; a copy is a case.
        waited: How long ago it was scanned: the phone's own clock is not believed.
        account: Of an issue, on whose account: a card or an e-mail address; empty: nobody's.

    Raises:
        Forbidden: ``by`` does not work at the place.
        NotFound: Nobody has this e-mail address.
        NoPlace, KeyReused, Invalid: See the services that do it.
    """
    authorize(by, "deposit.operate", place_named(asked.place))
    asked = dataclasses.replace(asked, happened_at=_moment(waited), presence=Presence.COUNTER)
    if kind == Act.Kind.ISSUE:
        if account:
            asked = dataclasses.replace(asked, holder=holder_of(account).pk)
        return hand_out(asked, by=by)
    return _back(asked, tap, by)


def from_anywhere(asked: Asked, *, address: str, tap: Tap | None = None) -> Answer:
    """Take back what somebody says to have left at a place.

    Args:
        asked: One object; its ``means``, and those of its parts, of :data:`AWAY`.
        address: From where it is asked, to count tries; only its digest is kept.
        tap: What the object's tag signed, when it has one.

    Raises:
        TooMany: Too many tries from there.
        Invalid: More than one object, or a way that needs a counter.
        NoTap, TapTooOld: See :func:`chambre.rooms.deposit.services.tags.claim_tap`.
    """
    limit("deposit.declare", address, times=TRIES, seconds=SECONDS)
    if len(asked.codes) != 1 or asked.counted:
        raise Invalid(_("One object at a time, please."), fields={"codes": []})
    if not {asked.means, *(split.means for split in asked.splits)} <= set(AWAY):
        message = _("From a distance a deposit is paid by voucher or transfer, or given.")
        raise Invalid(message, fields={"means": [message]})
    told = hashlib.sha256(address.encode()).hexdigest()[:16]
    asked = dataclasses.replace(
        asked,
        presence=Presence.TAP if tap else Presence.DISTANCE,
        device=f"phone:{told}",
        happened_at=None,
    )
    return _back(asked, tap, ANYBODY)


def _back(asked: Asked, tap: Tap | None, by: Actor) -> Answer:
    """Take back; a tap is used up in the same transaction, and only by a key that is new."""
    if tap is None:
        return take_back(asked, by=by)
    with transaction.atomic():
        if not Act.objects.filter(key=asked.key).exists():
            item = item_of(asked.codes[0])
            fresh = tags.claim_tap(item=item, picc=tap.picc, mac=tap.mac)
            asked = dataclasses.replace(asked, cloned=not fresh)
        return take_back(asked, by=by)


def _moment(waited: dt.timedelta | None) -> dt.datetime | None:
    if waited is None or waited <= dt.timedelta():
        return None
    return timezone.now() - min(waited, OLDEST)
