"""Words for what a shop's pages say of products and orders."""

from __future__ import annotations

import datetime as dt

from django.utils import dateformat, timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chambre.core.ui.figures import NBSP, integer, is_french
from chambre.lib.shopping.seasons import Span
from chambre.rooms.shop.models import Order, Product

PER = {
    "piece": pgettext_lazy("price", "each"),
    "bunch": lazy("a bunch"),
    "kg": lazy("a kilo"),
    "l": lazy("a litre"),
    "pot": lazy("a pot"),
    "box": lazy("a crate"),
}
"""What a price is for, by unit."""
ALLERGENS = {
    "gluten": lazy("gluten"),
    "crustaceans": lazy("crustaceans"),
    "eggs": lazy("eggs"),
    "fish": lazy("fish"),
    "peanuts": lazy("peanuts"),
    "soy": lazy("soya"),
    "milk": lazy("milk"),
    "nuts": lazy("nuts"),
    "celery": lazy("celery"),
    "mustard": lazy("mustard"),
    "sesame": lazy("sesame"),
    "sulphites": lazy("sulphites"),
    "lupin": lazy("lupin"),
    "molluscs": lazy("molluscs"),
}
STATES = {
    Order.State.PLACED: lazy(
        "We are waiting for your payment; until then your goods are kept for you."
    ),
    Order.State.CONFIRMED: lazy("It is noted: we will prepare your order."),
    Order.State.PREPARED: lazy("Your order is ready."),
    Order.State.HANDED: lazy("You have fetched your order. Enjoy it!"),
    Order.State.CANCELLED: lazy("This order is cancelled."),
    Order.State.EXPIRED: lazy(
        "This order was not paid in time: its goods went back on the shelves."
    ),
    Order.State.MISSED: lazy("This order was not fetched. Please call the shop."),
}
"""What the state of an order means to who placed it."""


def season_words(product: Product) -> str:
    """When a product is there, in words; empty: all year."""
    first, last = product.season_from, product.season_until
    if first is None or last is None:
        return ""
    return Span(divmod(first, 100), divmod(last, 100)).words(get_language() or "fr")


def allergens_of(product: Product) -> list[str]:
    """The allergens of a product, in words."""
    return [str(ALLERGENS.get(each, each)) for each in product.allergens.split(",") if each]


def grams(weight: int) -> str:
    """A weight in words: ``350 g``, ``1,8 kg``."""
    if weight < 1000:
        return f"{weight}{NBSP}g"
    whole, rest = divmod(weight, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    mark = "," if is_french() else "."
    return f"{integer(whole)}{mark + decimals if decimals else ''}{NBSP}kg"


def percent(rate: int) -> str:
    """A rate of VAT in words: ``5,5 %``, ``20 %``."""
    whole, rest = divmod(rate, 100)
    decimals = f"{rest:02d}".rstrip("0")
    if is_french():
        return f"{whole}{',' + decimals if decimals else ''}{NBSP}%"
    return f"{whole}{'.' + decimals if decimals else ''}%"


def clock_words(at: dt.datetime) -> str:
    """A time of the day, local: ``17 h``, ``17 h 30``; ``17:30``."""
    local = timezone.localtime(at)
    if not is_french():
        return f"{local:%H:%M}"
    return f"{local.hour}{NBSP}h" + (f"{NBSP}{local:%M}" if local.minute else "")


def day_words(at: dt.datetime) -> str:
    """A day with its name: ``jeudi 3 décembre``, ``Thursday 3 December``."""
    local = timezone.localtime(at)
    number = "1er" if local.day == 1 and is_french() else str(local.day)
    return f"{dateformat.format(local, 'l')} {number}{NBSP}{dateformat.format(local, 'F')}"


def times_words(first: dt.datetime, last: dt.datetime) -> str:
    """From when until when: ``17 h – 19 h 30``."""
    return f"{clock_words(first)} – {clock_words(last)}"


def moment_words(at: dt.datetime) -> str:
    """A day with its name and a time: ``mardi 1er décembre à 20 h``."""
    return _("%(day)s at %(time)s") % {"day": day_words(at), "time": clock_words(at)}
