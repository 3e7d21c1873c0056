"""A year of the demonstration's deposit scheme: jars and bottles of a market, told through the services.

The market is every other Saturday. People take jars and bottles, bring most of them back, there, at the
grocery's machine or at the café; some are broken, some are lost, and now and then somebody tries to be
paid for nothing.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.lib.deposits import Habits, Story
from chambre.registry import api as registry
from chambre.rooms.deposit.models import ItemType, Place, Scheme, UnclaimedDecision
from chambre.rooms.deposit.services import (
    costing,
    depreciating,
    issuing,
    recounting,
    returning,
    schemes,
    simulating,
    taking,
    telling,
)
from chambre.rooms.deposit.services.asking import Asked, Condition

SLUG = "bocaux"
SEED = 20260703
SATURDAY = 5
FORTNIGHTS = 26
JARS, BOTTLES, CRATES = 54, 26, 14
TAKER = "jus"
"""The structure that takes crates on its own account."""
HABITS = Habits(
    stay=21, never=30, broken=20, elsewhere=300, at_machine=450, dark=60, twice=40,
    wrong_clock=300, tricks=25, idle_days=2, weekdays=(SATURDAY,), care=(SATURDAY,), weeks=2,
)  # fmt: skip
STEWARD = "chloe@valmere.test"
WET = 85
"""Grams of water that were weighed with the bottles."""
DECISION = "Assemblée de la consigne, point 4"


def load_deposit(by: Actor) -> int:
    """Tell the last year of the scheme, once.

    Returns:
        How many objects were put in service by this call.
    """
    if Scheme.objects.filter(slug=SLUG).exists():
        return 0
    last = clock.today() - dt.timedelta(days=1)
    last -= dt.timedelta(days=(last.weekday() - SATURDAY) % 7)
    days = 14 * FORTNIGHTS + 1
    first = last - dt.timedelta(days=days - 1)
    with clock.pretend(first):
        fleet = _begin(by)
    story = Story(objects=len(fleet.codes), places=3, seed=SEED, habits=HABITS)
    played = simulating.Played(SLUG, len(fleet.codes), days, SEED)
    for day in story.days(first, days):
        if day.returned or day.issued or day.cared:
            with clock.pretend(day.day):
                fleet.play(day, played)
    _lend_crates(fleet.scheme, first, by)
    _wear(fleet.scheme, by)
    _count_again(fleet.scheme)
    telling.tell_all()
    return len(fleet.codes)


def _lend_crates(scheme: Scheme, first: dt.date, by: Actor) -> None:
    """The juice makers take crates on their own account; most are back, one of them broken."""
    taker = registry.structure(TAKER)
    with clock.pretend(first):
        crate = schemes.create_type(
            slug="caisse-bois", scheme=scheme, name="Caisse en bois", by=by, unit_cost=1_250,
            material="bois", grams=1_900, amount=500,
        )  # fmt: skip
        codes = simulating.draw_objects(crate, CRATES, SEED, by)
    out, back = codes[:-2], codes[:-5]
    issuing.hand_out(
        Asked(
            key="demo:crates:out", codes=tuple(out), place="marche", means="cash", holder=taker.pk
        ),
        by=by,
    )
    for condition, some in (("good", back[:-1]), ("damaged", back[-1:])):
        asked = Asked(
            key=f"demo:crates:{condition}", codes=tuple(some), place="marche", means="cash",
            condition=Condition(condition),
        )  # fmt: skip
        returning.take_back(asked, by=by)
    taking.book_taken(structure=taker, by=by)


def _wear(scheme: Scheme, by: Actor) -> None:
    """How long each kind is used; what wore off until the end of last year is booked."""
    for slug, years in (("bocal-75", 8), ("bouteille-1l", 5), ("caisse-bois", 10)):
        depreciating.set_life(type_=scheme.types.get(slug=slug), years=years, by=by)
    depreciating.depreciate(scheme=scheme, year=clock.today().year - 1, by=by)


def _count_again(scheme: Scheme) -> None:
    """The steward counts and weighs at the workshop what the places sent: at the café a jar is missing."""
    chloe = Actor.of(User.objects.get(email=STEWARD))
    now = timezone.now()
    for place_slug, type_slug, weighed, missing in (
        ("marche", "bocal-75", False, 0),
        ("epicerie", "bouteille-1l", True, 0),
        ("cafe", "bocal-75", False, 1),
    ):
        place, type_ = scheme.places.get(slug=place_slug), scheme.types.get(slug=type_slug)
        there = max(recounting.paid_back(place, type_, None, now) - missing, 0)
        said = {"grams": there * type_.grams + WET} if weighed else {"found": there}
        recounting.recount(
            place=place,
            type_=type_,
            key=f"demo:{place_slug}:{type_slug}",
            by=chloe,
            until=now,
            **said,
        )


def _begin(by: Actor) -> simulating.Fleet:
    """The scheme as the assembly decided it, with its places and objects."""
    keeper = registry.create_structure(
        slug="retour", name="Le Retour, consigne de Valmère", siren="000000703",
        legal_form="association", by=by,
    )  # fmt: skip
    bruno = registry.person_of(User.objects.get(email="bruno@valmere.test"))
    registry.grant_role(agent=bruno, kind="treasurer", scope=keeper, by=by)
    scheme = schemes.create_scheme(
        slug=SLUG, name="Bocaux et bouteilles de Valmère", structure=keeper,
        amount=150, by=by, resource=registry.resource("consigne"), reason=DECISION,
        terms={
            "condition": "Rincés, sans fêlure ; les étiquettes s’enlèvent au lavage.",
            "damaged_kept": 50, "burst_count": 120, "distance_limit": 0,
        },
    )  # fmt: skip
    _decide(scheme, by)
    jar = schemes.create_type(
        slug="bocal-75", scheme=scheme, name="Bocal de 75 cl", by=by, unit_cost=85, wash=True, grams=420,
        material="verre",
    )  # fmt: skip
    bottle = schemes.create_type(
        slug="bouteille-1l", scheme=scheme, name="Bouteille d’un litre", by=by, unit_cost=60, wash=True,
        grams=580, material="verre", amount=100,
    )  # fmt: skip
    hub = schemes.create_place(
        slug="lavage", scheme=scheme, name="Atelier de lavage", by=by, cash=False,
        issues=False, returns=False, address="4 rue du Lavoir, Valmère",
        latitude=50_652_100, longitude=3_083_900,
    )  # fmt: skip
    places = _places(scheme, by)
    codes = [*_objects(jar, JARS, by), *_objects(bottle, BOTTLES, by)]
    return simulating.Fleet(scheme, places, hub, codes, by, SEED)


def _decide(scheme: Scheme, by: Actor) -> None:
    """What becomes of deposits that nobody claims, and what a rotation costs."""
    schemes.decide_unclaimed(
        scheme=scheme,
        outcome=UnclaimedDecision.Outcome.KEEP,
        after_days=730,
        reference=DECISION,
        by=by,
    )
    costing.set_costs(
        scheme=scheme, wash=18, instead=42, by=by,
        reason="Atelier de lavage : eau, énergie, trajet ; verrerie : prix du neuf",
    )  # fmt: skip


def _places(scheme: Scheme, by: Actor) -> list[Place]:
    """Where people take and bring back; each with coins enough."""
    facts = (
        ("marche", "Marché de la place", "place du Marché, Valmère", "un samedi sur deux, 8 h – 13 h",
         50_636_900, 3_063_500),
        ("epicerie", "Épicerie du Lavoir (machine)", "12 rue du Lavoir, Valmère", "mardi–samedi, 8 h – 20 h",
         50_648_300, 3_081_200),
        ("cafe", "Café du canal", "quai des Tanneurs, Valmère", "tous les jours, 9 h – 19 h",
         50_641_100, 3_044_700),
    )  # fmt: skip
    made = []
    for slug, name, address, hours, latitude, longitude in facts:
        place = schemes.create_place(
            slug=slug, scheme=scheme, name=name, by=by, address=address, hours=hours,
            latitude=latitude, longitude=longitude,
        )  # fmt: skip
        simulating.give_change(place, 10_000)
        made.append(place)
    return made


def _objects(type_: ItemType, count: int, by: Actor) -> list[str]:
    return simulating.draw_objects(type_, count, SEED, by)
