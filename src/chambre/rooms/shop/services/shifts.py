"""Work shifts: people sign up, the shop says who came, and that takes something off their next order."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.rooms.shop.models import Distribution, ShiftSignup, WorkShift
from chambre.rooms.shop.queries.errors import SlotFull
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.services.happening import ALPHABET
from chambre.rooms.shop.services.names import clean_name
from chambre.rooms.shop.services.ordering import clean_who, note_customer

MOST = 100_000
"""Cents: a larger discount for one shift is a mistake."""


@transaction.atomic
def add_shift(
    *, distribution: Distribution, title: str, starts_at: dt.datetime, ends_at: dt.datetime,
    places: int, discount: int, by: Actor,
) -> WorkShift:  # fmt: skip
    """Ask for help at a distribution.

    Args:
        distribution: At which.
        title: What is to be done.
        starts_at: From when.
        ends_at: Until when.
        places: How many people.
        discount: Cents off the next order of each who came.
        by: Who asks.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: It ends before it begins, for nobody, or the discount makes no sense.
    """
    authorize(by, "shop.manage", distribution)
    wrong: dict[str, list[str]] = {}
    if ends_at <= starts_at:
        wrong["ends_at"] = [_("It ends after it begins.")]
    if not 0 < places <= 100:
        wrong["places"] = [_("Between 1 and 100 people.")]
    if not 0 <= discount <= MOST:
        wrong["discount"] = [_("This discount is not possible.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
    row = WorkShift.objects.create(
        distribution=distribution, title=clean_name(title), starts_at=starts_at, ends_at=ends_at,
        places=places, discount=discount,
    )  # fmt: skip
    audit(by, "shop.shift.added", row, places=places, discount=discount)
    return row


@transaction.atomic
def sign_up(*, shift: WorkShift, who: Who, by: Actor) -> ShiftSignup:
    """Come to work; once per person and shift. Nobody needs an account.

    Returns:
        The place; the one that is there when this person has one already.

    Raises:
        Invalid: No name, or no address.
        SlotFull: All places are taken.
        Conflict: It has begun.
    """
    who = clean_who(who)
    shift = WorkShift.objects.select_related("distribution__cycle__shop").get(pk=shift.pk)
    customer = note_customer(shift.distribution.cycle.shop, who)
    live = shift.signups.exclude(state=ShiftSignup.State.WITHDRAWN)
    if known := live.filter(customer=customer).first():
        return known
    if shift.starts_at <= timezone.now():
        raise Conflict(_("This has begun already."))
    if not WorkShift.objects.filter(pk=shift.pk, taken__lt=F("places")).update(
        taken=F("taken") + 1
    ):
        raise SlotFull(_("All places are taken. Thank you!"))
    code = "T-" + "".join(secrets.choice(ALPHABET) for _each in range(10))
    try:
        with transaction.atomic():
            row: ShiftSignup = ShiftSignup.objects.create(shift=shift, customer=customer, code=code)
    except IntegrityError:  # the same person was faster in another window
        WorkShift.objects.filter(pk=shift.pk).update(taken=F("taken") - 1)
        row = live.get(customer=customer)
    audit(by, "shop.shift.signed", row)
    return row


@transaction.atomic
def withdraw(*, signup: ShiftSignup, by: Actor) -> ShiftSignup:
    """Come after all not, before it begins; the place is free again. A second time changes nothing.

    Raises:
        Conflict: It has begun, or the shop said who came.
    """
    row = (
        ShiftSignup.objects.select_for_update(of=("self",))
        .select_related("shift")
        .get(pk=signup.pk)
    )
    if row.state == ShiftSignup.State.WITHDRAWN:
        return row
    if row.state != ShiftSignup.State.SIGNED or row.shift.starts_at <= timezone.now():
        raise Conflict(_("This has begun already."))
    row.state = ShiftSignup.State.WITHDRAWN
    row.save(update_fields=["state"])
    WorkShift.objects.filter(pk=row.shift_id).update(taken=F("taken") - 1)
    audit(by, "shop.shift.withdrawn", row)
    return row


@transaction.atomic
def confirm(*, signup: ShiftSignup, came: bool, by: Actor) -> ShiftSignup:
    """Say whether somebody came; who did has the discount of the shift from now on.

    It can be said anew as long as nothing of the discount was used.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Conflict: They withdrew, or used it already.
    """
    row = (
        ShiftSignup.objects.select_for_update(of=("self",))
        .select_related("shift__distribution__cycle__shop")
        .get(pk=signup.pk)
    )
    authorize(by, "shop.prepare", row.shift.distribution)
    if row.state == ShiftSignup.State.WITHDRAWN or (row.used and not came):
        raise Conflict(_("This cannot be said any more."))
    row.state = ShiftSignup.State.DONE if came else ShiftSignup.State.MISSED
    row.credit = row.shift.discount if came else 0
    row.save(update_fields=["state", "credit"])
    audit(by, "shop.shift.confirmed", row, came=came, credit=row.credit)
    return row
