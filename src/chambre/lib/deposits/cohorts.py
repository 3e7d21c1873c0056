"""How many of what was issued comes back: by cohort of issue, and although some is still out.

All figures are read from counts by days, so that ten objects and ten million cost the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

Days = Mapping[int, int]
"""How many objects by a number of whole days."""

ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was issued in one span of time, and how it stands now.

    Attributes:
        back: Objects that came back, by days from issue to return.
        out: Objects that are still out, by days since their issue.
        gone: Objects whose deposit ended without a return: they count as sold, or are lost.
    """

    back: Days = field(default_factory=dict)
    out: Days = field(default_factory=dict)
    gone: int = 0

    @property
    def issued(self) -> int:
        """Objects of the cohort."""
        return self.returned + sum(self.out.values()) + self.gone

    @property
    def returned(self) -> int:
        """Objects of the cohort that came back."""
        return sum(self.back.values())


@dataclass(frozen=True, slots=True)
class Corrected:
    """A return rate that allows for what has not had the time to come back.

    Attributes:
        rate: Share from 0 to 1 that comes back within ``days``.
        days: Days from the issue up to which this is known. Nothing is said of what comes later.
    """

    rate: float
    days: int


def return_rate(cohort: Cohort) -> float | None:
    """Share of a cohort that has come back until now, from 0 to 1; None: nothing was issued.

    A young cohort looks worse than it is: see :func:`corrected_rate`.
    """
    return cohort.returned / cohort.issued if cohort.issued else None


def corrected_rate(cohort: Cohort) -> Corrected | None:
    """Share of a cohort that comes back, corrected for the time that objects stay out.

    Objects that are out count only for the days that they have had; those that ended without a return
    never come back and count for all days. This is the product-limit estimate of Kaplan and Meier
    (J. Amer. Statist. Assoc. 53, 1958) with the ended ones left among those that might return
    (Fine and Gray, J. Amer. Statist. Assoc. 94, 1999), without which losses would look like returns.

    It ends where fewer than one in :data:`ENOUGH` of the cohort are left that might return: beyond, one
    return would say that everything comes back. What did come back is believed in any case.

    Returns:
        The rate, at least :func:`return_rate`; None: nothing was issued.
    """
    issued = cohort.issued
    if not issued:
        return None
    waiting, still_out, known = issued, 1.0, 0
    for day in sorted({*cohort.back, *cohort.out}):
        if waiting * ENOUGH < issued:
            break
        back = cohort.back.get(day, 0)
        still_out *= 1 - back / waiting if back else 1.0
        # What is out since exactly this day could have come back on it: it leaves afterwards.
        waiting -= back + cohort.out.get(day, 0)
        known = day
    return Corrected(max(1 - still_out, cohort.returned / issued), known)


def rate_in_period(returned: int, issued: int) -> float | None:
    """Returns of a period over issues of the same period; None: nothing was issued.

    It says what a place sees, not what becomes of what was issued: it may be above 1.
    """
    return returned / issued if issued else None


def shifted_rate(
    issued: Mapping[dt.date, int],
    returned: Mapping[dt.date, int],
    first: dt.date,
    last: dt.date,
    stay: int,
) -> float | None:
    """Returns of a period over what was issued ``stay`` days before it.

    The correction that Austria's deposit system publishes, with a mean stay of 51 days in 2025.

    Args:
        issued: Objects issued, by day.
        returned: Objects that came back, by day.
        first: First day of the period.
        last: Last day of the period, within it.
        stay: Mean stay of objects with people in days, see :func:`mean_stay`.

    Returns:
        The rate; None: nothing was issued in the shifted period.
    """
    lag = dt.timedelta(days=stay)
    came = sum(count for day, count in returned.items() if first <= day <= last)
    went = sum(count for day, count in issued.items() if first - lag <= day <= last - lag)
    return came / went if went else None


def mean_stay(back: Days) -> float | None:
    """Mean days from issue to return of what came back; None: nothing did."""
    count = sum(back.values())
    return sum(day * many for day, many in back.items()) / count if count else None


def stay_of_share(back: Days, share: float) -> int | None:
    """Days within which a share of what came back had come back: 0.5 gives the median.

    Args:
        back: Objects by days from issue to return.
        share: From 0 to 1.

    Raises:
        ValueError: A share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(share)
    count = sum(back.values())
    seen = 0
    for day in sorted(back):
        seen += back[day]
        if back[day] and seen >= share * count:
            return day
    return None
