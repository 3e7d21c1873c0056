"""What a shop refuses, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Invalid, NotFound
from chambre.lib.shopping.wording import ShoppingRefusal


class NoShop(NotFound):
    """There is no such shop, product, distribution or order."""

    code = "shop.not-found"
    default_message = _("There is no such thing in this shop.")


class NameTaken(Invalid):
    """Another one has this short name."""

    code = "shop.name-taken"
    status = 409
    default_message = _("Another one has this name.")


class SoldOut(Conflict):
    """Less is left than was asked for; ``data["left"]`` says how much, by variant."""

    code = "shop.sold-out"
    default_message = _("There is not so much left.")


class NotOpen(Conflict):
    """The cycle does not take orders now, or not any more."""

    code = "shop.not-open"
    default_message = _("Orders are not taken at this time.")


class SlotFull(Conflict):
    """No more orders fit into the slot."""

    code = "shop.slot-full"
    default_message = _("This time is full; please choose another one.")


class NotNow(Conflict):
    """The order is not in a state in which this can be done."""

    code = "shop.not-now"
    default_message = _("This cannot be done with this order (any more).")


class Ruled(Conflict):
    """A rule of :mod:`chambre.lib.shopping` says no, in its words; ``field``: beside which field."""

    def __init__(self, refusal: ShoppingRefusal, field: str = "") -> None:
        self.code = f"shop.{refusal.code}"
        facts: dict[str, Any] = {name: str(value) for name, value in refusal.data.items()}
        message = refusal.message(get_language() or "fr")
        if field:
            facts["fields"] = {field: [message]}
        super().__init__(message, **facts)


class SoldAsSeason(Conflict):
    """An order that a subscription made is changed there."""

    code = "shop.by-subscription"
    default_message = _("This basket comes with a subscription: change it on its page.")
