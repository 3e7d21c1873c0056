"""What can be wrong with an exchange, and what its states refuse, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from chambre.lib.exchange.wording import PROBLEMS
from chambre.lib.reciprocity.errors import Problem
from chambre.lib.refusal import Refusal


class ExchangeProblem(Problem):
    """One mistake, or one obstacle, at its line and column."""

    __slots__ = ()

    def text(self, language: str = "en") -> str:
        """What is wrong and what to do, without the place."""
        english, french = PROBLEMS[self.code]
        is_french = language.lower().startswith("fr")
        words = (french if is_french else english).format(**self.data)
        if hint := self.data.get("hint"):
            words += f" ; vouliez-vous « {hint} » ?" if is_french else f"; did you mean “{hint}”?"
        return words


class ExchangeError(ValueError):
    """The text makes no exchange; nothing of it is used.

    Attributes:
        problems: Every mistake, in the order of the text.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__(self.message("en"))

    def message(self, language: str = "en") -> str:
        """All of them, one a line."""
        return "\n".join(problem.message(language) for problem in self.problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


class ExchangeRefusal(Refusal):
    """An act that an exchange does not allow as it stands; nothing happened."""

    texts: ClassVar = {
        "not-now": (
            "This cannot be done while the exchange is “{state}”.",
            "Cela ne se fait pas quand l’échange est « {state} ».",
        ),
        "no-such-leg": ("There is no leg “{leg}”.", "Il n’y a pas d’apport « {leg} »."),
        "leg-not-now": (
            "Leg “{leg}” is {state}: this cannot be done with it any more.",
            "L’apport « {leg} » est {state} : cela ne se fait plus.",
        ),
        "waits": (
            "Leg “{leg}” waits for: {missing}.",
            "L’apport « {leg} » attend encore : {missing}.",
        ),
        "too-late": (
            "The last day was {day}.",
            "Le dernier jour était le {day}.",
        ),
        "not-ready": (
            "Not everything is there yet: {missing}. Nothing moves before.",
            "Tout n’est pas encore là : {missing}. Rien ne bouge avant.",
        ),
        "all-deposited": (
            "Everything is deposited: nobody can withdraw alone any more.",
            "Tout est déposé : personne ne peut plus se retirer seul.",
        ),
        "not-agreed": (
            "The parties have not agreed that “{what}” may be decided.",
            "Les parties n’ont pas convenu que « {what} » puisse être décidé.",
        ),
        "not-later": (
            "The new deadline is not after the present one, {day}.",
            "La nouvelle échéance n’est pas après l’actuelle, le {day}.",
        ),
    }
