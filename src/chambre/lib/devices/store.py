"""A device's own memory: a ring of messages in one file, which survives a pulled plug.

What was read is in the file, and on the disk, before anybody is told that it was taken. A message
leaves the ring only after the house has answered it; until then it is sent again, with the same number,
and gets the same answer. The oldest answered ones make room for new ones.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chambre.lib.devices.errors import DeviceRefused
from chambre.lib.devices.slips import clean_slip

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ring (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '',
    offline INTEGER NOT NULL DEFAULT 0,
    day TEXT NOT NULL,
    printed INTEGER NOT NULL DEFAULT 0,
    answer TEXT,
    settled INTEGER NOT NULL DEFAULT 0,
    UNIQUE (boot, seq)
);
CREATE INDEX IF NOT EXISTS ring_waiting ON ring (place) WHERE answer IS NULL;
CREATE INDEX IF NOT EXISTS ring_slip ON ring (slip) WHERE slip != '';
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message in the ring.

    Attributes:
        place: Its place in the order in which things happened.
        kind: Last level of its topic.
        body: The message without clock and signature.
        slip: Code of the receipt that belongs to it; empty: none.
        offline: The receipt was handed out while nobody could be reached.
        printed: The receipt came out of the printer.
        answer: What the house answered; None: nothing yet.
        settled: What the answer promised was paid out here.
    """

    place: int
    boot: str
    seq: int
    kind: str
    body: Mapping[str, Any]
    slip: str
    offline: bool
    printed: bool
    answer: Mapping[str, Any] | None
    settled: bool


_COLUMNS = "place, boot, seq, kind, body, slip, offline, printed, answer, settled"


def _kept(row: tuple[Any, ...]) -> Kept:
    place, boot, seq, kind, body, slip, offline, printed, answer, settled = row
    return Kept(
        place,
        boot,
        seq,
        kind,
        json.loads(body),
        slip,
        bool(offline),
        bool(printed),
        json.loads(answer) if answer is not None else None,
        bool(settled),
    )


