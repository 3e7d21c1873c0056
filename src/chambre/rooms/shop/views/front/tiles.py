"""The tiles of the shelves: everything that one says as ready words in a dictionary.

A page has two hundred of them. A template asks a dictionary at once, an object only after it has asked
it as a dictionary; that alone is half of the page's time.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.ui.figures import integer, money
from chambre.rooms.shop.models import Shop
from chambre.rooms.shop.queries import words
from chambre.rooms.shop.queries.shelves import Card, Shelf, Way
from chambre.rooms.shop.views.front.cart import Cart


def tiles_of(shelves: list[Shelf], shop: Shop, cart: Cart) -> list[dict[str, Any]]:
    """The shelves with their tiles."""
    base = reverse("shop:product", args=[shop.slug, "-"]).removesuffix("-/")
    inside = {each.variant: cart.many(each.variant) for each in cart.wanted}
    said = {
        "good": _("Good deal"), "out": _("Sold out"), "free": _("free price, from"),
        "from": _("starting at"),
    }  # fmt: skip
    return [
        {
            "name": shelf.name,
            "slug": shelf.slug,
            "tiles": [_tile(card, base, inside, said) for card in shelf.cards],
        }
        for shelf in shelves
    ]


def _tile(card: Card, base: str, inside: dict[int, int], said: dict[str, str]) -> dict[str, Any]:
    product, way, simple, there = card.product, card.cheapest, card.simple, card.there
    many = inside.get(card.ways[0].pk, 0)
    tile = {
        "pk": str(product.pk),
        "url": f"{base}{product.slug}/",
        "name": product.name,
        "by": product.producer.name,
        "price": card.price,
        "per": card.per,
        "first": said["free"] if card.free else said["from"] if len(card.ways) > 1 else "",
        "was": money(way.was) if way.was else "",
        "notes": _notes(card, way, simple),
        "there": there,
        "variant": str(card.ways[0].pk),
        "step": str(simple.step) if simple else "",
        "left": str(simple.left) if simple and simple.left is not None else "",
        "many": integer(many) if many else "",
        "drawing": card.drawing,
        "img": "",
        "mark": product.labels,
        "tone": "",
    }
    if not there:
        tile["mark"] = said["out"]
    elif way.was:
        tile["mark"], tile["tone"] = said["good"], " badge-good"
    if picture := card.picture:
        tile |= {
            "img": picture.url, "alt": picture.alt, "width": str(picture.width),
            "height": str(picture.height),
        }  # fmt: skip
    return tile


def _notes(card: Card, way: Way, simple: Way | None) -> list[str]:
    """What stands in small letters below the price."""
    found = []
    if way.about:
        about = {"about": money(way.about), "weight": words.grams(way.estimate)}
        found.append(_("about %(about)s for %(weight)s") % about)
    if card.deposit:
        found.append(_("+ %(amount)s deposit on the container") % {"amount": money(card.deposit)})
    if simple and simple.few:
        left = ngettext("only %(n)s left", "only %(n)s left", simple.few)
        found.append(left % {"n": simple.few})
    return found
