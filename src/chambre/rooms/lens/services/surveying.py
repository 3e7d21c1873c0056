"""Reading what rules take and what they leave, without changing anything.

Everything here reads the lines of the structures that a person answers for, and no others: what
another structure's lines hold appears neither in a figure nor in a sample.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from django.core.cache import cache
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict
from chambre.lib.attribution import KnownGroup, Matcher, Rule, normal_label
from chambre.registry.models import Agent
from chambre.rooms.lens.models import RuleSet
from chambre.rooms.lens.queries import attributable_structures, attributing, hand_attributions
from chambre.rooms.lens.queries.attributing import Spotted
from chambre.rooms.lens.services.attribution import Progress, rules_of
from chambre.rooms.lens.services.figures import AttributionReport, RuleReport

HAND = -1
"""Stands for a person's word where a rule has its place."""
LIVE_LINES = 30_000
"""Lines that are read while somebody waits for a page; more are counted in the background."""
MOST_GROUPS = 200_000
MOST_LEFT = 2_000
"""Groups of unattributed lines that are kept, the largest."""
KEPT = 60 * 60 * 24 * 7


class NotCounted(Conflict):
    """The figures of so many lines are counted in the background first."""

    code = "lens.not-counted"


class Decider:
    """Says for each line which rule, or whose word, gives it its shares."""

    def __init__(self, rules: Sequence[Rule], hands: dict[int, dict[str, int]]) -> None:
        self.rules = list(rules)
        self.hands = hands
        self._matcher = Matcher(rules)

    def place(self, line: Spotted) -> int | None:
        """Place of the rule from 0, ``HAND``, or none."""
        if line.id in self.hands:
            return HAND
        return self.rule_place(line)

    def rule_place(self, line: Spotted) -> int | None:
        """Place of the rule that would take the line if nobody had said anything."""
        candidates = self._matcher.candidates(
            line.structure, line.account, line.auxiliary, line.journal
        )
        return self._matcher.first(candidates, line.label, line.piece, line.day)

    def shares(self, line: Spotted, place: int | None) -> dict[str, int]:
        """The weights behind a place; none for none."""
        if place is None:
            return {}
        return self.hands[line.id] if place == HAND else self.rules[place].shares

    def name(self, place: int | None) -> str:
        """The rule's name; empty for a person's word and for none."""
        return "" if place is None or place == HAND else self.rules[place].name


@dataclass(slots=True)
class LeftGroup:
    """Unattributed lines of one structure, account, third party and wording.

    Attributes:
        key: What the group is called in answers; the same as long as its wording is.
        structure: Slug.
        account: Number.
        third: Code of the third party's account, or empty.
        label: One of the labels, as it stands.
        lines: How many.
        debit: Minor units.
        credit: Minor units.
        size: Sum of absolute amounts.
    """

    key: str
    structure: str
    account: str
    third: str
    label: str
    lines: int = 0
    debit: int = 0
    credit: int = 0
    size: int = 0


@dataclass(slots=True)
class Survey:
    """What the rules in force take and leave.

    Attributes:
        report: Figures per rule, and coverage by class.
        accounts: ``(structure, account) → [lines, taken, size, taken size]``.
        left: The largest groups of the unattributed.
        left_count: How many groups there are.
        known: The attributed, grouped, for suggestions; empty in figures that were kept.
        stale: Something changed since it was counted, and there are many lines.
    """

    report: AttributionReport
    accounts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    left: dict[str, LeftGroup] = field(default_factory=dict)
    left_count: int = 0
    known: list[KnownGroup] = field(default_factory=list)
    stale: bool = False


def group_key(structure: str, account: str, third: str, label: str) -> str:
    """How a group of unattributed lines is called: a digest of what its lines have in common."""
    text = "\x1f".join((structure, account, third, normal_label(label)))
    return hashlib.sha256(text.encode()).hexdigest()


def current_version(chamber: Agent) -> RuleSet | None:
    """The rule set in force; none before the first."""
    return RuleSet.objects.filter(chamber=chamber).order_by("-number").first()


def deciding_now(version: RuleSet | None, structures: Sequence[Agent]) -> Decider:
    """What decides now: the rules in force and the word of people."""
    return Decider(rules_of(version), hand_attributions(each.book.pk for each in structures))


def empty_report(rules: Sequence[Rule]) -> AttributionReport:
    """A report with every figure at zero."""
    return AttributionReport(
        rules=[RuleReport(rule.name) for rule in rules], by_hand=RuleReport("")
    )


def tally(report: AttributionReport, place: int | None, line: Spotted) -> None:
    """Count one line."""
    rule = None if place is None else report.by_hand if place == HAND else report.rules[place]
    report.count(rule, line.account, line.amount, line.side)