class Store:
    """The ring of one device; one process at a time.

    Args:
        path: The file; it is made when it is not there.
        device: Whose memory it is.
        size: Most messages that are kept, answered ones included.
        slips_a_day: Most receipts that are handed out on one day while out of touch.
        clock: Seconds since 1970; tests give a clock that lies.

    Raises:
        DeviceRefused: The memory is that of another device (``not-mine``).
    """

    def __init__(
        self,
        path: Path,
        device: str,
        *,
        size: int = 10_000,
        slips_a_day: int = 100,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._size, self._slips, self._clock = size, slips_a_day, clock
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None, timeout=10)
        # FULL: a commit is on the disk, not only on its way there, when it returns.
        self._base.execute("PRAGMA journal_mode=DELETE")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.executescript(_TABLES)
        self._base.execute(
            "INSERT INTO meta VALUES ('device', ?) ON CONFLICT (name) DO NOTHING", [device]
        )
        owner = self._meta("device")
        if owner != device:
            self._base.close()
            raise DeviceRefused("not-mine", owner=owner)
        # Drawn and not counted: a memory that was lost or copied never repeats a number.
        self.boot = secrets.token_hex(8)
        self._seq = 0

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _meta(self, name: str) -> str:
        row = self._base.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def now_ms(self) -> int:
        """What the device's clock shows, in milliseconds since 1970."""
        return int(self._clock() * 1000)

    def _day(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(self._clock()))

    def add(
        self, kind: str, said: Mapping[str, Any], *, slip: str = "", offline: bool = False
    ) -> Kept:
        """Keep a message; when this returns it is on the disk, and will be sent.

        Args:
            kind: Last level of its topic.
            said: What it says; number, start and time are added.
            slip: Code of its receipt.
            offline: The receipt is handed out before the house has answered.

        Raises:
            DeviceRefused: No room (``full``), or too many receipts today (``slips``); then
                nothing is kept.
        """
        base, day = self._base, self._day()
        base.execute("BEGIN IMMEDIATE")
        try:
            self._make_room()
            if offline and slip and self.slips_today() >= self._slips:
                raise DeviceRefused("slips", limit=self._slips)
            seq = self._seq + 1
            body = {**said, "boot": self.boot, "seq": seq, "t": self.now_ms()}
            cursor = base.execute(
                "INSERT INTO ring (boot, seq, kind, body, slip, offline, day)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [self.boot, seq, kind, json.dumps(body), clean_slip(slip), offline, day],
            )
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise
        self._seq = seq
        assert cursor.lastrowid is not None
        return self.get(cursor.lastrowid)

    def _make_room(self) -> None:
        """Forget the oldest messages that are over; those that wait are never forgotten."""
        (count,) = self._base.execute("SELECT count(*) FROM ring").fetchone()
        if count < self._size:
            return
        self._base.execute(
            "DELETE FROM ring WHERE place IN (SELECT place FROM ring WHERE answer IS NOT NULL"
            " ORDER BY place LIMIT ?)",
            [count - self._size + 1],
        )
        (count,) = self._base.execute("SELECT count(*) FROM ring").fetchone()
        if count >= self._size:
            raise DeviceRefused("full", waiting=self.waiting_count())

    def slips_today(self) -> int:
        """Receipts that were handed out today while out of touch, by the device's clock."""
        (count,) = self._base.execute(
            "SELECT count(*) FROM ring WHERE day = ? AND offline = 1 AND slip != ''", [self._day()]
        ).fetchone()
        return int(count)

    def get(self, place: int) -> Kept:
        """The message at a place.

        Raises:
            LookupError: There is none (any more).
        """
        row = self._base.execute(
            f"SELECT {_COLUMNS} FROM ring WHERE place = ?",  # noqa: S608 - our own columns
            [place],
        ).fetchone()
        if row is None:
            raise LookupError(place)
        return _kept(row)

    def waiting(self, limit: int = 1) -> list[Kept]:
        """What waits for its answer, the oldest first: the order in which it is sent."""
        return self._all("answer IS NULL ORDER BY place LIMIT ?", limit)

    def waiting_count(self) -> int:
        """How many messages wait for their answer."""
        row = self._base.execute("SELECT count(*) FROM ring WHERE answer IS NULL").fetchone()
        return int(row[0])

    def unprinted(self) -> list[Kept]:
        """Receipts that were promised and did not come out of the printer: the plug was pulled."""
        return self._all("slip != '' AND printed = 0 ORDER BY place LIMIT ?", self._size)

    def by_slip(self, code: str) -> Kept | None:
        """The message that a receipt of this device belongs to."""
        clean = clean_slip(code)
        found = self._all("slip = ? ORDER BY place LIMIT 1", clean) if clean else []
        return found[0] if found else None

    def _all(self, where: str, *values: Any) -> list[Kept]:
        rows = self._base.execute(
            f"SELECT {_COLUMNS} FROM ring WHERE {where}",  # noqa: S608 - our own words
            values,
        )
        return [_kept(row) for row in rows]

    def answered(self, boot: str, seq: int, answer: Mapping[str, Any]) -> Kept | None:
        """Keep the answer to a message; None: it is no message of this memory.

        The first answer stays: a repeated one says the same.
        """
        self._base.execute(
            "UPDATE ring SET answer = ? WHERE boot = ? AND seq = ? AND answer IS NULL",
            [json.dumps(answer), boot, seq],
        )
        found = self._all("boot = ? AND seq = ?", boot, seq)
        return found[0] if found else None

    def hand_out(self, place: int) -> None:
        """A receipt is handed out after all before the answer came; it counts among those of today."""
        self._base.execute("UPDATE ring SET offline = 1 WHERE place = ?", [place])

    def mark_printed(self, place: int) -> None:
        """The receipt came out of the printer."""
        self._base.execute("UPDATE ring SET printed = 1 WHERE place = ?", [place])

    def settle(self, place: int) -> bool:
        """What was promised is paid out here, once; False: it was before."""
        cursor = self._base.execute(
            "UPDATE ring SET settled = 1 WHERE place = ? AND settled = 0", [place]
        )
        return cursor.rowcount == 1
