"""Deposits on reusable objects, without a database: what a return gives back, and what does not fit.

* :func:`decide`: one scanned object, what is known of it and the rules of its scheme → what is paid;
* :func:`vat_inside`: the VAT inside what is kept;
* :func:`distance`, :func:`too_fast`: whether something can have come from one place to the other;
* :func:`new_serial`, :func:`clean_code`: codes of objects; identities of GS1 are in :mod:`chambre.lib.gs1`.
"""

from chambre.lib.deposits.codes import clean_code, new_serial
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
from chambre.lib.deposits.travelling import distance, too_fast
from chambre.lib.deposits.vat import vat_inside

__all__ = [
    "Condition",
    "Known",
    "Outcome",
    "Presence",
    "Reason",
    "Rules",
    "Scan",
    "Verdict",
    "clean_code",
    "decide",
    "distance",
    "new_serial",
    "too_fast",
    "vat_inside",
]
