"""Things at others' disposal in Valmère: the press, the machine and the workshop, with who uses them."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.lib.booking import Repeat, moment
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.access.models import Offer, Terms
from chambre.rooms.access.queries.moments import pretend
from chambre.rooms.access.services import booking, custody, offering, openfiles, training, waiting
from chambre.rooms.access.services.custody import Seen

WORKING_DAYS = "mon-fri 08:00-12:00, 13:30-18:00\nsat 09:00-12:00"
PLAN = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60"><title>Trémie du décortiqueur</title>\
<path d="M10 10h100l-30 40h-40z" fill="none" stroke="#123"/></svg>
"""


def load_bookings(by: Actor) -> int:
    """Put three things at others' disposal, and let people book and use them; how many things."""
    if Offer.objects.exists():
        return 0
    press = _offered(
        by, "verger", hours=WORKING_DAYS, purpose="Presser ses fruits", place="Hangar des Vergers",
        shortest=60, longest=240, buffer=30, week_count=3, gives="upkeep",
        gives_text="Rincer la presse et rendre les toiles propres", counter="h",
        training="Prise en main de la presse", priority="steward,treasurer", cancel_minutes=120,
    )  # fmt: skip
    machine = _offered(
        by, "decortiqueur", hours="mon-fri 08:00-18:00", purpose="Décortiquer sa récolte",
        place="Atelier du quai", longest=480, approval=True, buffer=60, gives="share",
        contract="decortiqueur-redevance-et-fondateurs", withdrawal_days=90,
    )  # fmt: skip
    room = _offered(
        by, "atelier", audience="anybody", hours="mon-sun 08:00-22:00", capacity=6, longest=600,
        purpose="Travailler à l’établi", place="12, quai du Ferrain", month_minutes=2400,
        gives="hours", gives_amount=15, gives_text="Un quart d’heure de rangement à chaque fois",
    )  # fmt: skip
    for name in ("dris", "ada", "bruno"):
        training.attest(
            offer=press, person=_person(name), evidence="Séance d’accueil", by=by,
            since=_weekday(-8, 0),
        )  # fmt: skip
    _used(press)
    _accepted(
        offering.propose_terms(
            offer=press, by=by, gives="deposit", gives_amount=10_000,
            gives_text="Rendue quand la presse et les toiles reviennent propres",
            note="Une caution, depuis qu’une toile s’use",
        ),
        by,
    )  # fmt: skip
    _booked(press, machine, room)
    openfiles.put_file(
        resource=machine.resource, content=BytesIO(PLAN.encode()), name="tremie.svg", by=by,
        title="Plan de la trémie", licence="CERN-OHL-S-2.0", author="Chanvre libre de Valmère",
        source="Trémie d’origine, 2019", changes="Angle ouvert à 55°",
    )  # fmt: skip
    return 3


def _offered(by: Actor, slug: str, **rules: Any) -> Offer:
    offer = offering.offer_use(resource=registry.resource(slug), by=by, **rules)
    _accepted(offer.versions.get(), by)
    offer.refresh_from_db()
    return offer


def _accepted(terms: Terms, by: Actor) -> None:
    """Both sides accept rules."""
    for side in ("owner", "custodian"):
        offering.accept(terms=terms, side=side, digest=terms.digest, by=by)


def _person(name: str) -> Agent:
    return registry.person(f"{name}@valmere.test")


def _by(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))


def _weekday(weeks: int, weekday: int) -> dt.date:
    """A weekday so many weeks from this one."""
    today = registry.today()
    return today + dt.timedelta(days=7 * weeks + weekday - today.weekday())


def _used(press: Offer) -> None:
    """Three mornings of the last weeks, the last one with a worn cloth."""
    for number, (name, weeks, minutes) in enumerate(
        (("dris", -3, 150), ("bruno", -2, 95), ("dris", -1, 180)), 1
    ):
        start = moment(_weekday(weeks, 1), 8 * 60 + 30)
        end = start + dt.timedelta(minutes=210)
        with pretend(start - dt.timedelta(days=2)):
            row = booking.book(
                resource=press.resource, person=_person(name), start=start, end=end,
                key=f"demo:press:{number}", by=_by(name), purpose="Pommes du verger",
            )  # fmt: skip
        with pretend(start):
            seen = Seen(counter=(1200 + 4 * number) * 1000)
            custody.hand_out(booking=row, seen=seen, key=f"demo:out:{number}", by=_by(name))
        with pretend(start + dt.timedelta(minutes=minutes)):
            seen = Seen(
                "worn" if number == 3 else "good",
                "Une toile commence à s’user." if number == 3 else "",
                (1200 + 4 * number) * 1000 + minutes * 1000 // 60,
            )
            custody.bring_back(booking=row, seen=seen, key=f"demo:back:{number}", by=_by(name))


def _booked(press: Offer, machine: Offer, room: Offer) -> None:
    """What is to come: mornings at the press, somebody who waits, one to approve, a weekly bench."""
    times: dict[str, Any] = {
        "start": moment(_weekday(1, 1), 9 * 60), "end": moment(_weekday(1, 1), 11 * 60),
        "resource": press.resource,
    }  # fmt: skip
    booking.book(person=_person("dris"), by=_by("dris"), key="demo:next", **times)
    waiting.join(person=_person("bruno"), by=_by("bruno"), **times)
    booking.book(
        resource=machine.resource, person=_person("dris"), by=_by("dris"), key="demo:machine",
        start=moment(_weekday(1, 3), 9 * 60), end=moment(_weekday(1, 3), 15 * 60),
        purpose="Deux ballots de chanvre",
    )  # fmt: skip
    for name, weekday in (("dris", 2), ("ada", 2), ("chloe", 4)):
        booking.book_series(
            resource=room.resource, person=_person(name), by=_by(name), key=f"demo:bench:{name}",
            start=moment(_weekday(1, weekday), 18 * 60), end=moment(_weekday(1, weekday), 20 * 60),
            repeat=Repeat("weekly", count=4), purpose="Atelier du soir",
        )  # fmt: skip
