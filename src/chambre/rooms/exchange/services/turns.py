"""From which day each leg can be deposited: kept with the leg, so that lists ask one question for all.

Only the words know the order; they are read whenever something in an exchange comes or is taken back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from chambre.core.db.rows import update
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.rooms.exchange.models import LATER, Leg


def turn_of(said: lib.Exchange, stand: states.Stand, name: str, day: dt.date) -> dt.date | None:
    """The day that is kept with a leg; None where nothing comes before it."""
    words = said.leg(name)
    if words is None or not words.after:
        return None
    return states.turn_on(said, stand, name, day) or LATER


def has_order(said: lib.Exchange) -> bool:
    """Whether any leg comes after something else."""
    return any(leg.after for leg in said.legs)


def note_turns(
    said: lib.Exchange, legs: Mapping[str, Leg], stand: states.Stand, day: dt.date
) -> None:
    """Keep with each locked leg that is still promised from which day its turn comes."""
    for name, leg in legs.items():
        if leg.state == Leg.State.PROMISED:
            turn = turn_of(said, stand, name, day)
            if leg.turn_on != turn:
                leg.turn_on = turn
                update(leg, "turn_on")
