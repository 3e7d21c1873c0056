"""Words in both languages, carried as data so that this floor needs no catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["fr", "en"]
"""A language of the house; anything that is not French is answered in English."""


@dataclass(frozen=True, slots=True)
class Text:
    """One wording, in French and in English."""

    fr: str
    en: str

    def get(self, lang: str = "fr") -> str:
        """Return the wording in a language.

        Args:
            lang: A language tag such as ``"fr"``, ``"fr-FR"`` or ``"en"``. What does not begin
                with ``fr`` is answered in English.
        """
        return self.fr if lang.lower().startswith("fr") else self.en

    def __str__(self) -> str:
        return self.fr
