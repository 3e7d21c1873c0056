"""What is known of somebody who asks, and which question is missing to know if they qualify."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from fractions import Fraction

from chambre.lib.reciprocity import questions
from chambre.lib.reciprocity.model import (
    EVERYONE,
    Contract,
    Criterion,
    Party,
    PartyClass,
    Threshold,
)
from chambre.lib.reciprocity.questions import OTHER, Question, shown, value_of, with_error
from chambre.lib.reciprocity.spans import add_months, next_day
from chambre.lib.reciprocity.steps import is_money
from chambre.lib.reciprocity.vocabulary import Words

Value = str | Fraction | frozenset[str]


class Missing(Exception):
    """A question must be answered first."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(question.key)


class Applicant:
    """Somebody as far as their answers tell, in one language.

    Attributes:
        said: What was asked and answered so far, in words, in the order of asking.
        relied: Classes that they were found to belong to.
    """

    def __init__(
        self,
        contract: Contract,
        answers: Mapping[str, str],
        words: Words,
        parties: Iterable[Party] = (),
        today: dt.date | None = None,
    ) -> None:
        self.contract = contract
        self.words = words
        self.said: dict[str, tuple[str, str]] = {}
        self.relied: dict[str, PartyClass] = {}
        self._answers = answers
        self._today = today
        self._classes = {each.name: each for each in contract.classes}
        self._known = {each.name: each for each in (*contract.parties, *parties)}

    def ask(self, question: Question) -> Value:
        """The answer to a question.

        Raises:
            Missing: It was not answered, or not so that it can be read.
        """
        answer = self._answers.get(question.key)
        if answer is None:
            raise Missing(question)
        try:
            value = value_of(question, answer, self.words)
        except ValueError as error:
            raise Missing(with_error(question, str(error))) from error
        self.said[question.key] = (question.text, shown(question, answer, self.words))
        return value

    def number(self, question: Question) -> Fraction:
        """The answer to a question about a number.

        Raises:
            Missing: As :meth:`ask`.
        """
        value = self.ask(question)
        assert isinstance(value, Fraction)  # by the question's shape
        return value

    def name(self) -> str:
        """Which known party it is, or ``OTHER``.

        Raises:
            Missing: It was not said.
        """
        names = dict.fromkeys(self._known)
        for each in self.contract.classes:
            for test in (*each.all, *each.any, *each.none):
                if test.word == "named":
                    names.update(dict.fromkeys(test.names))
        if not names:
            return OTHER
        answer = str(self.ask(questions.who(list(names), self.words)))
        wanted = answer.casefold()
        for name in names:
            if wanted in (name.casefold(), self.words.name(name).casefold()):
                return name
        return OTHER

    def party(self) -> Party | None:
        """The known party that it is, if it is one.

        Raises:
            Missing: It was not said.
        """
        return self._known.get(self.name())

    def known(self) -> Party | None:
        """The known party that they said to be, if it was asked."""
        return self.party() if "party" in self.said else None

    def is_among(self, names: Iterable[str]) -> bool:
        """Whether they are everybody, one of these parties, or of one of these classes.

        Raises:
            Missing: A question must be answered to know.
        """
        names = list(names)
        if EVERYONE in names:
            return True
        if any(name not in self._classes and name == self.name() for name in names):
            return True
        return any(self.belongs(name) for name in names if name in self._classes)

    def belongs(self, name: str) -> bool:
        """Whether they are of a class.

        Raises:
            Missing: A question must be answered to know.
        """
        if name == EVERYONE:
            return True
        each = self._classes[name]
        found = (
            all(self._passes(test) for test in each.all)
            and (not each.any or any(self._passes(test) for test in each.any))
            and not any(self._passes(test) for test in each.none)
        )
        if found:
            self.relied[name] = each
        return found

    def _passes(self, test: Criterion) -> bool:
        check: Callable[[Criterion], bool] = {
            "named": lambda test: self.name() in test.names,
            "class": lambda test: any(self.belongs(name) for name in test.names),
            "status": self._status,
            "territory": self._territory,
            "size_at_most": lambda test: self._size() <= test.number,
            "size_at_least": lambda test: self._size() >= test.number,
            "member_months": self._member,
            "contributed": self._reached,
            "used": self._reached,
        }[test.word]
        return check(test)

    def _anchors(self, *words: str) -> tuple[str, ...]:
        """The classes that test such a thing."""
        return tuple(
            f"class-{each.name}"
            for each in self.contract.classes
            if any(test.word in words for test in (*each.all, *each.any, *each.none))
        )

    def _status(self, test: Criterion) -> bool:
        if party := self.party():
            return bool(set(party.status) & set(test.names))
        statuses = {
            name
            for each in self.contract.classes
            for other in (*each.all, *each.any, *each.none)
            if other.word == "status"
            for name in other.names
        }
        question = questions.which_status(statuses, self._anchors("status"), self.words)
        value = self.ask(question)
        return bool(set(value) & set(test.names))  # type: ignore[arg-type]

    def _size(self) -> Fraction:
        party = self.party()
        if party and party.size is not None:
            return Fraction(party.size)
        anchors = self._anchors("size_at_most", "size_at_least")
        return self.number(questions.which_size(anchors, self.words))

    def _territory(self, test: Criterion) -> bool:
        party = self.party()
        place = party.territory if party else ""
        if not place:
            question = questions.which_territory(self._anchors("territory"), self.words)
            place = str(self.ask(question))
        return bool(place) and any(fnmatchcase(place, pattern) for pattern in test.names)

    def _member(self, test: Criterion) -> bool:
        """Known to the day for a party that is known, as the engine counts; else asked."""
        party = self.party()
        if party and party.since and self._today:
            return add_months(party.since, test.number) <= next_day(self._today)
        months = self.number(questions.which_months(self._anchors("member_months"), self.words))
        return months >= test.number

    def _reached(self, test: Criterion) -> bool:
        threshold = test.threshold or Threshold()
        anchors = self._anchors(test.word)
        given = self.number(questions.how_much(test.word, threshold, anchors, self.words))
        if threshold.at_least is None:
            return given > 0
        needed = threshold.at_least
        if threshold.unit and is_money(threshold.unit):
            needed *= self.words.parts(threshold.unit)
        return given >= needed
