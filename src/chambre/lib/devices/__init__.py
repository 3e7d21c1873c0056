"""Connected objects without a database: what they say, how they sign, what is believed of their clocks.

* :class:`Topic`, :func:`filters`: ``ch/1/{scheme}/{site}/{device}/{scan|batch|sensor|state|ack|cmd}``;
* :func:`parse`, :func:`read`: a message of at most 4 KiB, typed, or refused in words;
* :func:`sign`, :func:`is_signed`, :func:`sign_request`, :func:`is_signed_request`,
  :func:`broker_password`: keys of devices;
* :func:`judge`: when something happened, by a clock that may lie;
* :func:`new_slip`, :func:`slip_digest`: receipts that are paid once;
* :class:`Store`: a device's own memory, which survives a pulled plug.
"""

from chambre.lib.devices.clocks import FUTURE, TRUSTED, Judged, judge, to_ms
from chambre.lib.devices.errors import DeviceRefused
from chambre.lib.devices.messages import (
    LIMIT,
    MEANS,
    VERSION,
    Message,
    Op,
    Tag,
    kind_of,
    parse,
    read,
)
from chambre.lib.devices.signing import (
    broker_password,
    is_signed,
    is_signed_request,
    new_secret,
    sign,
    sign_request,
)
from chambre.lib.devices.slips import clean_slip, new_slip, slip_digest
from chambre.lib.devices.store import Kept, Store
from chambre.lib.devices.topics import NAME, ROOT, Kind, Topic, filters

__all__ = [
    "FUTURE",
    "LIMIT",
    "MEANS",
    "NAME",
    "ROOT",
    "TRUSTED",
    "VERSION",
    "DeviceRefused",
    "Judged",
    "Kept",
    "Kind",
    "Message",
    "Op",
    "Store",
    "Tag",
    "Topic",
    "broker_password",
    "clean_slip",
    "filters",
    "is_signed",
    "is_signed_request",
    "judge",
    "kind_of",
    "new_secret",
    "new_slip",
    "parse",
    "read",
    "sign",
    "sign_request",
    "slip_digest",
    "to_ms",
]
