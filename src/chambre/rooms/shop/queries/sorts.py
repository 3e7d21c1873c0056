"""The sorts of letters about orders, among which customers with an account choose.

Others say on the page of an order that they want no reminders.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.choosing import Sort
from chambre.rooms.shop.models import Letter

SORTS = (
    Sort("shop.reminders", _("reminders before a distribution")),
    Sort("shop.orders", _("what you ordered, and what becomes of it"), always=True),
)


def sort_of(letter: Letter) -> str:
    """Of which sort a letter is."""
    return "shop.reminders" if letter.kind == Letter.Kind.REMINDER else "shop.orders"