def count_survey(
    *,
    chamber: Agent,
    by: Actor,
    structures: Sequence[Agent] | None = None,
    progress: Progress | None = None,
    force: bool = False,
    version: RuleSet | None = None,
) -> Survey:
    """Figures of the rules in force over structures that ``by`` answers for.

    Kept until a line, a rule or a person's word changes. When there are more than
    ``LIVE_LINES`` lines it is only read on request (``force``), in the background.

    Args:
        chamber: Whose rules.
        by: Who asks.
        structures: Over which, with their books; absent: all that they answer for.
        progress: Called with lines done, 0 and a message.
        force: Read the lines however many there are.
        version: The rule set in force, when the caller has it at hand.

    Raises:
        Forbidden: ``by`` answers for no structure, or not for one of these.
        NotCounted: It is not known yet and would take too long here.
    """
    if structures is None:
        structures = attributable_structures(chamber, by)
    authorize(by, "lens.change_rules", structures)
    version = version or current_version(chamber)
    place = Kept.of("survey", structures, version)
    survey = place.find(structures, force)
    if survey is None:
        survey = read_survey(version, structures, progress)
        survey.known = []
        place.keep(survey)
    return cast(Survey, survey)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where figures are kept as long as they hold.

    Attributes:
        key: For exactly this state of lines, rules and words.
        latest: For the last state that was counted.
        lines: No more lines than this can there be.
    """

    key: str
    latest: str
    lines: int

    @classmethod
    def of(
        cls, what: str, structures: Sequence[Agent], version: RuleSet | None, *more: object
    ) -> Kept:
        """The place of some figures of these structures by a version of the rules."""
        state, lines = attributing.state_of(version)
        scope = [each.slug for each in structures]
        names = [
            hashlib.sha256(repr(part).encode()).hexdigest()
            for part in ((scope, state, more), scope)
        ]
        return cls(f"lens.{what}.{names[0]}", f"lens.{what}.latest.{names[1]}", lines)

    def find(self, structures: Sequence[Agent], force: bool) -> object | None:
        """What is kept and holds; else, where there are many lines, the last that held, as stale.

        Raises:
            NotCounted: Nothing is kept, there are many lines, and nobody said to read them.
        """
        known = cache.get(self.key)
        if known is not None or force or self.lines <= LIVE_LINES:
            return cast(object, known)
        if not attributing.has_more_lines_than(LIVE_LINES, structures):
            return None
        stale = cache.get(self.latest)
        if stale is None or not hasattr(stale, "stale"):
            raise NotCounted(_("So many lines are counted in the background first."))
        stale.stale = True
        return cast(object, stale)

    def keep(self, figures: object) -> None:
        """Keep figures; above ``LIVE_LINES`` also as the last that held."""
        cache.set(self.key, figures, KEPT)
        if self.lines > LIVE_LINES:
            cache.set(self.latest, figures, KEPT)


def read_survey(
    version: RuleSet | None, structures: Sequence[Agent], progress: Progress | None
) -> Survey:
    """Read every line once; nothing is authorized and nothing is kept here."""
    decider = deciding_now(version, structures)
    survey = Survey(empty_report(decider.rules))
    left: dict[tuple[str, ...], LeftGroup] = {}
    attributed: dict[tuple[object, ...], list[int]] = {}
    texts: dict[int, str] = {}
    for number, line in enumerate(attributing.standing_lines(structures), 1):
        place = decider.place(line)
        tally(survey.report, place, line)
        cell = survey.accounts.setdefault((line.structure, line.account), [0, 0, 0, 0])
        size = abs(line.amount)
        cell[0] += 1
        cell[2] += size
        if place is None:
            _leave(left, line)
        else:
            cell[1] += 1
            cell[3] += size
            shares = tuple(sorted(decider.shares(line, place).items()))
            words = normal_label(line.label)
            known = (line.structure, line.account, line.auxiliary, words, shares)
            if known in attributed:
                attributed[known][0] += 1
            elif len(attributed) < MOST_GROUPS:
                attributed[known] = [1, line.id]
                texts[line.id] = line.label
        if progress is not None and number % 5_000 == 0:
            progress(number, 0, _("lines read"))
    largest = heapq.nsmallest(MOST_LEFT, left.values(), key=lambda each: (-each.size, each.key))
    survey.left = {group.key: group for group in largest}
    survey.left_count = len(left)
    survey.known = [
        KnownGroup(str(s), str(a), str(t), texts[sample], shares, lines, sample)  # type: ignore[arg-type]
        for (s, a, t, _words, shares), (lines, sample) in attributed.items()
    ]
    return survey


def _leave(left: dict[tuple[str, ...], LeftGroup], line: Spotted) -> None:
    """Put an unattributed line into its group."""
    alike = (line.structure, line.account, line.auxiliary, normal_label(line.label))
    if alike not in left and len(left) >= MOST_GROUPS:
        alike = (*alike[:3], "")
    group = left.get(alike)
    if group is None:
        key = group_key(*alike)
        group = left[alike] = LeftGroup(key, *alike[:3], line.label)
    group.lines += 1
    group.size += abs(line.amount)
    if line.side == "D":
        group.debit += line.amount
    else:
        group.credit -= line.amount
