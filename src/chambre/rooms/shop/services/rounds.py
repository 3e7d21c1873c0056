"""Delivery rounds: the distributions of one journey, in order; changed as long as nothing left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution, Order, Round, Shop
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.services.names import clean_name


@transaction.atomic
def plan_round(
    *, shop: Shop, name: str, day: dt.date, stops: Sequence[Distribution], by: Actor,
    driver: str = "", note: str = "",
) -> Round:  # fmt: skip
    """Put distributions of one day into a delivery round, in the order given.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, no stop, or a stop of another shop.
        NotNow: A stop is of another round that has left.
    """
    authorize(by, "shop.manage", shop)
    _lock(shop)
    row = Round.objects.create(
        shop=shop, name=clean_name(name), day=day, driver=driver[:140], note=note[:2000]
    )
    _put(row, stops)
    audit(by, "shop.round.planned", row)
    return row


@transaction.atomic
def change_round(
    *, row: Round, name: str, day: dt.date, stops: Sequence[Distribution], by: Actor,
    driver: str = "", note: str = "",
) -> Round:  # fmt: skip
    """Say anew what a round is; the stops that are not named any more are of no round.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, no stop, or a stop of another shop.
        NotNow: The round, or another one of a stop, has left.
    """
    authorize(by, "shop.manage", row)
    _lock(row.shop)
    _stays(row)
    row.name, row.day, row.driver, row.note = clean_name(name), day, driver[:140], note[:2000]
    row.save(update_fields=["name", "day", "driver", "note"])
    _put(row, stops)
    audit(by, "shop.round.changed", row)
    return row


@transaction.atomic
def drop_round(*, row: Round, by: Actor) -> None:
    """Take a round off; its distributions stay.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        NotNow: It has left.
    """
    authorize(by, "shop.manage", row)
    _lock(row.shop)
    _stays(row)
    audit(by, "shop.round.dropped", row)
    row.stops.update(round=None, stop=0)
    row.delete()


def has_left(row: Round) -> bool:
    """Whether something of a round was handed over, or one of its stops is over."""
    orders = Order.objects.filter(distribution__round=row, state=Order.State.HANDED)
    return row.stops.filter(state=Distribution.State.DONE).exists() or orders.exists()


def _lock(shop: Shop) -> None:
    """One plan at a time: two rounds must not share a stop."""
    Shop.objects.select_for_update(of=("self",), no_key=True).get(pk=shop.pk)


def _stays(row: Round) -> None:
    if has_left(row):
        raise NotNow(_("“%(round)s” has left: it stays as it was driven.") % {"round": row.name})


def _put(row: Round, stops: Sequence[Distribution]) -> None:
    """These distributions, in this order, and no others."""
    if not stops or any(stop.cycle.shop_id != row.shop_id for stop in stops):
        message = _("A round has stops, all of this shop.")
        raise Invalid(message, fields={"stops": [message]})
    for other in Round.objects.filter(stops__in=stops).exclude(pk=row.pk).distinct():
        _stays(other)
    row.stops.exclude(pk__in=[stop.pk for stop in stops]).update(round=None, stop=0)
    for number, stop in enumerate(stops, 1):
        Distribution.objects.filter(pk=stop.pk).update(round=row, stop=number)
