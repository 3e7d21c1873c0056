"""A crate comes back short: all orders of the product are cut at once, in one fair way."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.shopping.preparing import Fair
from chambre.rooms.shop.models import Distribution, Order, OrderEvent, Variant
from chambre.rooms.shop.queries.shortages import Shortened, propose
from chambre.rooms.shop.services.preparing import Weighed, prepare


@transaction.atomic
def shorten(
    *,
    distribution: Distribution,
    variant: Variant,
    available: int,
    key: str,
    by: Actor,
    rule: Fair = Fair.PROPORTIONAL,
) -> list[Shortened]:
    """Share what there is of a product among all orders of a distribution; once per key.

    Each order costs what it gets; what was paid for more stays with the customer. What was weighed
    already and gets fewer pieces is weighed again.

    Args:
        distribution: Whose orders.
        variant: Of what.
        available: Pieces that there are.
        key: Idempotency key, at most 60 characters.
        by: Who decides.
        rule: Everybody the same part, or in the order in which it was ordered.

    Returns:
        What each line gets.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Less than nothing, or a product of another shop.
    """
    authorize(by, "shop.prepare", distribution)
    if available < 0:
        message = _("Zero or more.")
        raise Invalid(message, fields={"available": [message]})
    if variant.product.shop_id != distribution.cycle.shop_id:
        message = _("This is not of this shop.")
        raise Invalid(message, fields={"variant": [message]})
    # One at a time cuts orders of a distribution; who only orders or hands over does not wait.
    Distribution.objects.select_for_update(of=("self",), no_key=True).get(pk=distribution.pk)
    shares = propose(distribution=distribution, variant=variant, available=available, rule=rule)
    if OrderEvent.objects.filter(
        order__distribution=distribution, key__startswith=f"short:{key}:"
    ).exists():
        return shares
    for each in sorted(shares, key=lambda share: share.line.order_id):
        if each.changes:
            _cut(each, f"short:{key}:{each.line.order_id}.{each.line.number}", by)
    audit(by, "shop.product.shortened", variant, available=available, rule=str(rule))
    return shares


def _cut(share: Shortened, key: str, by: Actor) -> None:
    line = share.line
    order = prepare(order=line.order, weighed=[Weighed(line.number, share.given)], by=by, key=key)
    if line.weighed and share.given and order.state == Order.State.PREPARED:
        order.state = Order.State.CONFIRMED  # it waits to be weighed again
        order.save(update_fields=["state"])
