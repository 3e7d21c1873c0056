"""A refusal that carries a stable code, both languages and its facts.

``lib`` has no message catalogue, so a rule that says no says it in English and in French at once;
the floor above shows whichever its reader wants, or translates the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(ValueError):
    """Something was refused by a rule, and nothing happened.

    A subclass owns the wording of its area in ``texts``: code → (English, French), each a
    :meth:`str.format` template over the facts in ``data``.

    Attributes:
        code: Stable machine code, lower case with hyphens.
        data: The facts: what was there, what was asked.
    """

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, code: str, **data: Any) -> None:
        self.code = code
        self.data = data
        super().__init__(self.message("en"))

    def message(self, language: str = "en") -> str:
        """What a person reads, in French for ``fr`` and its variants, else in English."""
        english, french = self.texts[self.code]
        return (french if language.lower().startswith("fr") else english).format(**self.data)

    @property
    def en(self) -> str:
        """The message in English."""
        return self.message("en")

    @property
    def fr(self) -> str:
        """The message in French."""
        return self.message("fr")

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.data))


def _rebuild(kind: type[Refusal], code: str, data: dict[str, Any]) -> Refusal:
    return kind(code, **data)
