"""Finding the reference of an item in the texts of a bank row.

A reference is compared by its letters and figures alone: people write ``rf18 5390 0754``, banks
break lines inside. A creditor reference of ISO 11649 (``RF``, two check digits, up to 21 signs)
proves itself by its check digits; another number only says what it says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chambre.lib.reconciling.names import one_edit
from chambre.lib.reconciling.texts import NOT_A_REFERENCE, NOTHING, compact, runs, tokens

_RF = re.compile(r"RF\d\d")
_GROUPS = re.compile(r"[A-Z]+|\d+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DATE = re.compile(
    r"(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])|([0-2]\d|3[01])(0[1-9]|1[0-2])(20)?\d\d"
)
SHORTEST = 6
"""Letters and figures that a reference needs, four figures among them, to decide anything."""
LONGEST = 35


def is_rf(reference: str) -> bool:
    """Whether it is a creditor reference whose check digits are right (ISO 11649, mod 97-10)."""
    if not (_RF.match(reference) and 5 <= len(reference) <= 25 and reference.isalnum()):
        return False
    turned = reference[4:] + reference[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def is_telling(reference: str) -> bool:
    """Whether a compact reference is long enough to name one thing."""
    return (
        SHORTEST <= len(reference) <= LONGEST
        and sum(map(str.isdigit, reference)) >= 4
        and reference not in NOT_A_REFERENCE
    )


def is_telling_alone(reference: str) -> bool:
    """Whether a compact reference names one thing where a field holds it and nothing else.

    Numbers of orders are drawn from letters and figures; some have hardly a figure, and would be taken
    for a word in a free text.
    """
    return (
        10 <= len(reference) <= LONGEST
        and any(map(str.isdigit, reference))
        and reference not in NOT_A_REFERENCE
    )


def shape(reference: str) -> str:
    """Its form: letters kept, figures as 9 (``FA20260042`` → ``FA99999999``)."""
    return re.sub(r"\d", "9", reference)


def loose(reference: str) -> str:
    """Its groups without leading noughts: ``FA-2026-0042`` and ``FA 2026-42`` are one."""
    return "|".join(group.lstrip("0") or "0" for group in _GROUPS.findall(reference))


def _shortened(reference: str) -> set[str]:
    """The reference itself and with each one sign left out: two that share one are near."""
    return {reference} | {reference[:n] + reference[n + 1 :] for n in range(len(reference))}


@dataclass(frozen=True, slots=True)
class Found:
    """What a row's texts name.

    Attributes:
        exact: Known references that are there, compact.
        near: Known references of which one sign is wrong there, or noughts are missing.
        foreign: What has the form of a reference and is none that is known, nor near to one.
    """

    exact: frozenset[str] = NOTHING
    near: frozenset[str] = NOTHING
    foreign: tuple[str, ...] = ()


_NOTHING_FOUND = Found()


@dataclass
class ReferenceIndex:
    """All references of open and settled items, to be looked up by what stands in a row."""

    known: set[str] = field(default_factory=set)
    _alone: set[str] = field(default_factory=set)
    _near: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _loose: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _shapes: set[str] = field(default_factory=set)
    _lengths: set[int] = field(default_factory=set)
    _ends: set[str] = field(default_factory=set)  # first two signs, and "-" with the last two

    def add(self, written: str) -> str:
        """Know a reference; its compact form, or nothing when it is too short to tell."""
        reference = compact(written)
        if not is_telling(reference):
            if not is_telling_alone(reference):
                return ""
            self._alone.add(reference)
            return reference
        if reference not in self.known:
            self.known.add(reference)
            for form in _shortened(reference):
                self._near[form].add(reference)
            self._loose[loose("|".join(_GROUPS.findall(written.upper())))].add(reference)
            if reference[:1].isalpha():
                self._shapes.add(shape(reference))
            self._lengths |= {len(reference) + n for n in (-1, 0, 1)}
            self._ends |= {reference[:2], "-" + reference[-2:]}
        return reference

    def find(self, references: Sequence[str], texts: Sequence[str]) -> Found:
        """What a row names, in its own fields and in its free texts."""
        written: set[str] = {compact(each) for each in references}
        exact = written & (self.known | self._alone)
        parts = tokens(texts)
        for parts_of in (parts, *(tokens([each]) for each in references)):
            for run in runs(parts_of, LONGEST):
                written.add(run)
                if run in self.known:
                    exact.add(run)
                    continue
                bare = _unstuck(run)
                written |= bare
                exact |= bare & self.known
        exact -= _within_longer(exact, "".join(parts), {compact(each) for each in references})
        near = self._near_to(written - exact, parts, exact)
        foreign = self._foreign(written, exact, near)
        if not (exact or near or foreign):
            return _NOTHING_FOUND
        return Found(frozenset(exact) or NOTHING, frozenset(near) or NOTHING, foreign)

    def _near_to(self, written: Iterable[str], parts: Sequence[str], exact: set[str]) -> set[str]:
        """Known references that what is written misses by one sign or by noughts."""
        found: set[str] = set()
        for run in written:
            # one wrong sign leaves the first two or the last two as they are
            if len(run) not in self._lengths or self._ends.isdisjoint((run[:2], "-" + run[-2:])):
                continue
            if is_telling(run) and not any(each in run for each in exact):
                for form in _shortened(run):
                    found.update(
                        known for known in self._near.get(form, ()) if one_edit(known, run)
                    )
        if not self._loose:
            return found
        groups = [group for token in parts for group in _GROUPS.findall(token)]
        for start in range(len(groups)):
            for end in range(start + 2, min(start + 6, len(groups)) + 1):
                key = "|".join(group.lstrip("0") or "0" for group in groups[start:end])
                found |= self._loose.get(key, set())
        return found - exact

    def _foreign(self, written: Iterable[str], exact: set[str], near: set[str]) -> tuple[str, ...]:
        """What looks like a reference of ours or a creditor reference, and is not known."""
        found = {
            run
            for run in written
            if run not in exact
            and (is_rf(run) or (shape(run) in self._shapes and not _DATE.fullmatch(run)))
            and not any(run in each or each in run for each in exact)
            and not any(one_edit(run, each) for each in near)
        }
        return tuple(sorted(found))


def _within_longer(exact: set[str], text: str, own: set[str]) -> set[str]:
    """Known references that stand in a text only as a part of a longer known one.

    ``JUS- 2026 -002 5`` names invoice ``JUS20260025`` and not mandate ``JUS2026002``.

    Args:
        exact: What was found.
        text: The compact text.
        own: Compact references of fields of their own: these are meant.
    """
    longest = {
        each for each in exact if not any(each != other and each in other for other in exact)
    }
    found = set()
    for each in exact - own - longest:
        inside = sum(text.count(longer) for longer in longest if each in longer)
        if text.count(each) <= inside:
            found.add(each)
    return found


def _unstuck(run: str) -> set[str]:
    """A run of tokens without the letters that stuck to it in front or behind."""
    found = {run.rstrip(_LETTERS), run.strip(_LETTERS)}
    at = run.find("RF", 1)
    if at > 0:
        found |= {run[at:], run[at:].rstrip(_LETTERS)}
    return found - {run}
