"""The name of a FEC, ``SirenFECAAAAMMJJ``, and the SIREN in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from os.path import basename

_LEGAL = re.compile(r"(?P<siren>\d{9})FEC(?P<day>\d{8})(?:_(?P<part>\d+))?$", re.IGNORECASE)
# What the administration's program accepts: anything before FEC, anything after the date.
_TOLERATED = re.compile(
    r"(?P<before>.+)FEC(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)", re.IGNORECASE
)
_WRAPPINGS = (".gz", ".zip")


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a file says.

    Attributes:
        text: The name itself, without folders.
        accepted: Whether the administration's program takes it: some text, then ``FEC``, then a
            date of this century.
        legal: Whether it has the form of the law, nine digits, ``FEC``, the closing date.
        siren: What stands before ``FEC``, when it is all digits; else empty.
        closing: The closing date of the year, or None when there is none in the calendar.
        closing_year: The year in the name, or None.
        part: 1, 2… for a part of a divided file, else None.
    """

    text: str
    accepted: bool
    legal: bool
    siren: str
    closing: date | None
    closing_year: int | None
    part: int | None

    @property
    def siren_is_valid(self) -> bool:
        """Whether the SIREN has nine digits and the right key."""
        return siren_is_valid(self.siren)


def parse_name(name: str) -> FileName:
    """Read the name of a FEC; never fails.

    Args:
        name: A file name, with or without folders, extension (``.txt``, ``.xml``…) and wrapping
            (``.gz``, ``.zip``).
    """
    text = basename(name.replace("\\", "/"))
    bare = text
    for wrapping in _WRAPPINGS:
        if bare.lower().endswith(wrapping):
            bare = bare[: -len(wrapping)]
    tolerated = _TOLERATED.match(bare)
    stem = re.sub(r"\.[A-Za-z0-9]{1,4}$", "", bare)
    legal = _LEGAL.match(stem)
    part = re.search(r"_(\d+)$", stem)
    before = tolerated["before"] if tolerated else ""
    return FileName(
        text=text,
        accepted=tolerated is not None,
        legal=legal is not None,
        siren=before if re.fullmatch(r"[0-9]+", before) else "",
        closing=_day(tolerated) if tolerated else None,
        closing_year=int(tolerated["year"]) if tolerated else None,
        part=int(part[1]) if part and tolerated else None,
    )


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def siren_is_valid(siren: str) -> bool:
    """Tell whether a text is a SIREN: nine digits of which the last is the key (Luhn).

    ``000000000`` satisfies the key but names nobody, so it is not valid.
    """
    if not re.fullmatch(r"[0-9]{9}", siren) or siren == "000000000":
        return False
    total = 0
    for rank, figure in enumerate(reversed(siren)):
        doubled = int(figure) * (1 + rank % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def file_name(siren: str, closing: date, part: int | None = None, extension: str = "txt") -> str:
    """Name a file as the law wants it: ``123456789FEC20231231.txt``.

    Args:
        siren: Nine digits.
        closing: Last day of the financial year.
        part: 1, 2… when the file is divided.
        extension: Without its dot.

    Raises:
        ValueError: The SIREN has not nine digits, or the part is less than 1.
    """
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise ValueError(f"a SIREN has nine digits, not {siren!r}")
    if part is not None and part < 1:
        raise ValueError(f"parts are numbered from 1, not {part}")
    suffix = "" if part is None else f"_{part}"
    return f"{siren}FEC{closing:%Y%m%d}{suffix}.{extension}"
