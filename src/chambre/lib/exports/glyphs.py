"""Letters that paper can show: those of the fonts that are part of Typst.

PDF/A wants a glyph for every letter, and one name in a script that no embedded font has would
otherwise refuse a whole statement. Such letters become an empty square, so that a reader sees that
something stood there; the data exports keep them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import typst

SQUARE = "\u25a1"
"""Stands for a letter that no font of the paper has."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_UNUSUAL = re.compile(r"[^\t\n\r -~\u00a0-\u017f\u2010-\u2027\u202f\u2030-\u203a\u20ac\u2212]")
_PROBE = '#set document(title: [x])\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'
_known: dict[str, bool] = {}


def for_paper(data: Any) -> Any:
    """Copy data with every text made of letters that paper can show.

    Args:
        data: Mappings, sequences, texts and plain values, as JSON can hold them.

    Returns:
        The same, control characters left out, letters without a glyph as :data:`SQUARE`.
    """
    unusual: set[str] = set()
    for text in _texts(data):
        unusual.update(_UNUSUAL.findall(text))
    missing = _missing({letter for letter in unusual if not _CONTROL.match(letter)})
    table = dict.fromkeys(map(ord, missing), SQUARE)
    return _mapped(data, table)


def _texts(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _mapped(data: Any, table: dict[int, str]) -> Any:
    if isinstance(data, str):
        return _CONTROL.sub("", data.translate(table) if table else data)
    if isinstance(data, Mapping):
        return {key: _mapped(value, table) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_mapped(value, table) for value in data]
    return data


def _missing(letters: set[str]) -> set[str]:
    """Those of the letters that no font has; each is tried once in the life of the process."""
    _try(sorted(letter for letter in letters if letter not in _known))
    return {letter for letter in letters if not _known[letter]}


def _try(letters: list[str]) -> None:
    """Try letters together; when one fails, halve until it is found."""
    if not letters:
        return
    if _shows(" ".join(letters)):
        _known.update(dict.fromkeys(letters, True))
    elif len(letters) == 1:
        _known[letters[0]] = False
    else:
        half = len(letters) // 2
        _try(letters[:half])
        _try(letters[half:])


def _shows(text: str) -> bool:
    """Whether a paper of the strictest standard can be set with this text."""
    source: Any = _PROBE.encode()
    try:
        typst.compile(
            source,
            ignore_system_fonts=True,
            sys_inputs={"text": text},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=0,
        )
    except (typst.TypstError, UnicodeEncodeError):
        return False
    return True
