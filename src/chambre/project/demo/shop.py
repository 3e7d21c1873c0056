"""The growers' shop of Valmère: three producers, a week that is over, one in which people order."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.project.demo import shopgoods, stilllifes
from chambre.project.demo.shopgoods import GOODS, OWN, PEOPLE, PRODUCERS, Good
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.services import schemes
from chambre.rooms.shop.models import (
    Category,
    Distribution,
    Order,
    PickupPlace,
    Producer,
    Product,
    Shop,
    Variant,
)
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.services import (
    catalogue,
    handing,
    ordering,
    paying,
    photos,
    planning,
    preparing,
    shelving,
    shops,
    stock,
)
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.preparing import Weighed
from chambre.treasury import api as treasury
from chambre.treasury.models import CashDrawer

SLUG = "vergers"
SCHEME = "bocaux"
HOUR = dt.timedelta(hours=1)
HANDED = 7
"""Orders of the week that is over."""


def load_shop(by: Actor) -> int:
    """Open the shop once, and a week of orders whenever none is open.

    Returns:
        How many products were put on sale by this call.
    """
    shop = Shop.objects.filter(slug=SLUG).first()
    made = 0
    if shop is None:
        shop = _open(by)
        made = _goods(shop, by)
        _last_week(shop, by)
    now = timezone.now()
    if not shop.cycles.filter(closes_at__gt=now, closed_at__isnull=True).exists():
        if not made:
            _harvest(shop, by)
        _this_week(shop, by)
    return made


def _open(by: Actor) -> Shop:
    shop = shops.create_shop(
        slug=SLUG, name="Le Marché des Vergers", structure=registry.structure("vergers"), by=by,
        resource=registry.resource("verger"), lede="Légumes, fruits du verger partagé, pain et miel : "
        "commandez, puis retirez à deux pas.", description=shopgoods.ABOUT, terms=shopgoods.TERMS,
        email="marche@vergers.test", phone="03 00 00 01 09",
    )  # fmt: skip
    structure = registry.structure("vergers")
    scheme = Scheme.objects.get(slug=SCHEME)
    schemes.create_place(
        slug="halle-aux-pommes", scheme=scheme, name="Halle aux pommes", by=by, partner=structure,
        address="1 place du Verger, Valmère", hours="les jours de retrait",
        latitude=50_634_200, longitude=3_071_800,
    )  # fmt: skip
    drawer = treasury.add_drawer(book=shop.book, name="Halle aux pommes", by=by)
    shops.add_place(
        shop=shop, name="Halle aux pommes", slug="halle", by=by, drawer=drawer,
        address="1 place du Verger", postcode="59999", city="Valmère",
        latitude=50_634_200, longitude=3_071_800, container_place="halle-aux-pommes",
        instructions="Au fond de la cour, porte bleue. Venez avec vos sacs et vos bocaux vides.",
    )  # fmt: skip
    shops.add_place(
        shop=shop, name="Café du canal", slug="cafe", by=by, address="quai des Tanneurs",
        postcode="59999", city="Valmère", latitude=50_641_100, longitude=3_044_700,
        instructions="Demandez au comptoir.",
    )  # fmt: skip
    return shop


def _goods(shop: Shop, by: Actor) -> int:
    """Producers, shelves, products with their stock and some photos."""
    own = shop.producers.get()
    shops.change_producer(
        producer=own, by=by, place="Valmère", description="Trois hectares de pommiers de plein vent et "
        "un hectare de légumes, tenus par les membres et deux maraîchers.",
    )  # fmt: skip
    producers: dict[str, Producer] = {OWN: own}
    for key, (name, place, about, share) in PRODUCERS.items():
        producers[key] = shops.add_producer(
            shop=shop, name=name, by=by, place=place, description=about, commission=share
        )
    shelves: dict[str, Category] = {}
    for position, name in enumerate(shopgoods.SHELVES):
        shelf = shelving.category(shop=shop, path=[name], by=by)
        Category.objects.filter(pk=shelf.pk).update(position=position)
        shelves[name] = shelf
    for position, good in enumerate(GOODS):
        _good(shop, good, producers[good.producer], shelves[good.shelf], position, by)
    photos.add_photo(
        shop=shop, content=stilllifes.photo("basket"), name="marche.jpg", by=by,
        alt="Un panier de légumes et de fruits sur une table",
    )  # fmt: skip
    return len(GOODS)


def _good(
    shop: Shop, good: Good, producer: Producer, shelf: Category, position: int, by: Actor
) -> None:
    product = catalogue.add_product(
        shop=shop, name=good.name, by=by, producer=producer, categories=[shelf], unit=good.unit,
        state=Product.State.SOLD, summary=good.summary, position=position,
        variants=[{"price": good.price, **good.way}], **good.more,
    )  # fmt: skip
    if good.there is not None:
        stock.set_stock(variant=product.variants.get(), there=good.there, by=by)
    if good.photo and good.photo != "basket":
        photos.add_photo(
            shop=shop, product=product, content=stilllifes.photo(good.photo),
            name=f"{product.slug}.jpg", by=by,
        )  # fmt: skip


def _harvest(shop: Shop, by: Actor) -> None:
    """What comes in before another week: as much of everything as there was at first, once a day."""
    for good in GOODS:
        variant = Variant.objects.filter(product__shop=shop, product__name=good.name).first()
        if variant is not None and good.there:
            stock.add_stock(
                variant=variant, quantity=good.there, kind="in", by=by,
                key=f"demo:in:{clock.today():%Y%m%d}:{variant.pk}",
            )  # fmt: skip


def _at(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def _wanted(shop: Shop, picks: list[tuple[str, int]]) -> list[Wanted]:
    found = Variant.objects.filter(product__shop=shop).select_related("product")
    by_name = {row.product.name: row.pk for row in found}
    return [Wanted(by_name[name], many) for name, many in picks]


PICKS: tuple[list[tuple[str, int]], ...] = (
    [("Carottes en botte", 2), ("Pain de campagne au levain", 1), ("Œufs du verger, les six", 1)],
    [("Pommes Reinette", 3), ("Miel de printemps", 1)],
    [("Panier solidaire de légumes", 1), ("Brioche du samedi", 1)],
    [("Courge butternut", 1), ("Poireaux", 2), ("Chou frisé", 1)],
    [("Poulet fermier", 1), ("Pommes de terre Charlotte", 1)],
    [("Jus de pomme pressé sur place", 6), ("Pain d’épices au miel", 1)],
    [("Mâche", 1), ("Betteraves crues", 2), ("Petit épeautre aux graines", 1)],
    [("Soupe de courge", 2), ("Pain de campagne au levain", 1)],
)


def _order(shop: Shop, where: Distribution, number: int, by: Actor, pay: str, week: str) -> Order:
    name, email = PEOPLE[number % len(PEOPLE)]
    slots = list(where.slots.order_by("starts_at"))
    return ordering.place_order(
        distribution=where, who=Who(email=email, name=name, phone="06 00 00 00 00"),
        wanted=_wanted(shop, PICKS[number % len(PICKS)]), key=f"demo:{week}:{number}", by=by, pay=pay,
        slot=slots[number % len(slots)] if slots else None, for_them=True,
    )  # fmt: skip


def _last_week(shop: Shop, by: Actor) -> None:
    """Seven orders, weighed, paid in cash at the hall and handed over; one was not fetched."""
    day = clock.today() - dt.timedelta(days=6)
    place = shop.places.get(slug="halle")
    cycle = planning.open_cycle(
        shop=shop, name="La semaine dernière", by=by,
        opens_at=_at(day - dt.timedelta(days=5), 8), closes_at=_at(day - dt.timedelta(days=1), 20),
    )  # fmt: skip
    where = planning.add_distribution(
        cycle=cycle, place=place, by=by, starts_at=_at(day, 17), ends_at=_at(day, 19)
    )
    drawer = place.drawer
    assert drawer is not None
    with clock.pretend(day):
        treasury.count_drawer(
            drawer=drawer, kind="opening", pieces={}, day=day, key="demo:o", by=by
        )
        for number in range(HANDED):
            order = _order(shop, where, number, by, Order.Pay.PICKUP, "last")
            _hand(order, drawer, number, by)
        treasury.count_drawer(
            drawer=drawer,
            kind="closing",
            pieces=_pieces(_held(drawer)),
            day=day,
            key="demo:c",
            by=by,
        )
    Distribution.objects.filter(pk=where.pk).update(state=Distribution.State.DONE)


def _hand(order: Order, drawer: CashDrawer, number: int, by: Actor) -> None:
    weighed = [
        Weighed(line.number, line.quantity, line.estimate * line.quantity + 35 * (number % 3 - 1))
        for line in order.lines.all()
        if line.weighed
    ]
    order = preparing.prepare(
        order=order, weighed=weighed, by=by, key=f"demo:p:{number}", ready=True
    )
    if due(order) > 0:
        paying.take_cash(order=order, drawer=drawer, key=f"demo:t:{number}", by=by)
    handing.hand_over(order=order, key=f"demo:h:{number}", by=by)


def _held(drawer: CashDrawer) -> int:
    return int(next(row.held for row in treasury.drawers_of(drawer.book) if row.pk == drawer.pk))


def _pieces(cents: int) -> dict[int, int]:
    """An amount in as few coins and notes as possible."""
    found = {}
    for value in (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1):
        found[value], cents = divmod(cents, value)
    return {value: many for value, many in found.items() if many}


def _this_week(shop: Shop, by: Actor) -> None:
    """A week in which people order: at the hall with slots, and at the café; some have done so."""
    today = clock.today()
    hall, cafe = shop.places.get(slug="halle"), shop.places.get(slug="cafe")
    cycle = planning.open_cycle(
        shop=shop, name=f"Semaine {today.isocalendar().week + 1}", by=by,
        opens_at=_at(today - dt.timedelta(days=1), 8), closes_at=_at(today + dt.timedelta(days=4), 20),
    )  # fmt: skip
    first = today + dt.timedelta(days=6)
    slots = [(_at(first, hour), _at(first, hour) + HOUR, 12) for hour in (16, 17, 18)]
    where = planning.add_distribution(
        cycle=cycle,
        place=hall,
        by=by,
        starts_at=_at(first, 16),
        ends_at=_at(first, 19),
        slots=slots,
    )
    _add_at(cafe, where, first + dt.timedelta(days=1), by)
    planning.open_cycle(
        shop=shop, name=f"Semaine {today.isocalendar().week + 2}", by=by,
        opens_at=_at(today + dt.timedelta(days=6), 8), closes_at=_at(today + dt.timedelta(days=11), 20),
    )  # fmt: skip
    week = str(cycle.pk)
    for number in range(5):
        pay = Order.Pay.AHEAD if number in (1, 3) else Order.Pay.PICKUP
        _order(shop, where, number + 3, by, pay, week)


def _add_at(place: PickupPlace, beside: Distribution, day: dt.date, by: Actor) -> None:
    planning.add_distribution(
        cycle=beside.cycle, place=place, by=by, starts_at=_at(day, 10), ends_at=_at(day, 12)
    )
