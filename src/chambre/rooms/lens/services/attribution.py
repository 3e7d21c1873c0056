"""Saying which lines concern which resource: rules first, a person's word on top.

A run reads every line once, decides its split, compares it with the split that the ledger holds,
and posts only the differences; running the same rules again posts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger import api as ledger
from chambre.lib.attribution import ITSELF, Matcher, Rule, rules_from_data, split_amount
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import queries
from chambre.rooms.lens.models import AttributionRun, HandAttribution, RuleSet

Progress = Callable[[int, int, str], None]
Change = tuple[int, list[tuple[int, dict[int | None, int], str]]]
"""A journal entry, and of each line of it that changes the split and the rule behind it."""


@dataclass(slots=True)
class RuleReport:
    """What one rule took.

    Attributes:
        name: The rule's name.
        lines: How many lines.
        debit: Their debit, in minor units.
        credit: Their credit, in minor units.
    """

    name: str
    lines: int = 0
    debit: int = 0
    credit: int = 0

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "lines": self.lines,
            "debit": self.debit,
            "credit": self.credit,
        }


@dataclass(slots=True)
class AttributionReport:
    """What a set of rules does to the books.

    Attributes:
        rules: One report per rule, in order.
        by_hand: What people decided line by line, above the rules.
        attributed: Lines that a rule or a person took.
        unattributed: Lines left to the structures themselves.
        changed: Lines whose split differs from what the ledger held.
        coverage: By first digit of the account: ``[lines, taken lines, size, taken size]``,
            sizes being sums of absolute amounts in minor units.
    """

    rules: list[RuleReport]
    by_hand: RuleReport
    attributed: int = 0
    unattributed: int = 0
    changed: int = 0
    coverage: dict[str, list[int]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "rules": [rule.as_data() for rule in self.rules],
            "by_hand": self.by_hand.as_data(),
            "attributed": self.attributed,
            "unattributed": self.unattributed,
            "changed": self.changed,
            "coverage": self.coverage,
        }

    def count(self, rule: RuleReport | None, account: str, amount: int, side: str) -> None:
        """Add one line to the figures."""
        size = abs(amount)
        cell = self.coverage.setdefault(account[:1], [0, 0, 0, 0])
        cell[0] += 1
        cell[2] += size
        if rule is None:
            self.unattributed += 1
            return
        self.attributed += 1
        cell[1] += 1
        cell[3] += size
        rule.lines += 1
        if side == "D":
            rule.debit += amount
        else:
            rule.credit -= amount


def current_rules(chamber: Agent) -> list[Rule]:
    """The rules in force, in order; none before the first set."""
    latest = RuleSet.objects.filter(chamber=chamber).order_by("-number").first()
    return rules_from_data(latest.rules) if latest and latest.rules else []


def _touched(rules: Sequence[Rule], chamber: Agent) -> list[Agent]:
    """The structures whose attribution these rules may change."""
    everyone = list(queries.structures_with_books(chamber))
    if any(not rule.structure for rule in rules):
        return everyone
    named = {slug for rule in rules for slug in rule.structure}
    return [structure for structure in everyone if structure.slug in named]


class _Deciding:
    """Decides the split of each line, and keeps the figures."""

    def __init__(self, rules: Sequence[Rule], chamber: Agent) -> None:
        self.matcher = Matcher(rules)
        self.resources = dict(Resource.objects.values_list("slug", "pk"))
        self.hands = queries.hand_attributions()
        self.books = queries.books_of(chamber)
        self.accounts, self.auxiliaries, self.journals = queries.codes(self.books)
        self.report = AttributionReport(
            rules=[RuleReport(rule.name) for rule in rules], by_hand=RuleReport(_("By hand"))
        )
        self._candidates: dict[tuple[int, int | None, int], Any] = {}

    def shares(self, line: ledger.ScannedLine) -> tuple[dict[str, int], str]:
        """The weights that hold for a line, and the rule's name; counts it."""
        account = self.accounts[line.account_id]
        hand = self.hands.get(line.id)
        if hand:
            self.report.count(self.report.by_hand, account, line.amount, line.side)
            return hand, self.report.by_hand.name
        key = (line.account_id, line.auxiliary_id, line.journal_id)
        candidates = self._candidates.get(key)
        if candidates is None:
            candidates = self._candidates[key] = self.matcher.candidates(
                self.books[line.book_id],
                account,
                self.auxiliaries.get(line.auxiliary_id, ""),
                self.journals[line.journal_id],
            )
        index = self.matcher.first(candidates, line.label, line.piece, line.day)
        rule = None if index is None else self.report.rules[index]
        self.report.count(rule, account, line.amount, line.side)
        if index is None:
            return {}, ""
        return self.matcher.rules[index].shares, self.matcher.rules[index].name

    def split(self, line: ledger.ScannedLine) -> tuple[dict[int | None, int], str]:
        """The wanted split of a line by resource id (none: the structure itself), and why."""
        shares, why = self.shares(line)
        if not shares:
            return {None: line.amount}, why
        parts = split_amount(line.amount, shares)
        return {
            None if slug == ITSELF else self.resources[slug]: part for slug, part in parts.items()
        }, why

    def changes(self, lines: Sequence[ledger.ScannedLine]) -> Iterator[Change]:
        """Per entry, the lines whose split differs from what the ledger holds."""
        held = ledger.held_splits(lines[0].id, lines[-1].id) if lines else {}
        entry_id = 0
        changed: list[tuple[int, dict[int | None, int], str]] = []
        for line in lines:
            wanted: dict[int | None, int] = {None: line.amount}
            why = ""
            if line.standing:
                wanted, why = self.split(line)
            if line.entry_id != entry_id:
                if changed:
                    yield entry_id, changed
                entry_id, changed = line.entry_id, []
            present = held.get(line.id) or {None: line.amount}
            if {k: v for k, v in wanted.items() if v} != {k: v for k, v in present.items() if v}:
                self.report.changed += 1
                changed.append((line.id, wanted, why))
        if changed:
            yield entry_id, changed


