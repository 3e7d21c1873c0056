"""What the ledger refuses, by name."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError, Conflict, Invalid


class Unbalanced(ChambreError):
    """An entry does not balance in every (resource, unit) cell.

    ``data["cells"]`` lists the cells that do not sum to zero: ``{"resource": id or None, "unit",
    "amount"}``, the amount being debit − credit in the smallest part of the unit.
    """

    code = "ledger.unbalanced"
    status = 422
    default_message = _("This journal entry does not balance for each resource.")


class ClosedYear(Conflict):
    """The day lies in a financial year that is closed: the correction goes in the open year."""

    code = "ledger.closed-year"
    default_message = _("This financial year is closed: record it in the open year.")


class AlreadyReversed(Conflict):
    """An entry is reversed once; it was."""

    code = "ledger.already-reversed"
    default_message = _("This journal entry was reversed already.")


class NotReversible(Conflict):
    """Attributions and reversals are not reversed: attribute or post again."""

    code = "ledger.not-reversible"
    default_message = _("This kind of journal entry is not reversed: record another one.")


class NotSealed(Conflict):
    """A record waits for the next seal; there is no proof of it yet."""

    code = "ledger.not-sealed"
    default_message = _("This record is not sealed yet: seal first (chambre ledger seal).")


class NotProvable(Conflict):
    """The record is not what was sealed, or its seal is broken; ``verify`` says more."""

    code = "ledger.not-provable"
    default_message = _(
        "This record is not what was sealed. Verify the ledger (chambre ledger verify)."
    )


class NotAttributable(Conflict):
    """The line cannot be attributed to resources; ``data["entry"]`` says which entry."""

    code = "ledger.not-attributable"
    default_message = _("These lines cannot be attributed to resources.")


class YearOverlaps(Conflict):
    """Two financial years of a book would share a day; ``data`` has the dates of the other."""

    code = "ledger.year-overlaps"
    default_message = _("The book has another financial year over these dates.")


class CannotClose(Conflict):
    """The year cannot be closed yet; ``data["findings"]`` says why, account by account."""

    code = "ledger.cannot-close"
    default_message = _("This financial year cannot be closed yet.")


class OpeningDiffers(CannotClose):
    """The openings that the next year brought differ from what this one leaves.

    ``data["accounts"]`` lists ``{"account", "expected", "found"}`` in minor units.
    """

    code = "ledger.opening-differs"
    default_message = _(
        "The opening entries of the next year differ from the balances that this one leaves."
    )


class Refused(Conflict):
    """A guard of the database refused; ``data["guard"]`` names it."""

    code = "ledger.refused"
    default_message = _("The ledger refuses this record.")


_BY_GUARD: dict[str, type[ChambreError]] = {
    "closed-year": ClosedYear,
    "unbalanced": Unbalanced,
    "foreign": Invalid,
    "reverses": NotReversible,
    "about": NotAttributable,
}
MARK = "ledger/"
"""Every message of the ledger's guards starts with this and the guard's name."""


def guard_of(error: IntegrityError) -> str | None:
    """The name of the ledger's guard behind a database error, if one of them spoke."""
    text = str(error)
    at = text.find(MARK)
    return text[at + len(MARK) :].split(":", 1)[0] if at >= 0 else None


def constraint_of(error: IntegrityError) -> str:
    """The unique key that refused (PostgreSQL), or an empty text."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def typed(error: IntegrityError) -> ChambreError | None:
    """The business error that a guard's refusal stands for, if it is one of the ledger's."""
    guard = guard_of(error)
    if guard is not None:
        kind = _BY_GUARD.get(guard, Refused)
        return kind(guard=guard, detail=str(error).splitlines()[0])
    text = str(error)
    if "reverses" in constraint_of(error) or "reverses_id" in text:
        return AlreadyReversed()
    return None
