"""A person's draft of changes to the rules: prepared step by step, compared, then applied.

Nothing follows from a draft; :func:`~chambre.rooms.lens.services.attribution.apply_rules` makes
it the rules in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden, NotFound
from chambre.lib.attribution import Rule, rules_from_data
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens.models import RuleDraft, RuleSet
from chambre.rooms.lens.queries import structures_with_books
from chambre.rooms.lens.services.attribution import authorize_change, rules_of
from chambre.rooms.lens.services.surveying import current_version


@dataclass(frozen=True, slots=True)
class Working:
    """The rules that a person works on.

    Attributes:
        rules: Their draft, or the rules in force.
        held: The rules in force.
        version: Number of the version in force, 0 before the first.
        base: Number of the version that the draft started from.
        drafted: Whether there is a draft.
        latest: The rule set in force; none before the first.
    """

    rules: list[Rule]
    held: list[Rule]
    version: int
    base: int
    drafted: bool
    latest: RuleSet | None = None

    @property
    def outdated(self) -> bool:
        """Whether other rules were applied since the draft was begun."""
        return self.drafted and self.base != self.version


def working_rules(*, chamber: Agent, by: Actor) -> Working:
    """The draft of a person, or what is in force when they have none.

    Raises:
        Forbidden: ``by`` answers for no structure.
    """
    authorize(by, "lens.change_rules")
    latest = current_version(chamber)
    held, number = rules_of(latest), latest.number if latest else 0
    draft = RuleDraft.objects.filter(chamber=chamber, user=by.user).first() if by.user else None
    if draft is None:
        return Working(held, held, number, number, False, latest)
    rules = rules_from_data(draft.rules) if draft.rules else []
    return Working(rules, held, number, draft.base, True, latest)


def check_rules(data: Sequence[Any], *, chamber: Agent) -> list[Rule]:
    """Rules as data, with every mistake found.

    Raises:
        RuleFileError: With every mistake; an empty set is none.
    """
    if not data:
        return []
    return rules_from_data(
        data,
        resources=Resource.objects.values_list("slug", flat=True),
        structures=structures_with_books(chamber).values_list("slug", flat=True),
    )


@transaction.atomic
def put_rules(*, rules: Sequence[Rule], chamber: Agent, by: Actor) -> Working:
    """Make these the person's draft, in the place of what it was.

    Raises:
        Forbidden: They change something for a structure that ``by`` does not answer for.
    """
    authorize(by, "lens.change_rules")
    return _store(_locked(chamber, by), rules, chamber, by)


@transaction.atomic
def put_rule(
    *, rule: dict[str, Any], place: int | None, was: str, chamber: Agent, by: Actor
) -> Working:
    """Write one rule into the draft: a new one at the end, or in the place of another.

    Args:
        rule: With the words of the rule file.
        place: Place of the rule that it takes the place of, from 0; none: a new one.
        was: Name of the rule at that place when the person began: another tab may have moved it.
        chamber: Whose rules.
        by: Whose draft.

    Raises:
        Forbidden: It changes something for a structure that ``by`` does not answer for.
        RuleFileError: The rule, or the set with it, has mistakes.
        Conflict: Another rule stands at that place by now.
    """
    authorize(by, "lens.change_rules")
    working = _locked(chamber, by)
    data = [each.as_data() for each in working.rules]
    if place is None:
        data.append(rule)
    else:
        _same(working, place, was)
        data[place] = rule
    return _store(working, check_rules(data, chamber=chamber), chamber, by)


@transaction.atomic
def move_rule(*, place: int, was: str, to: int, chamber: Agent, by: Actor) -> Working:
    """Move a rule of the draft to another place, from 0; the ends of the list are kept to.

    Raises:
        Forbidden: It changes something for a structure that ``by`` does not answer for.
        Conflict: Another rule stands at that place by now.
    """
    authorize(by, "lens.change_rules")
    working = _locked(chamber, by)
    _same(working, place, was)
    rules = list(working.rules)
    rule = rules.pop(place)
    rules.insert(max(0, min(to, len(rules))), rule)
    return _store(working, rules, chamber, by)


@transaction.atomic
def drop_rule(*, place: int, was: str, chamber: Agent, by: Actor) -> Working:
    """Take a rule out of the draft.

    Raises:
        Forbidden: It changes something for a structure that ``by`` does not answer for.
        Conflict: Another rule stands at that place by now.
    """
    authorize(by, "lens.change_rules")
    working = _locked(chamber, by)
    _same(working, place, was)
    rules = [rule for at, rule in enumerate(working.rules) if at != place]
    return _store(working, rules, chamber, by)


@transaction.atomic
def discard_draft(*, chamber: Agent, by: Actor) -> None:
    """Forget the person's draft."""
    authorize(by, "lens.change_rules")
    gone, _each = RuleDraft.objects.filter(chamber=chamber, user=by.user).delete()
    if gone:
        audit(by, "lens.rules.draft-discarded", chamber)


def _locked(chamber: Agent, by: Actor) -> Working:
    """The draft, while nobody else writes it."""
    if by.user is None:
        raise Forbidden(_("Only a person has a draft."))
    Agent.objects.select_for_update(no_key=True).get(pk=chamber.pk)
    return working_rules(chamber=chamber, by=by)


def _same(working: Working, place: int, was: str) -> None:
    """The rule that the person means is still where it was."""
    if not 0 <= place < len(working.rules):
        raise NotFound(_("There is no rule at this place any more."))
    if working.rules[place].name != was:
        raise Conflict(_("The rules were moved meanwhile. Look at the list again."))


def _store(working: Working, rules: Sequence[Rule], chamber: Agent, by: Actor) -> Working:
    """Keep the draft; what equals the rules in force is no draft."""
    authorize_change(by, working.held, rules, chamber)
    mine = RuleDraft.objects.filter(chamber=chamber, user=by.user)
    if list(rules) == working.held:
        mine.delete()
    else:
        base = working.base if working.drafted else working.version
        data = [rule.as_data() for rule in rules]
        RuleDraft.objects.update_or_create(
            chamber=chamber, user=by.user, defaults={"base": base, "rules": data}
        )
    audit(by, "lens.rules.drafted", chamber, rules=len(rules))
    return working_rules(chamber=chamber, by=by)


@transaction.atomic
def rebase_draft(*, chamber: Agent, by: Actor) -> Working:
    """Say that the person has seen what is in force now, and still wants their draft.

    Raises:
        Forbidden: By now it changes something for a structure that ``by`` does not answer for.
    """
    authorize(by, "lens.change_rules")
    working = _locked(chamber, by)
    authorize_change(by, working.held, working.rules, chamber)
    if working.drafted:
        RuleDraft.objects.filter(chamber=chamber, user=by.user).update(base=working.version)
        audit(by, "lens.rules.draft-kept", chamber, version=working.version)
    return working_rules(chamber=chamber, by=by)
