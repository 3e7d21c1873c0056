"""A stream of bytes cut into pieces of whole lines, and a piece cut into columns.

One ``split`` on the separator cuts a piece of some thousand lines into all its fields. The last
field of a line and the first of the next stay glued together around the line end; these *joints*
come at regular places exactly when every line has the right number of fields, which is thereby
checked for nothing. Pieces of a quarter of a megabyte stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from .errors import SourceRefused
from .findings import Findings
from .layout import Layout

PIECE = 1 << 18
_DETECTION = 4096
_JOINTS_LIMIT = 20_000


def line_end(head: bytes) -> bytes:
    """The line end of a file: in its first 4,096 bytes, CRLF if there is one, else CR, else LF."""
    start = head[:_DETECTION] if b"\n" in head[:_DETECTION] or b"\r" in head[:_DETECTION] else head
    if b"\r\n" in start:
        return b"\r\n"
    return b"\r" if b"\r" in start else b"\n"


def read_head(stream: BinaryIO, name: str, limit: int) -> bytes:
    """Read on until the first line is whole.

    Raises:
        SourceRefused: No line end within ``limit`` bytes.
    """
    head = stream.read(PIECE)
    while head and not (b"\n" in head or b"\r" in head[:-1]):
        if len(head) > limit:
            raise SourceRefused("fec-line-too-long", name=name, limit=limit)
        more = stream.read(PIECE)
        if not more:
            break
        head += more
    return head


def pieces(
    stream: BinaryIO, begun: bytes, end: bytes, name: str, limit: int, size: int = PIECE
) -> Iterator[bytes]:
    """Cut a stream into pieces of whole lines.

    Args:
        stream: Read on from where it is.
        begun: What was read of it already, from the line end of the header on.
        end: The line end.
        name: Name of the part, for the refusal.
        limit: Most bytes in one line.
        size: About how many bytes in one piece.

    Yields:
        Pieces that begin with the line end before them and end with their own.

    Raises:
        SourceRefused: A line is too long.
    """
    carry = begun
    while True:
        cut = carry.rfind(end)
        if cut > 0:
            yield carry[: cut + len(end)].replace(b"\0", b"")
            carry = carry[cut:]
        elif len(carry) > limit + size:
            raise SourceRefused("fec-line-too-long", name=name, limit=limit)
        more = stream.read(size)
        if not more:
            break
        carry += more
    rest = carry[len(end) :].replace(b"\0", b"") if carry.startswith(end) else carry
    if rest.endswith(end):
        yield end + rest
    elif rest:
        yield end + rest + end


class Columns:
    """A piece cut into columns of raw values, with the numbers of its lines."""

    __slots__ = ("lines", "raws")

    def __init__(self, lines: Sequence[int], raws: list[list[bytes]]) -> None:
        self.lines = lines
        self.raws = raws


class Splitter:
    """Cuts the pieces of one part into columns; lines that do not fit are found and left out."""

    def __init__(self, layout: Layout, end: bytes, findings: Findings) -> None:
        self._layout = layout
        self._end = end
        self._findings = findings
        self._joints = _Joints(end)
        self._tail: int | None = None

    def split(self, piece: bytes, first_line: int) -> tuple[Columns, int]:
        """Cut a piece.

        Args:
            piece: Begins and ends with a line end.
            first_line: Number of its first line.

        Returns:
            Its columns, one for each field of the header, and how many lines it has.
        """
        raws = self._cut(piece)
        if raws is not None:
            count = len(raws[0])
            return Columns(range(first_line, first_line + count), raws), count
        lines = piece[len(self._end) : -len(self._end)].split(self._end)
        numbers, good = self._good(lines, first_line)
        mended = self._cut(self._end + self._end.join([*good, b""])) if good else None
        return Columns(numbers, mended or [[] for _ in range(self._layout.fields)]), len(lines)

    def _cut(self, piece: bytes) -> list[list[bytes]] | None:
        step = self._layout.fields - 1
        flat = piece.split(self._layout.separator)
        if len(flat) % step != 1:
            return None
        sides = self._joints.split(flat[0::step])
        if sides is None:
            return None
        lasts, firsts = sides
        middle = [flat[place::step] for place in range(1, step)]
        return [firsts, *middle, lasts]

    def _good(self, lines: list[bytes], first_line: int) -> tuple[list[int], list[bytes]]:
        """Keep the lines of the right length; find the others."""
        numbers, good = [], []
        separator, fields = self._layout.separator, self._layout.fields
        if self._tail is None:
            self._tail = self._common_tail(lines)
        for number, line in enumerate(lines, start=first_line):
            mended: bytes | None = line
            if line.count(separator) != fields - 1:
                mended = self._mend(line, number)
            if mended is not None:
                numbers.append(number)
                good.append(mended)
        return numbers, good

    def _common_tail(self, lines: list[bytes]) -> int:
        """By how many fields every line, without exception, has more or less than the header.

        Only then is it a final separator: in a single line it is one that stands in a text.
        """
        lines = [line for line in lines if line.strip(b" \r\x1a")]
        counts = {line.count(self._layout.separator) + 1 for line in lines}
        excess = counts.pop() - self._layout.fields if len(counts) == 1 else 0
        if excess == 1 and not self._layout.trailing:
            ends = self._layout.separator
            return 1 if all(line.rstrip(b" \r").endswith(ends) for line in lines) else 0
        return -1 if excess == -1 and self._layout.trailing else 0

    def _mend(self, line: bytes, number: int) -> bytes | None:
        """Say what is wrong with a line that has not the right number of fields."""
        layout, found = self._layout, line.count(self._layout.separator) + 1
        if not line.strip(b" \r\n\x1a\xa0"):
            self._findings.add("E_EMPTY_LINE", number)
            return None

        def note(rule: str) -> None:
            self._findings.add(rule, number, found=found, expected=layout.fields)

        if self._tail and found == layout.fields + self._tail:
            note("E_TRAILING_SEPARATOR")
            shorter = line.rsplit(layout.separator, 1)[0]
            return shorter if self._tail > 0 else line + layout.separator
        # With Montant and Sens the administration's program fills up short lines by itself.
        filled = layout.has_side and found < layout.fields and found > 1
        note("W_FIELD_COUNT" if filled else "E_FIELD_COUNT")
        return None


class _Joints:
    """Takes apart what stands around line ends: the end of one line, the beginning of the next."""

    def __init__(self, end: bytes) -> None:
        self._end = end
        self._after = _After(end)
        self._many = False

    def split(self, joints: list[bytes]) -> tuple[list[bytes], list[bytes]] | None:
        """Give the last fields and the first fields; None unless each joint has one line end."""
        if self._many:
            return self._at_once(joints)
        try:
            after = list(map(self._after.__getitem__, joints))
        except _NotOneEndError:
            return None
        before = list(map(self._after.before.__getitem__, joints))
        if len(self._after) > _JOINTS_LIMIT:
            self._many = True
            self._after = _After(self._end)
        del before[0], after[-1]
        return before, after

    def _at_once(self, joints: list[bytes]) -> tuple[list[bytes], list[bytes]] | None:
        end = self._end
        if not all(joint.count(end) == 1 for joint in joints):
            return None
        flat = end.join(joints).split(end)
        return flat[2::2], flat[1:-1:2]


class _NotOneEndError(Exception):
    """A joint without line end, or with two of them: a line has too many or too few fields."""


class _After(dict[bytes, bytes]):
    def __init__(self, end: bytes) -> None:
        super().__init__()
        self._end = end
        self.before: dict[bytes, bytes] = {}

    def __missing__(self, joint: bytes) -> bytes:
        before, end, after = joint.partition(self._end)
        if not end or self._end in after:
            raise _NotOneEndError
        self.before[joint] = before
        self[joint] = after
        return after
