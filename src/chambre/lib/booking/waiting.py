"""Who is next when a time becomes free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from chambre.lib.booking.spans import Span


class Waiting(NamedTuple):
    """Somebody who waits for a time.

    Attributes:
        id: Who, or which place in the list.
        priority: The rank that the rules give them; lower goes first.
        since: When they joined the list.
        span: The time that they wait for.
    """

    id: int
    priority: int
    since: dt.datetime
    span: Span


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The list in order: rank, then who joined first, then the smaller number."""
    return sorted(waiting, key=lambda each: (each.priority, each.since, each.id))


def who_fits(waiting: Iterable[Waiting], free: Iterable[Span], buffer: int = 0) -> list[Waiting]:
    """Who may be offered their time, in order, each given what they wait for before the next is asked.

    Args:
        waiting: The list.
        free: When one place is free.
        buffer: Minutes that are kept free after each.
    """
    left = list(free)
    out = []
    for each in in_order(waiting):
        needed = Span(each.span.start, each.span.end + dt.timedelta(minutes=buffer))
        for index, span in enumerate(left):
            if span.covers(needed):
                left[index : index + 1] = [
                    part
                    for part in (Span(span.start, needed.start), Span(needed.end, span.end))
                    if part.start < part.end
                ]
                out.append(each)
                break
    return out
