"""Elinor Ostrom's eight principles as questions about a resource, and what can be told already.

Source: E. Ostrom, *Governing the Commons* (1990), table 3.1; the questions are in our own words.
An answer goes from 0 (no) to 3 (fully), and stands on evidence or is merely declared. There is a
profile of eight, and never one score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chambre.registry.held import today
from chambre.registry.models import Assessment, Resource, Role


@dataclass(frozen=True, slots=True)
class Principle:
    """One of the eight.

    Attributes:
        number: 1 to 8.
        name: In a few words, translated.
        question: What is asked, translated.
        look_for: What would be evidence, translated.
    """

    number: int
    name: Any
    question: Any
    look_for: Any


PRINCIPLES = (
    Principle(
        1,
        _("Clear boundaries"),
        _("Is it clear what belongs to the resource, and who may use it?"),
        _("a description of its limits, a list of members or of conditions of use"),
    ),
    Principle(
        2,
        _("Rules that fit the place"),
        _("Do the rules of use fit this place and this resource, and does what one takes answer to"
          " what one gives?"),
        _("rules of use with quantities, seasons, shares of work"),
    ),
    Principle(
        3,
        _("Those concerned decide"),
        _("Can most of those whom the rules bind take part in changing them?"),
        _("statutes, minutes of an assembly, a way of making proposals"),
    ),
    Principle(
        4,
        _("Watching over it"),
        _("Are the state of the resource and its use watched, by its users or by people who answer"
          " to them?"),
        _("counts, visits, published accounts, reports of those who watch"),
    ),
    Principle(
        5,
        _("Graduated sanctions"),
        _("Does somebody who breaks a rule first meet a small consequence, that grows if they go"
          " on?"),
        _("a scale of consequences, cases that were dealt with"),
    ),
    Principle(
        6,
        _("Conflicts settled nearby"),
        _("Is there a quick, cheap and known way of settling conflicts?"),
        _("mediators with a name, a procedure, cases that were settled"),
    ),
    Principle(
        7,
        _("The right to organise"),
        _("Do the authorities and the owner let the users make their own rules?"),
        _("a lease, a convention, a licence, a decision of the commune"),
    ),
    Principle(
        8,
        _("Nested in larger wholes"),
        _("Where the resource is part of something larger, is each matter decided at the level that"
          " it belongs to?"),
        _("membership of a federation or chamber, a charter that shares out what is decided where"),
    ),
)  # fmt: skip
"""The eight, in order."""

ANSWERS: dict[int, Any] = {
    0: _("no"),
    1: _("a little"),
    2: _("for the most part"),
    3: _("fully"),
}
"""What each answer means."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that the software itself knows and that bears on a principle.

    Attributes:
        text: In words, translated.
        url: Where it can be looked at; may be empty.
    """

    text: str
    url: str = ""


_providers: list[tuple[int, Callable[[Resource], list[Sign]]]] = []


def signs_of(principle: int) -> Callable[[Callable[[Resource], list[Sign]]], Any]:
    """Register a function that finds signs about a principle; upper floors use it too."""

    def register(function: Callable[[Resource], list[Sign]]) -> Any:
        if (principle, function) not in _providers:
            _providers.append((principle, function))
        return function

    return register


def signs(resource: Resource) -> dict[int, list[Sign]]:
    """What the software knows about each principle; assessing remains a person's work."""
    found: dict[int, list[Sign]] = {}
    for principle, provider in _providers:
        found.setdefault(principle, []).extend(provider(resource))
    return found


def current_assessments(resource: Resource) -> list[dict[str, Any]]:
    """The assessment that holds for each principle, in order, as the record keeps it."""
    latest: dict[int, Assessment] = {}
    for row in resource.assessments.order_by("number"):
        latest[row.principle] = row
    return [
        {
            "principle": number,
            "answer": latest[number].answer,
            "comment": latest[number].comment,
            "evidence_kind": latest[number].evidence_kind,
            "evidence": latest[number].evidence,
            "on": latest[number].on.isoformat(),
            "capacity": latest[number].capacity,
        }
        for number in sorted(latest)
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A principle with what is known about it for one resource, for a page."""

    principle: Principle
    assessment: dict[str, Any] | None
    signs: list[Sign]

    @property
    def answer(self) -> int | None:
        """0 to 3, or None when nobody answered."""
        return self.assessment["answer"] if self.assessment else None

    @property
    def answer_label(self) -> Any:
        """The answer in words."""
        return ANSWERS[self.assessment["answer"]] if self.assessment else _("not assessed")

    @property
    def evidence_label(self) -> Any:
        """What kind of evidence the answer stands on, in words; empty when nobody answered."""
        return (
            Assessment.Evidence(self.assessment["evidence_kind"]).label if self.assessment else ""
        )

    @property
    def capacity_label(self) -> Any:
        """As what the assessor spoke, in words."""
        capacity = self.assessment["capacity"] if self.assessment else ""
        if capacity in Role.Kind.values:
            return Role.Kind(capacity).label
        return _("the Chamber's system") if capacity == "system" else _("somebody else")

    @property
    def declared(self) -> bool:
        """Whether the answer stands on no evidence."""
        return bool(self.assessment) and not self.assessment["evidence_kind"]  # type: ignore[index]

    @property
    def on(self) -> dt.date | None:
        """When it was assessed."""
        return dt.date.fromisoformat(self.assessment["on"]) if self.assessment else None


def profile(resource: Resource, assessments: list[dict[str, Any]]) -> list[Line]:
    """The eight lines of a resource's profile."""
    by_number = {one["principle"]: one for one in assessments}
    known = signs(resource)
    return [Line(one, by_number.get(one.number), known.get(one.number, [])) for one in PRINCIPLES]


@signs_of(4)
def _checks(resource: Resource) -> list[Sign]:
    """How often somebody looked at the principles in the last twelve months."""
    now = today()
    year = now - dt.timedelta(days=365)
    count = Assessment.objects.filter(resource=resource, on__gt=year, on__lte=now).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d assessment was recorded in the last twelve months.",
        "%(count)d assessments were recorded in the last twelve months.",
        count,
    )
    return [Sign(text % {"count": count})]


@signs_of(8)
def _nesting(resource: Resource) -> list[Sign]:
    """What the resource is part of, and the chamber above its chamber."""
    found = []
    if resource.part_of is not None:
        found.append(
            Sign(
                gettext("It is declared as part of “%(name)s”.") % {"name": resource.part_of},
                f"/ressources/{resource.part_of.slug}/",
            )
        )
    above = resource.chamber.chamber
    if above is not None:
        found.append(
            Sign(
                gettext("Its chamber belongs to “%(name)s”.") % {"name": above},
                f"/structures/{above.slug}/",
            )
        )
    return found
