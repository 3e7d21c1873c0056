"""Where a FEC comes from: paths, parts, gzip, zip, bytes or streams, with limits against bombs."""

from __future__ import annotations

import gzip
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
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

from .errors import SourceRefused
from .names import FileName, parse_name

SourceLike = str | os.PathLike[str] | bytes | BinaryIO | IO[bytes]
Source = SourceLike | Sequence[SourceLike]
"""A path, bytes or a binary stream; or several of them, the parts of one file."""

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is taken for an attack.

    Attributes:
        unpacked: Bytes that all the parts may hold together, unpacked (16 GiB: some 100 million
            lines).
        ratio: How many times its packed size a part may unpack to…
        ratio_from: …once it has unpacked to this many bytes.
        members: Files in a zip archive.
        line: Bytes in one line.
    """

    unpacked: int = 16 << 30
    ratio: int = 200
    ratio_from: int = 32 * _MEGABYTE
    members: int = 200
    line: int = _MEGABYTE


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Part:
    """One part of a file: a name, and a way to read it from its beginning."""

    name: str
    size: int
    """Bytes as stored (packed), for progress."""
    opener: Callable[[], tuple[BinaryIO, Callable[[], int]]]
    """Gives the unpacked stream, and a function that says how many stored bytes were read."""


class FecSource:
    """A file to read, as often as wanted.

    Attributes:
        name: What its name says, or None when it has none (bytes, an unnamed stream).
        parts: Its parts, in order.
        size: Bytes as stored, all parts together.
    """

    def __init__(self, name: FileName | None, parts: list[Part], kept: list[Any]) -> None:
        self.name = name
        self.parts = parts
        self.size = sum(part.size for part in parts)
        self._kept = kept  # temporary files live as long as the source

    def close(self) -> None:
        """Forget the temporary copies of streams."""
        for file in self._kept:
            file.close()
        self._kept.clear()


def open_source(
    source: Source | FecSource, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> FecSource:
    """Find the parts of a file and look whether they may be read.

    Args:
        source: See the package. Streams are copied to a temporary file when they cannot be read
            twice.
        name: Name of the file when the source has none, or a wrong one.
        limits: Against archive bombs.

    Raises:
        SourceRefused: Nothing there, a bomb, a nested or broken archive, several files, or a part
            missing.
        OSError: A path cannot be opened.
    """
    if isinstance(source, FecSource):
        return source
    if isinstance(source, bytes | str | os.PathLike) or hasattr(source, "read"):
        items: list[Any] = [source]
    else:
        items = list(cast(Sequence[Any], source))
    if not items:
        raise SourceRefused("fec-no-file")
    kept: list[Any] = []
    parts: list[Part] = []
    budget = Budget(limits, _refusal)
    for item in items:
        plain = _plain_part(item, name if len(items) == 1 else None, kept)
        parts.extend(_unpacked_parts(plain, budget))
    parts = _in_order(parts)
    stated = name or next((part.name for part in parts if part.name), "")
    return FecSource(parse_name(stated) if stated else None, parts, kept)


def _plain_part(item: Any, name: str | None, kept: list[Any]) -> Part:
    if isinstance(item, bytes):
        data = item
        return Part(name or "", len(data), lambda: _counted(io.BytesIO(data)))
    if isinstance(item, str | os.PathLike):
        path = os.fspath(item)
        size = os.stat(path).st_size
        return Part(
            name or os.path.basename(path),
            size,
            lambda: _counted(open(path, "rb")),
        )
    return _stream_part(item, name, kept)


def _stream_part(stream: IO[bytes], name: str | None, kept: list[Any]) -> Part:
    copy = tempfile.SpooledTemporaryFile(max_size=8 * _MEGABYTE)  # noqa: SIM115
    kept.append(copy)
    size = 0
    while piece := stream.read(_MEGABYTE):
        size += copy.write(piece)
    copy.seek(0)
    own = getattr(stream, "name", "")
    shown = name or (os.path.basename(own) if isinstance(own, str) else "")
    return Part(shown, size, lambda: _counted(cast(BinaryIO, _Window(copy, size))))


class _Window(io.RawIOBase):
    """An own position over a shared temporary file, so that it can be read by several at once."""

    def __init__(self, file: Any, size: int) -> None:
        self._file, self._size, self._at = file, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _counted(stream: BinaryIO) -> tuple[BinaryIO, Callable[[], int]]:
    return stream, stream.tell


def _refusal(kind: str, **data: Any) -> SourceRefused:
    return SourceRefused(f"fec-{kind}", **data)


_FEC_NAMES = re.compile(r"(\.(txt|csv|tsv|xml|fec|dat|asc)|/[^./]+|^[^./]+)$", re.IGNORECASE)


def _unpacked_parts(part: Part, budget: Budget) -> Iterator[Part]:
    stream, _ = part.opener()
    with stream:
        head = stream.read(6)
    if head.startswith(ZIP):
        yield from _zip_members(part, budget)
    elif head.startswith(GZIP):
        yield _gzip_member(part, budget)
    elif head.startswith(OTHER_ARCHIVES):
        raise SourceRefused("fec-archive-broken", name=part.name, why="7z, rar, bzip2, xz, zstd")
    else:
        budget.declare(part.name, part.size, part.size)
        yield part


def _gzip_member(part: Part, budget: Budget) -> Part:
    def opener() -> tuple[BinaryIO, Callable[[], int]]:
        raw, position = part.opener()
        unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
        return cast(BinaryIO, Watched(unpacked, raw, part.name, part.size, budget)), position

    _refuse_nested(part.name, part.name, opener)
    return Part(part.name, part.size, opener)


def _refuse_nested(
    name: str, member: str, opener: Callable[[], tuple[BinaryIO, Callable[[], int]]]
) -> None:
    with opener()[0] as stream:
        if stream.read(6).startswith(ARCHIVES):
            raise SourceRefused("fec-nested", name=name, member=member)


def _zip_members(part: Part, budget: Budget) -> Iterator[Part]:
    try:
        with part.opener()[0] as stream, zipfile.ZipFile(stream) as archive:
            infos = [info for info in archive.infolist() if not is_clutter(info)]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceRefused("fec-archive-broken", name=part.name, why=str(error)) from error
    if len(infos) > budget.limits.members:
        raise SourceRefused(
            "fec-members", name=part.name, found=len(infos), limit=budget.limits.members
        )
    for info in infos:
        if ARCHIVE_NAMES.search(info.filename):
            raise SourceRefused("fec-nested", name=part.name, member=last_name(info.filename))
    named = [info for info in infos if parse_name(info.filename).accepted]
    chosen = named or [info for info in infos if _FEC_NAMES.search(info.filename)]
    if not chosen:
        raise SourceRefused("fec-no-member", name=part.name)
    if len(chosen) > 1 and not named:
        names = ", ".join(last_name(info.filename) for info in chosen)
        raise SourceRefused("fec-several", names=names)
    for info in chosen:
        yield _zip_member(part, info, budget, alone=len(chosen) == 1)


def _zip_member(part: Part, info: zipfile.ZipInfo, budget: Budget, *, alone: bool) -> Part:
    if info.flag_bits & 1:
        raise SourceRefused("fec-encrypted", name=part.name)
    budget.declare(part.name, info.file_size, info.compress_size)
    name = last_name(info.filename)

    def opener() -> tuple[BinaryIO, Callable[[], int]]:
        raw, position = part.opener()
        try:
            member = zipfile.ZipFile(raw).open(info)  # noqa: SIM115
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise SourceRefused("fec-archive-broken", name=part.name, why=str(error)) from error
        watched = Watched(member, raw, name, info.compress_size, budget)
        return cast(BinaryIO, watched), position

    _refuse_nested(part.name, name, opener)
    shown = name if parse_name(name).accepted or not alone else part.name or name
    return Part(shown, info.compress_size, opener)


def group_parts(names: Sequence[str]) -> list[list[str]]:
    """Put the names (or paths) that are parts of one file together, in the order of the parts.

    ``…FEC20231231_2.txt`` goes with ``…FEC20231231_1.txt``; a name without part stays alone.
    """
    groups: dict[tuple[str, Any], list[str]] = {}
    for rank, name in enumerate(names):
        parsed = parse_name(name)
        whole = parsed.text.upper().split("FEC")[0], parsed.closing
        groups.setdefault(whole if parsed.part is not None else (name, rank), []).append(name)
    return [sorted(group, key=lambda name: parse_name(name).part or 0) for group in groups.values()]


def _in_order(parts: list[Part]) -> list[Part]:
    """Sort the parts by their numbers; refuse files that are not parts of one."""
    if len(parts) == 1:
        return parts
    named = [(parse_name(part.name), part) for part in parts]
    if not all(name.accepted for name, _ in named):
        return parts  # the caller's own names, in the caller's own order
    names = ", ".join(name.text for name, _ in named)
    groups = group_parts([part.name for part in parts])
    if len(groups) > 1:
        raise SourceRefused("fec-several", names=names)
    named.sort(key=lambda pair: pair[0].part or 0)
    for number, (name, _) in enumerate(named, start=1):
        if name.part != number:
            raise SourceRefused("fec-part-missing", missing=number, names=names)
    return [part for _, part in named]
