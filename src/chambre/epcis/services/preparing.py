"""An event that comes in: checked, given its id, taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError
from chambre.epcis import names
from chambre.epcis.services.storing import Draft
from chambre.epcis.taking import take
from chambre.lib import epcis as lib

STANDARD_CONTEXT = lib.CONTEXT


class EventInvalid(ChambreError):
    """The event is not valid EPCIS 2.0; ``data["problems"]`` says where and why."""

    code = "epcis.event-invalid"
    status = 422


def prepare(
    event: Any,
    *,
    context: Any = None,
    known: Mapping[str, str] | None = None,
    checked: bool = False,
) -> Draft:
    """Check an event and take it apart.

    Args:
        event: As it came.
        context: JSON-LD context of the document that it came in; that of the standard if none.
        known: What this context abbreviates, when the caller has worked it out already.
        checked: It was found valid already.

    Raises:
        EventInvalid: It is not valid.
    """
    context = STANDARD_CONTEXT if context is None else context
    try:
        if not checked:
            lib.check_event(event)
    except lib.EpcisError as error:
        raise _invalid(error) from None
    abbreviated = dict(names.prefixes(context) if known is None else known)
    own = event.get("@context")
    if own is not None:
        abbreviated |= names.prefixes(own)
    try:
        event_id = event.get("eventID") or lib.event_hash(event, context=context)
        return Draft(take(event, event_id, abbreviated), context)
    except lib.EpcisError as error:
        raise _invalid(error) from None
    except (UnicodeEncodeError, ValueError):
        text = _("A time or a text of this event cannot be kept.")
        raise EventInvalid(text, problems=[{"path": "", "message": text}]) from None


def _invalid(error: lib.EpcisError) -> EventInvalid:
    language = get_language() or "fr"
    problems = [{"path": one.path, "message": one.text(language)} for one in error.problems][:50]
    words = "; ".join(f"{one['path']}: {one['message']}" for one in problems[:3])
    return EventInvalid(
        _("This is not a valid EPCIS event: %(why)s") % {"why": words}, problems=problems
    )
