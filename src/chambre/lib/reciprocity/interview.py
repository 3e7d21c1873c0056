"""May I use it, for what, and what do I owe? One question at a time, from the contract alone.

:func:`interview` is a pure function of the answers given so far: it returns the next
:class:`~chambre.lib.reciprocity.questions.Question`, or the :class:`Answer`. Nothing is asked
that the contract does not turn on. An answer gives permission to nobody: it says what the
contract says, from what somebody told of themselves, and what they would have to show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chambre.lib.reciprocity import questions
from chambre.lib.reciprocity.applicant import Applicant, Missing
from chambre.lib.reciprocity.examples import example
from chambre.lib.reciprocity.model import (
    EVERYONE,
    Contract,
    Counterpart,
    Party,
    PartyClass,
    Use,
)
from chambre.lib.reciprocity.questions import Question
from chambre.lib.reciprocity.readings import class_anchor, counterpart_anchor, use_anchor
from chambre.lib.reciprocity.sentences import (
    IN_KIND,
    class_sentences,
    clause_title,
    counterpart_sentences,
    use_sentences,
)
from chambre.lib.reciprocity.vocabulary import Words, sentence

VERDICTS = ("free", "owes", "ask", "refused")
"""From the widest to the narrowest."""

_HEADLINES = {
    "free": ("Oui, c’est libre.", "Yes, it is free."),
    "owes": ("Oui, contre ce qui est dû.", "Yes, against what is owed."),
    "ask": ("Demandez d’abord.", "Ask first."),
    "refused": ("Non, ce contrat ne le permet pas.", "No, this contract does not allow it."),
    "silent": (
        "Le contrat n’en dit rien : demandez d’abord.",
        "The contract says nothing of it: ask first.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A clause that decided.

    Attributes:
        anchor: Of the clause in the reading (``use-2``, ``class-actifs``).
        sentences: What it says.
    """

    anchor: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What would be owed for the example that was told.

    Attributes:
        clause: Name of the counterpart.
        anchor: Of it in the reading.
        title: How it is called.
        amount: In words, ``150,00 €`` or ``6 sachets``; ``0,00 €`` when the example owes nothing.
        quantity: Decimal number in ``unit``, as the computation gives it; ``"0"`` for nothing.
        unit: The contract's unit for money.
        rule: The rule, in words.
    """

    clause: str
    anchor: str
    title: str
    amount: str
    quantity: str
    unit: str
    rule: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A class that would answer otherwise, if the person belonged to it.

    Attributes:
        name: Of the class.
        anchor: Of it in the reading.
        label: How it is called.
        verdict: What the answer would be then.
        how: Who belongs to it, and what they have to show.
    """

    name: str
    anchor: str
    label: str
    verdict: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the contract says.

    Attributes:
        verdict: Of :data:`VERDICTS`.
        headline: The same in a few words.
        because: The clauses that decided, the rule of use first.
        due: The computed example, if something is owed.
        conditions: What the person must do or leave, in words.
        to_show: What proves the classes they said they belong to, in words.
        openings: Other classes that would answer as well or better.
        said: What was asked and answered, in words.
    """

    verdict: str
    headline: str
    because: tuple[Reason, ...]
    due: tuple[Due, ...]
    conditions: tuple[str, ...]
    to_show: tuple[str, ...]
    openings: tuple[Opening, ...]
    said: tuple[tuple[str, str], ...]


def interview(
    contract: Contract,
    answers: Mapping[str, str],
    *,
    parties: Iterable[Party] = (),
    language: str = "fr",
    today: dt.date | None = None,
) -> Question | Answer:
    """The next question, or the answer.

    Args:
        contract: A contract that was read.
        answers: What was answered so far, by the key of the question. Keys that are not asked
            are ignored; an answer that cannot be read makes its question come again, with what
            was wrong.
        parties: Known parties beside those of the contract.
        language: ``fr`` or ``en``: of all words, and of how numbers are written.
        today: To know for how long a known party has been a member; else it is asked.
    """
    words = Words(contract, language)
    applicant = Applicant(contract, answers, words, parties, today)
    try:
        return _answer(applicant)
    except Missing as missing:
        return missing.question


def _answer(applicant: Applicant) -> Answer:
    """Walk through the rules of use.

    Raises:
        Missing: A question must be answered first.
    """
    contract, words = applicant.contract, applicant.words
    kind = str(applicant.ask(questions.what_for(words)))
    rules = [(place, use) for place, use in enumerate(contract.uses) if kind in use.kinds]
    declined: set[str] = set()
    for number, (place, use) in enumerate(rules):
        applicant.relied.clear()
        if applicant.is_among(use.by):
            if _agreed(applicant, place, use, rules[number + 1 :]):
                return _found(applicant, place, use, rules, declined)
            declined.update(use.by)
    applicant.relied.clear()
    return Answer(
        verdict="ask",
        headline=words.say(*_HEADLINES["silent"]),
        because=(),
        due=(),
        conditions=(),
        to_show=(),
        openings=_openings(applicant, rules, None, "ask"),
        said=tuple(applicant.said.values()),
    )


def _agreed(applicant: Applicant, place: int, use: Use, later: Sequence[tuple[int, Use]]) -> bool:
    """Whether the person takes this offer; asked only where there is another one after it."""
    if use.answer not in ("free", "owes") or not use.conditions:
        return True
    if not any(
        other.answer in ("free", "owes") and not set(use.conditions) <= set(other.conditions)
        for _place, other in later
        if EVERYONE in other.by
    ):
        return True
    question = questions.accept(place, use.conditions, use_anchor(place), applicant.words)
    return applicant.ask(question) == "yes"


def _found(
    applicant: Applicant,
    place: int,
    use: Use,
    rules: Sequence[tuple[int, Use]],
    declined: set[str],
) -> Answer:
    """The answer of the rule that fits.

    Who declined what is offered to a class is not exempt by that class: it is exempt because it
    takes the offer.
    """
    words = applicant.words
    relied = dict(applicant.relied)
    owed: list[Counterpart] = []
    exempted: list[Counterpart] = []
    for counterpart in applicant.contract.counterparts:
        if counterpart.name in use.owes and applicant.is_among(counterpart.by):
            exempt = [name for name in counterpart.exempt if name not in declined]
            (exempted if applicant.is_among(exempt) else owed).append(counterpart)
    relied |= applicant.relied
    verdict = "free" if use.answer == "owes" and not owed else use.answer
    due = tuple(_due(applicant, counterpart) for counterpart in owed)
    because = [Reason(use_anchor(place), tuple(use_sentences(use, words)))]
    because += [
        Reason(counterpart_anchor(each.name), tuple(counterpart_sentences(each, words)))
        for each in (*owed, *exempted)
    ]
    because += [
        Reason(class_anchor(each.name), tuple(class_sentences(each, words)))
        for each in relied.values()
    ]
    return Answer(
        verdict=verdict,
        headline=words.say(*_HEADLINES[verdict]),
        because=tuple(because),
        due=due,
        conditions=tuple(sentence(words.condition(each)) for each in use.conditions),
        to_show=_evidence(applicant, relied.values()),
        openings=_openings(applicant, rules, place, verdict),
        said=tuple(applicant.said.values()),
    )


def _due(applicant: Applicant, each: Counterpart) -> Due:
    """What it comes to for the example that is told, asked for as far as the trigger needs it."""
    words, contract = applicant.words, applicant.contract
    anchor = counterpart_anchor(each.name)
    quantity, sales, costs = Fraction(1), 0, 0
    if each.trigger in ("sale", "margin"):
        sales = int(applicant.number(questions.turnover(anchor, words)))
        if each.trigger == "margin":
            costs = int(applicant.number(questions.expenses(anchor, words)))
    elif each.trigger == "use" and (each.rate or each.bands):
        quantity = applicant.number(questions.counted(each.of, anchor, words))
    owed = example(contract, each, quantity=quantity, sales=sales, costs=costs)
    return Due(
        clause=each.name,
        anchor=anchor,
        title=clause_title(each.name, words),
        amount=_amount(each, owed, words),
        quantity=owed,
        unit=each.unit,
        rule=counterpart_sentences(each, words)[0],
    )


def _amount(each: Counterpart, owed: str, words: Words) -> str:
    """A decimal number of the computation as people read it."""
    if each.kind == "money":
        return words.money(Fraction(owed) * words.parts(each.unit))
    if each.kind in IN_KIND and not each.rate and not each.bands:
        return words.say(*IN_KIND[each.kind])
    return words.quantity(Fraction(owed), each.unit)


def _evidence(applicant: Applicant, relied: Iterable[PartyClass]) -> tuple[str, ...]:
    """What proves the classes; what is known of a party already comes first."""
    words = applicant.words
    relied = list(relied)
    found = []
    if relied and (party := applicant.known()) and party.evidence:
        found.append(
            words.say(f"Déjà connu : {party.evidence}.", f"Known already: {party.evidence}.")
        )
    found += [sentence(text) for each in relied if (text := words.text(each.evidence))]
    return tuple(dict.fromkeys(found))


def _openings(
    applicant: Applicant,
    rules: Sequence[tuple[int, Use]],
    chosen: int | None,
    verdict: str,
) -> tuple[Opening, ...]:
    """Classes of the other rules for this use, and those exempt from what is owed."""
    words, contract = applicant.words, applicant.contract
    classes = {each.name: each for each in contract.classes}
    rank = VERDICTS.index(verdict)
    found: dict[str, str] = {}
    for place, use in rules:
        better = VERDICTS.index(use.answer) < rank
        same = VERDICTS.index(use.answer) == rank and place != chosen
        for name in use.by if better or same else ():
            found.setdefault(name, use.answer)
    if chosen is not None:
        owes = contract.uses[chosen].owes
        for counterpart in contract.counterparts:
            if counterpart.name in owes and len(owes) == 1 and verdict == "owes":
                for name in counterpart.exempt:
                    found.setdefault(name, "free")
    return tuple(
        Opening(
            name=name,
            anchor=class_anchor(name),
            label=words.name(name),
            verdict=answer,
            how=tuple(class_sentences(classes[name], words)),
        )
        for name, answer in found.items()
        if name in classes and not _closed(classes[name]) and not _inside(applicant, name)
    )


def _closed(each: PartyClass) -> bool:
    """A class of named people only: nobody enters it by showing something."""
    return any(test.word == "named" for test in each.all)


def _inside(applicant: Applicant, name: str) -> bool:
    """Whether the person is known to be of the class; what was not asked counts as not."""
    try:
        return applicant.belongs(name)
    except Missing:
        return False
