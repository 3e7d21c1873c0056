"""Weekly baskets of the growers' shop: a season, subscriptions, a coupon, baskets for others, a shift."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.project.demo.shopgoods import PEOPLE
from chambre.rooms.shop.models import BasketPlan, Distribution, Product, Shop, Subscription, Variant
from chambre.rooms.shop.services import (
    announcing,
    basketorders,
    catalogue,
    ordering,
    paying,
    plans,
    reducing,
    seasonmoney,
    shelving,
    shifts,
    subscribing,
    suspended,
)
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.subscribing import Asked
from chambre.treasury import api as treasury

WEEKS = 12
GIVEN = 2
"""Baskets that were paid ahead for others."""
HARVEST = (
    ("Poireaux", 12_000, 320),
    ("Betteraves crues", 9_000, 290),
    ("Pommes Reinette", 15_000, 340),
)
"""Product, grams, cents of a kilogram."""


def load_baskets(by: Actor) -> int:
    """Plan a season of baskets and let people subscribe, once.

    Returns:
        How many subscriptions were signed by this call.
    """
    shop = Shop.objects.get(slug="vergers")
    coming = Distribution.objects.filter(
        cycle__shop=shop, place__slug="halle", starts_at__gt=timezone.now()
    )
    first = coming.order_by("starts_at").first()
    if shop.plans.exists() or first is None:
        return 0
    plan = _season(shop, first, by)
    signed = _subscriptions(plan, by)
    _others(shop, first, by)
    basketorders.make_due_orders()
    for name, grams, price in HARVEST:
        plans.note_harvest(
            distribution=first, product=shop.products.get(name=name), quantity=grams, price=price,
            step=100, by=by,
        )  # fmt: skip
    return len(signed)


def _season(shop: Shop, first: Distribution, by: Actor) -> BasketPlan:
    """Baskets in two sizes at the hall, every week from the distribution that comes."""
    shelf = shelving.category(shop=shop, path=["Paniers"], by=by)
    basket = catalogue.add_product(
        shop=shop, name="Panier de la semaine", by=by, kind=Product.Kind.BASKET, unit="box",
        state=Product.State.SOLD, categories=[shelf], labels="Bio", position=90,
        summary="Ce que le jardin donne cette semaine, en deux tailles.",
        variants=[{"name": "Petit", "price": 1_500}, {"name": "Grand", "price": 2_400}],
    )  # fmt: skip
    day = timezone.localdate(first.starts_at)
    eggs = Variant.objects.get(product__shop=shop, product__name="Œufs du verger, les six")
    return plans.create_plan(
        shop=shop, name="Paniers de saison", product=basket, places=[first.place], by=by,
        lede="Douze semaines de légumes et de fruits du verger, payés en plusieurs fois.",
        days=[day + dt.timedelta(7 * week) for week in range(WEEKS)],
        rhythms=["weekly", "even", "odd"], absences=3, notice=3, instalments=4, refusals=2,
        minimum_baskets=4, complements=[(eggs, "weekly", 3)],
    )  # fmt: skip


def _who(number: int) -> Who:
    name, email = PEOPLE[number % len(PEOPLE)]
    return Who(email=email, name=name)


def _subscriptions(plan: BasketPlan, by: Actor) -> list[Subscription]:
    """Four households: one pays in four parts, two alternate, one is absent, one has eggs."""
    small, large = plan.product.variants.order_by("price")
    place, eggs = plan.places.get(), plan.complements.get()
    asked = (
        Asked(small.pk, place.pk, instalments=4),
        Asked(small.pk, place.pk, instalments=1, note="En alternance, une semaine chacun."),
        Asked(large.pk, place.pk, instalments=3),
        Asked(small.pk, place.pk, rhythm="odd", complements=((eggs.pk, 1),)),
    )
    signed = [
        subscribing.subscribe(
            plan=plan, asked=each, who=_who(number), by=by, key=f"demo:basket:{number}",
            partner=_who(7) if number == 1 else None,
        )
        for number, each in enumerate(asked)
    ]  # fmt: skip
    for row in signed[:3]:
        _pay(row, by)
    days = sorted(plan.days.values_list("day", flat=True))
    announcing.announce_absence(
        subscription=signed[2], first=days[2], last=days[3], key="demo:absence", by=by
    )
    leeks = plan.shop.products.get(name="Poireaux")
    announcing.refuse(subscription=signed[0], products=(leeks.pk,), key="demo:refused", by=by)
    return signed


def _pay(row: Subscription, by: Actor) -> None:
    payment = row.instalments.get(number=1).payment
    assert payment is not None
    treasury.receive(
        payment=payment, amount=payment.open, means="provider", day=clock.today(),
        key=f"demo:instalment:{row.key}"[:100], by=by,
    )  # fmt: skip
    seasonmoney.hear_payment(payment)


def _others(shop: Shop, where: Distribution, by: Actor) -> None:
    """Two baskets that were paid ahead, a coupon, and help that is wanted at the distribution."""
    shelf = shelving.category(shop=shop, path=["Paniers"], by=by)
    gift = catalogue.add_product(
        shop=shop, name="Panier suspendu", by=by, kind=Product.Kind.SUSPENDED, unit="box",
        state=Product.State.SOLD, categories=[shelf], position=91, variants=[{"price": 1_500}],
        summary="Vous le payez, quelqu’un d’autre le mange. Personne ne demande qui.",
    )  # fmt: skip
    order = ordering.place_order(
        distribution=where, who=_who(4), wanted=[Wanted(gift.variants.get().pk, GIVEN)],
        key="demo:suspended", by=by, for_them=True,
    )  # fmt: skip
    paying.take_card(order=order, key="demo:suspended:card", by=by)
    suspended.settle_paid(order)
    reducing.save_coupon(
        shop=shop, code="BIENVENUE", label="Bienvenue : 10 %", kind="percent", value=1_000,
        per_person=1, in_all=100, by=by,
    )  # fmt: skip
    hours = dt.timedelta(hours=2)
    shift = shifts.add_shift(
        distribution=where, title="Peser et garnir les caisses", starts_at=where.starts_at - hours,
        ends_at=where.starts_at, places=3, discount=500, by=by,
    )  # fmt: skip
    shifts.sign_up(shift=shift, who=_who(5), by=by)
