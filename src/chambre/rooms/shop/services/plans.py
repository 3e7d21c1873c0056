"""Plans of baskets: what people may subscribe to, its days, what comes besides, what was harvested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib.shopping.subscriptions import Frequency
from chambre.rooms.shop.models import (
    BasketDay,
    BasketPlan,
    Complement,
    Crop,
    Distribution,
    PickupPlace,
    Product,
    Shop,
    Variant,
)
from chambre.rooms.shop.services.names import clean_name, free_slug

PLAN = (
    "name", "lede", "rhythms", "absences", "absence_first", "absence_last", "notice", "absent",
    "absent_percent", "turns", "minimum_baskets", "minimum_amount", "instalments",
    "least_instalment", "refusals", "order_days", "is_open",
)  # fmt: skip
"""What may be said of a plan, and changed."""
MOST_DAYS = 200


def weekly(
    first: dt.date, last: dt.date, weekdays: Sequence[int], without: Iterable[dt.date] = ()
) -> list[dt.date]:
    """The days of a season that fall on some weekdays (Monday is 0), without some."""
    left_out = set(without)
    days = (first + dt.timedelta(many) for many in range((last - first).days + 1))
    return [day for day in days if day.weekday() in weekdays and day not in left_out]


@transaction.atomic
def create_plan(
    *,
    shop: Shop,
    name: str,
    product: Product,
    places: Sequence[PickupPlace],
    days: Sequence[dt.date],
    by: Actor,
    complements: Sequence[tuple[Variant, str, int]] = (),
    **more: Any,
) -> BasketPlan:
    """Let people subscribe to baskets for a season.

    Args:
        shop: Where.
        name: 1 to 140 characters.
        product: A product of kind ``basket``; its variants are the sizes.
        places: Where they are fetched; on the same days everywhere.
        days: The days on which there are baskets.
        by: Who plans it.
        complements: What may come besides: variant, rhythm, how many at most each time.
        **more: Any of :data:`PLAN`; money in cents.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something is missing or makes no sense; nothing was made.
    """
    authorize(by, "shop.manage", shop)
    kept = sorted(set(days))
    wrong: dict[str, list[str]] = {}
    if product.shop_id != shop.pk or product.kind != Product.Kind.BASKET:
        wrong["product"] = [_("Choose a product of this shop that is a basket.")]
    elif product.pricing == Product.Pricing.WEIGHT:
        wrong["product"] = [_("What is weighed cannot come with a basket by subscription.")]
    if not places or any(place.shop_id != shop.pk for place in places):
        wrong["places"] = [_("Choose places of this shop.")]
    if not 0 < len(kept) <= MOST_DAYS:
        wrong["days"] = [_("A season has between 1 and %(most)d days.") % {"most": MOST_DAYS}]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
    plan = BasketPlan(
        shop=shop, product=product, first=kept[0], last=kept[-1], rhythms=[Frequency.WEEKLY.value]
    )
    _set(plan, {"name": name, **more})
    plan.slug = free_slug(plan.name, shop.plans)
    plan.save(force_insert=True)
    plan.places.set(places)
    BasketDay.objects.bulk_create(BasketDay(plan=plan, day=day) for day in kept)
    for variant, rhythm, most in complements:
        _complement(plan, variant, rhythm, most)
    audit(by, "shop.plan.created", plan, days=len(kept))
    return plan


@transaction.atomic
def change_plan(*, plan: BasketPlan, by: Actor, **changes: Any) -> BasketPlan:
    """Change a plan; what was signed keeps its price.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something makes no sense; nothing was changed.
    """
    authorize(by, "shop.manage", plan)
    plan = BasketPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    _set(plan, changes)
    plan.save()
    audit(by, "shop.plan.changed", plan, fields=sorted(changes))
    return plan


@transaction.atomic
def add_complement(
    *, plan: BasketPlan, variant: Variant, rhythm: str, by: Actor, most: int = 10
) -> Complement:
    """Offer something besides the baskets.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: It is of another shop, sold by weight, or there is no such rhythm.
    """
    authorize(by, "shop.manage", plan)
    row = _complement(plan, variant, rhythm, most)
    audit(by, "shop.plan.complement", plan, variant=variant.pk)
    return row


@transaction.atomic
def drop_day(*, plan: BasketPlan, day: dt.date, by: Actor) -> None:
    """Take a day out of a season to which nobody has subscribed yet.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Conflict: Somebody has subscribed: their calendar is what they signed.
    """
    authorize(by, "shop.manage", plan)
    plan = BasketPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.subscriptions.exists() or plan.days.count() < 2:
        raise Conflict(_("People have subscribed to these days: they stay."))
    plan.days.filter(day=day).delete()
    audit(by, "shop.plan.day-dropped", plan, day=day.isoformat())


@transaction.atomic
def note_harvest(
    *, distribution: Distribution, product: Product, quantity: int, price: int, by: Actor,
    unit: str = Crop.Unit.GRAM, step: int = 1, for_swaps: bool = False,
) -> Crop | None:  # fmt: skip
    """Say what there is of a product for the baskets of a distribution; nothing: it is taken out.

    Args:
        distribution: For which.
        product: Of what.
        quantity: Pieces, grams or millilitres.
        price: Cents of a piece, a kilogram or a litre.
        by: Who says so.
        unit: ``piece``, ``g`` or ``ml``.
        step: It is given in multiples of this.
        for_swaps: Only in the place of what somebody does not want.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: It is of another shop, or a number makes no sense.
    """
    authorize(by, "shop.prepare", distribution)
    if product.shop_id != distribution.cycle.shop_id or unit not in Crop.Unit.values:
        message = _("This is not of this shop.")
        raise Invalid(message, fields={"product": [message]})
    if min(quantity, price) < 0 or step < 1:
        message = _("Quantities and prices are zero or more, steps one or more.")
        raise Invalid(message, fields={"quantity": [message]})
    rows = Crop.objects.filter(distribution=distribution, product=product)
    if not quantity:
        rows.delete()
        return None
    said = {
        "quantity": quantity, "price": price, "unit": unit, "step": step, "for_swaps": for_swaps,
    }  # fmt: skip
    row: Crop = Crop.objects.update_or_create(
        distribution=distribution, product=product, defaults=said
    )[0]
    audit(by, "shop.harvest.noted", distribution, product=product.pk, quantity=quantity)
    return row


def _complement(plan: BasketPlan, variant: Variant, rhythm: str, most: int) -> Complement:
    wrong = ""
    if variant.product.shop_id != plan.shop_id:
        wrong = _("This is not of this shop.")
    elif variant.product.pricing == Product.Pricing.WEIGHT:
        wrong = _("What is weighed cannot come with a basket by subscription.")
    elif rhythm not in set(Frequency) or not 0 < most <= 100:
        wrong = _("There is no such choice.")
    if wrong:
        raise Invalid(wrong, fields={"variant": [wrong]})
    row: Complement = Complement.objects.update_or_create(
        plan=plan, variant=variant, defaults={"rhythm": rhythm, "most": most}
    )[0]
    return row


def _set(plan: BasketPlan, changes: dict[str, Any]) -> None:
    if unknown := set(changes) - set(PLAN):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    for field, value in changes.items():
        setattr(plan, field, clean_name(value) if field == "name" else value)
    wrong: dict[str, list[str]] = {}
    if not plan.rhythms or set(plan.rhythms) - {each.value for each in Frequency}:
        wrong["rhythms"] = [_("Choose at least one rhythm.")]
    if plan.absent not in BasketPlan.Absent.values or plan.turns not in BasketPlan.Turns.values:
        wrong["absent"] = [_("There is no such choice.")]
    if not 1 <= plan.instalments <= 12 or plan.least_instalment < 1:
        wrong["instalments"] = [_("Between 1 and 12 instalments of at least a cent.")]
    if not 0 <= plan.absent_percent <= 100:
        wrong["absent_percent"] = [_("Between 0 and 100 percent.")]
    if plan.absence_first and plan.absence_last and plan.absence_first > plan.absence_last:
        wrong["absence_last"] = [_("It ends after it begins.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
