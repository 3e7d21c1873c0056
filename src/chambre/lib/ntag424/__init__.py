"""Tags that sign each tap: NTAG 424 DNA with secure dynamic messaging (SDM, also called SUN).

* :func:`open_tap`: what a tapped tag put into its address → its number and its counter, proved;
* :func:`answer`: what a tag would answer, for tests and simulations;
* :func:`diversify`: the key of one tag from the key of a scheme;
* :func:`ndef`: the file to write on a tag, and where it puts what changes.

That the counter rose since the last tap is for the caller to decide, under a lock: only then is a
tap new.
"""

from chambre.lib.ntag424.keys import KEY, diversify
from chambre.lib.ntag424.messages import (
    MAC_NAME,
    PICC_NAME,
    Tap,
    TapRefusal,
    answer,
    open_file_data,
    open_tap,
)
from chambre.lib.ntag424.writing import Ndef, ndef

__all__ = [
    "KEY",
    "MAC_NAME",
    "PICC_NAME",
    "Ndef",
    "Tap",
    "TapRefusal",
    "answer",
    "diversify",
    "ndef",
    "open_file_data",
    "open_tap",
]
