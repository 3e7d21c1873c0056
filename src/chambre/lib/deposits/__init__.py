"""Deposits on reusable objects, without a database: what a return gives back, and what does not fit.

* :func:`decide`: one scanned object, what is known of it and the rules of its scheme → what is paid;
* :func:`vat_inside`: the VAT inside what is kept;
* :func:`distance`, :func:`too_fast`: whether something can have come from one place to the other;
* :class:`Cohort`, :func:`return_rate`, :func:`corrected_rate`, …: what comes back of what was issued;
* :func:`rotations`, :func:`break_even`, :func:`reuse_of_year`: how often objects are used again;
* :func:`spread`: how long cycles and stays take, with their quantiles;
* :class:`Story`: the invented life of a fleet, with its truth;
* :func:`new_serial`, :func:`clean_code`: codes of objects; identities of GS1 are in :mod:`chambre.lib.gs1`.
"""

from chambre.lib.deposits.codes import clean_code, new_serial
from chambre.lib.deposits.cohorts import (
    Cohort,
    Corrected,
    corrected_rate,
    mean_stay,
    rate_in_period,
    return_rate,
    shifted_rate,
    stay_of_share,
)
from chambre.lib.deposits.deciding import (
    Condition,
    Known,
    Outcome,
    Presence,
    Reason,
    Rules,
    Scan,
    Verdict,
    decide,
)
from chambre.lib.deposits.dwelling import Spread, spread
from chambre.lib.deposits.rotations import (
    Reuse,
    Rotations,
    break_even,
    reuse_of_year,
    rotations,
)
from chambre.lib.deposits.stories import HUB, Cared, Day, Habits, Issued, Returned, Story, Trick
from chambre.lib.deposits.travelling import distance, too_fast
from chambre.lib.deposits.vat import vat_inside
from chambre.lib.deposits.wearing import worn

__all__ = [
    "HUB",
    "Cared",
    "Cohort",
    "Condition",
    "Corrected",
    "Day",
    "Habits",
    "Issued",
    "Known",
    "Outcome",
    "Presence",
    "Reason",
    "Returned",
    "Reuse",
    "Rotations",
    "Rules",
    "Scan",
    "Spread",
    "Story",
    "Trick",
    "Verdict",
    "break_even",
    "clean_code",
    "corrected_rate",
    "decide",
    "distance",
    "mean_stay",
    "new_serial",
    "rate_in_period",
    "return_rate",
    "reuse_of_year",
    "rotations",
    "shifted_rate",
    "spread",
    "stay_of_share",
    "too_fast",
    "vat_inside",
    "worn",
]
