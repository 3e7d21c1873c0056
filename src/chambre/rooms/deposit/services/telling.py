"""Telling the repository what happened: from moves to EPCIS 2.0 events, after the commit.

Moves are the facts. Each transaction leaves the list of its moves (``Untold``); here they become events,
each list once: the events and the end of the list are one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import DatabaseError, transaction

from chambre.core.errors import ChambreError
from chambre.epcis import api as epcis
from chambre.rooms.deposit.models import Move, Untold
from chambre.rooms.deposit.services.accounts import SYSTEM

Kind = Move.Kind
CHUNK = 50
log = structlog.get_logger("chambre.deposit")
STEPS: dict[str, tuple[str, str, str]] = {
    Kind.COMMISSIONED: ("ADD", "commissioning", "active"),
    Kind.ISSUED: ("ADD", "/voc/bizstep/lending", "dispensed"),
    Kind.RETURNED: ("DELETE", "collecting", "returned"),
    Kind.SEEN: ("OBSERVE", "/voc/bizstep/scanning", ""),
    Kind.WASHED: ("OBSERVE", "/voc/bizstep/cleaning", "in_progress"),
    Kind.INSPECTED: ("OBSERVE", "inspecting", "conformant"),
    Kind.REPAIRED: ("OBSERVE", "repairing", "available"),
    Kind.TRANSFERRED: ("OBSERVE", "receiving", "in_progress"),
    Kind.RECALLED: ("OBSERVE", "/voc/bizstep/recalling", "recalled"),
    Kind.RETIRED: ("DELETE", "decommissioning", "inactive"),
    Kind.LOST: ("OBSERVE", "/voc/bizstep/writing_off", "unknown"),
    Kind.RELABELLED: ("OBSERVE", "encoding", "encoded"),
    Kind.CORRECTED: ("OBSERVE", "/voc/bizstep/correcting", ""),
}
"""Action, business step and disposition (CBV 2.0) of each kind of move.

CBV has no step for lending, washing or writing off (its ``consigning`` is outbound freight): those
are addresses of the scheme's own vocabulary.
"""
CONTRACTS = frozenset({Kind.ISSUED.value, Kind.RETURNED.value})
CONTRACT_TYPE = "/voc/btt/deposit"


def tell_all(most: int = 10_000) -> int:
    """Tell what waits, oldest first; several processes share the work.

    A list that cannot be told stays and is logged; those after it are told.

    Args:
        most: At most so many lists of moves.

    Returns:
        How many events were recorded.
    """
    told = after = 0
    for _each in range(most):
        try:
            count, after = _tell_one(after)
        except epcis.EventInvalid:
            after = _next(after)
            log.exception("deposit.untold", number=after)
            continue
        if not after:
            break
        told += count
    return told


def tell_now() -> None:
    """Tell what has just happened, after the commit; what fails now is told by the clock."""
    try:
        tell_all(20)
    except (ChambreError, DatabaseError) as error:
        log.warning("deposit.tell.later", error=str(error))


def _next(after: int) -> int:
    """The list after one that cannot be told."""
    return Untold.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[0]


@transaction.atomic
def _tell_one(after: int) -> tuple[int, int]:
    """Tell the next list: how many events, and which one it was; (0, 0) when none waits."""
    rows = Untold.objects.select_for_update(skip_locked=True).filter(pk__gt=after)
    waiting = rows.order_by("pk").first()
    if waiting is None:
        return 0, 0
    number = waiting.pk
    moves = Move.objects.filter(pk__in=waiting.moves).select_related(
        "item__scheme", "item__type", "place", "contract"
    )
    events = events_of(moves.order_by("pk"))
    for first in range(0, len(events), CHUNK):
        epcis.record_events(
            events=events[first : first + CHUNK],
            by=SYSTEM,
            key=f"deposit:moves:{number}:{first}",
        )
    waiting.delete()
    return len(events), number


def events_of(moves: Iterable[Move]) -> list[dict[str, Any]]:
    """Moves as events: what happened together, at one place and moment, is one event."""
    groups: dict[tuple[Any, ...], list[Move]] = {}
    for move in moves:
        key = (
            move.act_id, move.kind, move.place_id, move.happened_at, move.state,
            str(move.facts) if move.facts else "", move.item.scheme_id,
        )  # fmt: skip
        groups.setdefault(key, []).append(move)
    return [_event(group) for group in groups.values()]


def _event(group: list[Move]) -> dict[str, Any]:
    move = group[0]
    scheme = move.item.scheme
    action, step, disposition = STEPS[move.kind]
    if move.kind == Kind.INSPECTED and move.state in ("damaged", "repair"):
        disposition = "non_conformant"
    event: dict[str, Any] = {
        "type": "TransactionEvent" if move.kind in CONTRACTS else "ObjectEvent",
        "eventTime": _moment(move.happened_at),
        "eventTimeZoneOffset": "+00:00",
        "action": action,
        "epcList": [each.item.uri for each in group],
        "bizStep": f"{scheme.base_uri}{step}" if step.startswith("/") else step,
    }
    if disposition:
        event["disposition"] = disposition
    if move.state == "damaged":
        event["persistentDisposition"] = {"set": ["damaged"]}
    if move.place is not None:
        event["readPoint"] = {"id": f"{scheme.base_uri}/consigne/lieux/{move.place.slug}"}
        event["bizLocation"] = dict(event["readPoint"])
    contracts = {each.contract.uri for each in group if each.contract is not None}
    if move.kind in CONTRACTS:
        event["bizTransactionList"] = [
            {"type": f"{scheme.base_uri}{CONTRACT_TYPE}", "bizTransaction": uri}
            for uri in sorted(contracts)
        ]
    if sensors := _sensors(move.facts or {}, scheme.base_uri, event["eventTime"]):
        event["sensorElementList"] = sensors
    return event


def _moment(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sensors(facts: dict[str, Any], base: str, at: str) -> list[dict[str, Any]]:
    """What was measured in a wash, as sensor reports with their units (UN/CEFACT rec. 20)."""
    reports = []
    if (celsius := facts.get("temperature")) is not None:
        reports.append({"type": "Temperature", "value": celsius, "uom": "CEL"})
    if (minutes := facts.get("minutes")) is not None:
        reports.append({"type": f"{base}/voc/measurement/duration", "value": minutes, "uom": "MIN"})
    return [{"sensorMetadata": {"time": at}, "sensorReport": reports}] if reports else []
