"""Business errors: classes with a machine code, an HTTP status and a message for a person.

Services raise them; pages show ``message``, REST turns them into RFC 9457 problems, the command
line prints them and exits with 1.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class ChambreError(Exception):
    """A rule of the house refused something.

    Attributes:
        code: Stable machine code, ``area.reason``.
        status: HTTP status.
        message: What a person reads, in their language; it says what to do when that helps.
        data: Facts for machines (JSON-able).
    """

    code = "refused"
    status = 409
    default_message: Any = _("This is not possible.")

    def __init__(self, message: Any = None, **data: Any) -> None:
        self.message = message or self.default_message
        self.data = data
        super().__init__(str(self.message))


class Forbidden(ChambreError):
    """The person may not do this here."""

    code = "forbidden"
    status = 403
    default_message = _("You do not have the right to do this.")


class NotFound(ChambreError):
    """There is no such thing, or the person may not know of it."""

    code = "not-found"
    status = 404
    default_message = _("There is nothing here.")


class Invalid(ChambreError):
    """What was sent does not make sense; ``data["fields"]`` says where.

    ``fields`` maps a field's name to the list of messages about it.
    """

    code = "invalid"
    status = 422
    default_message = _("Something in what you sent needs mending.")


class Conflict(ChambreError):
    """The state of things does not allow it (any more)."""

    code = "conflict"
    status = 409
    default_message = _("Somebody was faster, or this was done already.")


class KeyReused(Conflict):
    """The idempotency key was used before, for something else."""

    code = "idempotency.key-reused"
    default_message = _("This request key was already used for something else.")


class TooLarge(ChambreError):
    """More than the stated limit."""

    code = "too-large"
    status = 413
    default_message = _("This is larger than what is accepted.")


class TooMany(ChambreError):
    """Too many attempts in a short time."""

    code = "too-many"
    status = 429
    default_message = _("Too many attempts. Please wait a little.")


class Busy(ChambreError):
    """Somebody else keeps the database busy; the same request may succeed a moment later."""

    code = "busy"
    status = 503
    default_message = _("The Chamber is busy. Please try again in a moment.")
