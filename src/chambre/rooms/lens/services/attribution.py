"""Saying which lines concern which resource: rules first, a person's word on top.

A run reads every line once, decides its split, compares it with the split that the ledger holds,
and posts only the differences; running the same rules again posts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.lib.attribution import (
    ITSELF,
    Matcher,
    Rule,
    rules_from_data,
    split_amount,
    touched,
)
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import queries
from chambre.rooms.lens.models import AttributionRun, HandAttribution, RuleDraft, RuleSet
from chambre.rooms.lens.services.figures import AttributionReport, RuleReport

Progress = Callable[[int, int, str], None]
MOST_BY_HAND = 5_000
"""Lines that a person attributes at once; more are a matter for a rule."""
Change = tuple[int, list[tuple[int, dict[int | None, int], str]]]
"""A journal entry, and of each line of it that changes the split and the rule behind it."""


class RulesChanged(Conflict):
    """Somebody applied other rules meanwhile; ``data["version"]`` is the one in force now."""

    code = "lens.rules-changed"


def rules_of(version: RuleSet | None) -> list[Rule]:
    """The rules of a version, in order; none before the first."""
    return rules_from_data(version.rules) if version and version.rules else []


def current_rules(chamber: Agent) -> list[Rule]:
    """The rules in force, in order; none before the first set."""
    return rules_of(RuleSet.objects.filter(chamber=chamber).order_by("-number").first())


def authorize_change(
    by: Actor, old: Sequence[Rule], new: Sequence[Rule], chamber: Agent
) -> list[Agent]:
    """The structures over which ``by`` may run these rules in the place of the old ones.

    Whoever answers for some structures only may change what these structures see of the rules,
    and nothing that another one sees.

    Raises:
        Forbidden: ``by`` answers for no structure, or not for one that feels the change;
            ``data["structures"]`` names those.
    """
    everyone = list(queries.structures_with_books(chamber))
    mine = [each for each in everyone if by.may("lens.attribute_line", each)]
    felt = touched(old, new, (each.slug for each in everyone))
    foreign = [each.name for each in everyone if each.slug in felt and each not in mine]
    if foreign:
        raise Forbidden(
            _("This changes what the rules do for structures that you do not answer for: %(which)s")
            % {"which": ", ".join(foreign)},
            permission="lens.change_rules",
            structures=foreign,
        )
    authorize(by, "lens.change_rules", mine)
    return mine


class _Deciding:
    """Decides the split of each line, and keeps the figures."""

    def __init__(self, rules: Sequence[Rule], books: Mapping[int, str]) -> None:
        self.matcher = Matcher(rules)
        self.resources = dict(Resource.objects.values_list("slug", "pk"))
        self.books = books
        self.hands = queries.hand_attributions(books)
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


def _books(structures: Sequence[Agent]) -> dict[int, str]:
    """Slug of the structure by book id."""
    return {each.book.pk: each.slug for each in structures}


def preview(*, rules: Sequence[Rule], chamber: Agent, by: Actor) -> AttributionReport:
    """What these rules would take, without changing anything.

    Over the structures that ``by`` answers for.

    Raises:
        Forbidden: The rules change something for a structure that ``by`` does not answer for.
    """
    structures = authorize_change(by, current_rules(chamber), rules, chamber)
    deciding = _Deciding(rules, _books(structures))
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
    base: int | None = None,
    progress: Progress | None = None,
) -> AttributionReport:
    """Make these the chamber's rules, and attribute by them. All or nothing.

    The rules replace those in force; hand attributions stay above them. A line that no rule and
    no person takes goes back to its structure. The lines of every structure that ``by`` answers
    for are run; the rules of the others must stay as they are for them.

    Args:
        rules: The whole set, first match wins; ``None`` runs the rules in force again.
        chamber: Whose rules.
        by: Who decides; they answer for every structure that feels the change.
        note: Why, for the history.
        base: Number of the version that was in force when the person decided (0: none);
            absent: whatever is in force is replaced.
        progress: Called with lines done, lines in all, and a message.

    Returns:
        What each rule took, what is attributed and what is left.

    Raises:
        Forbidden: ``by`` does not answer for a structure that feels the change.
        RulesChanged: Another version than ``base`` is in force.
    """
    authorize(by, "lens.change_rules")
    Agent.objects.select_for_update(no_key=True).get(pk=chamber.pk)
    ruleset = RuleSet.objects.filter(chamber=chamber).order_by("-number").first()
    number = ruleset.number if ruleset else 0
    if base is not None and base != number:
        raise RulesChanged(
            _("Somebody has applied other rules meanwhile (version %(n)d). Look at yours again.")
            % {"n": number},
            version=number,
        )
    old = rules_of(ruleset)
    wanted = old if rules is None else list(rules)
    structures = authorize_change(by, old, wanted, chamber)
    by = by.also("ledger")
    data = [rule.as_data() for rule in wanted]
    if rules is not None and (ruleset is None or ruleset.rules != data):
        ruleset = RuleSet.objects.create(
            chamber=chamber, number=number + 1, rules=data, note=note[:254], by=by.label
        )
    report = _run(wanted, structures, ruleset, by, progress)
    if rules is not None and by.user is not None:
        for draft in RuleDraft.objects.filter(chamber=chamber, user=by.user):
            if draft.rules == data:
                draft.delete()
    return report


@transaction.atomic
def attribute_new(
    *, structure: Agent, by: Actor, progress: Progress | None = None
) -> AttributionReport | None:
    """Run the rules in force over one structure, after its accounts were brought in.

    The rules were decided by those who may; whoever may bring accounts in may have them run.

    Returns:
        What they took of this structure; nothing when there are no rules yet.

    Raises:
        Forbidden: ``by`` may not bring in accounts of the structure.
    """
    authorize(by, "lens.import_fec", structure)
    chamber = structure.book.chamber
    Agent.objects.select_for_update(no_key=True).get(pk=chamber.pk)
    ruleset = RuleSet.objects.filter(chamber=chamber).order_by("-number").first()
    rules = rules_of(ruleset)
    if not rules:
        return None
    return _run(rules, [structure], ruleset, by.also("ledger"), progress)


def _run(
    rules: Sequence[Rule],
    structures: Sequence[Agent],
    ruleset: RuleSet | None,
    by: Actor,
    progress: Progress | None,
) -> AttributionReport:
    """Read every line of these structures, post the differences, keep the report."""
    deciding = _Deciding(rules, _books(structures))
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
        report={**report.as_data(), "structures": [each.slug for each in structures]},
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
    chosen = queries.original_lines(lines) if len(lines) <= MOST_BY_HAND else []
    if not chosen or len(chosen) != len(set(lines)):
        raise Invalid(_("Choose between 1 and 5,000 lines that exist."), fields={"lines": []})
    for structure in {line.book.structure for line in chosen}:
        authorize(by, "lens.attribute_line", structure)
    by = by.also("ledger")
    check_shares(shares)
    chamber = chosen[0].book.chamber
    Agent.objects.select_for_update(no_key=True).get(pk=chamber.pk)
    numbers = dict(
        HandAttribution.objects.filter(line__in=[line.pk for line in chosen])
        .values_list("line")
        .annotate(last=Max("number"))
    )
    HandAttribution.objects.bulk_create(
        HandAttribution(
            line=line,
            number=numbers.get(line.pk, 0) + 1,
            shares=shares,
            reason=reason[:254],
            by=by.user,
        )
        for line in chosen
    )
    books = {line.book_id: line.book.structure.slug for line in chosen}
    deciding = _Deciding(current_rules(chamber), books)
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


def check_shares(shares: dict[str, int]) -> None:
    """See that weights are whole and above zero, and that the resources exist.

    Raises:
        Invalid: ``fields["shares"]`` names those that are wrong.
    """
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
