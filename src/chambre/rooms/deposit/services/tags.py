"""Tags that sign each tap: put on objects, read, taken off; and what a tap is worth.

A tap is new once. Its address is opened by a phone (the counter is noted), and within a quarter of an
hour a return may stand on it; a counter that a return used already, or that is behind what was seen,
is a copy.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import sealing
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib import ntag424
from chambre.rooms.deposit.models import Item, Scheme, Tag, TagMaster
from chambre.rooms.deposit.queries.errors import NameTaken

PURPOSE = b"deposit.tag"
META, FILE = b"chambre.meta", b"chambre.file"
"""What the two keys of a tag are made from, beside its number and the key of its scheme."""
FRESH = dt.timedelta(minutes=15)
"""How long after a tap a return may stand on it."""
UID = 14
"""Hexadecimal digits of a tag's number."""


class TapTooOld(Conflict):
    """A tap that was opened a while ago; the object may be elsewhere by now."""

    code = "deposit.tap-too-old"


class NoTap(Invalid):
    """What was sent is no tap of a tag of this object."""

    code = "deposit.no-tap"


class Freshness(StrEnum):
    """What a proved tap is: never seen, the one that was just opened, or behind what was seen."""

    NEW = "new"
    SAME = "same"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Keys:
    """What is written on a tag: two keys of 16 bytes."""

    meta: bytes
    file: bytes

    def sealed(self) -> str:
        """As they are kept."""
        return sealing.seal((self.meta + self.file).hex(), PURPOSE)

    @classmethod
    def of(cls, tag: Tag) -> Keys:
        """The keys of a tag.

        Raises:
            Conflict: They were sealed with another secret key of the house.
        """
        opened = sealing.unseal(tag.sealed, PURPOSE)
        if opened is None:
            raise Conflict(_("The keys of this tag were sealed with another secret of the house."))
        both = bytes.fromhex(opened)
        return cls(both[: ntag424.KEY], both[ntag424.KEY :])


@transaction.atomic
def enrol_tag(
    *, item: Item, uid: str, by: Actor, meta_key: str = "", file_key: str = ""
) -> tuple[Tag, Keys]:
    """Fix a tag on an object.

    Args:
        item: The object.
        uid: Number of the tag, 14 hexadecimal digits.
        by: Who does it.
        meta_key: Its SDMMetaReadKey, 32 hexadecimal digits, when it was written already.
        file_key: Its SDMFileReadKey likewise; both or none. Absent: made from the scheme's key.

    Returns:
        The tag, and the keys to write on it.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: A number or key that is none.
        NameTaken: The tag is on an object already.
    """
    authorize(by, "deposit.manage", item.scheme)
    number = _octets(uid, UID, "uid")
    if meta_key or file_key:
        keys = Keys(_octets(meta_key, 32, "meta_key"), _octets(file_key, 32, "file_key"))
    else:
        master = _master(item.scheme, by)
        keys = Keys(*(ntag424.diversify(master, number, purpose) for purpose in (META, FILE)))
    try:
        with transaction.atomic():
            tag: Tag = Tag.objects.create(
                item=item, uid=number.hex().upper(), sealed=keys.sealed(), by=by.label[:254]
            )
    except IntegrityError:
        raise NameTaken(_("This tag is on an object already."), uid=uid) from None
    audit(by, "deposit.tag.enrolled", tag, item=item.uri)
    return tag, keys


def read_keys(*, tag: Tag, by: Actor) -> Keys:
    """The keys of a tag again, to write it once more; that they were read is kept.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Conflict: They were sealed with another secret key of the house.
    """
    authorize(by, "deposit.manage", tag.item.scheme)
    keys = Keys.of(tag)
    audit(by, "deposit.tag.keys-read", tag)
    return keys


@transaction.atomic
def revoke_tag(*, tag: Tag, by: Actor) -> Tag:
    """Trust a tag no longer; doing it again changes nothing.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
    """
    authorize(by, "deposit.manage", tag.item.scheme)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if tag.revoked_at is None:
        tag.revoked_at = timezone.now()
        tag.save(update_fields=["revoked_at"])
        audit(by, "deposit.tag.revoked", tag)
    return tag


def _octets(text: str, digits: int, field: str) -> bytes:
    cleaned = text.replace(":", "").replace(" ", "")
    try:
        octets = bytes.fromhex(cleaned)
    except ValueError:
        octets = b""
    if len(cleaned) != digits or 2 * len(octets) != digits:
        message = _("This has %(digits)s hexadecimal digits.") % {"digits": digits}
        raise Invalid(message, fields={field: [message]})
    return octets


def _master(scheme: Scheme, by: Actor) -> bytes:
    """The scheme's key; made the first time."""
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    row = TagMaster.objects.filter(scheme=scheme).order_by("-id").first()
    opened = sealing.unseal(row.sealed, PURPOSE) if row is not None else None
    if opened is None:
        opened = secrets.token_hex(ntag424.KEY)
        TagMaster.objects.create(
            scheme=scheme, sealed=sealing.seal(opened, PURPOSE), by=by.label[:254]
        )
        audit(by, "deposit.tag.master-made", scheme)
    return bytes.fromhex(opened)


def _proved(item: Item, picc: str, mac: str) -> tuple[Tag, int]:
    """Which tag of an object was tapped, locked, and its counter.

    Raises:
        NoTap: None of them.
    """
    tags = Tag.objects.select_for_update().filter(item=item, revoked_at__isnull=True)
    for tag in tags.order_by("pk"):
        keys = Keys.of(tag)
        try:
            tap = ntag424.open_tap(picc, mac, meta_key=keys.meta, file_key=keys.file)
        except ntag424.TapRefusal:
            continue
        if tap.uid.hex().upper() == tag.uid:
            return tag, tap.counter
    raise NoTap(_("The signature of the tag is wrong."))


@transaction.atomic
def see_tap(*, item: Item, picc: str, mac: str) -> Freshness:
    """Note that the address of a tap was opened. Anybody may: the tag says that it was tapped.

    Raises:
        NoTap: It is no tap of a tag of this object.
    """
    tag, counter = _proved(item, picc, mac)
    now = timezone.now()
    if tag.counter is None or counter > tag.counter:
        tag.counter, tag.seen_at = counter, now
        tag.save(update_fields=["counter", "seen_at"])
        return Freshness.NEW
    return Freshness.SAME if _is_fresh(tag, counter, now) else Freshness.OLD


def _is_fresh(tag: Tag, counter: int, now: dt.datetime) -> bool:
    """The tap that was opened last, not long ago, on which no return stood yet."""
    unused = tag.used is None or tag.used < counter
    recent = tag.seen_at is not None and now - tag.seen_at <= FRESH
    return counter == tag.counter and unused and recent


def claim_tap(*, item: Item, picc: str, mac: str) -> bool:
    """Let a return stand on a tap, once; inside the transaction of the return.

    Returns:
        False when the tap is a copy: its counter is behind, or a return stood on it already.

    Raises:
        NoTap: It is no tap of a tag of this object.
        TapTooOld: It was opened longer ago than :data:`FRESH`; the tag is to be tapped again.
    """
    tag, counter = _proved(item, picc, mac)
    now = timezone.now()
    behind = tag.counter is not None and counter < tag.counter
    if behind or (tag.used is not None and counter <= tag.used):
        return False
    if counter == tag.counter and not _is_fresh(tag, counter, now):
        raise TapTooOld(_("This tap is a while ago. Tap the tag again."))
    tag.counter = tag.used = counter
    tag.seen_at = now
    tag.save(update_fields=["counter", "used", "seen_at"])
    return True
