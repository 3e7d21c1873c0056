"""Checks that every word of every app has its French; ``--write`` adds what is new, empty.

The sources are in English, so the English is complete by itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

from chambre.core.ui import messages

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "chambre"


def apps() -> list[Path]:
    """The folders that hold words: floors, rooms and the composition root."""
    rooms = [path for path in (PACKAGE / "rooms").iterdir() if (path / "apps.py").exists()]
    floors = [path for path in PACKAGE.iterdir() if (path / "apps.py").exists()]
    return sorted([*floors, *rooms])


def main(arguments: list[str]) -> int:
    """1 when a string has no French."""
    status = 0
    for app in apps():
        po = app / "locale" / "fr" / "LC_MESSAGES" / "django.po"
        if "--write" in arguments and messages.strings_of(app):
            messages.update(app, po)
        for missing in messages.untranslated(app, po):
            print(f"{app.relative_to(PACKAGE)}: {missing}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
