"""Playing an invented life of a fleet through the real services, and comparing how everything ends.

What happens at counters goes through the services of counters, what machines see is told as connected
objects tell it (:mod:`.machines`). The story (:class:`chambre.lib.deposits.Story`) foretells each
answer; objects, contracts, cash, slips, cases and entries are as real as those of people.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Invalid
from chambre.lib.deposits import (
    Cared,
    Day,
    Habits,
    Issued,
    Outcome,
    Returned,
    Story,
    new_serial,
)
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import ItemType, Place, Scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import issuing, machines, returning, schemes, stock
from chambre.rooms.deposit.services.accounts import SYSTEM
from chambre.rooms.deposit.services.asking import Asked
from chambre.rooms.deposit.services.caring import care
from chambre.rooms.deposit.services.machines import Machine
from chambre.treasury import api as treasury

BATCH = 500
"""Acts of one transaction."""
DEPOSIT = 200
WASH = {"method": "alkaline", "temperature": 65, "minutes": 6}
MOST = 100_000
MOST_DAYS = 3_660
TOWNS = (
    ("Grand-Place", 50_636_900, 3_063_500),
    ("Halle de la Lysse", 50_648_300, 3_081_200),
    ("Café du Canal", 50_641_100, 3_044_700),
    ("Épicerie Valmère", 50_628_400, 3_070_900),
    ("Cantine des Prés", 50_619_800, 3_051_600),
    ("Gare", 50_636_200, 3_074_800),
)
Act = TypeVar("Act")


@dataclass(slots=True)
class Played:
    """How a simulation ended.

    Attributes:
        scheme: Short name of the scheme that it made.
        objects: Objects in service.
        days: Days told.
        seed: What chance began with.
        issued: Objects issued.
        returned: Returns by how they ended.
        tricks: Attempts to be paid for nothing, by kind.
        repeated: Messages that were told twice and got the answer of the first time.
        mismatches: Answers that were not the foretold ones, each in words; there should be none.
        held: Deposits of open contracts in cents.
        ledger_4196: What the books say, in cents.
    """

    scheme: str
    objects: int
    days: int
    seed: int
    issued: int = 0
    returned: Counter[str] = field(default_factory=Counter)
    tricks: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    mismatches: list[str] = field(default_factory=list)
    held: int = 0
    ledger_4196: int = 0
    equal: bool = True

    def as_json(self) -> dict[str, Any]:
        """What is told to machines."""
        return {
            "scheme": self.scheme,
            "objects": self.objects,
            "days": self.days,
            "seed": self.seed,
            "issued": self.issued,
            "returned": {each.value: self.returned[each.value] for each in Outcome},
            "tricks": dict(self.tricks),
            "repeated": self.repeated,
            "mismatches": self.mismatches,
            "held": self.held,
            "ledger_4196": self.ledger_4196,
            "equal": self.equal,
        }


def simulate(
    *,
    objects: int,
    days: int,
    seed: int,
    by: Actor,
    places: int = 4,
    habits: Habits | None = None,
    tell: Callable[[int], None] | None = None,
) -> Played:
    """Play the life of an invented fleet up to yesterday, in a scheme of its own that it makes.

    Args:
        objects: Objects put in service, 1 to 100,000.
        days: Days told, 1 to 3,660.
        seed: What chance begins with: the same story for the same seed.
        by: An administrator.
        places: Places that issue and take back.
        habits: How likely things are.
        tell: Is told the number of days that are done.

    Raises:
        Forbidden: ``by`` may not start schemes.
        Invalid: Numbers out of bounds.
    """
    for name, value, most in (("objects", objects, MOST), ("days", days, MOST_DAYS)):
        if not 1 <= value <= most:
            message = _("Between 1 and %(most)d.") % {"most": most}
            raise Invalid(message, fields={name: [message]})
    first = clock.today() - dt.timedelta(days=days)
    with clock.pretend(first):
        fleet = new_fleet(objects, places, seed, by)
    played = Played(fleet.scheme.slug, objects, days, seed)
    story = Story(objects=objects, places=places, seed=seed, habits=habits)
    for number, day in enumerate(story.days(first, days), start=1):
        with clock.pretend(day.day):
            fleet.play(day, played)
        if tell is not None:
            tell(number)
    held = holding(fleet.scheme)
    played.held, played.ledger_4196, played.equal = held.held, held.ledger_4196, held.equal
    return played


@dataclass(slots=True)
class Fleet:
    """What a story is played with.

    Attributes:
        scheme: The scheme.
        places: Places that issue and take back, in the order of the story's numbers from 1.
        hub: Where objects are washed and looked at before they are issued again.
        codes: Codes of the objects, in the order of the story's numbers.
        by: Who records everything.
        seed: What chance began with.
        machines: The machines of the places that have told something, by number of the place.
    """

    scheme: Scheme
    places: list[Place]
    hub: Place
    codes: list[str]
    by: Actor
    seed: int = 0
    machines: dict[int, Machine] = field(default_factory=dict)

    def play(self, day: Day, played: Played) -> None:
        """One day: what is washed in the morning, what comes back, what is issued."""
        if day.cared is not None:
            self._care(day.cared)
        for told in _chunks(day.returned):
            for at_machines, at_counters in _turns(told):
                if at_machines:
                    self._tell(at_machines, day.day, played)
                if at_counters:
                    self._take_back(at_counters, played)
        for gone in _chunks(day.issued):
            asked = [self._issue(one) for one in gone]
            for each, answer in zip(gone, issuing.hand_out_many(asked, by=self.by), strict=True):
                played.issued += 1
                if answer.outcome != issuing.ISSUED:
                    played.mismatches.append(f"{each.at:%F %T} {each.item}: {answer.reason}")

    def _take_back(self, told: Sequence[Returned], played: Played) -> None:
        """What comes back at counters."""
        answers = returning.take_back_many([self._return(one) for one in told], by=self.by)
        for one, answer in zip(told, answers, strict=True):
            _compare(one, answer.outcome, answer.reason, played)

    def _tell(self, told: Sequence[Returned], day: dt.date, played: Played) -> None:
        """What machines saw."""
        said = [(self._machine(one), one, self._code(one)) for one in told]
        for one, (outcome, reason) in zip(told, machines.tell(said, day), strict=True):
            _compare(one, outcome, reason, played)

    def _machine(self, one: Returned) -> Machine:
        place = one.machine or one.place
        if place not in self.machines:
            row = self.places[place - 1]
            self.machines[place] = machines.enrol_machine(row, self.seed, self.by)
        return self.machines[place]

    def _code(self, one: Returned) -> str:
        """The code that was read; a made-up one leads nowhere."""
        if one.item is None:
            return f"{self.scheme.base_uri}/consigne/o/{one.key.upper()}"
        return self.codes[one.item]

    def _care(self, cared: Cared) -> None:
        """Washed, looked at, and what is broken taken out of service."""
        steps: tuple[tuple[str, tuple[int, ...], dict[str, Any]], ...] = (
            ("wash", cared.items, WASH),
            ("pass", cared.items, {}),
            ("retire", cared.broken, {}),
        )
        for number, (step, items, facts) in enumerate(steps):
            for some in _chunks(items):
                care(
                    codes=[self.codes[item] for item in some], step=step, by=self.by,
                    scheme=self.scheme, place=self.hub, facts=facts or None,
                    happened_at=cared.at + number * dt.timedelta(minutes=40),
                )  # fmt: skip

    def _issue(self, one: Issued) -> Asked:
        return Asked(
            key=f"{self.scheme.slug}:issue:{one.item}:{one.at.isoformat()}",
            codes=(self.codes[one.item],),
            place=self.places[one.place - 1].slug,
            happened_at=one.at,
        )

    def _return(self, one: Returned) -> Asked:
        return Asked(
            key=f"{self.scheme.slug}:{one.key}",
            codes=(self._code(one),),
            place=self.places[one.place - 1].slug,
            condition=one.condition,
            presence=one.presence,
            happened_at=one.at,
        )


def new_fleet(objects: int, places: int, seed: int, by: Actor) -> Fleet:
    """A scheme of its own for a simulation, with places, cash in their drawers, and objects."""
    slug = _free(f"simulation-{seed}")
    structure = registry.create_structure(
        slug=slug, name=_("Simulation %(seed)s") % {"seed": seed}, by=by, legal_form="association"
    )
    scheme = schemes.create_scheme(
        slug=slug, name=_("Simulated jars %(seed)s") % {"seed": seed}, structure=structure,
        amount=DEPOSIT, by=by, reason=_("Invented"),
        terms={"damaged_kept": 50, "burst_count": 0},
    )  # fmt: skip
    type_ = schemes.create_type(
        slug=slug, scheme=scheme, name=_("Jar"), by=by, unit_cost=90, wash=True
    )
    hub = schemes.create_place(
        slug=f"{slug}-0"[:50], scheme=scheme, name=_("Washing"), by=by, cash=False,
        issues=False, returns=False,
    )  # fmt: skip
    made = [_place(scheme, number, objects, by) for number in range(places)]
    return Fleet(scheme, made, hub, draw_objects(type_, objects, seed, by), by, seed)


def draw_objects(type_: ItemType, count: int, seed: int, by: Actor) -> list[str]:
    """Put objects in service whose serials are drawn from a seed; done again, the same ones."""
    chance = random.Random(f"serials {seed} {type_.slug}")  # noqa: S311 - a story, not a secret
    return stock.commission(
        type_=type_, count=count, by=by, key=f"story:{type_.slug}",
        serials=lambda: new_serial(chance.randrange),
    )  # fmt: skip


def _place(scheme: Scheme, number: int, objects: int, by: Actor) -> Place:
    name, latitude, longitude = TOWNS[number % len(TOWNS)]
    turn = number // len(TOWNS)
    place = schemes.create_place(
        slug=f"{scheme.slug}-{number + 1}"[:50],
        scheme=scheme,
        name=f"{name} {turn + 1}" if turn else name,
        by=by,
        latitude=latitude + 1_000 * turn,
        longitude=longitude,
    )
    give_change(place, objects * DEPOSIT)
    return place


def give_change(place: Place, amount: int) -> None:
    """Put coins into the drawer of a place, so that it can pay more back than it took in."""
    if place.drawer is not None:
        treasury.move_cash(
            drawer=place.drawer, kind="in", amount=amount, reason=_("Change"), day=clock.today(),
            key=f"deposit:change:{place.slug}", by=SYSTEM, use="internal",
        )  # fmt: skip


def _turns(told: Sequence[Returned]) -> list[tuple[list[Returned], list[Returned]]]:
    """Returns by turns of machines and counters, so that each object keeps its order."""
    turns: list[tuple[list[Returned], list[Returned]]] = []
    last: dict[int, tuple[int, bool]] = {}
    for one in told:
        at_counter = one.machine is None
        turn, was_at_counter = (
            last.get(one.item, (0, False)) if one.item is not None else (0, False)
        )
        if was_at_counter and not at_counter:
            turn += 1
        if one.item is not None:
            last[one.item] = (turn, at_counter)
        if turn == len(turns):
            turns.append(([], []))
        turns[turn][at_counter].append(one)
    return turns


def _compare(one: Returned, outcome: str, reason: str, played: Played) -> None:
    if one.again:
        played.repeated += 1
    else:
        played.returned[outcome] += 1
        if one.trick != "none":
            played.tricks[one.trick.value] += 1
    if (outcome, reason) != (one.outcome.value, one.reason.value):
        played.mismatches.append(
            f"{one.at:%F %T} {one.key}: {outcome}/{reason}, {one.outcome.value}/{one.reason.value}"
        )


def _chunks(acts: Iterable[Act]) -> Iterator[Sequence[Act]]:
    rest = iter(acts)
    while chunk := list(islice(rest, BATCH)):
        yield chunk


def _free(slug: str) -> str:
    """The short name, with a number behind it when it is taken."""
    taken = set(Scheme.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    taken |= set(Agent.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free
