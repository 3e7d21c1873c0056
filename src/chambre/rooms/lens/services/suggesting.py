"""Suggestions for lines that nobody attributed, and what people answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib import attribution as lib
from chambre.registry.models import Agent
from chambre.rooms.lens.models import SuggestionAnswer
from chambre.rooms.lens.queries import attributable_structures, attributing
from chambre.rooms.lens.services.attribution import (
    MOST_BY_HAND,
    Progress,
    attribute_by_hand,
    check_shares,
)
from chambre.rooms.lens.services.drafting import put_rule, working_rules
from chambre.rooms.lens.services.surveying import (
    Kept,
    LeftGroup,
    Survey,
    current_version,
    deciding_now,
    group_key,
    read_survey,
)

MOST_PROPOSALS = 200
"""Proposals at most, for the largest groups of unattributed lines."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion with the group that it is about.

    Attributes:
        group: The unattributed lines.
        suggestion: Proposed shares, how sure, and why.
    """

    group: LeftGroup
    suggestion: lib.Suggestion


@dataclass(frozen=True, slots=True)
class Answer:
    """What followed from an answer.

    Attributes:
        record: The kept answer.
        changed: Lines attributed by it.
        rule: Name of the rule that was put into the person's draft, or empty.
        place: Its place in the draft, from 0; -1 without a rule.
    """

    record: SuggestionAnswer
    changed: int = 0
    rule: str = ""
    place: int = -1


@dataclass(slots=True)
class Suggestions:
    """What could be done with the unattributed.

    Attributes:
        proposals: Largest amounts first.
        stale: Something changed since, and there are many lines; an answer is checked anyway.
    """

    proposals: list[Proposal]
    stale: bool = False


def suggestions(
    *,
    chamber: Agent,
    by: Actor,
    structures: Sequence[Agent] | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Suggestions:
    """What could be done with the unattributed, after what was attributed before.

    Only lines of structures that ``by`` answers for are looked at, on both sides. What somebody
    refused does not come back. Kept, and its arguments, like
    :func:`~chambre.rooms.lens.services.surveying.count_survey`.

    Raises:
        Forbidden: ``by`` answers for no structure, or not for one of these.
        NotCounted: There are so many lines that they are counted in the background first.
    """
    if structures is None:
        structures = attributable_structures(chamber, by)
    authorize(by, "lens.change_rules", structures)
    answers = attributing.answers_to_suggestions(structures)
    refused = {pair for pair, accepted in answers.items() if not accepted}
    version = current_version(chamber)
    place = Kept.of("suggest", structures, version, sorted(refused))
    found = cast(Suggestions | None, place.find(structures, force))
    if found is None:
        survey = read_survey(version, structures, progress)
        found = Suggestions(_proposals(survey, refused))
        place.keep(found)
    if found.stale:
        found.proposals = [
            each
            for each in found.proposals
            if (each.group.key, each.suggestion.shares) not in answers
        ]
    return found


def _proposals(survey: Survey, refused: Collection[tuple[str, lib.Shares]]) -> list[Proposal]:
    """Proposals for the largest groups."""
    groups = [
        lib.OpenGroup(each.key, each.structure, each.account, each.third, each.label, each.size)
        for each in survey.left.values()
    ]
    found = lib.suggest(groups, survey.known, refused=refused, most=MOST_PROPOSALS)
    return [Proposal(survey.left[each.group.key], each) for each in found]


def suggest(*, chamber: Agent, by: Actor) -> list[Proposal]:
    """The proposals of :func:`suggestions`, largest amounts first."""
    return suggestions(chamber=chamber, by=by).proposals


@transaction.atomic
def answer_suggestion(
    *,
    structure: Agent,
    group: str,
    account: str,
    third: str,
    shares: dict[str, int],
    accepted: bool,
    by: Actor,
    as_rule: bool = False,
    reason: str = "",
) -> Answer:
    """Accept or refuse a suggestion; the answer is kept.

    Accepted, it becomes a hand attribution of exactly the lines of the group, or (``as_rule``) a
    rule for the same structure, account, third party and words at the end of the person's draft.

    Args:
        structure: Whose lines.
        group: Key of the group.
        account: The group's account number.
        third: Code of the group's third party, or empty.
        shares: Weights by slug that were proposed.
        accepted: Whether the person wants it.
        by: Who answers.
        as_rule: Make a rule instead of attributing the lines by hand.
        reason: Why, for the history of the lines.

    Raises:
        Forbidden: ``by`` does not answer for the structure.
        Invalid: The shares are not possible; or there are more lines than a person attributes at
            once (make a rule then).
        Conflict: No such lines are left: somebody attributed them meanwhile.
    """
    authorize(by, "lens.attribute_line", structure)
    check_shares(shares)
    chamber = structure.book.chamber
    Agent.objects.select_for_update(no_key=True).get(pk=chamber.pk)
    ids, labels = _lines_of(structure, chamber, group, account, third)
    if not ids:
        raise Conflict(_("These lines were attributed meanwhile."))
    if accepted and not as_rule and len(ids) > MOST_BY_HAND:
        raise Invalid(_("These are more than 5,000 lines: make a rule of it."), fields={})
    rule, place, changed = "", -1, 0
    if accepted and as_rule:
        rule, place = _add_rule(structure, account, third, labels, shares, by)
    elif accepted:
        why = reason or _("Suggestion accepted")
        changed = attribute_by_hand(lines=ids, shares=shares, by=by, reason=why)
    record = SuggestionAnswer.objects.create(
        book=structure.book,
        group=group,
        shares=shares,
        accepted=accepted,
        lines=len(ids),
        rule=rule[:200],
        by=by.user,
    )
    audit(by, "lens.suggestion.answered", record, accepted=accepted, lines=len(ids), shares=shares)
    return Answer(record, changed, rule, place)


def _lines_of(
    structure: Agent, chamber: Agent, group: str, account: str, third: str
) -> tuple[list[int], list[str]]:
    """The unattributed lines of a group and their labels."""
    decider = deciding_now(current_version(chamber), [structure])
    ids, labels = [], []
    for line in attributing.lines_like(structure, account, third):
        if (
            group_key(line.structure, line.account, line.auxiliary, line.label) == group
            and decider.place(line) is None
        ):
            ids.append(line.id)
            labels.append(line.label)
    return ids, labels


def _add_rule(
    structure: Agent,
    account: str,
    third: str,
    labels: list[str],
    shares: dict[str, int],
    by: Actor,
) -> tuple[str, int]:
    """A rule for such lines at the end of the draft, where it takes nothing from another."""
    chamber = structure.book.chamber
    taken = {rule.name for rule in working_rules(chamber=chamber, by=by).rules}
    words = lib.normal_label(labels[0]) or third or account
    name = wanted = f"{structure.slug} {account} {words}"[:150].strip()
    number = 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    rule: dict[str, object] = {"name": name, "structure": [structure.slug], "account": [account]}
    if third:
        rule["auxiliary"] = [third]
    if expression := lib.common_expression(sorted(set(labels))):
        rule["label"] = expression
    rule["shares"] = shares
    working = put_rule(rule=rule, place=None, was="", chamber=chamber, by=by)
    return name, len(working.rules) - 1
