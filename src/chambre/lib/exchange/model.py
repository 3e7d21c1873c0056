"""An exchange as typed values: who gives what to whom, under which conditions, and what happens otherwise.

Amounts are whole numbers in the smallest part of what is given: cents of euros, minutes, hundredths of a
credit unit, smallest parts of the unit of goods. Days are those of the place where the Chamber is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

FORMAT = 1
"""The newest format that is read."""

KINDS = ("euros", "hours", "credit", "goods", "service", "right", "custody")
"""What can be given: money, time, units of the Chamber, things, work, a right of use, an object to keep."""
COUNTED = ("euros", "hours", "credit")
"""Kinds that need an amount."""
CONDITION_KINDS = ("date", "leg", "document", "confirm", "inspector", "all", "any")
TOLD = ("document", "confirm", "inspector")
"""Conditions that somebody has to tell."""
OTHERWISE = ("return", "parts", "mediate")
"""At the deadline: all goes back; the parts that are ready go, the rest goes back; the mediator is asked."""
MEDIATOR_MAY = ("return", "release", "extend", "parts")
"""What a mediator can be given to decide."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who gives, receives or confirms.

    Attributes:
        name: Short name in the text.
        label: As people call them; empty: the name.
        agent: Short name in the register; empty: the name.
    """

    name: str
    label: str = ""
    agent: str = ""

    @property
    def slug(self) -> str:
        """Short name in the register."""
        return self.agent or self.name

    @property
    def shown(self) -> str:
        """As people call them."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Leg:
    """One gives something to another.

    Attributes:
        name: Short name, unlike that of any other leg or condition.
        giver, taker: Names of two parties.
        kind: One of :data:`KINDS`.
        amount: Cents, minutes, hundredths of a unit, or how much of ``unit``; 1 where nothing is said.
        unit: Of goods and services; empty: pieces.
        what: In words.
        place: Where a thing is kept until it is released.
        keeper: Short name in the register of who keeps the place; empty: the Chamber.
        by: Last day on which it may be deposited; None: the deadline.
        after: Legs and conditions that come before its deposit.
        value: What it is worth, cents with VAT, for the invoices; 0: nothing is said.
        vat: Hundredths of a percent; None: no invoice is asked for.
        resource: Short name in the register of what a right or custody is about.
        until: Last day of a right or of keeping; None: without end.
    """

    name: str
    giver: str
    taker: str
    kind: str
    amount: int = 1
    unit: str = ""
    what: str = ""
    place: str = ""
    keeper: str = ""
    by: dt.date | None = None
    after: tuple[str, ...] = ()
    value: int = 0
    vat: int | None = None
    resource: str = ""
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to hold before anything is released.

    Attributes:
        name: Short name.
        kind: One of :data:`CONDITION_KINDS`.
        what: In words: which document, what is confirmed or inspected.
        since, until: Days between which a ``date`` holds, both included.
        leg: Of a ``leg``: the one that must be deposited.
        of: Of ``confirm``: parties; of ``all`` and ``any``: conditions and legs.
        needed: Of ``confirm``: how many of them; 0: all.
        who: Of ``document``: the party that brings it; of ``inspector``: short name in the register.
        by: Last day on which it can be told; None: the deadline.
        after: Legs and conditions that come before it.
    """

    name: str
    kind: str
    what: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    leg: str = ""
    of: tuple[str, ...] = ()
    needed: int = 0
    who: str = ""
    by: dt.date | None = None
    after: tuple[str, ...] = ()

    @property
    def quorum(self) -> int:
        """How many must confirm."""
        return self.needed or len(self.of)


@dataclass(frozen=True, slots=True)
class Part:
    """Legs that may go without the others, because everybody agreed to that before.

    Attributes:
        name: Short name.
        legs: All of them go, or none.
        conditions: Those that must hold for them; the others need not.
    """

    name: str
    legs: tuple[str, ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mediator:
    """Who decides when the parties disagree, and what they may decide.

    Attributes:
        agent: Short name in the register; no party.
        may: Some of :data:`MEDIATOR_MAY`: nothing else can be decided.
        days: Within how many days; then everything goes back.
        label: As people call them.
    """

    agent: str
    may: tuple[str, ...] = ("return",)
    days: int = 30
    label: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the parties sign.

    Attributes:
        slug: Short name.
        title: As people call it.
        deadline: Last day on which it can be settled.
        parties: Two or more.
        legs: One or more.
        conditions: All that no group names must hold.
        otherwise: One of :data:`OTHERWISE`.
        parts: What may go alone.
        mediator: Who decides in a dispute; None: all goes back.
        summary: More words.
    """

    slug: str
    title: str
    deadline: dt.date
    parties: tuple[Party, ...]
    legs: tuple[Leg, ...]
    conditions: tuple[Condition, ...] = ()
    otherwise: str = "return"
    parts: tuple[Part, ...] = ()
    mediator: Mediator | None = None
    summary: str = ""

    def leg(self, name: str) -> Leg | None:
        """A leg by its name."""
        return next((each for each in self.legs if each.name == name), None)

    def condition(self, name: str) -> Condition | None:
        """A condition by its name."""
        return next((each for each in self.conditions if each.name == name), None)

    def party(self, name: str) -> Party | None:
        """A party by its name."""
        return next((each for each in self.parties if each.name == name), None)

    @property
    def required(self) -> tuple[Condition, ...]:
        """The conditions that no group names: all of them must hold."""
        grouped = {
            name for each in self.conditions if each.kind in ("all", "any") for name in each.of
        }
        return tuple(each for each in self.conditions if each.name not in grouped)
