"""What differs between two rule sets, and which structures may feel it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from chambre.lib.attribution.rules import Rule


def touched(old: Sequence[Rule], new: Sequence[Rule], structures: Iterable[str]) -> set[str]:
    """The structures for which the two sets are not the same.

    A structure only feels the rules that name it or name nobody, in their order. So moving a rule
    past one about other structures touches nobody, and taking a structure out of a rule's list
    touches that structure alone.

    Args:
        old: Rules in force, in order.
        new: Rules that would take their place.
        structures: Slugs of all structures.
    """
    return {slug for slug in structures if _seen_by(slug, old) != _seen_by(slug, new)}


def concerns(rule: Rule, slug: str) -> bool:
    """Whether a rule may take lines of a structure."""
    return not rule.structure or slug in rule.structure


def _seen_by(slug: str, rules: Sequence[Rule]) -> list[Rule]:
    """The rules as one structure sees them."""
    return [replace(rule, structure=()) for rule in rules if concerns(rule, slug)]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that differs between two sets.

    Attributes:
        kind: ``added``, ``removed``, ``changed`` or ``moved``.
        name: The rule's name, in the new set where it has one.
        before: The rule in the old set, or none.
        after: The rule in the new set, or none.
        place_before: Its place in the old set, from 1; 0 none.
        place_after: Its place in the new set, from 1; 0 none.
    """

    kind: str
    name: str
    before: Rule | None
    after: Rule | None
    place_before: int
    place_after: int


def rule_changes(old: Sequence[Rule], new: Sequence[Rule]) -> list[RuleChange]:
    """What was added, removed, changed or moved, in the order of the new set; removed ones last.

    Rules are recognised by their name. Of rules in another order, only those are called moved
    that break the longest common run.
    """
    before = {rule.name: (place, rule) for place, rule in enumerate(old, 1)}
    after = {rule.name: (place, rule) for place, rule in enumerate(new, 1)}
    kept_old = [rule.name for rule in old if rule.name in after]
    kept_new = [rule.name for rule in new if rule.name in before]
    steady: set[str] = set()
    for block in SequenceMatcher(None, kept_old, kept_new, autojunk=False).get_matching_blocks():
        steady.update(kept_new[block.b : block.b + block.size])
    found = []
    for place, rule in enumerate(new, 1):
        place_before, former = before.get(rule.name, (0, None))
        if former is None:
            kind = "added"
        elif former != rule:
            kind = "changed"
        elif rule.name not in steady:
            kind = "moved"
        else:
            continue
        found.append(RuleChange(kind, rule.name, former, rule, place_before, place))
    for place, rule in enumerate(old, 1):
        if rule.name not in after:
            found.append(RuleChange("removed", rule.name, rule, None, place, 0))
    return found
