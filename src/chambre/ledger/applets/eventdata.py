"""How an event and what it did are stored, read back and digested."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from pydantic import TypeAdapter

from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Event
from chambre.lib import canonical
from chambre.lib import valueflows as vf


class EventRefused(Conflict):
    """The rules of ValueFlows refuse the event; nothing happened.

    ``data["reason"]`` is the rule's code (``not-enough``, ``ambiguous-source``…), the other keys
    are its facts. Quantities are in smallest parts.
    """

    code = "ledger.event-refused"

    @classmethod
    def of(cls, refusal: vf.ValueFlowsError) -> EventRefused:
        """The refusal of a pure rule, in the reader's language."""
        facts = {name: value for name, value in refusal.data.items() if name != "reason"}
        return cls(refusal.message(get_language() or "en"), reason=refusal.code, **facts)


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def dump(value: vf.Event | vf.Outcome) -> dict[str, Any]:
    """As it is stored: plain JSON values."""
    found: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")  # type: ignore[arg-type]
    return found


def outcome_of(event: Event) -> vf.Outcome:
    """What an event did, as it was stored."""
    found: vf.Outcome = _adapter(vf.Outcome).validate_python(event.payload["outcome"])
    return found


def asked_of(event: Event) -> vf.Event:
    """What was asked for, as it was stored."""
    found: vf.Event = _adapter(vf.Event).validate_python(event.payload["event"])
    return found


def recorded_of(event: Event) -> vf.Recorded:
    """An event as the pure rules know it."""
    return vf.Recorded(
        event.pk,
        asked_of(event),
        outcome_of(event),
        event.occurred_at,
        event.recorded_at,
        event.reverses_id or event.corrects_id,
    )


def digest(content: Any, about: str) -> bytes:
    """The digest of something that is recorded.

    Raises:
        Invalid: A value has no canonical form (a float, text that is not Unicode).
    """
    try:
        return canonical.digest(content, about=about)
    except canonical.NotCanonical as error:
        raise Invalid(str(error)) from error


def digest_of_event(event: Event) -> bytes:
    """The digest of an event's content: all its columns but the digest itself."""
    content = {
        field.attname: getattr(event, field.attname)
        for field in event._meta.concrete_fields
        if field.attname not in {"digest", "asked"}
    }
    content["occurred_at"] = utc(event.occurred_at)
    content["recorded_at"] = utc(event.recorded_at)
    content["asked"] = bytes(event.asked)
    return digest(content, "ledger.event")


def utc(moment: dt.datetime) -> dt.datetime:
    """A moment in UTC.

    Raises:
        Invalid: It has no time zone.
    """
    if timezone.is_naive(moment):
        raise Invalid(fields={"at": [repr(moment)]})
    return moment.astimezone(dt.UTC)
