"""Stock: counted in, promised to orders, taken out. What is promised is never more than is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.planned import planned
from chambre.core.db.questions import Question
from chambre.core.errors import Invalid, KeyReused
from chambre.rooms.shop.models import Distribution, Stock, StockMove, Variant
from chambre.rooms.shop.queries.errors import SoldOut


@transaction.atomic
def set_stock(
    *,
    variant: Variant,
    there: int,
    by: Actor,
    distribution: Distribution | None = None,
    key: str = "",
    reason: str = "",
) -> Stock:
    """Say how many pieces are there, in all or for one distribution.

    Fewer than are promised already is refused: first say to whom less is given.

    Args:
        variant: Of what.
        there: Pieces, zero or more.
        by: Who counted.
        distribution: For which distribution alone; None: for all that have none of their own.
        key: Idempotency key; empty: none.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Less than zero, or a distribution of another shop.
        SoldOut: More is promised than is there.
        KeyReused: The key was used for another count.
    """
    authorize(by, "shop.prepare", variant)
    if there < 0:
        raise Invalid(_("A stock is zero or more."), fields={"there": [str(there)]})
    if distribution is not None and distribution.cycle.shop_id != variant.product.shop_id:
        raise Invalid(_("This is not of this shop."), fields={"distribution": [""]})
    row = _row(variant, distribution)
    if key and (done := StockMove.objects.filter(key=key).first()):
        if done.stock_id != row.pk:
            raise KeyReused(key=key)
        return row
    if row.promised > there and not row.beyond:
        raise SoldOut(
            _("%(many)d are promised to orders already.") % {"many": row.promised},
            promised=row.promised,
        )
    change, row.there = there - row.there, there
    row.beyond = variant.backorders != Variant.Backorders.NO
    row.save(update_fields=["there", "beyond"])
    StockMove.objects.create(
        stock=row, kind=StockMove.Kind.COUNT, quantity=change, key=key or None,
        reason=reason[:200], by=by.label[:254],
    )  # fmt: skip
    if not variant.counted:
        Variant.objects.filter(pk=variant.pk).update(counted=True)
        variant.counted = True
    audit(by, "shop.stock.counted", row, there=there, change=change)
    return row


def _row(variant: Variant, distribution: Distribution | None) -> Stock:
    """The stock of a variant, locked; made when it is not there."""
    where = {"variant": variant, "distribution": distribution}
    row = Stock.objects.select_for_update().filter(**where).first()
    if row is None:
        try:
            with transaction.atomic():
                Stock.objects.create(**where)
        except IntegrityError:  # somebody was faster
            pass
        row = Stock.objects.select_for_update().get(**where)
    return row


_STOCKS = Question(
    lambda variants, distribution: (
        Stock.objects.filter(variant__in=variants)
        .filter(Q(distribution=distribution) | Q(distribution__isnull=True))
        .order_by()
    )
)


def stocks_for(variants: Iterable[Variant], distribution: Distribution) -> dict[int, Stock]:
    """The stock that counts for a distribution, by id of the variant; none for what is not counted."""
    counted = [variant.pk for variant in variants if variant.counted]
    if not counted:
        return {}
    found: dict[int, Stock] = {}
    for row in _STOCKS(sorted(counted), distribution.pk):
        if row.variant_id not in found or row.distribution_id is not None:
            found[row.variant_id] = row
    return found


def promise(wanted: Mapping[int, int]) -> None:
    """Promise pieces of stocks (by their id) in the caller's transaction: all, or none.

    One statement asks whether there is enough of each and promises it, and locks the rows in the order of
    their ids: two orders never promise the same piece, and never wait for each other in a circle.

    Raises:
        SoldOut: ``left`` says what is left, by id of the variant.
    """
    changes = sorted((pk, many) for pk, many in wanted.items() if many)
    if not changes:
        return
    statement = _PROMISE[connection.vendor].format(marks=", ".join(["(%s, %s)"] * len(changes)))
    with planned(), connection.cursor() as cursor:
        cursor.execute(statement, [value for change in changes for value in change])
        if cursor.rowcount != len(changes):
            raise SoldOut(left=_left(wanted))


_PROMISE = {
    "postgresql": "WITH w (id, many) AS (VALUES {marks}),"
    " held AS (SELECT s.id FROM shop_stock s JOIN w ON w.id = s.id ORDER BY s.id FOR UPDATE OF s)"
    " UPDATE shop_stock s SET promised = s.promised + w.many FROM w JOIN held ON held.id = w.id"
    " WHERE s.id = w.id AND (w.many < 0 OR s.beyond OR s.there >= s.promised + w.many)",
    "sqlite": "WITH w (id, many) AS (VALUES {marks})"
    " UPDATE shop_stock AS s SET promised = promised + w.many FROM w"
    " WHERE s.id = w.id AND (w.many < 0 OR s.beyond OR s.there >= s.promised + w.many)",
}
"""Promises pieces of several stocks; PostgreSQL locks them in order first, SQLite has one writer."""


def _left(wanted: Mapping[int, int]) -> dict[str, int]:
    return {
        str(row.variant_id): max(row.left, 0)
        for row in Stock.objects.filter(pk__in=wanted)
        if not row.beyond and row.left < wanted[row.pk]
    }


def free(lines: Iterable[tuple[int | None, int]]) -> None:
    """Promise pieces no longer: id of the stock and how many."""
    sums: dict[int, int] = defaultdict(int)
    for stock, many in lines:
        if stock is not None:
            sums[stock] -= many
    promise(sums)


def take_out(
    lines: Iterable[tuple[int | None, int, int]], *, order: int, key: str, by: Actor
) -> None:
    """Pieces leave with an order: id of the stock, pieces promised, pieces given.

    Raises:
        SoldOut: More is given than is there.
    """
    promised: dict[int, int] = defaultdict(int)
    given: dict[int, int] = defaultdict(int)
    for stock, many, gone in lines:
        if stock is not None:
            promised[stock] += many
            given[stock] += gone
    for pk in sorted(promised):
        rows = Stock.objects.filter(pk=pk).filter(
            Q(beyond=True) | Q(there__gte=F("promised") - promised[pk] + given[pk])
        )
        if not rows.update(there=F("there") - given[pk], promised=F("promised") - promised[pk]):
            raise SoldOut(left=_left(given))
    StockMove.objects.bulk_create(
        StockMove(
            stock_id=pk, kind=StockMove.Kind.OUT, quantity=-many, order_id=order,
            key=f"{key}:{pk}"[:120], by=by.label[:254],
        )
        for pk, many in sorted(given.items())
        if many
    )  # fmt: skip


@transaction.atomic
def add_stock(
    *, variant: Variant, quantity: int, kind: str, by: Actor, key: str,
    distribution: Distribution | None = None, reason: str = "",
) -> Stock:  # fmt: skip
    """Pieces came in, came back or were lost; once per key.

    Args:
        variant: Of what.
        quantity: Pieces, more than zero.
        kind: ``in``, ``back`` or ``loss``.
        by: Who says so.
        key: Idempotency key.
        distribution: Of which distribution's own stock; None: of the one for all.
        reason: Why.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        Invalid: Nothing, or no such kind.
        SoldOut: What is lost was promised.
        KeyReused: The key was used for another stock.
    """
    authorize(by, "shop.prepare", variant)
    signs = {"in": 1, "back": 1, "loss": -1}
    if quantity < 1 or kind not in signs:
        raise Invalid(_("Say how many pieces."), fields={"quantity": [str(quantity)]})
    row = _row(variant, distribution)
    if done := StockMove.objects.filter(key=key).first():
        if done.stock_id != row.pk:
            raise KeyReused(key=key)
        return row
    change = signs[kind] * quantity
    if not row.beyond and row.there + change < row.promised:
        raise SoldOut(left={str(variant.pk): max(row.left, 0)})
    row.there += change
    row.save(update_fields=["there"])
    StockMove.objects.create(
        stock=row, kind=kind, quantity=change, key=key, reason=reason[:200], by=by.label[:254]
    )
    audit(by, "shop.stock.moved", row, kind=kind, change=change)
    return row


@transaction.atomic
def move_out(*, stock: Stock, quantity: int, by: Actor, key: str, reason: str = "") -> Stock:
    """Pieces leave a stock for another one, in the caller's transaction; once per key.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        SoldOut: More than is there and not promised.
        KeyReused: The key was used for another stock.
    """
    authorize(by, "shop.prepare", stock.variant)
    row: Stock = Stock.objects.select_for_update().get(pk=stock.pk)
    if done := StockMove.objects.filter(key=key).first():
        if done.stock_id != row.pk:
            raise KeyReused(key=key)
        return row
    if quantity < 1 or row.there - quantity < row.promised:
        raise SoldOut(left={str(row.variant_id): max(row.left, 0)})
    row.there -= quantity
    row.save(update_fields=["there"])
    StockMove.objects.create(
        stock=row, kind=StockMove.Kind.BACK, quantity=-quantity, key=key, reason=reason[:200],
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "shop.stock.moved", row, kind="back", change=-quantity)
    return row
