"""Kinds of things, processes, and what is where: as it stands, and worked out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from pydantic import ValidationError

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.applets import eventdata, eventstate
from chambre.ledger.models import Event, Position, Process, Specification, StockItem, Trace
from chambre.lib import valueflows as vf
from chambre.registry.models import Agent, Resource


class SlugTaken(Conflict):
    """The chamber has another kind of thing with this short name."""

    code = "ledger.slug-taken"


def specify(
    *,
    chamber: Agent,
    slug: str,
    name: str,
    unit: str,
    by: Actor,
    overdraw: str = "forbid",
    limit: int = 0,
) -> Specification:
    """Name a kind of thing, and how far below zero an agent's stock of it may go.

    Args:
        chamber: Where.
        slug: Its short name in the chamber.
        name: What people call it.
        unit: The unit whose smallest parts its stocks are counted in.
        by: Who names it.
        overdraw: ``forbid``, ``limit`` or ``observe``; see
            :class:`~chambre.lib.valueflows.Overdraw`.
        limit: With ``limit``, how far below zero, in smallest parts.

    Raises:
        Forbidden: ``by`` is not the chamber's administrator.
        Invalid: Policy and limit do not go together, or there is no unit.
        SlugTaken: Another one has the short name.
    """
    authorize(by, "ledger.specify", chamber)
    try:
        vf.StockPolicy(vf.Overdraw(overdraw), limit)
    except ValueError as error:
        raise Invalid(str(error), fields={"limit": [limit]}) from error
    if not unit or not slug:
        raise Invalid(_("A kind of thing has a short name and a unit."), fields={"unit": [unit]})
    try:
        with transaction.atomic():
            made = Specification.objects.create(
                chamber=chamber, slug=slug, name=name, unit=unit, overdraw=overdraw, limit=limit
            )
            audit(by, "ledger.specification.made", made, overdraw=overdraw, limit=limit)
    except IntegrityError as error:
        raise SlugTaken(slug=slug) from error
    return made


@transaction.atomic
def open_process(*, chamber: Agent, name: str, by: Actor, based_on: str = "") -> Process:
    """Begin a process: something that things go into and come out of.

    Args:
        chamber: Where.
        name: What people call it.
        by: Who begins it.
        based_on: Its kind (VF ProcessSpecification); becomes the stage of what comes out.

    Raises:
        Forbidden: ``by`` takes no part in the chamber.
    """
    authorize(by, "ledger.open_process", chamber)
    made = Process.objects.create(chamber=chamber, name=name, based_on=based_on)
    audit(by, "ledger.process.opened", made)
    return made


def events_of(resource: Resource | StockItem) -> QuerySet[Event]:
    """The events of a stock by their number, or those that concern a resource of the register.

    Reversals and what they take back are both there.
    """
    if isinstance(resource, StockItem):
        return Event.objects.filter(trace__item=resource).order_by("trace__sequence")
    own = Trace.objects.filter(item__about=resource).values("event_id")
    found: QuerySet[Event] = Event.objects.filter(Q(concerns=resource) | Q(pk__in=own))
    return found.order_by("day", "pk")


def positions(
    *,
    item: StockItem | None = None,
    about: Resource | None = None,
    accountable: Agent | None = None,
    custodian: Agent | None = None,
) -> QuerySet[Position]:
    """Where what is, whose and with whom; every condition that is given holds."""
    given = {
        "item": item,
        "item__about": about,
        "accountable": accountable,
        "custodian": custodian,
    }
    return Position.objects.filter(
        **{name: value for name, value in given.items() if value is not None}
    )


def on_hand(item: StockItem, agent: Agent) -> int:
    """What is free and with somebody (VF onhandQuantity), in smallest parts."""
    rows = positions(item=item, custodian=agent).filter(within_kind="")
    return sum(rows.values_list("quantity", flat=True))


def accounted(item: StockItem, agent: Agent) -> int:
    """What is somebody's, wherever it is (VF accountingQuantity), in smallest parts."""
    return sum(positions(item=item, accountable=agent).values_list("quantity", flat=True))


def replay() -> tuple[dict[vf.Position, int], dict[int, vf.ResourceRecord]]:
    """What the stored events say: how much is in each position, and what each stock is.

    An event whose payload cannot be read counts for nothing.
    """
    said: dict[vf.Position, int] = {}
    records: dict[int, vf.ResourceRecord] = {}
    for event in Event.objects.order_by("pk").iterator(chunk_size=2000):
        try:
            outcome = eventdata.outcome_of(event)
        except ValidationError:  # its payload was forged; its digest says so too
            continue
        for position, quantity in outcome.net.items():
            said[position] = said.get(position, 0) + quantity
        for change in outcome.attributes:
            if record := records.get(int(change.resource)):
                records[int(change.resource)] = record.with_change(change.attribute, change.after)
        records.update({int(record.id): record for record in outcome.created})
        for record in outcome.removed:
            records.pop(int(record.id), None)
    return said, records


def rebuild_positions() -> dict[vf.Position, tuple[int, int]]:
    """Work positions out from the stored events and compare.

    Returns:
        What differs: position → (as it stands, as the events say). Empty: all is well.
    """
    return _differing(replay()[0])


def _differing(said: dict[vf.Position, int]) -> dict[vf.Position, tuple[int, int]]:
    """Positions that do not stand as events say."""
    stands = {eventstate.position_of(row): row.quantity for row in Position.objects.iterator()}
    return {
        position: (stands.get(position, 0), said.get(position, 0))
        for position in {**said, **stands}
        if stands.get(position, 0) != said.get(position, 0)
    }


def verify_events(report_problem: Callable[[str, str, int], Any]) -> int:
    """Verify every event: its digest, its numbers in the rows of stocks, and all positions.

    Args:
        report_problem: Called with a code (``event-digest``, ``event-trace``, ``position``,
            ``stock``), a message and the id of the event (of the stock, for the last two).

    Returns:
        How many events there are.
    """
    count = 0
    for event in Event.objects.order_by("pk").iterator(chunk_size=2000):
        count += 1
        if eventdata.digest_of_event(event) != bytes(event.digest):
            report_problem("event-digest", _("The event is not what was recorded."), event.pk)
    _verify_trace(report_problem)
    said, records = replay()
    for position, (stands, wanted) in _differing(said).items():
        message = _("A position stands at %(stands)d; the events say %(said)d.")
        report_problem(
            "position", message % {"stands": stands, "said": wanted}, int(position.resource)
        )
    for item in StockItem.objects.order_by("pk").iterator(chunk_size=2000):
        found = eventstate.record_of(item) if item.present else None
        if found != records.get(item.pk):
            message = _("Stock %(item)d is not what the events made of it.")
            report_problem("stock", message % {"item": item.pk}, item.pk)
    return count


def _verify_trace(report_problem: Callable[[str, str, int], Any]) -> None:
    """Every stock has its events, numbered from 1 without a gap, the last number beside it."""
    last: tuple[int, int] = (0, 0)
    for item, sequence, event_id in (
        Trace.objects.order_by("item_id", "sequence")
        .values_list("item_id", "sequence", "event_id")
        .iterator()
    ):
        if sequence != (last[1] + 1 if item == last[0] else 1):
            report_problem("event-trace", _("A stock misses one of its events."), event_id)
        last = (item, sequence)
    highest = StockItem.objects.annotate(highest=Coalesce(Max("trace__sequence"), 0))
    for item in highest.exclude(sequence=F("highest")).order_by("pk"):
        message = _("Stock %(item)d does not count its events rightly.")
        report_problem("stock", message % {"item": item.pk}, item.pk)
