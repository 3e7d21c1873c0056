"""How wide a text will be, without a browser, and how to make it fit.

The widths are those of the house font (Radio Canada, semi-bold, tabular figures) or of Liberation
Sans, whichever is wider for the letter, rounded up to 1/40 em: a label that fits here also fits
with the metrics of Arial or Helvetica when the page's font could not be loaded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GROUPS = {
    150: "\u202f",
    200: "\u2009",
    250: "’",
    275: "'",
    300: " ,.:;ijl\u00a0·",
    325: "[]|¦",
    350: "!()¡",
    375: "/\\{}",
    400: "-fr°",
    425: "t",
    450: "ª",
    475: '"I',
    500: "`cs¨´¸º",
    525: "vyz",
    550: "x",
    575: "?J_aek«¯»",
    600: "$+0123456789<=>L^o~¢£¤¥¬±²³¹×ð÷€−",
    625: "*FTbdghnpqu§µ¿ßøþ–",
    650: "Z",
    675: "&ABEKPSVXYÞ",
    725: "CDRUÐ",
    750: "H",
    775: "N¶",
    800: "#GOQwØ",
    825: "©®",
    850: "M¼¾",
    875: "½",
    900: "æ",
    925: "m",
    950: "œ",
    975: "W",
    1000: "%Æ…—Œ",
    1025: "@",
}
_WIDTHS = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_UNKNOWN = 725
_BLANKS = re.compile(r"[ \t\r\n]+")
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def _letter_width(letter: str) -> int:
    """Thousandths of an em that one character takes."""
    if found := _WIDTHS.get(letter):
        return found
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Me"}:
        return 0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1000
    plain = unicodedata.normalize("NFKD", letter)
    if plain != letter:
        return sum(_letter_width(part) for part in plain)
    return _UNKNOWN


def text_width(text: str, size: float) -> float:
    """How many units a text takes on one line, at most.

    Args:
        text: What is written.
        size: Font size, in the units of the drawing.
    """
    return sum(map(_letter_width, str(text))) * size / 1000


def fit(text: str, size: float, room: float) -> str:
    """The text, or as much of it as there is room for and an ellipsis.

    Nothing is cut between a letter and its accents.

    Args:
        text: What is written, on one line.
        size: Font size, in the units of the drawing.
        room: Width that it may take.

    Returns:
        A text that is no wider than ``room``; empty when not even the ellipsis fits.
    """
    text = _BLANKS.sub(" ", str(text)).strip(" ")
    if text_width(text, size) <= room:
        return text
    left = room * 1000 / size - _letter_width(ELLIPSIS)
    if left < 0:
        return ""
    end = 0
    for letter in text:
        left -= _letter_width(letter)
        if left < 0:
            break
        end += 1
    return text[:end].rstrip(" ,;:.-–—\u00a0\u202f") + ELLIPSIS


def wrap(text: str, size: float, room: float, lines: int = 2) -> list[str]:
    """Break a text into lines at its ordinary spaces (never at a no-break space).

    Args:
        text: What is written.
        size: Font size, in the units of the drawing.
        room: Width of a line.
        lines: How many lines there may be; what is left over ends in an ellipsis.

    Returns:
        One to ``lines`` lines, none wider than ``room``.
    """
    words = [word for word in _BLANKS.split(str(text)) if word]
    done: list[str] = []
    line = ""
    for position, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size) <= room:
            line = longer
            continue
        if len(done) == lines - 1:
            line = " ".join([line, *words[position:]] if line else words[position:])
            break
        if line:
            done.append(line)
        line = word
    return [fit(part, size, room) for part in [*done, line]]
