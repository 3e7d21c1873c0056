"""Reasons in people's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures
from chambre.rooms.deposit.models import Case, ItemType

REASONS: dict[str, Any] = {
    "issued": _("The deposit was paid. Bring the object back to have it again."),
    "whole": _("The whole deposit is paid back. Thank you for bringing it back."),
    "late": _("It came back late: a part of the deposit is kept, as the scheme decided."),
    "damaged": _("It is damaged: what becomes of the deposit follows the scheme's rules."),
    "already": _("This object was brought back already, and its deposit was paid back then."),
    "unknown": _("Nobody knows this code here. It was noted, and somebody will look at it."),
    "foreign": _("This object belongs to another scheme. Its own places pay it back."),
    "never-issued": _("This object was never issued, so there is no deposit to pay back."),
    "withdrawn": _("This object is out of service. Somebody will look at it."),
    "elsewhere": _("Only the place that issued it takes this object back."),
    "distance": _("A code alone does not pay so much. Bring the object to a place."),
    "travel": _("It cannot have come here so quickly. Somebody will look at it."),
    "burst": _("Very many came back at once. Somebody will look at it before it is paid."),
    "cloned": _("This tag looks copied. Somebody will look at it."),
    "place": _("This place does not do that."),
    "means": _("The deposit cannot be paid this way here. Choose another one."),
    "count": _("More would come back than went out. Somebody will look at it."),
    "free": _("No deposit was paid for it, so none is paid back."),
    "decided": _("People have looked at it and decided."),
    "not-issuable": _("This object cannot be issued now."),
    "receipt": _("The receipt is paid out."),
    "handed-on": _("The objects are at the other place now."),
    "unclaimed": _("Nobody claimed it, and the commons decided what becomes of it."),
    "key-reused": _("This request was made already, for something else."),
    "no-tariff": _("No deposit is decided yet for it."),
}
"""What a person is told, by reason; an answer keeps the reason and is told in any language."""


def reason_words(reason: str, *, refused: bool = False) -> str:
    """A reason in the language of who reads it; of what was refused, nobody promises to look at it."""
    if refused and reason == "unknown":
        return str(_("Nobody knows this code here."))
    return str(REASONS.get(reason, reason))


EVIDENCE: dict[str, Any] = {
    "at": _("At which moment"),
    "presence": _("What said that it was there"),
    "condition": _("In which condition it was"),
    "device": _("Device that recorded it"),
    "asked": _("How many were brought"),
    "paid": _("How many were paid back"),
    "types": _("Of which types"),
    "days": _("In how many days"),
    "back": _("How many came back at this place"),
    "went": _("How many ever went out near it"),
    "told": _("How many were paid back there"),
    "counted": _("How many were there when they were counted again"),
    "since": _("Since which moment"),
    "grams": _("What they weighed together, in grams"),
    "each": _("What one of them weighs, in grams"),
    "contracts": _("What contracts held, in cents"),
    "books": _("What the books said, in cents"),
    "event": _("Event that says so"),
    "step": _("Its step"),
    "why": _("What is wrong with it"),
}
VALUES: dict[str, Any] = {
    "good": _("in good condition"),
    "damaged": _("in bad condition"),
    "counter": _("a person at the counter"),
    "machine": _("a return machine"),
    "tap": _("a tag that was tapped"),
    "distance": _("only the code, from anywhere"),
    "ended while its deposit is held": _("it was ended while its deposit is held"),
    "brought back elsewhere": _("it was brought back elsewhere, and its deposit is held"),
    "brought back and never issued": _("it was brought back and was not out"),
    "issued while its deposit is held": _("it was issued while its deposit is held"),
    "issued elsewhere": _("it was issued elsewhere, without a deposit here"),
}


def evidence_words(row: Case) -> list[tuple[str, str]]:
    """What was seen, in words: a name and a value for each fact.

    Types have their names, not their short names.
    """
    slugs = row.evidence.get("types", {})
    types = (
        dict(ItemType.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    )
    told = []
    for name, value in row.evidence.items():
        text = (
            ", ".join(f"{many} × {types.get(each, each)}" for each, many in value.items())
            if isinstance(value, dict)
            else value
        )
        words = str(VALUES.get(str(text), text))
        if name in ("at", "since"):
            words = figures.moment(dt.datetime.fromisoformat(str(value)))
        told.append((str(EVIDENCE.get(name, name)), words))
    return told


def facts_words(facts: dict[str, Any] | None) -> list[str]:
    """What was measured in a step, in words."""
    forms = {"temperature": "{} °C", "minutes": "{} min"}
    return [forms.get(name, "{}").format(value) for name, value in (facts or {}).items()]
