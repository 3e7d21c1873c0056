"""A document read in portions: its events checked, hashed and taken apart, without Django.

A large document is read in a process of its own beside the one that writes (:func:`reading`): in
one interpreter each would wait for the other at every step. :func:`main` is what runs there.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, BinaryIO, cast

from chambre.epcis import names
from chambre.epcis.taking import Taken, Taker
from chambre.lib import epcis as lib
from chambre.lib.collecting import seldom_collecting

LIMIT = 1_000_000
"""Events in one document at most (``GS1-EPCIS-Capture-Limit``)."""
LARGE = 4 << 20
"""Octets from which a document is read in a process of its own."""
AHEAD = 2
"""Portions that are read and unpacked before they are asked for."""
TOLD = 50_000
"""Terms that one process remembers to have told the other, before it tells them again."""
PIPE = 1 << 20
"""Octets that wait between the two: a portion is written without waiting for its reader's turn."""
UNFIT, TOO_MANY = "unfit", "too-many"


class ReaderLost(RuntimeError):
    """The process that reads a document ended before the document did."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event is not recorded.

    Attributes:
        where: The event, or the place in the document.
        problems: What the check found.
        why: ``unfit`` (a time or a text that no table can hold), ``too-many``, or nothing.
    """

    where: str
    problems: tuple[lib.Problem, ...] = ()
    why: str = ""


