"""Playing an invented life of a fleet through the real services, and comparing how everything ends.

The story (:class:`chambre.lib.deposits.Story`) foretells each answer; objects, contracts, cash, slips,
cases and entries are as real as those of people.
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
from chambre.lib.deposits import Day, Habits, Issued, Outcome, Presence, Returned, Story, new_serial
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.deposit.models import Place, Scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import issuing, returning, schemes, stock
from chambre.rooms.deposit.services.accounts import SYSTEM
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.treasury import api as treasury

BATCH = 500
"""Acts of one transaction."""
DEPOSIT = 200
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
        fleet = Fleet(objects, places, seed, by)
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


class Fleet:
    """The scheme of a simulation: its places with cash in their drawers, its objects."""

    def __init__(self, objects: int, places: int, seed: int, by: Actor) -> None:
        self.by = by
        slug = _free(f"simulation-{seed}")
        structure = registry.create_structure(
            slug=slug,
            name=_("Simulation %(seed)s") % {"seed": seed},
            by=by,
            legal_form="association",
        )
        self.scheme: Scheme = schemes.create_scheme(
            slug=slug, name=_("Simulated jars %(seed)s") % {"seed": seed}, structure=structure,
            amount=DEPOSIT, by=by, reason=_("Invented"),
            terms={"damaged_kept": 50, "burst_count": 0},
        )  # fmt: skip
        self.type = schemes.create_type(
            slug=slug, scheme=self.scheme, name=_("Jar"), by=by, unit_cost=90
        )
        self.places = [self._place(number, slug, objects) for number in range(places)]
        chance = random.Random(f"serials {seed} {slug}")  # noqa: S311 - a story, not a secret
        self.codes = stock.commission(
            type_=self.type, count=objects, by=by, key=slug,
            serials=lambda: new_serial(chance.randrange),
        )  # fmt: skip

    def _place(self, number: int, slug: str, objects: int) -> Place:
        name, latitude, longitude = TOWNS[number % len(TOWNS)]
        turn = number // len(TOWNS)
        place = schemes.create_place(
            slug=f"{slug}-{number + 1}"[:50],
            scheme=self.scheme,
            name=f"{name} {turn + 1}" if turn else name,
            by=self.by,
            latitude=latitude + 1_000 * turn,
            longitude=longitude,
        )
        # Whatever people do, no drawer runs dry: a refund that fails for want of coins is another story.
        amount = objects * DEPOSIT
        assert place.drawer is not None
        treasury.move_cash(
            drawer=place.drawer, kind="in", amount=amount, reason=_("Change"), day=clock.today(),
            key=f"deposit:change:{place.slug}", by=SYSTEM, use="internal",
        )  # fmt: skip
        return place

    def play(self, day: Day, played: Played) -> None:
        """One day: what came back, then what was issued."""
        for told in _chunks(day.returned):
            asked = [self._return(one) for one in told]
            for one, answer in zip(told, returning.take_back_many(asked, by=self.by), strict=True):
                _compare(one, answer, played)
        for gone in _chunks(day.issued):
            asked = [self._issue(one) for one in gone]
            for each, answer in zip(gone, issuing.hand_out_many(asked, by=self.by), strict=True):
                played.issued += 1
                if answer.outcome != issuing.ISSUED:
                    played.mismatches.append(f"{each.at:%F %T} {each.item}: {answer.reason}")

    def _issue(self, one: Issued) -> Asked:
        return Asked(
            key=f"{self.scheme.slug}:issue:{one.item}:{one.at.isoformat()}",
            codes=(self.codes[one.item],),
            place=self.places[one.place - 1].slug,
            happened_at=one.at,
        )

    def _return(self, one: Returned) -> Asked:
        place = self.places[one.place - 1].slug
        made_up = f"{self.scheme.base_uri}/consigne/o/{one.key.upper()}"
        at_machine = one.presence is Presence.MACHINE
        return Asked(
            key=f"{self.scheme.slug}:{one.key}",
            codes=(made_up if one.item is None else self.codes[one.item],),
            place=place,
            means="receipt" if at_machine else "cash",
            condition=one.condition,
            presence=one.presence,
            happened_at=one.at,
            device=f"{place}-machine" if at_machine else "",
        )


def _compare(one: Returned, answer: Answer, played: Played) -> None:
    if one.again:
        played.repeated += 1
    else:
        played.returned[answer.outcome] += 1
        if one.trick != "none":
            played.tricks[one.trick.value] += 1
    if (answer.outcome, answer.reason) != (one.outcome.value, one.reason.value):
        played.mismatches.append(
            f"{one.at:%F %T} {one.key}: {answer.outcome}/{answer.reason},"
            f" {one.outcome.value}/{one.reason.value}"
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
