"""Spans of time and what is free between them. All moments are aware; ends are not included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """From a moment to another, which is not part of it."""

    start: dt.datetime
    end: dt.datetime

    @property
    def minutes(self) -> int:
        """Whole minutes in it, as the clock of the world counts them."""
        return int((self.end - self.start).total_seconds() // 60)

    def meets(self, other: Span) -> bool:
        """Whether they share a moment."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether the other one lies in it."""
        return self.start <= other.start and other.end <= self.end


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same moments in as few spans as can be, in order; what is empty falls out."""
    out: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(Span(*span))
    return out


def most_at_once(busy: Iterable[Span], within: Span) -> int:
    """How many spans hold at the fullest moment of another one.

    Sweeps over beginnings and ends; an end comes before a beginning at the same moment.
    """
    turns: list[tuple[dt.datetime, int]] = []
    for span in busy:
        if span.meets(within):
            turns += [(max(span.start, within.start), 1), (min(span.end, within.end), -1)]
    most = now = 0
    for _moment, step in sorted(turns):
        now += step
        most = max(most, now)
    return most


def full_spans(busy: Iterable[Span], capacity: int) -> list[Span]:
    """When as many spans hold as there are places, or more.

    Args:
        busy: What is taken, each span one place.
        capacity: Places; none: always full where anything holds is not said, so at least 1.
    """
    turns = [
        turn for span in busy if span.start < span.end for turn in ((span.start, 1), (span.end, -1))
    ]
    out: list[Span] = []
    now, since = 0, None
    for moment, step in sorted(turns):
        now += step
        if now >= capacity and since is None:
            since = moment
        elif now < capacity and since is not None:
            out.append(Span(since, moment))
            since = None
    return merged(out)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of spans when others are taken out of them."""
    out: list[Span] = []
    away = merged(taken)
    for span in merged(spans):
        at = span.start
        for gone in away:
            if gone.end <= at or gone.start >= span.end:
                continue
            if gone.start > at:
                out.append(Span(at, gone.start))
            at = max(at, gone.end)
        if at < span.end:
            out.append(Span(at, span.end))
    return out


def free_spans(openings: Iterable[Span], busy: Iterable[Span], capacity: int = 1) -> list[Span]:
    """When at least one place is free: open, and not full.

    Args:
        openings: When it may be used.
        busy: What is taken, each span one place, with its buffer.
        capacity: How many may use it at the same time.
    """
    return without(openings, full_spans(busy, capacity))


def places(spans: Sequence[Span], capacity: int) -> list[int] | None:
    """A place from 1 to ``capacity`` for each span so that no two in one place meet.

    In order of their beginning each gets the lowest place that is free: with at most ``capacity`` spans
    at any moment this never fails (an interval graph is perfect).

    Returns:
        The places in the order of ``spans``; None when more hold at some moment than there are places.
    """
    until: list[dt.datetime | None] = [None] * capacity
    found = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda at: spans[at]):
        span = spans[index]
        for place, end in enumerate(until):
            if end is None or end <= span.start:
                until[place] = span.end
                found[index] = place + 1
                break
        else:
            return None
    return found
