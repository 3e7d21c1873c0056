"""Order cycles, their distributions and slots, and what they say of single variants."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
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


def _check_times(first: dt.datetime, last: dt.datetime, field: str) -> None:
    if last <= first:
        message = _("It ends after it begins.")
        raise Invalid(message, fields={field: [message]})


@transaction.atomic
def repeat_cycle(*, cycle: Cycle, by: Actor, days: int = 7, name: str = "") -> Cycle:
    """Plan a cycle again some days later, with its distributions, slots and what it said of variants.

    On the clock of the house: what began at eight begins at eight, also when summer time came in
    between. Asked twice, it is there once.

    Args:
        cycle: Which one.
        by: Who plans.
        days: How much later.
        name: Its name; empty: the same with the number in it counted on (« Semaine 13 »).

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Not later.
    """
    authorize(by, "shop.manage", cycle)
    if days < 1:
        message = _("At least one day later.")
        raise Invalid(message, fields={"days": [message]})
    Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.shop_id)
    opens_at, closes_at = _later(cycle.opens_at, days), _later(cycle.closes_at, days)
    known: Cycle | None = Cycle.objects.filter(
        shop=cycle.shop, opens_at=opens_at, closes_at=closes_at
    ).first()
    if known is not None:
        return known
    made = open_cycle(
        shop=cycle.shop, name=name or _counted_on(cycle.name), opens_at=opens_at,
        closes_at=closes_at, by=by, most_orders=cycle.most_orders, note=cycle.note,
    )  # fmt: skip
    for row in cycle.distributions.select_related("place").prefetch_related("slots"):
        add_distribution(
            cycle=made, place=row.place, starts_at=_later(row.starts_at, days),
            ends_at=_later(row.ends_at, days), by=by,
            slots=[
                (_later(slot.starts_at, days), _later(slot.ends_at, days), slot.capacity)
                for slot in row.slots.all()
            ],
        )  # fmt: skip
    Offer.objects.bulk_create(
        Offer(cycle=made, variant_id=each.variant_id, is_there=each.is_there, price=each.price,
              target=each.target)
        for each in cycle.offers.all()
    )  # fmt: skip
    made.refresh_from_db(fields=["opens_at", "closes_at"])
    return made


def _later(moment: dt.datetime, days: int) -> dt.datetime:
    """The same time of the clock, some days later."""
    local = timezone.localtime(moment).replace(tzinfo=None) + dt.timedelta(days=days)
    return timezone.make_aware(local)


def _counted_on(name: str) -> str:
    """A name with its last number counted on; without one, as it is."""
    found = list(re.finditer(r"\d+", name))
    if not found or len(found[-1][0]) > 4:
        return name
    last = found[-1]
    number = int(last[0]) + 1
    if number == 54 and re.search(r"semaine|week", name, re.IGNORECASE):
        number = 1
    return f"{name[: last.start()]}{number}{name[last.end() :]}"


@transaction.atomic
def say_offers(
    *, cycle: Cycle, prices: Mapping[int, int | None], missing: Collection[int], by: Actor
) -> None:
    """Say for all variants at once what a cycle does otherwise than usual.

    Args:
        cycle: Which one.
        prices: Cents by id of the variant; None: the usual price.
        missing: Ids of variants that are not there this time.
        by: Who says so.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", cycle)
    own = set(
        Variant.objects.filter(
            product__shop=cycle.shop_id, pk__in={*prices, *missing}
        ).values_list("pk", flat=True)
    )  # fmt: skip
    known = {row.variant_id: row for row in cycle.offers.select_for_update(of=("self",))}
    for pk in sorted(own):
        price, there = prices.get(pk), pk not in missing
        row = known.get(pk)
        if row is None and (price is not None or not there):
            Offer.objects.create(cycle=cycle, variant_id=pk, price=price, is_there=there)
        elif row is not None and price is None and there and row.target is None:
            row.delete()
        elif row is not None and (row.price, row.is_there) != (price, there):
            row.price, row.is_there = price, there
            row.save(update_fields=["price", "is_there"])
    audit(by, "shop.offers.said", cycle, missing=len(missing))
