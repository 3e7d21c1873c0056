"""Which words a person may read, and whether a catalogue holds them all.

The strings are found with what Django and Babel already bring; no gettext tools are needed::

    python -m chambre.core.ui.messages src/chambre/registry

adds to ``locale/fr/LC_MESSAGES/django.po`` of an app what is new in it, empty, and takes out what
is gone. What was translated keeps its place and its words.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from chambre.core.cli_words import help_texts

KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "lazy", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
MessageId = str | tuple[str, ...]
Key = tuple[MessageId, str | None]
"""A string (or singular and plural) and its context."""


def _source(path: Path) -> str | None:
    """What Babel reads of a file as Python, or None where no words are looked for."""
    if "tests" in path.parts or not path.is_file():
        return None
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    if path.suffix in (".html", ".txt") and "templates" in path.parts:
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # Python's tokenizer minds indentation, a template does not.
        return "\n".join(line.lstrip() for line in code.splitlines())
    return None


def strings_of(app: Path) -> dict[Key, str]:
    """Every string of an app that is shown to people, with the file where it comes first."""
    found: dict[Key, str] = {}
    for path in sorted(app.rglob("*")):
        source = _source(path)
        if source is None:
            continue
        stream = io.BytesIO(source.encode())
        for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS):
            identity = tuple(message) if isinstance(message, list | tuple) else message
            found.setdefault((identity, context), path.relative_to(app).as_posix())
        if path.suffix == ".py":
            for text in help_texts(source):
                found.setdefault((text, None), path.relative_to(app).as_posix())
    return found


HEAD = """\
# Words of Chambre in {language}. AGPL-3.0-or-later.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
"""The head of a catalogue; it holds no date, so that the same words give the same file."""


def read(po: Path) -> Catalog:
    """A catalogue; an empty one where there is no file yet."""
    language = po.parts[-3]
    if not po.exists():
        return Catalog(locale=language, fuzzy=False)
    with po.open("rb") as source:
        return read_po(source, locale=language)


def untranslated(app: Path, po: Path) -> list[str]:
    """The strings of an app that a catalogue lacks, leaves empty or marks as uncertain."""
    catalogue = read(po)
    return [
        f"{where}: {identity}"
        for (identity, context), where in strings_of(app).items()
        if not _is_done(catalogue, identity, context)
    ]


def _is_done(catalogue: Catalog, identity: MessageId, context: str | None) -> bool:
    singular = identity[0] if isinstance(identity, tuple) else identity
    message = catalogue.get(singular, context)
    if message is None or message.fuzzy or not message.string:
        return False
    if isinstance(identity, tuple):
        return isinstance(message.string, tuple) and all(message.string)
    return True


def update(app: Path, po: Path) -> tuple[int, int]:
    """Bring a catalogue up to date; how many strings were added and how many taken out."""
    old = read(po)
    wanted = strings_of(app)
    new = Catalog(locale=po.parts[-3], fuzzy=False)
    kept: set[Key] = set()
    for message in old:
        key = (message.id, message.context)
        if message.id and key in wanted:
            new.add(message.id, message.string, context=message.context)
            kept.add(key)
    for identity, context in wanted:
        if (identity, context) not in kept:
            new.add(identity, context=context)
    write(po, new)
    return len(wanted) - len(kept), sum(1 for message in old if message.id) - len(kept)


def write(po: Path, catalogue: Catalog) -> None:
    """Write a catalogue, in the order in which its strings were added."""
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as target:
        target.write(HEAD.format(language=po.parts[-3]).encode())
        write_po(target, catalogue, width=100, no_location=True, omit_header=True)


def main(arguments: list[str]) -> int:
    """Update the French catalogue of each folder named."""
    for name in arguments:
        app = Path(name)
        added, removed = update(app, app / "locale" / "fr" / "LC_MESSAGES" / "django.po")
        sys.stdout.write(f"{name}: +{added} -{removed}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
