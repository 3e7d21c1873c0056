"""Unpacking what somebody else packed, within limits: no bomb, nothing packed inside what is packed.

The readers of files (:mod:`chambre.lib.fec`, :mod:`chambre.lib.bankfiles`) have refusals of their
own; they hand in how they refuse.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO, Protocol

OTHER_ARCHIVES = (b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How archives begin that are known and not read."""
ZIP, GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
ARCHIVES = (ZIP[0], GZIP, *OTHER_ARCHIVES)
ARCHIVE_NAMES = re.compile(r"\.(zip|gz|tgz|7z|rar|bz2|xz|zst|tar)$", re.IGNORECASE)
_MEGABYTE = 1 << 20


class Refuse(Protocol):
    """Makes the reader's own refusal of a kind: ``too-large``, ``ratio``, ``archive-broken``."""

    def __call__(self, kind: str, **data: object) -> Exception:
        """The refusal, to be raised."""


class Bounds(Protocol):
    """What the limits of every reader say.

    Attributes:
        unpacked: Bytes that all files together may hold, unpacked.
        ratio: How many times its packed size a file may unpack to…
        ratio_from: …once it is larger than this many bytes.
        members: Files in one archive.
    """

    @property
    def unpacked(self) -> int: ...  # noqa: D102
    @property
    def ratio(self) -> int: ...  # noqa: D102
    @property
    def ratio_from(self) -> int: ...  # noqa: D102
    @property
    def members(self) -> int: ...  # noqa: D102


class Budget:
    """What may still be unpacked, over all files together.

    Args:
        limits: How much.
        refuse: Makes the refusals.
    """

    def __init__(self, limits: Bounds, refuse: Refuse) -> None:
        self.limits, self.refuse = limits, refuse
        self._declared = 0
        self._given: dict[str, int] = {}

    def give(self, name: str, size: int) -> None:
        """Refuse when this file, of which so much came out, and the others are too much."""
        self._given[name] = max(size, self._given.get(name, 0))
        if sum(self._given.values()) > self.limits.unpacked:
            raise self.refuse("too-large", name=name, limit=self.limits.unpacked)

    def declare(self, name: str, size: int, packed: int) -> None:
        """Refuse what says of itself that it is too much."""
        self._declared += size
        if self._declared > self.limits.unpacked:
            raise self.refuse("too-large", name=name, limit=self.limits.unpacked)
        if size > self.limits.ratio_from and size > max(packed, 1) * self.limits.ratio:
            raise self.refuse("ratio", name=name, limit=self.limits.ratio)


class Watched(io.RawIOBase):
    """An unpacked stream that gives no more than the limits, whatever was declared."""

    def __init__(
        self, stream: IO[bytes], below: IO[bytes], name: str, packed: int, budget: Budget
    ) -> None:
        self._stream, self._below = stream, below
        self._name, self._budget = name, budget
        self._ceiling = max(packed * budget.limits.ratio, budget.limits.ratio_from)
        self._given = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read on, within the limits; a megabyte when it is not said how much.

        Raises:
            Exception: The reader's refusal: more comes out than allowed, or the archive is broken.
        """
        size = size if size >= 0 else _MEGABYTE
        refuse = self._budget.refuse
        try:
            data = self._stream.read(size)
        except (zlib.error, EOFError, OSError, zipfile.BadZipFile, RuntimeError) as error:
            raise refuse("archive-broken", name=self._name, why=str(error)) from error
        self._given += len(data)
        if self._given > self._ceiling:
            raise refuse("ratio", name=self._name, limit=self._budget.limits.ratio)
        self._budget.give(self._name, self._given)
        return data

    def close(self) -> None:
        """Let go of the archive, too."""
        self._stream.close()
        self._below.close()
        super().close()


def is_clutter(info: zipfile.ZipInfo) -> bool:
    """A folder, or a hidden file that a system put in."""
    last = last_name(info.filename)
    return info.is_dir() or info.filename.startswith("__MACOSX/") or last.startswith(".")


def last_name(path: str) -> str:
    """The file name at the end of a path inside an archive; folders are never followed."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]
