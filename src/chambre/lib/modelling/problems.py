"""What can be wrong with a model, in both languages, with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from chambre.lib.modelling.schema import BY_KEY
from chambre.lib.reciprocity.places import Path
from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import is_french

PROBLEMS: dict[str, tuple[str, str]] = {
    "syntax": ("the file is not TOML: {reason}", "le fichier n’est pas du TOML : {reason}"),
    "format": (
        "write format = 1, the only version of the language there is",
        "écrivez format = 1, la seule version du langage",
    ),
    "unknown-word": ("“{word}” means nothing here", "« {word} » ne veut rien dire ici"),
    "missing": ("“{word}” is missing", "« {word} » manque"),
    "kind": ("{expected} is expected here", "on attend ici {expected_fr}"),
    "range-words": (
        "a range is min, likely and max, or low and high; a known number is value",
        "une fourchette s’écrit min, likely et max, ou low et high ; un nombre connu, value",
    ),
    "range-order": (
        "{low} is more than {high}: the lowest value comes first",
        "{low} dépasse {high} : la plus petite valeur vient d’abord",
    ),
    "too-small": ("the least that is possible is {limit}", "le minimum possible est {limit}"),
    "too-large": ("the most that is possible is {limit}", "le maximum possible est {limit}"),
    "too-precise": (
        "“{value}” has more decimals than are kept",
        "« {value} » a plus de décimales qu’on n’en garde",
    ),
    "slug": (
        "a short name has small letters, digits and hyphens, 60 at most",
        "un nom court est fait de minuscules, de chiffres et de tirets, 60 au plus",
    ),
    "slug-twice": ("“{word}” is there already", "« {word} » existe déjà"),
    "unknown-segment": (
        "there are no users called “{word}”",
        "il n’y a pas d’usagers nommés « {word} »",
    ),
    "choice": ("the words are {choices}", "les mots possibles sont {choices}"),
    "first-day": (
        "a model starts on the first day of a month",
        "un modèle commence le premier jour d’un mois",
    ),
    "month-outside": (
        "this is not one of the {horizon} months of the model",
        "ce n’est pas l’un des {horizon} mois du modèle",
    ),
    "season": ("twelve percentages, from January", "douze pourcentages, à partir de janvier"),
    "order": ("the last month is before the first", "le dernier mois précède le premier"),
    "too-many": ("{limit} of these at most", "au plus {limit} de cette sorte"),
    "nobody": (
        "nobody uses the resource: write at least one [[segment]]",
        "personne n’utilise la ressource : écrivez au moins un bloc [[segment]]",
    ),
    "currency": (
        "{value} is no currency with two decimals",
        "{value} n’est pas une monnaie à deux décimales",
    ),
    "too-big": (
        "these figures can grow beyond {limit} a year; write “at_most” for the users",
        "ces chiffres peuvent dépasser {limit} par an ; écrivez « at_most » pour les usagers",
    ),
    "number": (
        "“{value}” is not a number such as {example}",
        "« {value} » n’est pas un nombre comme {example_fr}",
    ),
}  # fmt: skip
"""Code → (English, French), over the facts of the problem."""

EXPECTED: dict[str, tuple[str, str]] = {
    "money": ("a whole number of cents", "un nombre entier de centimes"),
    "share": ('a percentage such as "2.5%"', "un pourcentage comme \"2.5%\""),
    "count": ("a number", "un nombre"),
    "hours": ("a number of hours", "un nombre d’heures"),
    "months": ("a whole number of months", "un nombre entier de mois"),
    "whole": ("a whole number", "un nombre entier"),
    "month": ("a month of the model or a day", "un mois du modèle ou un jour"),
    "text": ("a text, or { fr, en }", "un texte, ou { fr, en }"),
    "slug": ("a short name", "un nom court"),
    "slugs": ("a list of short names", "une liste de noms courts"),
    "choice": ("one of the words", "un des mots prévus"),
    "flag": ("true or false", "true (oui) ou false (non)"),
    "date": ("a day such as 2027-01-01", "un jour comme 2027-01-01"),
    "season": ("a list of twelve whole percentages", "une liste de douze pourcentages entiers"),
    "table": ("a table", "une table"),
    "list": ("blocks such as [[cost]]", "des blocs comme [[cost]]"),
}  # fmt: skip
"""Kind → what is expected, in English and in French."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        line: Line of the file, from 1; 0 when there was no file.
        column: Character of the line, from 1; 0 when there was no file.
        path: Keys and places in lists, from the top: ``("cost", 0, "amount")``.
        code: Stable machine code.
        data: The facts of the message.
    """

    line: int
    column: int
    path: Path
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def field(self) -> str:
        """The path as the name of a form's field: ``cost.0.amount``."""
        return ".".join(str(part) for part in self.path)

    def text(self, language: str = "en") -> str:
        """What is wrong and what to do, without the place: for beside a field."""
        french = is_french(language)
        words = PROBLEMS[self.code][1 if french else 0].format(**self.data)
        if hint := self.data.get("hint"):
            words += f" ; vouliez-vous « {hint} » ?" if french else f"; did you mean “{hint}”?"
        return words

    def where(self, language: str = "en") -> str:
        """The part and the field that it is in, by their labels; empty for the whole."""
        top = str(self.path[0]) if self.path else ""
        section = BY_KEY.get(top) if top else None
        if section is None:
            labels = [each.label for each in BY_KEY[""].fields if each.key == top]
            return labels[0].in_language(language) if labels else ""
        words = [section.label.in_language(language)]
        if len(self.path) > 1 and isinstance(self.path[1], int):
            words[0] += f" {self.path[1] + 1}"
        for part in self.path[1:]:
            labels = [each.label for each in section.fields if each.key == part]
            words += [label.in_language(language) for label in labels]
        return ", ".join(words)

    def message(self, language: str = "en") -> str:
        """What is wrong and what to do, with its place."""
        french = is_french(language)
        words = self.text(language)
        if where := self.where(language):
            words = f"{where} : {words}" if french else f"{where}: {words}"
        if not self.line:
            return words
        if french:
            return f"ligne {self.line}, colonne {self.column} : {words}"
        return f"line {self.line}, column {self.column}: {words}"


class ModelError(ValueError):
    """The model cannot be used; nothing of it is.

    Attributes:
        problems: Every mistake found, in the order of the file.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        super().__init__(self.message("en"))

    def message(self, language: str = "en") -> str:
        """All of them, one a line."""
        return "\n".join(problem.message(language) for problem in self.problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


class ModelRefusal(Refusal):
    """Something that cannot be done with a model; nothing was computed."""

    texts: ClassVar = {
        "runs": (
            "Between 1 and {limit} runs can be made of a model of this length.",
            "On peut faire entre 1 et {limit} simulations d’un modèle de cette durée.",
        ),
        "preset": (
            "There is no model “{slug}”. There are {known}.",
            "Il n’y a pas de modèle « {slug} ». Il y a {known}.",
        ),
        "unit": (
            "Contract {contract} counts in {theirs}, the model in {ours}.",
            "Le contrat {contract} compte en {theirs}, le modèle en {ours}.",
        ),
    }
