"""Where a bank file comes from: a path, bytes, a stream; gzip, or a zip of several; with limits."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from chambre.lib.unpacking import (
    ARCHIVE_NAMES,
    ARCHIVES,
    GZIP,
    OTHER_ARCHIVES,
    ZIP,
    Budget,
    Watched,
    is_clutter,
    last_name,
)

from .errors import BankFileRefused

SourceLike = str | os.PathLike[str] | bytes | BinaryIO | IO[bytes]
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is taken for an attack.

    Attributes:
        unpacked: Bytes that all files together may hold, unpacked.
        ratio: How many times its packed size a file may unpack to…
        ratio_from: …once it has unpacked to this many bytes.
        members: Files in a zip archive.
        line: Bytes in one line, or in one entry.
    """

    unpacked: int = 2 << 30
    ratio: int = 300
    ratio_from: int = 32 * _MEGABYTE
    members: int = 2000
    line: int = _MEGABYTE


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Part:
    """One file to read: a name, and a way to read it from its beginning, as often as wanted."""

    name: str
    opener: Callable[[], BinaryIO]


def open_parts(
    source: SourceLike, *, name: str | None, limits: Limits, kept: list[Any]
) -> list[Part]:
    """Find the files in a source, in the order of their names when it is an archive.

    Args:
        source: What was given. Streams are copied to a temporary file.
        name: Its name when it has none, or a wrong one.
        limits: Against archive bombs.
        kept: Takes the temporary files, to be closed by the caller.

    Raises:
        BankFileRefused: Nothing there, a bomb, a broken, nested or protected archive.
    """
    plain, size = _plain(source, name, kept)
    with plain.opener() as stream:
        head = stream.read(8)
    if not head:
        raise BankFileRefused("bank-empty", name=plain.name)
    budget = Budget(limits, _refusal)
    if head.startswith(ZIP):
        return list(_members(plain, budget))
    if head.startswith(GZIP):
        return [_gzip(plain, size, budget)]
    if head.startswith(OTHER_ARCHIVES):
        raise BankFileRefused(
            "bank-archive-broken", name=plain.name, why="7z, rar, bzip2, xz, zstd"
        )
    if size > limits.unpacked:
        raise BankFileRefused("bank-too-large", name=plain.name, limit=limits.unpacked)
    return [plain]


def _plain(source: Any, name: str | None, kept: list[Any]) -> tuple[Part, int]:
    if isinstance(source, bytes):
        data = source
        return Part(name or "", lambda: io.BytesIO(data)), len(data)
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        shown = name or os.path.basename(path)
        return Part(shown, lambda: open(path, "rb")), os.stat(path).st_size
    copy = tempfile.NamedTemporaryFile(prefix="bank-")  # noqa: SIM115
    kept.append(copy)
    size = 0
    while piece := source.read(_MEGABYTE):
        size += copy.write(piece)
    copy.flush()
    own = getattr(source, "name", "")
    shown = name or (os.path.basename(own) if isinstance(own, str) else "")
    return Part(shown, lambda: open(copy.name, "rb")), size


def _refusal(kind: str, **data: Any) -> BankFileRefused:
    return BankFileRefused(f"bank-{kind}", **data)


def _gzip(part: Part, size: int, budget: Budget) -> Part:
    def opener() -> BinaryIO:
        raw = part.opener()
        unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
        return cast(BinaryIO, Watched(unpacked, raw, part.name, size, budget))

    shown = part.name.removesuffix(".gz")
    _refuse_nested(part.name, shown, opener)
    return Part(shown, opener)


def _refuse_nested(name: str, member: str, opener: Callable[[], BinaryIO]) -> None:
    with opener() as stream:
        if stream.read(8).startswith(ARCHIVES):
            raise BankFileRefused("bank-nested", name=name, member=member)


def _members(part: Part, budget: Budget) -> Iterator[Part]:
    try:
        with part.opener() as stream, zipfile.ZipFile(stream) as archive:
            infos = [each for each in archive.infolist() if not is_clutter(each)]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BankFileRefused("bank-archive-broken", name=part.name, why=str(error)) from error
    if len(infos) > budget.limits.members:
        raise BankFileRefused(
            "bank-members", name=part.name, found=len(infos), limit=budget.limits.members
        )
    if not infos:
        raise BankFileRefused("bank-empty", name=part.name)
    if sum(each.file_size for each in infos) > budget.limits.unpacked:
        raise BankFileRefused("bank-too-large", name=part.name, limit=budget.limits.unpacked)
    for info in sorted(infos, key=lambda each: each.filename):
        if info.flag_bits & 1:
            raise BankFileRefused("bank-encrypted", name=part.name)
        if ARCHIVE_NAMES.search(info.filename):
            raise BankFileRefused("bank-nested", name=part.name, member=last_name(info.filename))
        yield _member(part, info, budget)


def _member(part: Part, info: zipfile.ZipInfo, budget: Budget) -> Part:
    name = last_name(info.filename)

    def opener() -> BinaryIO:
        raw = part.opener()
        try:
            member = zipfile.ZipFile(raw).open(info)  # noqa: SIM115
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise BankFileRefused("bank-archive-broken", name=part.name, why=str(error)) from error
        return cast(BinaryIO, Watched(member, raw, info.filename, info.compress_size, budget))

    _refuse_nested(part.name, name, opener)
    return Part(name, opener)


def read_head(part: Part, size: int = 4096) -> bytes:
    """The first bytes of a file."""
    with part.opener() as stream:
        head = b""
        while len(head) < size and (more := stream.read(size - len(head))):
            head += more
    return head


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def encoding_of(part: Part) -> str:
    """The encoding of a text: by its mark, UTF-8 when all of it is, else Windows-1252.

    ISO 8859-15, where the euro sign is byte 0xA4, is told from Windows-1252 by the bytes 0x80 to
    0x9F, which it does not use.
    """
    head = read_head(part, 4)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    controls = euros = False
    utf8 = True
    with part.opener() as stream:
        while chunk := stream.read(_MEGABYTE):
            if chunk.isascii():
                continue
            euros = euros or b"\xa4" in chunk
            controls = controls or any(0x80 <= byte < 0xA0 for byte in set(chunk))
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    if utf8:
        return "utf-8"
    return "iso8859-15" if euros and not controls else "cp1252"


def text_pieces(part: Part, encoding: str) -> Iterator[str]:
    """A file as text, piece by piece; bytes that the encoding does not know become �."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with part.opener() as stream:
        while chunk := stream.read(1 << 16):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def text_lines(part: Part, encoding: str, limit: int) -> Iterator[str]:
    """A file as lines without their ends (CR LF, LF or CR).

    Raises:
        BankFileRefused: A line is longer than ``limit``.
    """
    left, number, skip_feed = "", 0, False
    for piece in text_pieces(part, encoding):
        if skip_feed and piece:
            piece, skip_feed = piece.removeprefix("\n"), False  # noqa: PLW2901
        if piece.endswith("\r"):
            skip_feed = True
        lines = (left + piece).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        left = lines.pop()
        if len(left) > limit:
            raise BankFileRefused(
                "bank-too-many", name=part.name, where=str(number + len(lines)), limit=limit
            )
        for line in lines:
            number += 1
            yield line
    if left:
        yield left
