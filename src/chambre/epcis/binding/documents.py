"""Events on their way out: in the wanted form, with recordTime, within a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from chambre.epcis import names
from chambre.epcis.binding.headers import form_of, prefix_lengths
from chambre.epcis.models import Event
from chambre.epcis.services.preparing import STANDARD_CONTEXT
from chambre.epcis.times import written
from chambre.lib import epcis as lib

_STANDARD = ("https://ref.gs1.org/standards/epcis/", "https://gs1.github.io/EPCIS/")
SIMPLE = "SimpleEventQuery"


def is_standard(context: Any) -> bool:
    """Whether a context is one of the standard's own."""
    return isinstance(context, str) and context.startswith(_STANDARD)


def parts(context: Any) -> list[Any]:
    """What a context says beyond the standard's."""
    listed = context if isinstance(context, list) else [context]
    return [part for part in listed if part is not None and not is_standard(part)]


def outward(row: Event, wanted: str) -> dict[str, Any]:
    """An event as it is given out.

    Args:
        row: The event.
        wanted: A value of ``GS1-EPC-Format``.
    """
    form = form_of(wanted)
    event = row.value
    if form != "none":
        event = lib.normalise(event, form, prefixes=prefix_lengths())
    event["recordTime"] = written(row.record_time)
    return event


def alone(row: Event, wanted: str) -> dict[str, Any]:
    """An event that stands for itself, with its context."""
    event = outward(row, wanted)
    own = parts(event.get("@context"))
    listed = [STANDARD_CONTEXT, *parts(row.context.value), *own]
    return {**event, "@context": listed}


def query_document(
    rows: Sequence[Event],
    wanted: str,
    *,
    name: str = SIMPLE,
    subscription: str | None = None,
) -> dict[str, Any]:
    """An EPCISQueryDocument; contexts that agree stand at its head, others at their event."""
    head: list[Any] = [STANDARD_CONTEXT]
    explained: dict[str, str] = {}
    events = []
    for row in rows:
        event = outward(row, wanted)
        own = parts(row.context.value)
        if _agree(own, explained):
            _join(head, own, explained)
        else:
            event["@context"] = [*own, *parts(event.get("@context"))]
        events.append(event)
    results: dict[str, Any] = {"queryName": name, "resultsBody": {"eventList": events}}
    if subscription is not None:
        results["subscriptionID"] = subscription
    return {
        "@context": head,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": written(timezone.now()),
        "epcisBody": {"queryResults": results},
    }


def _agree(own: Iterable[Any], explained: dict[str, str]) -> bool:
    """Whether a context explains no prefix otherwise than those before it."""
    found = names.prefixes(list(own))
    return all(explained.get(prefix, address) == address for prefix, address in found.items())


def _join(head: list[Any], own: Iterable[Any], explained: dict[str, str]) -> None:
    for part in own:
        if part not in head:
            head.append(part)
            explained.update(names.prefixes(part))


def collection(member: list[Any]) -> dict[str, Any]:
    """A list of resources."""
    return {"@context": [STANDARD_CONTEXT], "type": "Collection", "member": member}