def preview(*, rules: Sequence[Rule], chamber: Agent, by: Actor) -> AttributionReport:
    """What these rules would take, without changing anything."""
    authorize(by, "lens.change_rules", _touched(rules, chamber))
    deciding = _Deciding(rules, chamber)
    for block in ledger.scan_lines(books=list(deciding.books)):
        for _change in deciding.changes(block):
            pass
    return deciding.report


@transaction.atomic
def apply_rules(
    *,
    rules: Sequence[Rule] | None,
    chamber: Agent,
    by: Actor,
    note: str = "",
    progress: Progress | None = None,
) -> AttributionReport:
    """Make these the chamber's rules, and attribute every line by them. All or nothing.

    The rules replace those in force; hand attributions stay above them. A line that no rule and
    no person takes goes back to its structure.

    Args:
        rules: The whole set, first match wins; ``None`` runs the rules in force again.
        chamber: Whose rules.
        by: Who decides; they answer for every structure that old and new rules touch.
        note: Why, for the history.
        progress: Called with lines done, lines in all, and a message.

    Returns:
        What each rule took, what is attributed and what is left.

    Raises:
        Forbidden: ``by`` does not answer for a structure that is touched.
    """
    old = current_rules(chamber)
    wanted = old if rules is None else list(rules)
    authorize(by, "lens.change_rules", _touched([*old, *wanted], chamber))
    by = by.also("ledger")
    Agent.objects.select_for_update().get(pk=chamber.pk)
    ruleset = RuleSet.objects.filter(chamber=chamber).order_by("-number").first()
    data = [rule.as_data() for rule in wanted]
    if rules is not None and (ruleset is None or ruleset.rules != data):
        number = (ruleset.number if ruleset else 0) + 1
        ruleset = RuleSet.objects.create(
            chamber=chamber, number=number, rules=data, note=note[:254], by=by.label
        )
    return _run(wanted, chamber, ruleset, by, progress)


def _run(
    rules: Sequence[Rule],
    chamber: Agent,
    ruleset: RuleSet | None,
    by: Actor,
    progress: Progress | None,
) -> AttributionReport:
    """Read every line, post the differences, keep the report."""
    deciding = _Deciding(rules, chamber)
    total = ledger.count_lines(books=list(deciding.books))
    done = 0

    def changes() -> Iterator[Change]:
        nonlocal done
        for block in ledger.scan_lines(books=list(deciding.books)):
            yield from deciding.changes(block)
            done += len(block)
            if progress is not None:
                progress(done, total, _("lines read"))

    ledger.attribute(changes(), by=by)
    report = deciding.report
    run = AttributionRun.objects.create(
        ruleset=ruleset,
        report=report.as_data(),
        attributed=report.attributed,
        unattributed=report.unattributed,
        changed=report.changed,
        by=by.label,
    )
    audit(by, "lens.attribution.run", run, changed=report.changed, attributed=report.attributed)
    return report


@transaction.atomic
def attribute_by_hand(
    *, lines: Sequence[int], shares: dict[str, int], by: Actor, reason: str = ""
) -> int:
    """Attribute chosen lines, above every rule; or take one's word back with empty shares.

    Args:
        lines: Ids of original ledger lines, at most 5,000.
        shares: Integer weight by resource slug, ``-`` for the structure itself; empty: let the
            rules decide again.
        by: Who decides; they answer for the structure of every line.
        reason: Why.

    Returns:
        How many lines changed.

    Raises:
        Forbidden: A line belongs to a structure that ``by`` does not answer for.
        Invalid: Unknown line or resource, weight not above zero, too many lines.
    """
    chosen = queries.original_lines(lines)
    if not lines or len(lines) > 5000 or len(chosen) != len(set(lines)):
        raise Invalid(_("Choose between 1 and 5,000 lines that exist."), fields={"lines": []})
    for structure in {line.book.structure for line in chosen}:
        authorize(by, "lens.attribute_line", structure)
    by = by.also("ledger")
    _check_shares(shares)
    chamber = chosen[0].book.chamber
    Agent.objects.select_for_update().get(pk=chamber.pk)
    numbers = dict(
        HandAttribution.objects.filter(line__in=[line.pk for line in chosen])
        .values_list("line")
        .annotate(last=Max("number"))
    )
    for line in chosen:
        HandAttribution.objects.create(
            line=line,
            number=numbers.get(line.pk, 0) + 1,
            shares=shares,
            reason=reason[:254],
            by=by.user,
        )
    deciding = _Deciding(current_rules(chamber), chamber)
    entries = sorted({line.entry_id for line in chosen})
    blocks = ledger.scan_lines(books=list(deciding.books), entries=entries)
    ledger.attribute((change for block in blocks for change in deciding.changes(block)), by=by)
    audit(
        by,
        "lens.attribution.by_hand",
        None,
        lines=len(chosen),
        shares=shares,
        changed=deciding.report.changed,
    )
    return deciding.report.changed


def _check_shares(shares: dict[str, int]) -> None:
    """Weights are whole and positive, and resources exist."""
    known = set(Resource.objects.filter(slug__in=shares).values_list("slug", flat=True)) | {ITSELF}
    wrong = [
        slug
        for slug, weight in shares.items()
        if slug not in known or type(weight) is not int or weight <= 0
    ]
    if wrong:
        message = _(
            "Unknown resource, or a weight that is not a whole number above zero: %(which)s"
        )
        raise Invalid(message % {"which": ", ".join(wrong)}, fields={"shares": wrong})
