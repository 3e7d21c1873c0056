"""What can be wrong with a contract, its facts or a computation, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from chambre.lib.reciprocity.wording import PROBLEMS
from chambre.lib.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a text.

    Attributes:
        line: Line of the text, from 1; 0 when it was no text.
        column: Character of the line, from 1; 0 when it was no text.
        path: Where in the contract, such as ``step[2].share``, or the column of a table of facts.
        code: Stable machine code.
        data: The facts of the message.
    """

    line: int
    column: int
    path: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """What is wrong and what to do, without the place."""
        english, french = PROBLEMS[self.code]
        is_french = language.lower().startswith("fr")
        words = (french if is_french else english).format(**self.data)
        if hint := self.data.get("hint"):
            words += f" ; vouliez-vous « {hint} » ?" if is_french else f"; did you mean “{hint}”?"
        return words

    def message(self, language: str = "en") -> str:
        """The same with its place."""
        if not self.line:
            return f"{self.path}: {self.text(language)}" if self.path else self.text(language)
        if language.lower().startswith("fr"):
            return f"ligne {self.line}, colonne {self.column} : {self.text(language)}"
        return f"line {self.line}, column {self.column}: {self.text(language)}"


class _Problems(ValueError):
    """Something with all of its mistakes; nothing of it is used.

    Attributes:
        problems: Every mistake found, in the order of the text.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__("\n".join(problem.message("en") for problem in self.problems))

    def message(self, language: str = "en") -> str:
        """All of them, one a line."""
        return "\n".join(problem.message(language) for problem in self.problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


class ContractError(_Problems):
    """The contract cannot be used; see :attr:`problems`."""


class FactsError(_Problems):
    """The facts cannot be used; see :attr:`problems`."""


class ReciprocityRefusal(Refusal):
    """A computation that a rule forbids; nothing was computed."""

    texts: ClassVar = {
        "span": (
            "The last day {until} is before the first one {since}.",
            "Le dernier jour {until} précède le premier {since}.",
        ),
        "unit": (
            "Fact {id} is income in {unit}, and the contract counts in {expected}.",
            "Le fait {id} est un revenu en {unit}, et le contrat compte en {expected}.",
        ),
        "party-twice": (
            "“{name}” is described twice, and not alike.",
            "« {name} » est décrit deux fois, et pas de la même façon.",
        ),
        "cycle": (
            "The contracts pass money round in a circle: {path}.",
            "Les contrats font tourner l’argent en rond : {path}.",
        ),
        "no-contraction": (
            "Money that enters the circle {path} might never leave it: all of it may be passed on.",
            "L’argent qui entre dans le cercle {path} pourrait ne jamais en sortir : tout peut "
            "y être transmis.",
        ),
        "circle-jumps": (
            "Contract {slug} is in a circle, and its step “{step}” gives by jumps (at_least, "
            'smallest or over="hold"): nobody can prove that the circle settles.',
            "Le contrat {slug} est dans un cercle, et son étape « {step} » donne par sauts "
            '(at_least, smallest ou over="hold") : on ne peut prouver que le cercle se '
            "stabilise.",
        ),
        "no-fixed-point": (
            "The circle {path} was not settled after {rounds} rounds.",
            "Le cercle {path} ne s’est pas stabilisé après {rounds} tours.",
        ),
        "contract-twice": (
            "Two contracts are called {slug}.",
            "Deux contrats s’appellent {slug}.",
        ),
        "income-nowhere": (
            "Fact {id} is income of no resource; among several contracts it must name its own.",
            "Le fait {id} est le revenu d’aucune ressource ; entre plusieurs contrats, il doit "
            "nommer la sienne.",
        ),
        "two-contracts": (
            "Resource “{resource}” is under two contracts: {first} and {second}.",
            "La ressource « {resource} » dépend de deux contrats : {first} et {second}.",
        ),
        "any-resource": (
            "Contract {slug} holds for any resource; among others each must name its own.",
            "Le contrat {slug} vaut pour toute ressource ; parmi d’autres, chacun doit "
            "nommer les siennes.",
        ),
        "units-differ": (
            "Contract {slug} counts in {unit}, the others in {expected}.",
            "Le contrat {slug} compte en {unit}, les autres en {expected}.",
        ),
    }
