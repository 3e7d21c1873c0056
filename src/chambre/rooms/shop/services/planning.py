"""Order cycles, their distributions and slots, and what they say of single variants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import (
    Cycle,
    Distribution,
    Offer,
    PickupPlace,
    Round,
    Shop,
    Slot,
    Variant,
)
from chambre.rooms.shop.services.names import clean_name


@transaction.atomic
def open_cycle(
    *,
    shop: Shop,
    name: str,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Actor,
    most_orders: int | None = None,
    note: str = "",
) -> Cycle:
    """Say when people may order.

    Args:
        shop: Where.
        name: For people: « Semaine 12 ».
        opens_at: From when.
        closes_at: Until when; orders may be changed until then.
        by: Who says so.
        most_orders: It closes when there are so many orders; None: it does not.
        note: For those who order.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, or it ends before it begins.
    """
    authorize(by, "shop.manage", shop)
    _check_times(opens_at, closes_at, "closes_at")
    cycle = Cycle.objects.create(
        shop=shop, name=clean_name(name), opens_at=opens_at, closes_at=closes_at,
        most_orders=most_orders, note=note,
    )  # fmt: skip
    audit(by, "shop.cycle.opened", cycle)
    return cycle


@transaction.atomic
def close_cycle(*, cycle: Cycle, by: Actor) -> Cycle:
    """Take no more orders in a cycle, from now on. A second time changes nothing.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", cycle)
    cycle = Cycle.objects.select_for_update(of=("self",)).select_related("shop").get(pk=cycle.pk)
    if cycle.closed_at is None and cycle.closes_at > timezone.now():
        cycle.closed_at = timezone.now()
        cycle.save(update_fields=["closed_at"])
        audit(by, "shop.cycle.closed", cycle)
    return cycle


@transaction.atomic
def add_distribution(
    *,
    cycle: Cycle,
    place: PickupPlace,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Actor,
    slots: Sequence[tuple[dt.datetime, dt.datetime, int]] = (),
) -> Distribution:
    """Hand the orders of a cycle over at a place.

    Args:
        cycle: Whose orders.
        place: Where.
        starts_at: From when.
        ends_at: Until when.
        by: Who says so.
        slots: Parts of it for which only so many can come: from, until, orders at most.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: It ends before it begins, is there already, or the place is of another shop.
    """
    authorize(by, "shop.manage", cycle)
    _check_times(starts_at, ends_at, "ends_at")
    if place.shop_id != cycle.shop_id:
        raise Invalid(_("Choose a place of this shop."), fields={"place": [place.slug]})
    for first, last, _capacity in slots:
        _check_times(first, last, "slots")
    try:
        with transaction.atomic():
            row = Distribution.objects.create(
                cycle=cycle, place=place, starts_at=starts_at, ends_at=ends_at
            )
    except IntegrityError:
        message = _("This distribution is there already.")
        raise Invalid(message, fields={"starts_at": [message]}) from None
    Slot.objects.bulk_create(
        Slot(distribution=row, starts_at=first, ends_at=last, capacity=capacity)
        for first, last, capacity in slots
    )
    audit(by, "shop.distribution.added", row)
    return row


@transaction.atomic
def offer(*, cycle: Cycle, variant: Variant, by: Actor, **said: Any) -> Offer:
    """Say what a cycle asks for a variant (``price``, ``target``), or that it is not there.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: The variant is of another shop.
    """
    authorize(by, "shop.manage", cycle)
    if variant.product.shop_id != cycle.shop_id:
        raise Invalid(_("This is not of this shop."), fields={"variant": [str(variant)]})
    row: Offer = Offer.objects.update_or_create(cycle=cycle, variant=variant, defaults=said)[0]
    audit(by, "shop.offer.said", row)
    return row


@transaction.atomic
def plan_round(
    *, shop: Shop, name: str, day: dt.date, stops: Sequence[Distribution], by: Actor,
    driver: str = "",
) -> Round:  # fmt: skip
    """Put distributions of one day into a delivery round, in the order given.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, no stop, or a stop of another shop.
    """
    authorize(by, "shop.manage", shop)
    if not stops or any(stop.cycle.shop_id != shop.pk for stop in stops):
        message = _("A round has stops, all of this shop.")
        raise Invalid(message, fields={"stops": [message]})
    row = Round.objects.create(shop=shop, name=clean_name(name), day=day, driver=driver[:140])
    for number, stop in enumerate(stops, 1):
        Distribution.objects.filter(pk=stop.pk).update(round=row, stop=number)
    audit(by, "shop.round.planned", row)
    return row


def _check_times(first: dt.datetime, last: dt.datetime, field: str) -> None:
    if last <= first:
        message = _("It ends after it begins.")
        raise Invalid(message, fields={field: [message]})
