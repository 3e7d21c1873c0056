"""Checks that every word of every app has its French; ``--write`` adds what is new, empty.

The sources are in English, so the English is complete by itself. In the French, the signs that
take a space before them have one that does not break: U+00A0 before a colon and inside guillemets,
U+202F before ``;``, ``!`` and ``?``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from chambre.core.ui import messages

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "chambre"


BREAKING = re.compile(r'\S [:;!?](?=\s|$|")|« | »')


def loose(po: Path) -> list[str]:
    """French texts in which a sign may stand alone at the beginning of a line."""
    found = []
    for message in messages.read(po) if po.exists() else ():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        found += [text for text in texts if message.id and BREAKING.search(text)]
    return found


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
        for text in loose(po):
            print(f"{app.relative_to(PACKAGE)}: a space that breaks: {text}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
