"""Master data that came in the header of a document: attributes of places and parties, their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from chambre.epcis.models import MasterChild, MasterElement
from chambre.epcis.names import canonical
from chambre.epcis.terms import number_of


def vocabularies(envelope: Mapping[str, Any]) -> list[Any]:
    """The vocabularies of a document: from its header, or from the results of a master data query."""
    header = envelope.get("epcisHeader")
    master = header.get("epcisMasterData") if isinstance(header, Mapping) else None
    listed = master.get("vocabularyList") if isinstance(master, Mapping) else None
    return listed if isinstance(listed, list) else []


def learn(envelope: Mapping[str, Any]) -> int:
    """Keep what a document says about places, parties and classes; how many of them.

    Must be called inside the transaction of the document's events.
    """
    count = 0
    for kind, element in _elements(envelope):
        uri = canonical(element["id"])
        key = number_of("master", kind, uri)
        MasterElement.objects.update_or_create(
            id=key,
            defaults={
                "type": kind,
                "uri": uri,
                "uri_key": number_of(uri),
                "attributes": _attributes(element),
                "changed_at": timezone.now(),
            },
        )
        children = {canonical(one) for one in element.get("children") or () if isinstance(one, str)}
        MasterChild.objects.filter(parent_id=key).delete()
        MasterChild.objects.bulk_create(
            MasterChild(parent_id=key, uri=child, uri_key=number_of(child))
            for child in sorted(children)
        )
        count += 1
    return count


def _elements(envelope: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = {}
    for vocabulary in vocabularies(envelope):
        for element in vocabulary.get("vocabularyElementList") or ():
            if isinstance(element, Mapping) and isinstance(element.get("id"), str):
                found[str(vocabulary.get("type", "")), element["id"]] = element
    for (kind, _id), element in sorted(found.items(), key=lambda item: item[0]):
        yield kind, element


def _attributes(element: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name; a list where a name stands more than once."""
    found: dict[str, Any] = {}
    for one in element.get("attributes") or ():
        name, value = str(one.get("id", "")), one.get("attribute")
        if name in found:
            known = found[name]
            found[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            found[name] = value
    return found
