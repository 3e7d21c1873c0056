"""Doing the acts of a batch: all in one transaction, or each for itself when one cannot be paid its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError, KeyReused
from chambre.lib.deposits import Outcome, Reason
from chambre.rooms.deposit.models import Place
from chambre.rooms.deposit.queries.errors import NoMeans
from chambre.rooms.deposit.queries.finding import places_named
from chambre.rooms.deposit.services import writing
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.ways import Money, with_slip
from chambre.treasury import api as treasury

TRIES = 3
MEANS = (NoMeans, treasury.NotInDrawer, treasury.DrawerClosed)
"""Why money cannot go the way that was asked for: the answer is a refusal, and nothing is done."""
Batch = Callable[[Sequence[Asked], dict[str, Place], Actor], list[Answer]]


@dataclass(slots=True)
class Doing:
    """One act while it is decided and written."""

    asked: Asked
    place: Place
    at: dt.datetime
    money: Money | None = None
    answer: Answer | None = None
    act: int = 0


def do_one(many: Callable[..., list[Answer]], asked: Asked, by: Actor) -> Answer:
    """A batch of one.

    Raises:
        KeyReused: The key was used for other objects.
    """
    (answer,) = many([asked], by=by)
    if answer.reason == writing.KEY_REUSED:
        raise KeyReused(key=asked.key)
    return answer


def do_many(asked: Sequence[Asked], *, by: Actor, kind: str, batch: Batch) -> list[Answer]:
    """Do the acts of a batch in one transaction.

    When the money of one of them cannot go its way, each is done for itself, and that one is refused.

    Args:
        asked: The acts, in the order in which they are decided.
        by: Who records them: allowed at all of the places.
        kind: ``issue`` or ``return``.
        batch: Does them, in a transaction of its own.

    Raises:
        Forbidden, NoPlace, Invalid: Nothing was done.
    """
    for each in asked:
        each.check()
    places = places_named([each.place for each in asked])
    for place in places.values():
        authorize(by, "deposit.operate", place)
    if len(asked) > 1:
        try:
            return _once(asked, places, by, batch)
        except MEANS:
            pass  # each for itself, so that only that one is refused
    return [_alone(each, places, by, kind, batch) for each in asked]


def _alone(asked: Asked, places: dict[str, Place], by: Actor, kind: str, batch: Batch) -> Answer:
    try:
        return _once([asked], places, by, batch)[0]
    except MEANS as error:
        return _refused(asked, places[asked.place], by, kind, error)


def _once(
    asked: Sequence[Asked], places: dict[str, Place], by: Actor, batch: Batch
) -> list[Answer]:
    """One transaction; again when somebody wrote one of the keys at the same moment."""
    for last in range(TRIES, 0, -1):
        try:
            return patiently(batch, asked, places, by)
        except IntegrityError:
            if last == 1:
                raise
    raise AssertionError


def _refused(asked: Asked, place: Place, by: Actor, kind: str, error: ChambreError) -> Answer:
    """Keep the refusal, so that the same key gets it again; a new key may ask for another way."""
    work = Doing(asked, place, asked.happened_at or timezone.now())
    work.answer = Answer(outcome=Outcome.REFUSED.value, reason=Reason.MEANS.value)
    with transaction.atomic():
        if known := writing.known_answers([asked], kind):
            return with_slip(known[asked.key], asked)
        writing.write_acts([work], by, kind)
    work.answer.detail = str(error.message)
    return work.answer
