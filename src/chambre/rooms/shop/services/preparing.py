"""Preparing orders: what is weighed, what comes short, what is ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution, Order, OrderLine
from chambre.rooms.shop.queries.errors import NotNow
from chambre.rooms.shop.queries.prices import gross
from chambre.rooms.shop.services import reducing
from chambre.rooms.shop.services.happening import add_up, happened, lock

PREPARABLE = (Order.State.PLACED, Order.State.CONFIRMED, Order.State.PREPARED)
HEAVIEST = 1_000_000
"""Grams of one line: a tonne is a mistake."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was put into an order of one of its lines.

    Attributes:
        line: Its number.
        given: Pieces; fewer than ordered: it comes short, and costs less.
        grams: What they weigh together, for what is sold by weight; None: not weighed yet.
    """

    line: int
    given: int
    grams: int | None = None


@transaction.atomic
def prepare(
    *, order: Order, weighed: Sequence[Weighed], by: Actor, key: str, ready: bool = False
) -> Order:
    """Note what was put into an order; once per key. Its total follows.

    Args:
        order: Which one.
        weighed: What was put in, for some of its lines or all.
        by: Who prepares.
        key: Idempotency key, at most 120 characters.
        ready: All is in: lines that were not mentioned are given as ordered.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
        NotNow: It was handed over, or is gone.
        Invalid: No such line, more than was ordered, no such weight, or a line without its weight.
    """
    authorize(by, "shop.prepare", order)
    order = lock(order)
    if order.events.filter(key=key).exists():
        return order
    if order.state not in PREPARABLE:
        raise NotNow
    lines = {line.number: line for line in order.lines.select_for_update().order_by("number")}
    for each in weighed:
        _put_in(lines.get(each.line), each)
    if ready:
        for line in lines.values():
            _complete(line)
        if order.state == Order.State.CONFIRMED:
            order.state = Order.State.PREPARED
    for line in lines.values():
        line.save(update_fields=["given", "grams", "gross", "reduction", "containers"])
    before = order.total
    add_up(order, list(lines.values()))
    order.credit = min(order.credit, order.total)
    order.save()
    reducing.follow(order)
    told = [[each.line, each.given, each.grams] for each in weighed]
    happened(order, "prepared", by, key=key, lines=told, before=before, total=order.total)
    return order


def ready_all(*, distribution: Distribution, key: str, by: Actor) -> tuple[int, int]:
    """Mark every order of a distribution ready in which all is weighed; the others stay as they are.

    Args:
        distribution: Whose orders.
        key: Idempotency key, at most 60 characters.
        by: Who prepares.

    Returns:
        How many orders are ready by it, and how many wait to be weighed.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
    """
    authorize(by, "shop.prepare", distribution)
    rows = Order.objects.filter(distribution=distribution, state=Order.State.CONFIRMED)
    waiting = Exists(
        OrderLine.objects.filter(order=OuterRef("pk"), weighed=True, grams__isnull=True)
    )
    done = 0
    for order in rows.exclude(waiting).order_by("pk"):
        try:
            prepare(order=order, weighed=[], by=by, key=f"ready:{key}:{order.pk}", ready=True)
        except (Invalid, NotNow):
            continue  # somebody changed it meanwhile
        done += 1
    return done, rows.filter(waiting).count()


def _put_in(line: OrderLine | None, each: Weighed) -> None:
    if line is None:
        raise Invalid(_("There is no such line."), fields={"line": [str(each.line)]})
    message = ""
    if not 0 <= each.given <= line.quantity:
        message = _("Between 0 and %(most)d pieces of “%(name)s”.") % {
            "most": line.quantity,
            "name": line.name,
        }
    elif each.grams is not None and not 0 <= each.grams <= HEAVIEST:
        message = _("This weight is not possible.")
    elif each.grams is not None and not line.weighed:
        message = _("“%(name)s” is not sold by weight.") % {"name": line.name}
    if message:
        raise Invalid(message, fields={f"line-{each.line}": [message]})
    _settle(line, each.given, each.grams)


def _settle(line: OrderLine, given: int, grams: int | None) -> None:
    """What a line costs now. A reduction stays the same share of the price, halves of a cent up."""
    before, off = line.gross, line.reduction
    line.given, line.grams = given, grams if given else (0 if line.weighed else None)
    weight = line.grams if line.grams is not None else line.estimate * given
    line.gross = gross(line.unit_price, weighed=line.weighed, quantity=given, grams=weight)
    line.reduction = (2 * off * line.gross + before) // (2 * before) if before else 0
    if line.container:
        each = line.containers // line.quantity if line.containers >= line.quantity else 1
        line.containers = each * given


def _complete(line: OrderLine) -> None:
    if line.given is None:
        _settle(line, line.quantity, line.grams)
    if line.weighed and line.grams is None:
        message = _("“%(name)s” is not weighed yet.") % {"name": line.name}
        raise Invalid(message, fields={f"line-{line.number}": [message]})
