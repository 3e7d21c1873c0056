"""Who gets how much of what comes short, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.lib.shopping.preparing import Ask, Fair, cut_short
from chambre.rooms.shop.models import Distribution, OrderLine, Variant
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.prices import gross


@dataclass(frozen=True, slots=True)
class Shortened:
    """What one line of an order gets of something that is short.

    Attributes:
        line: The line.
        given: Pieces that it gets, at most what was ordered.
        changes: Whether that is not what it has now.
        price: Cents that it will cost before reductions; an estimate for what is weighed afterwards.
    """

    line: OrderLine
    given: int
    changes: bool
    price: int


def propose(
    *, distribution: Distribution, variant: Variant, available: int, rule: Fair = Fair.PROPORTIONAL
) -> list[Shortened]:
    """Share what there is among all orders of a distribution that wait, the oldest first.

    Args:
        distribution: Whose orders.
        variant: Of what.
        available: Pieces that there are.
        rule: Everybody the same part, or in the order in which it was ordered.

    Returns:
        One for each line with this variant. Together never more than there is.
    """
    rows = OrderLine.objects.filter(
        order__distribution=distribution, order__state__in=LIVE, variant=variant
    ).select_related("order__customer")
    lines = list(rows.order_by("order__placed_at", "order_id", "number"))
    asks = [Ask(str(line.pk), line.quantity, line.gross) for line in lines]
    cuts = cut_short(max(available, 0), asks, rule=Fair(rule))
    return [_shortened(line, cut.given) for line, cut in zip(lines, cuts, strict=True)]


def _shortened(line: OrderLine, given: int) -> Shortened:
    now = line.quantity if line.given is None else line.given
    changes = given != now
    grams = line.grams if line.grams is not None and not changes else line.estimate * given
    price = gross(line.unit_price, weighed=line.weighed, quantity=given, grams=grams)
    return Shortened(line, given, changes, price)
