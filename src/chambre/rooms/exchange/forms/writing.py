"""An exchange as a form: rows for legs and conditions, without JavaScript; what was typed is never lost."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.ui.forms import AmountField
from chambre.lib import exchange as lib
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Leg

MOST_ROWS = 60
CONDITIONS = (
    ("date", gettext_lazy("not before a day")),
    ("document", gettext_lazy("a document is received")),
    ("confirm", gettext_lazy("parties confirm")),
    ("inspector", gettext_lazy("an inspector’s word")),
)
"""Kinds of conditions that the form offers; the text has more."""
_TIME = re.compile(r"(\d{1,5})\s*(?:h|:)\s*(\d{1,2})?\s*(?:min)?")
_UNITS = {"euros": "EUR", "credit": "CRD"}


@dataclass(slots=True)
class LegRow:
    """What was typed for a leg."""

    giver: str = ""
    taker: str = ""
    kind: str = "euros"
    amount: str = ""
    unit: str = ""
    what: str = ""
    place: str = ""
    after: str = ""
    value: str = ""
    vat: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class ConditionRow:
    """What was typed for a condition."""

    kind: str = "confirm"
    what: str = ""
    who: str = ""
    day: str = ""
    needed: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Typed:
    """What was typed for an exchange.

    Attributes:
        title, deadline, summary, mediator: Of the whole.
        legs, conditions: Rows; empty ones are left out of what is kept.
        errors: About the whole.
        kept: The legs that are not empty, in the order in which they are read.
    """

    title: str = ""
    deadline: str = ""
    summary: str = ""
    mediator: str = ""
    otherwise: str = "return"
    legs: list[LegRow] = field(default_factory=lambda: [LegRow(), LegRow(), LegRow()])
    conditions: list[ConditionRow] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    kept: list[LegRow] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything was noted."""
        rows: list[Any] = [*self.legs, *self.conditions]
        return bool(self.errors) or any(row.errors for row in rows)


def _cells(kind: Any) -> list[str]:
    return [each.name for each in fields(kind) if each.name != "errors"]


def typed(sent: Any) -> Typed:
    """What a form has sent, cut and clean, as it was typed."""

    def word(name: str, longest: int = 500) -> str:
        return str(sent.get(name, ""))[:longest].replace("\0", "").strip()

    def rows(kind: Any, name: str) -> list[Any]:
        count = word(f"{name}s", 3)
        many = min(int(count), MOST_ROWS) if count.isdigit() else 0
        return [
            kind(**{cell: word(f"{name}-{at}-{cell}") for cell in _cells(kind)})
            for at in range(many)
        ]

    return Typed(
        title=word("title", 140), deadline=word("deadline", 10), summary=word("summary", 2000),
        mediator=word("mediator"), otherwise=word("otherwise") or "return",
        legs=rows(LegRow, "leg"), conditions=rows(ConditionRow, "condition"),
    )  # fmt: skip


def act_on_rows(found: Typed, act: str) -> bool:
    """Add or remove a row; whether the button asked for that."""
    verb, _colon, rest = act.partition(":")
    name, _colon, place = rest.partition(":")
    known: dict[str, list[Any]] = {"leg": found.legs, "condition": found.conditions}
    rows = known.get(name)
    if rows is None:
        return False
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(LegRow() if name == "leg" else ConditionRow())
    elif verb == "remove" and place.isdigit() and int(place) < len(rows):
        del rows[int(place)]
    return verb in ("add", "remove")


def as_data(found: Typed, agents: dict[str, Agent]) -> dict[str, Any]:
    """What was typed as data with the words of the text; what cannot be read is noted beside its cell."""
    legs = [row for row in found.legs if row.what or row.amount or row.giver or row.taker]
    names = _names(legs)
    slugs = {slug for row in legs for slug in (row.giver, row.taker) if slug}
    ordered = [slug for slug in agents if slug in slugs]
    data: dict[str, Any] = {"title": found.title}
    day = _day(found.deadline)
    if day is not None:
        data["deadline"] = day
    if found.otherwise != "return":
        data["otherwise"] = found.otherwise
    if found.summary:
        data["summary"] = found.summary
    data["party"] = [{"name": slug, "label": agents[slug].name} for slug in ordered]
    data["leg"] = [_leg(row, name, names) for row, name in zip(legs, names, strict=True)]
    conditions = [
        _condition(row, at, ordered, names)
        for at, row in enumerate(found.conditions, 1)
        if row.kind
    ]
    data |= {"condition": conditions} if conditions else {}
    if found.mediator:
        agent = agents.get(found.mediator)
        label = {"label": agent.name} if agent is not None else {}
        data["mediator"] = {"agent": found.mediator, "may": ["return", "release"], **label}
    found.kept = legs
    return data


