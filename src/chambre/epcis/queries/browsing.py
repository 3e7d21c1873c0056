"""Lists of what the events name: objects, places, steps, dispositions, types."""

from __future__ import annotations

from chambre.epcis import names
from chambre.epcis.language import EVENT_TYPES
from chambre.epcis.models import Kind, Term
from chambre.epcis.terms import term_id
from chambre.lib import epcis as lib

STANDARD = {
    Kind.EVENT_TYPE: EVENT_TYPES,
    Kind.BIZ_STEP: tuple(sorted(lib.BIZ_STEPS)),
    Kind.DISPOSITION: tuple(sorted(lib.DISPOSITIONS)),
}
"""What the standard lists itself comes first."""


def listed(
    kind: Kind, *, size: int, after: list[int | str] | None
) -> tuple[list[str], list[int | str] | None]:
    """A page of the terms of a kind, and where the next begins.

    Args:
        kind: Which.
        size: At most so many.
        after: ``["s", place in the standard's list]`` or ``["t", key of the last term]``.
    """
    standard = STANDARD.get(kind, ())
    part, place = after or ["s", 0]
    found: list[str] = []
    if part == "s":
        found = list(standard[int(place) : int(place) + size])
        end = int(place) + len(found)
        if end < len(standard):
            return found, ["s", end]
        place = 0
    left = size - len(found)
    rows = Term.objects.filter(kind=kind, id__gt=int(place)).order_by("id")
    if standard:
        rows = rows.exclude(pk__in=[term_id(kind, word) for word in standard])
    own = list(rows.values_list("id", "text")[: left + 1])
    if not left:
        return found, ["t", int(place)] if own else None
    more = len(own) > left
    own = own[:left]
    return found + [text for _id, text in own], ["t", own[-1][0]] if more else None


def is_known(kind: Kind, value: str) -> bool:
    """Whether the standard or an event names it."""
    plain = plain_name(kind, value)
    return plain in STANDARD.get(kind, ()) or Term.objects.filter(pk=term_id(kind, plain)).exists()


def plain_name(kind: Kind, value: str) -> str:
    """The name under which it is found."""
    if kind in (Kind.BIZ_STEP, Kind.DISPOSITION):
        return names.word(value)
    return value if kind == Kind.EVENT_TYPE else names.canonical(value)
