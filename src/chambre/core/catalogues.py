"""Compiles the translations when their sources are newer. Needs no gettext tools."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def sources() -> list[Path]:
    """The ``.po`` files of the apps, without walking through the whole package."""
    places = [PACKAGE, *(path for path in PACKAGE.iterdir() if path.is_dir())]
    rooms = PACKAGE / "rooms"
    if rooms.is_dir():
        places += [path for path in rooms.iterdir() if path.is_dir()]
    found: list[Path] = []
    for place in places:
        if (place / "locale").is_dir():
            found += sorted((place / "locale").glob("*/LC_MESSAGES/*.po"))
    return found


def stale() -> list[Path]:
    """The sources whose compiled form is missing or older."""
    return [po for po in sources() if _age(po.with_suffix(".mo")) < po.stat().st_mtime_ns]


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return -1


def compile_stale() -> int:
    """Compile what is stale; how many. A folder that cannot be written is left as it is."""
    count = 0
    for po in stale():
        if os.access(po.parent, os.W_OK):
            compile_one(po)
            count += 1
    return count


def compile_one(po: Path) -> None:
    """Compile one catalogue. Other processes see the old one or the new one, never a half."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3])
    draft = po.with_name(f".{po.stem}-{os.getpid()}.mo")
    with draft.open("wb") as target:
        write_mo(target, catalogue)
    os.replace(draft, po.with_suffix(".mo"))
