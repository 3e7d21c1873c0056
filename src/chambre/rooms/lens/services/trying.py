"""What other rules would change, and what one rule takes at its place; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.core.cache import cache
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.lib.attribution import Rule
from chambre.registry.models import Agent
from chambre.rooms.lens.queries import attributable_structures, attributing, hand_attributions
from chambre.rooms.lens.queries.attributing import Spotted
from chambre.rooms.lens.services.attribution import Progress
from chambre.rooms.lens.services.figures import AttributionReport
from chambre.rooms.lens.services.surveying import (
    HAND,
    KEPT,
    Decider,
    Kept,
    current_version,
    deciding_now,
    empty_report,
    tally,
)

TRIED_LINES = 100_000
"""Lines that the trial of one rule reads at most."""
SAMPLES = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what holds for it before and after a change of rules.

    Attributes:
        line: The line.
        before: Name of the rule before; empty: by hand or none.
        after: Name of the rule after.
        shares_before: Weights before.
        shares_after: Weights after.
    """

    line: Spotted
    before: str
    after: str
    shares_before: dict[str, int]
    shares_after: dict[str, int]


@dataclass(slots=True)
class Comparison:
    """What another set of rules would change.

    Attributes:
        before: Figures of the rules in force.
        after: Figures of the other set.
        changed: Lines whose shares differ.
        size: Sum of their absolute amounts, in minor units.
        samples: Some of them.
    """

    before: AttributionReport
    after: AttributionReport
    changed: int = 0
    size: int = 0
    samples: list[Shown] = field(default_factory=list)


def compare_rules(
    *,
    rules: Sequence[Rule],
    chamber: Agent,
    by: Actor,
    structures: Sequence[Agent] | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Comparison:
    """Which lines change when these rules take the place of those in force.

    Over structures that ``by`` answers for. Kept, and its other arguments, like
    :func:`count_survey`.

    Raises:
        Forbidden: ``by`` answers for no structure, or not for one of these.
        NotCounted: It is not known yet and would take too long here.
    """
    if structures is None:
        structures = attributable_structures(chamber, by)
    authorize(by, "lens.change_rules", structures)
    version = current_version(chamber)
    place = Kept.of("compare", structures, version, [rule.as_data() for rule in rules])
    known = place.find(structures, force)
    if known is not None:
        return cast(Comparison, known)
    old = deciding_now(version, structures)
    new = Decider(rules, old.hands)
    found = Comparison(empty_report(old.rules), empty_report(new.rules))
    for number, line in enumerate(attributing.standing_lines(structures), 1):
        _compare(found, line, old, new)
        if progress is not None and number % 5_000 == 0:
            progress(number, 0, _("lines read"))
    cache.set(place.key, found, KEPT)
    return found


def _compare(found: Comparison, line: Spotted, old: Decider, new: Decider) -> None:
    """Count a line on both sides."""
    before, after = old.place(line), new.place(line)
    tally(found.before, before, line)
    tally(found.after, after, line)
    was, will = old.shares(line, before), new.shares(line, after)
    if was == will:
        return
    found.changed += 1
    found.size += abs(line.amount)
    if len(found.samples) < 5 * SAMPLES:
        found.samples.append(Shown(line, old.name(before), new.name(after), was, will))


@dataclass(slots=True)
class RuleTrial:
    """What one rule takes at its place, and what that does to the others.

    Attributes:
        lines: Lines that it takes.
        debit: Their debit, in minor units.
        credit: Their credit.
        samples: Some of them.
        from_others: Lines by name of the rule that would take them without it; empty name: none.
        earlier: Lines that fit it but are taken by a rule before it, by that rule's name.
        by_hand: Lines that fit it but were attributed by hand.
        lost: Lines that the rule took as it was before, by who takes them now; empty name: none.
        partial: There are more lines to look at than were read.
    """

    lines: int = 0
    debit: int = 0
    credit: int = 0
    samples: list[Spotted] = field(default_factory=list)
    from_others: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    by_hand: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    partial: bool = False


def try_rule(
    *,
    rules: Sequence[Rule],
    place: int,
    chamber: Agent,
    by: Actor,
    structures: Sequence[Agent] | None = None,
    before: Rule | None = None,
) -> RuleTrial:
    """What the rule at a place takes in a set of rules; nothing changes.

    Reads only lines that may fit the rule, at most ``TRIED_LINES``.

    Args:
        rules: The whole set, in order.
        place: Place of the rule, from 0.
        chamber: Whose rules.
        by: Who asks.
        structures: Whose lines are read; absent: all that ``by`` answers for.
        before: The rule as it is before the change that is tried.

    Raises:
        Forbidden: ``by`` answers for no structure, or not for one of these.
    """
    if structures is None:
        structures = attributable_structures(chamber, by)
    authorize(by, "lens.change_rules", structures)
    rule = rules[place]
    tried = [rule] if before is None or before == rule else [rule, before]
    hands = hand_attributions(each.book.pk for each in structures)
    whole = Decider(rules, hands)
    without = Decider([*rules[:place], *rules[place + 1 :]], hands)
    former = Decider([*rules[:place], tried[-1], *rules[place + 1 :]], hands)
    alone = Decider([rule], hands)
    trial = RuleTrial()
    for line in _bounded(attributing.lines_for_rules(structures, tried), trial):
        taken = whole.place(line)
        if taken == place:
            _take(trial, line, without.name(without.place(line)))
        elif former.place(line) == place:
            trial.lost[whole.name(taken)] += 1
        elif alone.rule_place(line) is None:
            continue
        elif taken == HAND:
            trial.by_hand += 1
        else:
            trial.earlier[whole.name(taken)] += 1
    return trial


def _bounded(lines: Iterable[Spotted], trial: RuleTrial) -> Iterator[Spotted]:
    """The first lines; says when there are more."""
    for number, line in enumerate(lines):
        if number >= TRIED_LINES:
            trial.partial = True
            return
        yield line


def _take(trial: RuleTrial, line: Spotted, other: str) -> None:
    """Count a line that the rule takes."""
    trial.lines += 1
    trial.from_others[other] += 1
    if line.side == "D":
        trial.debit += line.amount
    else:
        trial.credit -= line.amount
    if len(trial.samples) < SAMPLES:
        trial.samples.append(line)
