"""When something happened, by a clock that may lie.

A device says when it happened by its own clock, and what that clock shows as it sends. The difference
to the moment of arrival is how wrong the clock is; only a clock that is nearly right is believed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chambre.lib.devices.errors import DeviceRefused

TRUSTED = dt.timedelta(minutes=5)
"""A clock that is wrong by less is corrected; one that is wrong by as much or more is not believed."""
FUTURE = dt.timedelta(minutes=5)
"""How far a message may lie after its own sending: clocks are set while devices run."""
OLDEST = dt.timedelta(days=400)
"""A device that says that it waited longer is not believed."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is believed of a device's time.

    Attributes:
        happened_at: When it happened: the corrected time of the device if it is believed, else the
            moment of arrival.
        skew_ms: By how many milliseconds the clock is ahead (negative: behind).
        believed: Whether the clock is nearly right. What is not believed is flagged, and is never
            used to decide about money; nor is what is believed.
    """

    happened_at: dt.datetime
    skew_ms: int
    believed: bool


def to_ms(moment: dt.datetime) -> int:
    """A moment as whole milliseconds since 1970 in UTC."""
    return (moment - EPOCH) // dt.timedelta(milliseconds=1)


def judge(at_ms: int, now_ms: int, received: dt.datetime) -> Judged:
    """Judge a device's time.

    Args:
        at_ms: When it happened by the device's clock, in milliseconds since 1970.
        now_ms: What the same clock showed when the message was sent.
        received: When it arrived, by our clock.

    Raises:
        DeviceRefused: It happened after it was sent, by more than :data:`FUTURE` (``future``).
    """
    age = now_ms - at_ms
    if age < -(FUTURE // dt.timedelta(milliseconds=1)):
        raise DeviceRefused("future", ahead=-age // 1000)
    skew = now_ms - to_ms(received)
    waited = dt.timedelta(milliseconds=max(age, 0)) if abs(age) < 10**14 else dt.timedelta.max
    if abs(skew) >= TRUSTED // dt.timedelta(milliseconds=1) or waited > OLDEST:
        return Judged(received, skew, believed=False)
    return Judged(received - waited, skew, believed=True)
