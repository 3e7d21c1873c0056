"""A return point: what was scanned is kept, sent until it is answered, and told to people once.

One thread does everything here; carriers and the keyboard only put events in a queue. Whatever happens
first is on the disk before anybody hears of it, so that a pulled plug loses nothing and doubles nothing:
a message that was sent before it is sent again with its number, and gets the same answer.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from chambre.lib.devices.carrying import Carrier, Event, Events
from chambre.lib.devices.errors import DeviceRefused
from chambre.lib.devices.messages import CODE_LENGTH, LIMIT, VERSION, Op
from chambre.lib.devices.printing import Printer
from chambre.lib.devices.signing import sign
from chambre.lib.devices.slips import clean_slip, new_slip, slip_digest
from chambre.lib.devices.store import Kept, Store
from chambre.lib.devices.topics import Kind
from chambre.lib.devices.words import euros, say

WINDOW = 16
"""Messages of one sort that are on their way at once; another sort waits for their answers."""
AGAIN = 5.0
"""Seconds after which a message that was not answered is sent again."""
GRACE = 3.0
"""Seconds after a start in which what is scanned waits for the first contact."""
TROUBLE = 30.0
"""Seconds of rest when the house does not know the device (any more), or fails."""
BATCH_BYTES = LIMIT - 900
"""Room for codes in a message; the rest is for what else it says."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a return point works.

    Attributes:
        device: Its name.
        op: What happens to scanned objects at first: a value of :class:`Op`.
        means: How deposits are paid back while in touch; out of touch it is by receipt.
        patience: Seconds that somebody waits for an answer before a receipt is handed out.
        secret: Signs messages; empty: they are not signed.
        clock_source: Who sets the clock: ``ntp``, ``rtc``, ``none`` …
        language: Of what is said to people.
    """

    device: str
    op: str = Op.RETURN.value
    means: str = "receipt"
    patience: float = 5.0
    secret: str = ""
    clock_source: str = "ntp"
    language: str = "fr"


@dataclass(slots=True)
class _Batch:
    codes: list[str] = field(default_factory=list)


class Point:
    """A return point.

    Args:
        setting: How it works.
        store: Its memory.
        carrier: Takes messages away.
        events: What the carrier and the keyboard put there.
        show: Called with each line for the people there.
        printer: Prints receipts; None: they are only shown.
    """

    def __init__(
        self,
        setting: Setting,
        store: Store,
        carrier: Carrier,
        events: Events,
        show: Callable[[str], None],
        printer: Printer | None = None,
    ) -> None:
        self._set, self._store, self._carrier = setting, store, carrier
        self._events, self._show, self._printer = events, show, printer
        self._op = Op(setting.op)
        self._damaged = False
        self._batch: _Batch | None = None
        self._linked = False
        self._grace = time.monotonic() + min(setting.patience, GRACE)
        self._early: list[str] = []
        self._sent: dict[int, float] = {}
        self._asked: dict[int, float] = {}
        self._rest = 0.0
        self._input_over = False

    def run(self, should_stop: Callable[[], bool] = lambda: False, *, leave: bool = False) -> None:
        """Work until told to stop.

        Args:
            should_stop: Asked several times a second.
            leave: Also stop when the input has ended and everything is answered.
        """
        self._catch_up()
        self._carrier.start()
        self._say("ready")
        try:
            while not should_stop():
                self.step()
                over = self._input_over and not self._early
                if leave and over and not self._store.waiting_count():
                    break
        finally:
            self._carrier.stop()

    def step(self, wait: float = 0.1) -> None:
        """Hear what happened, send what waits, tell those whose answer takes too long."""
        try:
            event: Event | None = self._events.get(timeout=wait)
        except queue.Empty:
            event = None
        while event is not None:
            self._hear(event)
            event = None if self._events.empty() else self._events.get()
        if self._early and (self._linked or time.monotonic() >= self._grace):
            early, self._early = self._early, []
            for text in early:
                self.line(text)
            if self._input_over:
                self._end_batch()
        self._send()
        self._lose_patience()

    def _say(self, name: str, **data: Any) -> None:
        self._show(say(name, self._set.language, **data))

    def _hear(self, event: Event) -> None:
        if event.name == "line":
            if self._linked or time.monotonic() >= self._grace:
                self.line(str(event.data))
            else:
                self._early.append(str(event.data))
        elif event.name == "answer":
            self._answered(event.data)
        elif event.name == "link":
            self._link(not event.data)
        elif event.name == "command":
            self._say("command", text=f"{event.data.get('cmd', '')} {event.data.get('text', '')}")
        else:
            self._input_over = True
            if not self._early:
                self._end_batch()

    def _link(self, there: bool) -> None:
        if there != self._linked:
            self._linked = there
            self._say("connected" if there else "disconnected")
            self._sent.clear()

    # ── what people do ──────────────────────────────────────────────────────────────────────────

    def line(self, text: str) -> None:
        """A line from the scanner or the keyboard."""
        text = text.strip()
        if not text:
            return
        if text.startswith(":"):
            self._command(text)
        elif clean_slip(text):
            self._show_slip(text)
        elif self._batch is not None:
            self._add_to_batch(text)
        else:
            self._scanned([text])

    def _command(self, text: str) -> None:
        word = text[1:].strip().lower()
        if word in tuple(Op):
            self._op = Op(word)
            self._say("mode", op=word)
        elif word == "batch":
            self._batch = _Batch()
            self._say("batch")
        elif word in ("end", "fin"):
            self._end_batch(tell=True)
        elif word == "damaged":
            self._damaged = True
            self._say("damaged")
        elif word == "waiting":
            link = say("in-touch" if self._linked else "out-of-touch", self._set.language)
            self._say("waiting", count=self._store.waiting_count(), link=link)
        elif word in ("help", "aide"):
            self._say("help")
        elif word == "quit":
            self._input_over = True
        else:
            self._say("unknown-command", text=text[:40])

    def _add_to_batch(self, text: str) -> None:
        assert self._batch is not None
        size = sum(len(code.encode()) + 3 for code in (*self._batch.codes, text))
        if len(self._batch.codes) >= 60 or size > BATCH_BYTES:
            self._say("batch-full", most=len(self._batch.codes))
            return
        self._batch.codes.append(text)
        self._show(f"{len(self._batch.codes)}: {text}")

    def _end_batch(self, *, tell: bool = False) -> None:
        batch, self._batch = self._batch, None
        if batch is not None and batch.codes:
            self._scanned(batch.codes)
        elif tell:
            self._say("batch-empty")

    def _scanned(self, codes: list[str]) -> None:
        """Keep what was scanned; out of touch, hand out a receipt at once."""
        codes = ["".join(sign for sign in code if sign.isprintable()) for code in codes]
        said: dict[str, Any] = {
            "v": VERSION,
            "dev": self._set.device,
            "op": self._op.value,
            "codes": [code[:CODE_LENGTH] for code in codes],
        }
        slip, offline = "", not self._linked
        if self._op is Op.RETURN:
            slip = new_slip()
            said["means"] = "receipt" if offline else self._set.means
            if said["means"] == "receipt":
                said["held"] = [slip_digest(slip)]
            if self._damaged:
                said["cond"] = "damaged"
        elif self._op is Op.ISSUE:
            said["means"] = "cash"
        self._damaged = False
        try:
            kind = Kind.SCAN if len(codes) == 1 else Kind.BATCH
            kept = self._store.add(kind.value, said, slip=slip, offline=offline)
        except DeviceRefused as refused:
            self._show(refused.message(self._set.language))
            return
        if offline:
            self._hand_out(kept)
        else:
            self._asked[kept.place] = time.monotonic()

    # ── what is sent, and what comes back ───────────────────────────────────────────────────────

    def _send(self) -> None:
        """Send the oldest messages that wait, in their order."""
        now = time.monotonic()
        if not self._linked or now < self._rest:
            return
        waiting = self._store.waiting(WINDOW)
        # What an object is issued by and brought back by must not overtake each other.
        alike = takewhile(lambda one: one.body["op"] == waiting[0].body["op"], waiting)
        due = [one for one in alike if now - self._sent.get(one.place, -AGAIN) >= AGAIN]
        if not due:
            return
        if self._carrier.send([(Kind(one.kind), self._signed(one)) for one in due]):
            self._sent.update((one.place, now) for one in due)

    def _signed(self, kept: Kept) -> dict[str, Any]:
        clock = {"now": self._store.now_ms(), "src": self._set.clock_source}
        message = {**kept.body, "clk": clock}
        if self._set.secret:
            message["sig"] = sign(message, secret=self._set.secret)
        return message

    def _answered(self, answer: Mapping[str, Any]) -> None:
        """Keep an answer, and tell the person who waits for it."""
        boot, seq = str(answer.get("boot", "")), answer.get("seq")
        if not answer.get("ok") and not answer.get("final"):
            self._rest = time.monotonic() + TROUBLE
            self._say("trouble", why=answer.get("words") or answer.get("code", ""))
            return
        kept = self._store.answered(boot, seq, answer) if type(seq) is int else None
        if kept is None:
            return
        self._sent.pop(kept.place, None)
        if self._asked.pop(kept.place, None) is not None:
            self._tell(kept)

    def _tell(self, kept: Kept) -> None:
        """Say how it ended to who stands there."""
        answer, language = kept.answer or {}, self._set.language
        amount = euros(int(answer.get("refund") or 0), language)
        words = str(answer.get("words", ""))
        op = kept.body.get("op")
        if answer.get("outcome") == "refunded":
            head = say("refunded", language, amount=amount)
            if kept.body.get("means") == "receipt":
                self._print(kept, [head, say("slip-once", language)], kept.slip)
            else:
                self._print(kept, [head], "")
                self._store.settle(kept.place)
        elif op == Op.ISSUE.value and answer.get("outcome") == "issued":
            self._show(say("issued", language, amount=amount))
        elif op == Op.RETURN.value:
            self._print(kept, [say("not-paid", language), words], "")
        else:
            self._show(words or say("done", language))

    def _lose_patience(self) -> None:
        """Hand out a receipt where the answer takes too long."""
        now = time.monotonic()
        for place, asked in list(self._asked.items()):
            if now - asked >= self._set.patience:
                del self._asked[place]
                kept = self._store.get(place)
                if kept.slip:
                    self._store.hand_out(place)
                self._hand_out(kept)

    # ── receipts ────────────────────────────────────────────────────────────────────────────────

    def _hand_out(self, kept: Kept) -> None:
        self._say("later")
        if kept.slip:
            lines = [say("slip-pending", self._set.language), say("slip-once", self._set.language)]
            self._print(kept, lines, kept.slip)

    def _print(self, kept: Kept, lines: list[str], code: str) -> None:
        """Print and show; what was printed is not printed again."""
        shown = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
        whole = [say("slip-title", self._set.language), *(line for line in lines if line)]
        if self._printer is not None:
            try:
                self._printer.receipt(whole, shown)
            except OSError as error:
                self._show(str(error))
                return
        for line in (*whole, *([shown] if shown else [])):
            self._show(line)
        self._store.mark_printed(kept.place)

    def _catch_up(self) -> None:
        """Print what was promised before the plug was pulled."""
        for kept in self._store.unprinted():
            if kept.answer is None:
                self._hand_out(kept)
            else:
                self._tell(kept)

    def _show_slip(self, text: str) -> None:
        """What a receipt of this device is worth; what was promised in cash is paid out once."""
        language, kept = self._set.language, self._store.by_slip(text)
        if kept is None:
            self._say("slip-unknown")
            return
        answer = kept.answer
        slip = f"…{kept.slip[-4:]}"
        if answer is None:
            self._say("slip-waits", slip=slip)
            return
        amount = euros(int(answer.get("refund") or 0), language)
        if answer.get("outcome") != "refunded":
            self._say("slip-nothing", slip=slip, why=answer.get("words", ""))
        elif kept.body.get("means") == "receipt":
            self._say("slip-counter", slip=slip, amount=amount)
        else:
            paid_now = self._store.settle(kept.place)
            self._say("slip-pay" if paid_now else "slip-paid", slip=slip, amount=amount)


def states(setting: Setting, store: Store) -> Callable[[str], dict[str, Any]]:
    """What makes the messages in which a device says how it is; they have no number."""

    def state(status: str) -> dict[str, Any]:
        now = store.now_ms()
        message: dict[str, Any] = {
            "v": VERSION,
            "dev": setting.device,
            "boot": store.boot,
            "seq": 0,
            "t": now,
            "clk": {"now": now, "src": setting.clock_source},
            "status": status,
        }
        if setting.secret:
            message["sig"] = sign(message, secret=setting.secret)
        return message

    return state