def _names(legs: list[LegRow]) -> list[str]:
    found: list[str] = []
    for row in legs:
        base = slugify(row.what)[:40].strip("-") or row.kind or "apport"
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base}-{number}"
        found.append(name)
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _leg(row: LegRow, name: str, names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "from": row.giver, "to": row.taker, "kind": row.kind}
    counted = row.kind in ("euros", "credit", "hours")
    amount = _amount(row)
    if amount is not None:
        found["amount"] = amount
    for word in ("what", "unit", "place"):
        text = getattr(row, word)
        if text and not (counted and word in ("unit", "place")):
            found[word] = text
    if row.after:
        numbers = [each for each in re.split(r"[\s,;]+", row.after) if each]
        places = [int(each) for each in numbers if each.isdigit() and 1 <= int(each) <= len(names)]
        if len(places) < len(numbers):
            row.errors.setdefault("after", []).append(_("Write numbers of rows, such as 1, 2."))
        elif places:
            found["after"] = [names[place - 1] for place in places]
    if row.value:
        cents = _cents(row, "value", "EUR")
        found |= {"value": cents} if cents else {}
    if row.vat:
        rate = _cents(row, "vat", "EUR")
        found |= {"vat": rate} if rate is not None else {}
    return found


def _amount(row: LegRow) -> int | None:
    """Minutes, cents, hundredths, or a whole number, as the kind wants it."""
    if not row.amount:
        return None
    if row.kind in _UNITS:
        return _cents(row, "amount", "EUR")
    if row.kind == "hours":
        time = _TIME.fullmatch(row.amount.lower())
        if time is not None:
            return int(time.group(1)) * 60 + int(time.group(2) or 0)
        if row.amount.isdigit():
            return int(row.amount) * 60
        row.errors.setdefault("amount", []).append(_("Write a time such as 2 h 30."))
        return None
    if row.amount.isdigit():
        return int(row.amount)
    row.errors.setdefault("amount", []).append(_("Write a whole number."))
    return None


def _cents(row: LegRow, cell: str, currency: str) -> int | None:
    try:
        value: int | None = AmountField(currency=currency, min_value=0).clean(getattr(row, cell))
    except ValidationError as error:
        row.errors.setdefault(cell, []).extend(error.messages)
        return None
    return value


def _condition(row: ConditionRow, at: int, parties: list[str], legs: list[str]) -> dict[str, Any]:
    base = slugify(row.what)[:30].strip("-") or row.kind
    name = base if base not in legs else f"{base}-c"
    found: dict[str, Any] = {"name": f"{name}-{at}" if name in legs else name, "kind": row.kind}
    if at > 1:
        found["name"] = f"{found['name']}-{at}"
    if row.kind == "date":
        day = _day(row.day)
        if day is None:
            row.errors.setdefault("day", []).append(_("Choose a day."))
        else:
            found["from"] = day
        return found
    if row.what:
        found["what"] = row.what
    if row.kind == "inspector" or (row.kind == "document" and row.who):
        found["who"] = row.who
    if row.kind == "confirm":
        found["of"] = parties
        if row.needed.isdigit() and int(row.needed):
            found["needed"] = int(row.needed)
    return found


def note_problems(found: Typed, report: lib.Report, language: str) -> None:
    """Put what the reading says beside the rows that it is about."""
    for problem in report.problems:
        place = re.match(r"(leg|condition)\[(\d+)\](?:\.(\w+))?", problem.path)
        rows: list[Any] = []
        if place is not None:
            rows = found.kept if place.group(1) == "leg" else found.conditions
        if place is None or int(place.group(2)) > len(rows):
            found.errors.append(problem.text(language))
            continue
        cell = {"from": "giver", "to": "taker", "of": "needed"}.get(
            place.group(3) or "", place.group(3) or "what"
        )
        rows[int(place.group(2)) - 1].errors.setdefault(cell, []).append(problem.text(language))


def from_words(said: lib.Exchange) -> Typed | None:
    """An exchange as the form shows it; None when it says what the form has no cell for."""
    names = {party.name: party.slug for party in said.parties}
    if any(party.name != party.slug for party in said.parties) or said.parts:
        return None
    order = [leg.name for leg in said.legs]
    found = Typed(
        title=said.title, deadline=said.deadline.isoformat(), summary=said.summary,
        otherwise=said.otherwise, legs=[], mediator=said.mediator.agent if said.mediator else "",
    )  # fmt: skip
    for leg in said.legs:
        if leg.by or leg.keeper or leg.resource or leg.until or set(leg.after) - set(order):
            return None
        found.legs.append(
            LegRow(
                giver=names[leg.giver], taker=names[leg.taker], kind=leg.kind,
                amount=_shown(leg), unit=leg.unit, what=leg.what, place=leg.place,
                after=", ".join(str(order.index(name) + 1) for name in leg.after),
                value=_decimal(leg.value) if leg.value else "",
                vat=_decimal(leg.vat) if leg.vat is not None else "",
            )
        )  # fmt: skip
    for each in said.conditions:
        simple = each.kind in dict(CONDITIONS) and not (each.by or each.after or each.until)
        if not simple or (each.kind == "confirm" and len(each.of) < len(said.parties)):
            return None
        found.conditions.append(
            ConditionRow(
                kind=each.kind, what=each.what, who=names.get(each.who, each.who),
                day=each.since.isoformat() if each.since else "",
                needed=str(each.needed) if each.needed else "",
            )
        )  # fmt: skip
    return found


def _decimal(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def _shown(leg: lib.Leg) -> str:
    if leg.kind in _UNITS:
        return _decimal(leg.amount)
    if leg.kind == "hours":
        hours, minutes = divmod(leg.amount, 60)
        return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"
    return str(leg.amount)


KINDS = Leg.Kind.choices
"""Kinds of legs, as the form offers them."""
