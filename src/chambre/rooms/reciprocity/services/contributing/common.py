"""What the services of contributions share: keys that belong to somebody, words, checked values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Words

MOST = 10**11
"""Most cents of one contribution, retribution or envelope: a billion euros."""

EARLIEST = dt.date(1900, 1, 1)
Row = TypeVar("Row", bound=models.Model)


def wrong(field: str, message: str) -> Invalid:
    """A refusal beside one field."""
    return Invalid(message, fields={field: [message]})


def clean(text: str, longest: int) -> str:
    """Words without NUL and without blanks around them, at most so long.

    Raises:
        Invalid: They are longer.
    """
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise wrong("what", _("At most %(most)d characters.") % {"most": longest})
    return text


def cents(value: int, field: str, least: int = 0) -> int:
    """Cents within bounds.

    Raises:
        Invalid: They are not.
    """
    if not least <= value <= MOST:
        raise wrong(field, _("This amount cannot be."))
    return value


def key_for(owner: Agent | None, key: str, by: Actor) -> str:
    """The idempotency key as it is kept: each person has keys of their own.

    Raises:
        Invalid: It is empty or too long.
    """
    key = key.replace("\0", "").strip()
    if not 0 < len(key) <= 80:
        raise wrong("key", _("A request key has 1 to 80 characters."))
    person = by.user.pk if by.user is not None else "system"
    return f"{person}:{owner.pk if owner is not None else ''}:{key}"


def once(model: type[Row], key: str, make: Callable[[], Row]) -> tuple[Row, bool]:
    """The row of a key; made when there is none, also when two ask at once.

    Returns:
        The row, and whether it was made now.
    """
    rows = model._default_manager
    if found := rows.filter(key=key).first():
        return found, False
    try:
        with transaction.atomic():
            return make(), True
    except IntegrityError:
        found = rows.filter(key=key).first()
        if found is None:
            raise
        return found, False


def words_of(agent: Agent, what: str, why: str = "") -> Words:
    """Keep what somebody wrote."""
    return Words.objects.create(of=agent, what=clean(what, 300), why=clean(why, 4_000))


def actor_agent(by: Actor, agent: Agent | None = None) -> Agent:
    """Who speaks: the person behind the actor; the command line says for whom.

    Raises:
        Forbidden: Nobody is behind it.
    """
    if by.user is not None:
        return registry.person_of(by.user)
    if by.is_system and agent is not None:
        return agent
    raise Forbidden


def day_within(day: dt.date, field: str) -> dt.date:
    """A day that has come, of this age.

    Raises:
        Invalid: It has not.
    """
    if not EARLIEST <= day <= registry.today():
        raise wrong(field, _("This day has not come yet, or is too long ago."))
    return day


def same(row: Any, **values: Any) -> bool:
    """Whether a row holds these values."""
    return all(getattr(row, name) == value for name, value in values.items())
