"""An event that comes in: checked, given its id, taken apart."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError
from chambre.epcis.portions import Apart
from chambre.epcis.taking import Taken
from chambre.lib import epcis as lib

STANDARD_CONTEXT = lib.CONTEXT


class EventInvalid(ChambreError):
    """The event is not valid EPCIS 2.0; ``data["problems"]`` says where and why."""

    code = "epcis.event-invalid"
    status = 422


def prepare(event: Any, *, context: Any = None) -> Taken:
    """Check an event and take it apart.

    Args:
        event: As it came.
        context: JSON-LD context of the document that it came in; that of the standard if none.

    Raises:
        EventInvalid: It is not valid.
    """
    try:
        lib.check_event(event)
    except lib.EpcisError as error:
        raise _invalid(error) from None
    context = STANDARD_CONTEXT if context is None else context
    try:
        return Apart(context).take(event)
    except lib.EpcisError as error:
        raise _invalid(error) from None
    except ValueError:
        raise unfit() from None


def unfit() -> EventInvalid:
    """The refusal of an event that no table can hold."""
    text = _("A time or a text of this event cannot be kept.")
    return EventInvalid(text, problems=[{"path": "", "message": text}])


def _invalid(error: lib.EpcisError) -> EventInvalid:
    language = get_language() or "fr"
    problems = [{"path": one.path, "message": one.text(language)} for one in error.problems][:50]
    words = "; ".join(f"{one['path']}: {one['message']}" for one in problems[:3])
    return EventInvalid(
        _("This is not a valid EPCIS event: %(why)s") % {"why": words}, problems=problems
    )
