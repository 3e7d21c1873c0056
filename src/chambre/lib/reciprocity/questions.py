"""The questions of the interview, in one language: what is asked, of which shape, with what help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from chambre.lib.money import Money
from chambre.lib.reciprocity.model import (
    SCALE,
    USES,
    Threshold,
)
from chambre.lib.reciprocity.steps import is_money
from chambre.lib.reciprocity.vocabulary import STATUS_WORDS, USE_WORDS, Words
from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import parse_exact

OTHER = "-"
"""Answer of who is none of the known parties, or none of the statuses."""

MOST_NAMES = 100
"""With more known parties than that, the name is typed."""

MOST = 10**12
"""Largest number taken in an answer, in units or minor units."""

Shape = Literal["one", "many", "count", "quantity", "money", "text"]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a question offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked next.

    Attributes:
        key: Under which its answer is given back; unique in one interview.
        shape: ``one`` or ``many`` of the options (values joined by commas), ``count`` (whole
            number), ``quantity`` (in ``unit``), ``money`` (in the contract's unit, as people
            type it), ``text``.
        text: The question.
        help: One sentence more, or empty.
        options: What may be chosen.
        unit: Of a quantity or of money.
        anchors: Clauses of the reading that make it be asked.
        error: What was wrong with the answer given, or empty.
    """

    key: str
    shape: Shape
    text: str
    help: str = ""
    options: tuple[Option, ...] = ()
    unit: str = ""
    anchors: tuple[str, ...] = ()
    error: str = ""


class _BadAnswer(ValueError):
    """An answer that is none; the message says what to do."""


def with_error(question: Question, error: str) -> Question:
    """The same question, with what was wrong."""
    return replace(question, error=error)


def value_of(question: Question, answer: str, words: Words) -> str | Fraction | frozenset[str]:
    """What an answer means.

    Returns:
        A chosen value or text; a set for ``many``; an exact number for the rest (minor units for
        ``money``).

    Raises:
        ValueError: It is no answer to the question; the message says why, in the language.
    """
    answer = answer.strip()
    if question.shape == "one":
        if answer not in {option.value for option in question.options}:
            raise _BadAnswer(words.say("Choisissez une réponse.", "Choose an answer."))
        return answer
    if question.shape == "many":
        chosen = frozenset(part.strip() for part in answer.split(",")) - {"", OTHER}
        if chosen - {option.value for option in question.options}:
            raise _BadAnswer(words.say("Choisissez dans la liste.", "Choose from the list."))
        return chosen
    if question.shape == "text":
        if len(answer) > 80:
            raise _BadAnswer(words.say("80 caractères au plus.", "80 characters at most."))
        return answer
    return _number(question, answer, words)


def _number(question: Question, answer: str, words: Words) -> Fraction:
    try:
        if question.shape == "money":
            minor = Money.parse(answer, currency=question.unit, language=words.language).minor
            number = Fraction(minor)
        else:
            number = parse_exact(answer, language=words.language)
    except Refusal as refusal:
        raise _BadAnswer(refusal.message(words.language)) from refusal
    if number < 0 or (question.shape == "count" and number.denominator != 1):
        raise _BadAnswer(
            words.say("Un nombre entier, zéro ou plus.", "A whole number, zero or more.")
            if question.shape == "count"
            else words.say("Zéro ou plus.", "Zero or more.")
        )
    if number > MOST:
        raise _BadAnswer(words.say("C’est trop grand.", "That is too large."))
    if (number * SCALE).denominator != 1:
        raise _BadAnswer(words.say("Six décimales au plus.", "Six decimals at most."))
    return number


def shown(question: Question, answer: str, words: Words) -> str:
    """An answer as people read it back."""
    value = value_of(question, answer, words)
    labels = {option.value: option.label for option in question.options}
    if isinstance(value, frozenset):
        names = [labels[each] for each in labels if each in value]
        return words.join(names) or words.say("rien de cela", "none of these")
    if isinstance(value, Fraction):
        if question.shape == "money":
            return words.money(value, question.unit)
        return words.quantity(value, question.unit) if question.unit else words.number(value)
    return labels.get(value, value) or words.say("sans réponse", "no answer")


def who(names: Sequence[str], words: Words) -> Question:
    """Whether the person is one of the parties that are known: chosen, or typed if many are."""
    text = words.say("Qui êtes-vous ?", "Who are you?")
    if len(names) > MOST_NAMES:
        typed = words.say(
            "Votre nom tel qu’il est connu ici, ou rien.", "Your name as it is known here, or none."
        )
        return Question("party", "text", text, typed)
    options = [Option(name, words.name(name)) for name in names]
    none = words.say("quelqu’un d’autre", "somebody else")
    return Question(
        "party", "one", text,
        words.say(
            "Si vous êtes déjà connu ici, il y aura moins de questions.",
            "If you are known here already, there are fewer questions.",
        ),
        (*options, Option(OTHER, none)),
    )  # fmt: skip


