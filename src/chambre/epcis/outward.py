"""Events on their way out: in the wanted form, with recordTime, within a document.

Both the REST binding and what subscribers are told write them so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from chambre.epcis import names
from chambre.epcis.models import Event
from chambre.epcis.times import written
from chambre.lib import epcis as lib
from chambre.lib import gs1

EPCIS = ("2.0.0", "2.0.1")
"""The oldest and the newest version that are spoken here; the newest is what is said."""
CBV = ("2.0.0", "2.0.0")
FORMATS = ("No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates")
DEFAULT_FORMAT = "Always_GS1_Digital_Link"

_STANDARD = ("https://ref.gs1.org/standards/epcis/", "https://gs1.github.io/EPCIS/")
SIMPLE = "SimpleEventQuery"


def form_of(wanted: str) -> Any:
    """The same, as the library calls it."""
    forms = {"Always_GS1_Digital_Link": "digital_link", "Always_EPC_URN": "urn"}
    return forms.get(wanted, "none")


@cache
def _prefixes(text: str) -> gs1.PrefixLengths:
    return gs1.PrefixLengths.read(text)


def prefix_lengths() -> gs1.PrefixLengths:
    """How long company prefixes are, by ``CHAMBRE_GS1_PREFIXES`` (``3760123`` or ``376:7``)."""
    return _prefixes(settings.CHAMBRE_GS1_PREFIXES)


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
    listed = [lib.CONTEXT, *parts(row.context.value), *own]
    return {**event, "@context": listed}


def query_document(
    rows: Sequence[Event],
    wanted: str,
    *,
    name: str = SIMPLE,
    subscription: str | None = None,
) -> dict[str, Any]:
    """An EPCISQueryDocument; contexts that agree stand at its head, others at their event."""
    head: list[Any] = [lib.CONTEXT]
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
    return {"@context": [lib.CONTEXT], "type": "Collection", "member": member}
