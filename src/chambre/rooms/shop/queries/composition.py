"""What goes into the baskets of a distribution: the same for all of a size, and what is swapped for some."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import F

from chambre.lib.shopping.composing import (
    Composition,
    Crop,
    Note,
    Size,
    Swap,
    SwapRefusal,
    compose,
    swap,
)
from chambre.lib.shopping.subscriptions import Basket
from chambre.lib.shopping.wording import Measured
from chambre.rooms.shop.models import Crop as CropRow
from chambre.rooms.shop.models import Distribution, OrderLine, Product, Subscription, Variant
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.seasons import baskets_at, people_of, running


@dataclass(frozen=True, slots=True)
class Content:
    """One product of a basket and how much of it, in words."""

    product: Product
    quantity: str


@dataclass(frozen=True, slots=True)
class SizeContent:
    """One size: how many baskets, what each should be and is worth in cents, what is in it."""

    variant: Variant
    baskets: int
    value: int
    worth: int
    content: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Personal:
    """A basket that is not like the others: what is left out, what stands in its place, or why not."""

    name: str
    size: Variant
    out: tuple[Content, ...]
    put: tuple[Content, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Baskets:
    """The baskets of a distribution.

    Attributes:
        sizes: Each size with its content.
        personal: Baskets with something swapped.
        notes: What became of each product: the row, what was given and left in words, why.
    """

    sizes: tuple[SizeContent, ...]
    personal: tuple[Personal, ...]
    notes: tuple[tuple[CropRow, str, str, str], ...]

    @property
    def counted(self) -> int:
        """Baskets in all."""
        return sum(size.baskets for size in self.sizes)


def baskets_for(distribution: Distribution, language: str) -> Baskets:
    """What goes into the baskets of a distribution, from what was harvested for them."""
    subscribed = baskets_at(distribution, running(distribution.cycle.shop))
    counts, variants = _counts(distribution, subscribed)
    sizes = [
        Size(key, counts[row.pk], row.price)
        for key, row in sorted(variants.items(), key=lambda pair: (pair[1].price, pair[1].pk))
        if row.price
    ]
    rows = list(distribution.crops.select_related("product"))
    harvest = [_crop(row) for row in rows if not row.for_swaps]
    done = compose(sizes, harvest)
    words = _Words({str(row.product_id): row for row in rows}, language)
    return Baskets(
        sizes=tuple(
            SizeContent(
                variants[size.key], size.baskets, size.value, done.worth.get(size.key, 0),
                words.contents(done.contents.get(size.key, {})),
            )
            for size in sizes
        ),
        personal=_personal(subscribed, done, rows, words),
        notes=tuple(words.note(note) for note in done.notes),
    )  # fmt: skip


def _crop(row: CropRow) -> Crop:
    return Crop(str(row.product_id), row.quantity, row.price, row.step, row.unit)


def _counts(
    distribution: Distribution, subscribed: list[tuple[Subscription, list[Basket]]]
) -> tuple[Counter[int], dict[str, Variant]]:
    """Baskets by size: of the orders, and of subscriptions that have none yet; and these sizes."""
    lines = OrderLine.objects.filter(
        order__distribution=distribution, order__state__in=LIVE,
        variant__product__kind=Product.Kind.BASKET,
    )  # fmt: skip
    counts: Counter[int] = Counter()
    variants: dict[str, Variant] = {}
    have: set[int] = set()
    whose = lines.annotate(whose=F("order__basket_order__subscription"))
    for line in whose.select_related("variant__product"):
        counts[line.variant_id] += line.quantity
        variants[str(line.variant_id)] = line.variant
        have.add(line.whose)
    for row, baskets in subscribed:
        if row.pk not in have:
            counts[row.size_id] += len(baskets)
            variants[str(row.size_id)] = row.size
    return counts, variants


def _personal(
    subscribed: list[tuple[Subscription, list[Basket]]],
    done: Composition,
    rows: list[CropRow],
    words: _Words,
) -> tuple[Personal, ...]:
    """Swap what is refused, first signed first served, out of what is left and what is for swaps."""
    refused = _refused([row.pk for row, _baskets in subscribed])
    left = {note.crop.product: note.left for note in done.notes}
    left |= {str(row.product_id): row.quantity for row in rows if row.for_swaps}
    crops = [_crop(row) for row in rows]
    found = []
    for row, baskets in subscribed:
        content = done.contents.get(str(row.size_id), {})
        unwanted = refused[row.pk] & set(content)
        for basket in baskets if unwanted else ():
            name = people_of(row)[basket.person].customer.name
            offered = [replace(crop, quantity=left.get(crop.product, 0)) for crop in crops]
            try:
                swapped = swap(content, frozenset(unwanted), crops, offered)
            except SwapRefusal as refusal:
                out = words.contents({one: content[one] for one in sorted(unwanted)})
                trouble = refusal.message(words.language)
                found.append(Personal(name, row.size, out, (), trouble))
                continue
            _take(left, swapped)
            out, put = words.contents(swapped.out), words.contents(swapped.put)
            found.append(Personal(name, row.size, out, put))
    return tuple(found)


def _take(left: dict[str, int], swapped: Swap) -> None:
    """What was put in is not there for the next one; what was taken out is."""
    for product, many in swapped.put.items():
        left[product] -= many
    for product, many in swapped.out.items():
        left[product] = left.get(product, 0) + many


def _refused(subscriptions: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    through = Subscription.refused.through.objects.filter(subscription__in=subscriptions)
    for subscription, product in through.values_list("subscription", "product"):
        found[subscription].add(str(product))
    return found


class _Words:
    """How quantities of the products of a harvest are said."""

    def __init__(self, rows: dict[str, CropRow], language: str) -> None:
        self.rows, self.language = rows, language

    def contents(self, content: Mapping[str, int]) -> tuple[Content, ...]:
        """Each product of a basket with its quantity."""
        rows = self.rows
        return tuple(
            Content(rows[key].product, self.say(rows[key], many)) for key, many in content.items()
        )

    def say(self, row: CropRow, many: int) -> str:
        """A quantity of a product."""
        return Measured(many, row.unit).words(self.language)

    def note(self, note: Note) -> tuple[CropRow, str, str, str]:
        """What became of a product."""
        row = self.rows[note.crop.product]
        left = self.say(row, note.left) if note.left else ""
        return row, self.say(row, note.given), left, note.words(self.language)