@dataclass(slots=True)
class Portion:
    """Events that were read together.

    Attributes:
        first: Number of the first of them in the document.
        read: How many there were.
        taken: Those that are valid.
        faults: What is wrong with the others.
        position: Where the next portion begins: values of JSON.
    """

    first: int
    read: int = 0
    taken: list[Taken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    position: Any = None


@dataclass(slots=True)
class Around:
    """What stands around the events.

    Attributes:
        envelope: The document without its events.
        problems: What is wrong with it.
        broken: It could not be read to its end.
    """

    envelope: dict[str, Any] = field(default_factory=dict)
    problems: tuple[lib.Problem, ...] = ()
    broken: bool = False


class Apart:
    """Takes the valid events of one document apart.

    Args:
        context: Its JSON-LD context.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self._known = names.prefixes(context)
        self._hash = lib.Hasher(context)
        self._taker = Taker(self._known, context)
        self._frames = lib.Frames(context, self._taker)

    def common(self, event: Any, sent: str, terms: dict[int, Any]) -> Taken | None:
        """An event of the common form, checked and taken apart; nothing of any other.

        Args:
            event: What stands in the place of an event.
            sent: The JSON text that it came as.
            terms: Where its terms go.

        Raises:
            ValueError: A time or a text of it cannot be kept.
        """
        found = self._frames.read(event)
        if found is None:
            return None
        event_id = event.get("eventID") or lib.hash_of(found.text)
        return self._taker.common(found, event, event_id, sent, terms)

    def take(
        self, event: Mapping[str, Any], sent: str = "", terms: dict[int, Any] | None = None
    ) -> Taken:
        """An event taken apart.

        Args:
            event: A valid event.
            sent: The JSON text that it came as.
            terms: Where its terms go, shared by several events; else it has its own.

        Raises:
            EpcisError, ValueError: A time or a text of it cannot be kept.
        """
        own = event.get("@context")
        taker = self._taker
        if own is not None:
            taker = Taker(self._known | names.prefixes(own), self._context)
        return taker.take(event, event.get("eventID") or self._hash(event), sent, terms)


class Portions:
    """The events of a document, some at a time.

    Args:
        stream: The document, which can be read from any place.
        size: Events in a portion.
        position: Where to go on; nothing to begin.
        first: Number of the event with which it begins.

    Attributes:
        context: JSON-LD context of the document.
        around: Whole after the last portion.
    """

    def __init__(
        self, stream: BinaryIO, size: int, *, position: Any = None, first: int = 0
    ) -> None:
        resume, header = None, {}
        if position is None:
            self.context = _context_of(stream)
            stream.seek(0)
        else:
            resume = lib.Position(position[0], position[1], tuple(position[2]))
            self.context, header = position[3], position[4]
            stream.seek(resume.offset)
        self.around = Around(header)
        self._size, self._first = size, first
        self._reader = lib.iter_events(stream, resume=resume, later=True)
        self._apart = Apart(self.context)

    def __iter__(self) -> Iterator[Portion]:
        """The portions in their order."""
        portion, terms = Portion(self._first), dict[int, Any]()
        try:
            for placed in self._reader:
                if not placed.place:
                    break  # a document that is one event
                self._add(portion, placed, terms)
                if portion.read >= self._size and (behind := placed.position) is not None:
                    portion.position = self._place(behind)
                    yield portion
                    portion, terms = Portion(portion.first + portion.read), {}
        except lib.EpcisError as error:
            self.around.broken = True
            portion.faults += [Fault(one.path, (one,)) for one in error.problems[:3]]
        if portion.read or portion.faults:
            yield portion
        self.around.envelope = {**self._reader.envelope, **self.around.envelope}
        self.around.problems = self._reader.problems[:20]

    def _place(self, position: lib.Position) -> list[Any]:
        """Where to go on, with what was read before the events."""
        known = {**self._reader.envelope, **self.around.envelope}
        header = {key: known[key] for key in ("epcisHeader",) if key in known}
        return [position.index, position.offset, list(position.place), self.context, header]

    def _add(self, portion: Portion, placed: lib.Placed, terms: dict[int, Any]) -> None:
        """Take an event apart, or note what is wrong with it."""
        number = portion.first + portion.read
        portion.read += 1
        if number >= LIMIT:
            if number == LIMIT:
                portion.faults.append(Fault(_where(placed), why=TOO_MANY))
            return
        try:
            event, text = placed.event, placed.text
            taken = self._apart.common(event, text, terms)
            if taken is None:
                problems = lib.event_problems(event, *placed.place, placed.index)
                if problems:
                    portion.faults.append(Fault(_where(placed), problems))
                    return
                taken = self._apart.take(event, text, terms)
            portion.taken.append(taken)
        except lib.EpcisError as error:
            portion.faults.append(Fault(_where(placed), error.problems))
        except ValueError:
            portion.faults.append(Fault(_where(placed), why=UNFIT))


def _where(placed: lib.Placed) -> str:
    return f"$.eventList[{placed.index}]"


def _context_of(stream: BinaryIO) -> Any:
    """The context, which may stand behind the events."""
    reader = lib.iter_events(stream, check=False)
    try:
        for _placed in reader:
            if reader.context is not None:
                break
    except lib.EpcisError:
        return lib.CONTEXT  # said again, and better, when the events are read
    return lib.CONTEXT if reader.context is None else reader.context


Terms = dict[int, tuple[int, str]]
_VALUES = Taken._fields.index("terms")
"""So many values of an event are its own; terms and context it has with the others."""
_Sent = tuple[int, int, tuple[Any, ...], list[int], Terms, list[Fault], Any]


class Wire:
    """Portions as they go from one process to another, each end with one of its own.

    Values go column by column, and a term that many portions use goes once. Both ends forget what
    was told at the same portion.
    """

    def __init__(self) -> None:
        self._told: Terms = {}

    def packed(self, portion: Portion) -> _Sent:
        """A portion, ready to be sent."""
        told, taken = self._remembered(), portion.taken
        terms = taken[0].terms if taken else {}
        fresh = {key: said for key, said in terms.items() if told.get(key) != said}
        told.update(fresh)
        columns = tuple(zip(*taken, strict=True))[:_VALUES]
        where = portion.position
        return portion.first, portion.read, columns, list(terms), fresh, portion.faults, where

    def unpacked(self, sent: _Sent, context: Any) -> Portion:
        """The portion again."""
        first, read, columns, keys, fresh, faults, position = sent
        told = self._remembered()
        told.update(fresh)
        terms = {key: told[key] for key in keys}
        rows = zip(*columns, repeat(terms), repeat(context), strict=False) if columns else ()
        return Portion(first, read, list(map(Taken._make, rows)), faults, position)

    def _remembered(self) -> Terms:
        if len(self._told) > TOLD:
            self._told.clear()
        return self._told


class Distant:
    """The same as :class:`Portions`, read by another process.

    What comes is taken in and unpacked by a thread, while whoever writes waits for the database.
    """

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._coming: queue.Queue[Any] = queue.Queue(AHEAD)
        self._left = threading.Event()
        threading.Thread(target=self._receive, daemon=True).start()
        self.context = self._next()
        self.around = Around()

    def _receive(self) -> None:
        """Take in the context, then the portions, a little ahead; nothing at the end."""
        wire = Wire()
        try:
            context = found = self._received()
            while found is not None and self._kept(found):
                found = self._received()
                if type(found) is tuple:
                    found = wire.unpacked(found, context)
        finally:
            self._kept(None)

    def _received(self) -> Any:
        """What the other process answers next; nothing where it ended, even within an answer."""
        length = int.from_bytes(self._answers.read(8), "big")
        content = self._answers.read(length)
        if not content or len(content) < length:
            return None
        return pickle.loads(content)  # noqa: S301  # from a process that this one has started

    def _kept(self, found: Any) -> bool:
        """Have it waiting, when there is room; whether somebody is still there."""
        while not self._left.is_set():
            try:
                self._coming.put(found, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False

    def _next(self) -> Any:
        found = self._coming.get()
        if found is None:
            raise ReaderLost
        return found

    def leave(self) -> None:
        """Take in no more."""
        self._left.set()

    def __iter__(self) -> Iterator[Portion]:
        """The portions in their order.

        Raises:
            ReaderLost: The other process was ended.
        """
        while isinstance(found := self._next(), Portion):
            yield found
        self.around = found


@contextmanager
def reading(
    stream: BinaryIO, size: int, *, position: Any = None, first: int = 0
) -> Iterator[Portions | Distant]:
    """A document in portions; a large file in a process of its own, which ends with the block.

    Args:
        stream: The document; see :class:`Portions` for the rest.
        size: Events in a portion.
        position: Where to go on.
        first: Number of the event with which it begins.
    """
    if not _is_large(stream):
        yield Portions(stream, size, position=position, first=first)
        return
    child = subprocess.Popen(
        [sys.executable, "-c", "from chambre.epcis.portions import main; main()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(stream.fileno(),),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
    )  # fmt: skip
    distant = None
    try:
        with cast("BinaryIO", child.stdin) as asked:
            pickle.dump((stream.fileno(), size, position, first), asked)
        _widen(child.stdout)
        distant = Distant(cast("BinaryIO", child.stdout))
        yield distant
    finally:
        if distant is not None:
            distant.leave()
        child.kill()
        child.wait()


def _widen(pipe: Any) -> None:
    """Let more wait in a pipe, where the system can and allows it."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def _is_large(stream: BinaryIO) -> bool:
    """Whether a document is a large file, on a system where a process can be given open files."""
    try:
        return os.name == "posix" and os.fstat(stream.fileno()).st_size >= LARGE
    except OSError:  # no file at all: io.UnsupportedOperation is one
        return False


def main() -> None:
    """Read a document for the process that started this one."""
    file, size, position, first = pickle.load(sys.stdin.buffer)  # noqa: S301
    out = sys.stdout.buffer

    def answer(value: Any) -> None:
        content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        out.write(len(content).to_bytes(8, "big"))
        out.write(content)
        out.flush()

    with open(file, "rb") as stream, seldom_collecting():
        portions = Portions(stream, size, position=position, first=first)
        answer(portions.context)
        try:
            wire = Wire()
            for portion in portions:
                answer(wire.packed(portion))
            answer(portions.around)
        except BrokenPipeError:  # nobody wants it any more
            os._exit(1)