def what_for(words: Words) -> Question:
    """Which kind of use."""
    return Question(
        "use", "one",
        words.say("Que voulez-vous faire de la ressource ?", "What do you want to do with it?"),
        words.say(
            "Si c’est plusieurs choses, posez la question pour chacune.",
            "If it is several things, ask once for each.",
        ),
        tuple(Option(kind, words.pick(USE_WORDS, kind)) for kind in USES),
    )  # fmt: skip


def which_status(statuses: Iterable[str], anchors: tuple[str, ...], words: Words) -> Question:
    """Which of the qualities that the contract knows the person has."""
    options = tuple(Option(each, words.pick(STATUS_WORDS, each)) for each in sorted(statuses))
    return Question(
        "status", "many", words.say(
            "Parmi ceci, qu’est-ce qui vous décrit ?", "Which of these describe you?"
        ),
        words.say(
            "Cochez tout ce qui convient, ou rien.", "Tick whatever fits, or nothing."
        ),
        options, anchors=anchors,
    )  # fmt: skip


def which_size(anchors: tuple[str, ...], words: Words) -> Question:
    """How many people work there."""
    return Question(
        "size", "count",
        words.say("Combien de personnes y travaillent ?", "How many people work there?"),
        words.say("Seul, répondez 1.", "On your own, answer 1."), anchors=anchors,
    )  # fmt: skip


def which_territory(anchors: tuple[str, ...], words: Words) -> Question:
    """Where the person is based."""
    return Question(
        "territory", "text",
        words.say("Où êtes-vous installé ?", "Where are you based?"),
        words.say(
            "Le code de la commune ou le code postal.", "The code of the commune or the postcode."
        ),
        anchors=anchors,
    )  # fmt: skip


def which_months(anchors: tuple[str, ...], words: Words) -> Question:
    """For how long the person has been a member."""
    return Question(
        "member", "count",
        words.say(
            "Depuis combien de mois entiers êtes-vous membre ?",
            "For how many whole months have you been a member?",
        ),
        words.say("Si vous ne l’êtes pas, répondez 0.", "If you are not, answer 0."),
        anchors=anchors,
    )  # fmt: skip


def how_much(word: str, threshold: Threshold, anchors: tuple[str, ...], words: Words) -> Question:
    """How much the person has given or used over the window of a test."""
    unit, when = threshold.unit, words.months(threshold.months)
    named = words.unit(unit, 2) if unit else words.say("fois", "times")
    if word == "contributed":
        text = words.say(
            f"Vos contributions {when}, en {named} ?", f"Your contributions {when}, in {named}?"
        )
    else:
        text = words.say(f"Votre usage {when}, en {named} ?", f"Your use {when}, in {named}?")
    return Question(
        f"{word}:{unit}:{threshold.months or ''}",
        "money" if unit and is_money(unit) else "quantity",
        text,
        words.say("Si c’est rien, répondez 0.", "If nothing, answer 0."),
        unit=unit,
        anchors=anchors,
    )


def accept(place: int, conditions: Sequence[str], anchor: str, words: Words) -> Question:
    """Whether the person agrees to the conditions of one offer among several."""
    terms = words.conditions(conditions)
    return Question(
        f"accept:{place + 1}", "one",
        words.say(f"Acceptez-vous {terms} ?", f"Do you agree to {terms}?"),
        words.say("Sinon, il y a une autre offre.", "If not, there is another offer."),
        (Option("yes", words.say("oui", "yes")), Option("no", words.say("non", "no"))),
        anchors=(anchor,),
    )  # fmt: skip


def counted(of: str, anchor: str, words: Words) -> Question:
    """How much of what counts there will be in a period."""
    if of and is_money(of):
        text = words.say(
            f"Pour combien vous en servirez-vous, {words.every()} ?",
            f"For how much will you use it, {words.every()}?",
        )
    else:
        unit = words.unit(of, 2) if of else words.say("usages", "uses")
        de = "d’" if unit[:1].lower() in "aeéèiouhy" else "de "
        text = words.say(
            f"Combien {de}{unit}, {words.every()} ?", f"How many {unit}, {words.every()}?"
        )
    return Question(
        f"quantity:{of}",
        "money" if of and is_money(of) else "quantity",
        text,
        words.say("À peu près : c’est un exemple.", "Roughly: it is an example."),
        unit=of,
        anchors=(anchor,),
    )


def turnover(anchor: str, words: Words) -> Question:
    """What the person sells with the resource in a period."""
    return Question(
        "sales", "money",
        words.say(
            f"Pour combien vendrez-vous grâce à elle, {words.every()} ?",
            f"How much will you sell with it, {words.every()}?",
        ),
        words.say("À peu près : c’est un exemple.", "Roughly: it is an example."),
        unit=words.contract.unit, anchors=(anchor,),
    )  # fmt: skip


def expenses(anchor: str, words: Words) -> Question:
    """What selling costs the person in a period."""
    return Question(
        "costs", "money",
        words.say(
            f"Combien cela vous coûtera-t-il, {words.every()} ?",
            f"How much will that cost you, {words.every()}?",
        ),
        words.say("À peu près : c’est un exemple.", "Roughly: it is an example."),
        unit=words.contract.unit, anchors=(anchor,),
    )  # fmt: skip
