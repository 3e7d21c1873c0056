"""ZIP archives that are the same bytes whenever they are made."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from os import PathLike
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


class FixedZip(ZipFile):
    """An archive whose every entry has the same given time, in UTC.

    Args:
        target: Where it is written.
        moment: The time of all entries; a year before 1980 becomes 1980, as the format has it.
    """

    def __init__(self, target: IO[bytes], moment: datetime) -> None:
        super().__init__(target, "w", ZIP_DEFLATED, allowZip64=True)
        utc = moment.astimezone(UTC)
        self._moment = (max(utc.year, 1980), utc.month, utc.day, utc.hour, utc.minute, utc.second)

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._moment)
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        return entry

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *_: Any, **__: Any) -> None:
        """Write an entry from memory."""
        name = getattr(zinfo_or_arcname, "filename", zinfo_or_arcname)
        super().writestr(self._entry(str(name)), data)

    def write(self, filename: str | PathLike[str], arcname: Any = None, *_: Any, **__: Any) -> None:
        """Write an entry from a file, in pieces."""
        with open(filename, "rb") as source, self.open(self._entry(str(arcname)), "w") as entry:
            shutil.copyfileobj(source, entry, 1 << 16)
