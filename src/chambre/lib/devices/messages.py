"""What a device says: one JSON object of at most 4 KiB, read strictly, refused in words.

A message is known by its device, the start of the device (``boot``) and its number since then
(``seq``). The same three are the same message, however often it arrives; what may differ between two
tries is what the device's clock shows (``clk``) and so the signature.

====== ================================================================================
v      version of the contract: 1
dev    name of the device, as in the topic
boot   the start of the device: 8 to 36 letters, digits and hyphens, drawn at each start
seq    number of the message since that start, from 1; 0 for a last will
id     the device's own name for it, given back in the answer (optional)
t      when it happened by the device's clock, in milliseconds since 1970, UTC
toff   offset of local time, ``+01:00``
clk    ``{now, src, err_ms}``: the clock as it sends, who sets it, how wrong it may be
op     issue, return, wash, inspect, seen
codes  what was read, at least one; several are one act
n      how many objects of a class that is only counted (optional)
means  how a deposit is paid or paid back (optional): cash, voucher, gift, receipt …
cond   good (default) or damaged
tag    ``{kind, uid, sun}``: what kind of code it was, and what a tag signed
held   digests of the receipts that were handed out for it
sig    signature; see :mod:`chambre.lib.devices.signing`
====== ================================================================================

A sensor says ``reports``: a list of ``{type, value, uom, component}``; a state ``status`` and
``alerts``. Numbers have no point: a measure is written as text (``"21.5"``), because two machines do
not write one float alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chambre.lib.canonical import NotCanonical, digest
from chambre.lib.devices.errors import DeviceRefused
from chambre.lib.devices.topics import UPWARD, Kind, Topic

VERSION = 1
LIMIT = 4096
"""Most bytes of a message."""
CODES = 64
"""Most codes of a message."""
CODE_LENGTH = 200
TOP = 2**53 - 1
"""Largest whole number that every JSON reader keeps exactly."""


class Op(StrEnum):
    """What the device saw happen to the objects."""

    ISSUE = "issue"
    RETURN = "return"
    WASH = "wash"
    INSPECT = "inspect"
    SEEN = "seen"


MEANS = ("cash", "voucher", "gift", "sepa", "card", "suspended", "receipt")
CONDITIONS = ("good", "damaged")
STATUSES = ("online", "offline", "lost", "full", "empty", "open", "closed", "fault")
"""What a device says of itself; ``lost`` is its last will, which the broker says for it."""
TAGS = ("qr", "nfc", "ntag424", "rfid", "barcode", "typed")
SOURCES = ("ntp", "gps", "rtc", "hand", "none")


@dataclass(frozen=True, slots=True)
class Tag:
    """What kind of code was read. ``sun`` is what a tag that signs each tap gave."""

    kind: str
    uid: str = ""
    sun: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that fits the contract. Times are milliseconds since 1970 by the device's clock.

    Attributes:
        digest: SHA-256 of what it says without clock and signature: two messages with the same
            number and another digest are not the same message.
        raw: The object as it was sent, for its signature.
    """

    topic: Topic
    boot: str
    seq: int
    at_ms: int
    now_ms: int
    digest: bytes
    raw: Mapping[str, Any] = field(repr=False)
    op: Op | None = None
    codes: tuple[str, ...] = ()
    count: int = 1
    means: str = ""
    condition: str = "good"
    tag: Tag | None = None
    held: tuple[str, ...] = ()
    status: str = ""
    alerts: tuple[str, ...] = ()
    reports: tuple[Mapping[str, str], ...] = ()
    name: str = ""
    signature: str = ""

    @property
    def number(self) -> tuple[str, str, int]:
        """Device, boot and sequence: what a message is known by."""
        return self.topic.device, self.boot, self.seq


def _bad(name: str, english: str, french: str) -> DeviceRefused:
    return DeviceRefused("field", field=name, wanted_en=english, wanted_fr=french)


def _text(name: str, value: Any, most: int, least: int = 0) -> str:
    if type(value) is not str or not least <= len(value) <= most or not value.isprintable():
        raise _bad(
            name,
            f"text of {least} to {most} printable signs",
            f"un texte de {least} à {most} signes imprimables",
        )
    return value


