"""The shelves of a shop as visitors see them: what is offered for a distribution, at which price."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from chambre.core.ui import figures
from chambre.rooms.shop.models import (
    Category,
    Distribution,
    Offer,
    Product,
    Shop,
    Stock,
    Variant,
)
from chambre.rooms.shop.queries.drawings import drawing_of, plain
from chambre.rooms.shop.queries.pictures import Picture, first_photos, picture_of
from chambre.rooms.shop.queries.prices import gross, is_offered, price_on
from chambre.rooms.shop.queries.words import PER
from chambre.treasury import containers

FEW = 10
"""From how many pieces on it is said how many are left."""


@dataclass(slots=True)
class Way:
    """A variant as it is offered for a day. Cents; ``left`` pieces, None where they are not counted.

    ``was`` is the usual price where the present one is reduced.
    """

    pk: int
    name: str
    price: int
    was: int | None
    lowest: int | None
    highest: int | None
    step: int
    left: int | None
    estimate: int
    weight: int
    about: int
    beyond: bool = False
    in_cart: int = 0

    @property
    def per_kilo(self) -> int:
        """Cents for a kilogram of what is sold by the piece and weighs something; 0: not known."""
        if not self.weight or self.about:
            return 0
        return (2 * self.price * 1000 + self.weight) // (2 * self.weight)

    @property
    def there(self) -> bool:
        """Whether one step of it can be ordered."""
        return self.left is None or self.left >= self.step

    @property
    def few(self) -> int:
        """How many are left, when they are few; otherwise 0."""
        return self.left if self.left is not None and self.there and self.left <= FEW else 0


@dataclass(slots=True)
class Card:
    """A product on the shelves, with what a page says of it; ``deposit`` in cents for one piece."""

    product: Product
    ways: list[Way]
    drawing: str = "leaf"
    deposit: int = 0
    picture: Picture | None = None
    shelves: list[int] = field(default_factory=list)

    @property
    def there(self) -> bool:
        """Whether any of its variants can be ordered."""
        return any(way.there for way in self.ways)

    @property
    def cheapest(self) -> Way:
        """The variant with the lowest price."""
        return min(self.ways, key=lambda way: way.price)

    @property
    def simple(self) -> Way | None:
        """Its only variant, when it can be put into the basket without a choice."""
        way = self.ways[0]
        return way if len(self.ways) == 1 and way.lowest is None and way.there else None

    @property
    def free(self) -> bool:
        """Whether the buyer chooses the price of one of its variants."""
        return any(way.lowest is not None for way in self.ways)

    @property
    def price(self) -> str:
        """Its price in words: of its only variant, or from which price on."""
        way = self.cheapest
        cents = way.lowest if way.lowest is not None else way.price
        return figures.money(cents)

    @property
    def per(self) -> str:
        """What the price is for."""
        return str(
            PER["kg" if self.product.pricing == Product.Pricing.WEIGHT else self.product.unit]
        )


def cards(
    shop: Shop,
    distribution: Distribution | None,
    day: dt.date,
    products: list[Product] | None = None,
) -> list[Card]:
    """The products on sale that are offered, in the order of the shop.

    Args:
        shop: Whose.
        distribution: For which one; None: none takes orders, and the usual prices are told.
        day: The day of the distribution, or today.
        products: Only these; None: all.
    """
    if products is None:
        rows = Product.objects.filter(shop=shop, state=Product.State.SOLD)
        products = list(rows.select_related("producer").order_by("position", "name"))
    numbers = [row.pk for row in products]
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product__in=numbers, available=True).order_by(
        "position", "id"
    ):
        variants[variant.product_id].append(variant)
    offers = _offers(distribution, numbers)
    stocks = _stocks(distribution, numbers)
    photos = first_photos(numbers)
    shelves: dict[int, list[int]] = defaultdict(list)
    for number, shelf in Product.categories.through.objects.filter(product__in=numbers).values_list(
        "product_id", "category_id"
    ):
        shelves[number].append(shelf)
    boxed = any(product.container for product in products)
    kinds = containers.kinds(shop.book, day) if boxed else {}
    found = []
    for product in products:
        ways = []
        for variant in variants[product.pk]:
            variant.product = product
            offered = offers.get(variant.pk)
            if is_offered(variant, offered, day):
                ways.append(_way(variant, offered, stocks.get(variant.pk), day))
        if ways:
            photo = photos.get(product.pk)
            card = Card(product, ways, shelves=shelves[product.pk])
            card.picture = picture_of(photo) if photo else None
            kind = kinds.get(product.container) if product.container else None
            card.deposit = kind.amount * product.containers if kind else 0
            found.append(card)
    return found


def _offers(distribution: Distribution | None, products: list[int]) -> dict[int, Offer]:
    if distribution is None:
        return {}
    rows = Offer.objects.filter(cycle=distribution.cycle_id, variant__product__in=products)
    return {row.variant_id: row for row in rows}


def _stocks(distribution: Distribution | None, products: list[int]) -> dict[int, Stock]:
    found: dict[int, Stock] = {}
    for row in Stock.objects.filter(variant__product__in=products):
        own = distribution is not None and row.distribution_id == distribution.pk
        if own or (row.distribution_id is None and row.variant_id not in found):
            found[row.variant_id] = row
    return found


def _way(variant: Variant, offered: Offer | None, stock: Stock | None, day: dt.date) -> Way:
    price = price_on(variant, day, offered)
    weighed = variant.product.pricing == Product.Pricing.WEIGHT
    estimate = variant.estimate or 0
    counted = variant.counted and stock is not None and not stock.beyond
    return Way(
        pk=variant.pk,
        name=variant.name,
        price=price,
        was=int(variant.price) if price < variant.price else None,
        lowest=variant.lowest,
        highest=variant.highest,
        step=variant.step,
        left=max(stock.left, 0) if counted and stock is not None else None,
        estimate=estimate if weighed else 0,
        weight=variant.weight or 0,
        about=gross(price, weighed=True, quantity=1, grams=estimate) if weighed else 0,
        beyond=variant.backorders == Variant.Backorders.NOTIFY
        and stock is not None
        and stock.left <= 0,
    )


@dataclass(slots=True)
class Shelf:
    """A part of the catalogue: a category of the first rank, or what is in none."""

    name: str
    slug: str
    cards: list[Card]


def shelves_of(shop: Shop) -> list[Category]:
    """The categories of a shop, in order."""
    return list(Category.objects.filter(shop=shop).order_by("position", "name"))


def arranged(found: list[Card], categories: list[Category], rest: str) -> list[Shelf]:
    """Cards under the categories of the first rank; each on its first one, and once.

    Args:
        found: The cards.
        categories: All categories of the shop.
        rest: Name for what is on no shelf.
    """
    roots = roots_of(categories)
    named = {row.pk: row for row in categories}
    groups: dict[int | None, list[Card]] = {
        row.pk: [] for row in categories if row.parent_id is None
    }
    groups[None] = []
    for card in found:
        own = [pk for pk in groups if pk is not None and pk in {roots.get(s) for s in card.shelves}]
        first = own[0] if own else None
        card.drawing = drawing_of(card.product.name, *([named[first].name] if first else []))
        groups[first].append(card)
    return [
        Shelf(named[pk].name if pk else rest, named[pk].slug if pk else "autres", rows)
        for pk, rows in groups.items()
        if rows
    ]


def roots_of(categories: list[Category]) -> dict[int, int]:
    """The category of the first rank above each one (or itself), by ids."""
    parents = {row.pk: row.parent_id for row in categories}
    found = {}
    for pk in parents:
        at, seen = pk, {pk}
        while (above := parents.get(at)) is not None and above not in seen:
            at = above
            seen.add(at)
        found[pk] = at
    return found


def lines_of(categories: list[Category]) -> dict[int, list[Category]]:
    """Every category with those it stands in, from the root down, by id."""
    rows = {row.pk: row for row in categories}
    found = {}
    for row in categories:
        line = [row]
        while (above := rows.get(line[0].parent_id or 0)) is not None and above not in line:
            line.insert(0, above)
        found[row.pk] = line
    return found


def paths_of(categories: list[Category]) -> dict[int, tuple[str, ...]]:
    """The names from the root down of every category, by id."""
    lines = lines_of(categories)
    return {pk: tuple(row.name for row in line) for pk, line in lines.items()}


def tree_of(categories: list[Category]) -> list[tuple[Category, str]]:
    """Categories in their order with their path (``Vegetables > Roots``), each below its own."""
    ranks = {row.pk: number for number, row in enumerate(categories)}
    lines = sorted(lines_of(categories).values(), key=lambda line: [ranks[row.pk] for row in line])
    return [(line[-1], " > ".join(row.name for row in line)) for line in lines]


def searched(found: list[Card], words: str) -> list[Card]:
    """The cards in which every word occurs: in the name, the producer, the summary or the tags."""
    wanted = plain(words).split()
    if not wanted:
        return found
    return [card for card in found if all(word in _text(card) for word in wanted)]


def _text(card: Card) -> str:
    product = card.product
    tags = product.tags if isinstance(product.tags, list) else []
    return plain(
        " ".join(
            [product.name, product.producer.name, product.summary, product.labels, *map(str, tags)]
        )
    )


def out_of_season(shop: Shop, found: list[Card]) -> list[Product]:
    """Products on sale that are not offered now because it is not their season, by name."""
    shown = {card.product.pk for card in found}
    rows = Product.objects.filter(
        shop=shop, state=Product.State.SOLD, season_from__isnull=False
    ).exclude(pk__in=shown)
    return list(rows.order_by("name")[:60])
