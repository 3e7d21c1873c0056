"""How long company prefixes are: what a URN needs to know and a Digital Link does not say."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import Gs1Refused
from .keys import Key

SHORTEST, LONGEST = 6, 12
"""Digits of a company prefix in an EPC URN (EPC Tag Data Standard 2.0, section 6)."""


class PrefixLengths:
    """Lengths by prefix, the longest prefix that fits deciding.

    GS1 publishes a table for the whole world; a chamber needs those of its members and partners.

    Args:
        lengths: The first digits of a company prefix (or a whole one) → how many digits it has.
        default: The length where none fits; none: unknown.

    Raises:
        Gs1Refused: A length outside 6 to 12, or a prefix that is not made of digits.
    """

    def __init__(
        self, lengths: Mapping[str, int] | None = None, default: int | None = None
    ) -> None:
        self._lengths = dict(lengths or {})
        self._default = default
        for length in (*self._lengths.values(), *(() if default is None else (default,))):
            checked_length(length)
        for prefix in self._lengths:
            if not (prefix.isascii() and prefix.isdigit()):
                raise Gs1Refused("gs1-digits", key="GCP", expected="6–12", value=prefix)
        self._longest = max(map(len, self._lengths), default=0)

    @classmethod
    def read(cls, text: str) -> PrefixLengths:
        """A table as somebody writes it: ``3760123, 376:9, *:7``.

        A prefix alone is as long as it is; ``*`` is the default.

        Raises:
            Gs1Refused: Something in it is no prefix, or no length.
        """
        lengths: dict[str, int] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            prefix, colon, length = (part.strip() for part in entry.partition(":"))
            if colon and not (length.isascii() and length.isdigit()):
                raise Gs1Refused(
                    "gs1-digits", key="GCP", expected=f"{SHORTEST}–{LONGEST}", value=entry
                )
            lengths[prefix] = int(length) if colon else len(prefix)
        return cls(lengths, lengths.pop("*", None))

    def of(self, key: Key) -> int | None:
        """How many digits the company prefix of a key has, or nothing when it is not known."""
        digits = key.value[key.kind.prefix_at :]
        for size in range(self._longest, 0, -1):
            if (found := self._lengths.get(digits[:size])) is not None:
                return found
        return self._default


def checked_length(length: int) -> int:
    """The same length, when a company prefix may have it.

    Raises:
        Gs1Refused: It may not.
    """
    if not SHORTEST <= length <= LONGEST:
        raise Gs1Refused("gs1-prefix-length", length=length)
    return length


UNKNOWN = PrefixLengths()
"""Knows no prefix."""