def _number(name: str, value: Any, least: int = 0, most: int = TOP) -> int:
    if type(value) is not int or not least <= value <= most:
        raise _bad(name, f"a whole number from {least} to {most}", f"un entier de {least} à {most}")
    return value


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    if type(value) is not str or value not in allowed:
        words = ", ".join(allowed)
        raise _bad(name, f"one of {words}", f"un de {words}")
    return value


def _shape(name: str, value: Any, pattern: re.Pattern[str], example: str) -> str:
    if type(value) is not str or not pattern.fullmatch(value):
        raise _bad(name, f"written as {example}", f"écrit comme {example}")
    return value


def _list(name: str, value: Any, least: int, most: int) -> list[Any]:
    if type(value) is not list or not least <= len(value) <= most:
        raise _bad(name, f"a list of {least} to {most}", f"une liste de {least} à {most}")
    return value


def _object(name: str, value: Any, allowed: frozenset[str]) -> dict[str, Any]:
    if type(value) is not dict:
        raise _bad(name, "an object", "un objet")
    for key in value.keys() - allowed:
        raise DeviceRefused("unknown-field", field=f"{name}.{key[:40]}" if name else key[:40])
    return value


_BOOT = re.compile(r"[A-Za-z0-9-]{8,36}")
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEASURE = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_CLOCK = frozenset({"now", "src", "err_ms"})
_TAG = frozenset({"kind", "uid", "sun"})
_REPORT = frozenset({"type", "value", "uom", "component"})


def _clock(value: Any) -> int:
    clock = _object("clk", value, _CLOCK)
    if "now" not in clock:
        raise DeviceRefused("missing", field="clk.now")
    if "src" in clock:
        _one_of("clk.src", clock["src"], SOURCES)
    if "err_ms" in clock:
        _number("clk.err_ms", clock["err_ms"])
    return _number("clk.now", clock["now"])


def _codes(value: Any) -> tuple[str, ...]:
    codes = _list("codes", value, 1, CODES)
    return tuple(_text("codes", code, CODE_LENGTH, 1) for code in codes)


def _tag(value: Any) -> Tag:
    tag = _object("tag", value, _TAG)
    return Tag(
        _one_of("tag.kind", tag.get("kind"), TAGS),
        _text("tag.uid", tag.get("uid", ""), 40),
        _text("tag.sun", tag.get("sun", ""), 200),
    )


def _held(value: Any) -> tuple[str, ...]:
    return tuple(
        _shape("held", one, _DIGEST, "SHA-256 (64 × 0-9a-f)") for one in _list("held", value, 0, 8)
    )


def _reports(value: Any) -> tuple[Mapping[str, str], ...]:
    found = []
    for one in _list("reports", value, 1, 24):
        report = _object("reports", one, _REPORT)
        clean = {
            "type": _shape("reports.type", report.get("type"), _WORD, "Temperature"),
            "value": _shape("reports.value", report.get("value"), _MEASURE, '"21.5"'),
        }
        for key in ("uom", "component"):
            if key in report:
                clean[key] = _shape(f"reports.{key}", report[key], _WORD, "CEL")
        found.append(clean)
    return tuple(found)


def _alerts(value: Any) -> tuple[str, ...]:
    return tuple(_text("alerts", one, 80, 1) for one in _list("alerts", value, 0, 8))


Reader = Callable[[Any], Any]
_COMMON: dict[str, tuple[str, Reader]] = {
    "boot": ("boot", lambda value: _shape("boot", value, _BOOT, "7f3a91c0")),
    "t": ("at_ms", lambda value: _number("t", value)),
    "clk": ("now_ms", _clock),
    "id": ("name", lambda value: _text("id", value, 64)),
    "sig": ("signature", lambda value: _text("sig", value, 200)),
}
_ACT: dict[str, tuple[str, Reader]] = {
    **_COMMON,
    "op": ("op", lambda value: Op(_one_of("op", value, tuple(Op)))),
    "codes": ("codes", _codes),
    "n": ("count", lambda value: _number("n", value, 1, 100_000)),
    "means": ("means", lambda value: _one_of("means", value, MEANS)),
    "cond": ("condition", lambda value: _one_of("cond", value, CONDITIONS)),
    "tag": ("tag", _tag),
    "held": ("held", _held),
}
_SENSOR: dict[str, tuple[str, Reader]] = {**_COMMON, "reports": ("reports", _reports)}
_STATE: dict[str, tuple[str, Reader]] = {
    **_COMMON,
    "status": ("status", lambda value: _one_of("status", value, STATUSES)),
    "alerts": ("alerts", _alerts),
}
FIELDS = {Kind.SCAN: _ACT, Kind.BATCH: _ACT, Kind.SENSOR: _SENSOR, Kind.STATE: _STATE}
_NEEDED = {
    Kind.SCAN: ("boot", "t", "clk", "op", "codes"),
    Kind.BATCH: ("boot", "t", "clk", "op", "codes"),
    Kind.SENSOR: ("boot", "t", "clk", "reports"),
    Kind.STATE: ("boot", "t", "clk", "status"),
}


def _refuse_point(text: str) -> Any:
    raise _bad(text[:20], "a number without a point", "un nombre sans virgule")


_decode = json.JSONDecoder(parse_float=_refuse_point, parse_constant=_refuse_point).decode


def parse(payload: bytes) -> dict[str, Any]:
    """The JSON object of a message.

    Raises:
        DeviceRefused: It is too large (``too-large``), or no JSON object (``not-json``).
    """
    if len(payload) > LIMIT:
        raise DeviceRefused("too-large", size=len(payload), limit=LIMIT)
    try:
        found = _decode(payload.decode("utf-8"))
    except DeviceRefused:
        raise
    except (ValueError, RecursionError):
        raise DeviceRefused("not-json") from None
    if type(found) is not dict:
        raise DeviceRefused("not-json")
    return found


def kind_of(found: Mapping[str, Any]) -> Kind:
    """The topic that a message belongs on, where it came without one (over HTTP)."""
    if "reports" in found:
        return Kind.SENSOR
    if "status" in found:
        return Kind.STATE
    codes = found.get("codes")
    return Kind.BATCH if isinstance(codes, list) and len(codes) > 1 else Kind.SCAN


def read(found: Mapping[str, Any], topic: Topic) -> Message:
    """Read a message that came on a topic.

    Args:
        found: The object of :func:`parse`.
        topic: The topic it came on; who may write there is the broker's to say.

    Returns:
        The message.

    Raises:
        DeviceRefused: It does not fit; the code says how, the words say what is wrong.
    """
    if topic.kind not in UPWARD:
        raise DeviceRefused("topic", topic=str(topic))
    if found.get("v") != VERSION or type(found.get("v")) is not int:
        raise DeviceRefused("version", version=str(found.get("v"))[:20], known=VERSION)
    if found.get("dev") != topic.device:
        raise DeviceRefused("other-device", said=str(found.get("dev"))[:60], real=topic.device)
    fields = FIELDS[topic.kind]
    for name in _NEEDED[topic.kind]:
        if name not in found:
            raise DeviceRefused("missing", field=name)
    least = 0 if topic.kind is Kind.STATE else 1
    given: dict[str, Any] = {"seq": _number("seq", found.get("seq"), least)}
    for name, value in found.items():
        if (known := fields.get(name)) is not None:
            given[known[0]] = known[1](value)
        elif name == "toff":
            _shape("toff", value, _OFFSET, "+01:00")
        elif name not in ("v", "dev", "seq"):
            raise DeviceRefused("unknown-field", field=name[:40])
    if topic.kind is Kind.SCAN and len(given["codes"]) != 1:
        raise _bad(
            "codes",
            "one code; several are a batch",
            "un code\N{NO-BREAK SPACE}; plusieurs sont un lot",
        )
    if given.get("count", 1) != 1 and len(given["codes"]) != 1:
        raise _bad("n", "with one code", "avec un seul code")
    return Message(topic=topic, digest=_digest(found), raw=found, **given)


def _digest(found: Mapping[str, Any]) -> bytes:
    said = {key: value for key, value in found.items() if key not in ("clk", "sig")}
    try:
        # No float can be in it: the reader of JSON refused them.
        return digest(said, about="device-message", checked=True)
    except NotCanonical:
        raise DeviceRefused("not-json") from None
