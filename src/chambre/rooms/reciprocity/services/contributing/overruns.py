"""The guided procedure of a budget from which more was asked than is there."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Forbidden
from chambre.lib.contributing import overrun
from chambre.lib.contributing.closing import Rule
from chambre.lib.contributing.wording import ContributingRefusal
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import (
    Budget,
    ClosingRule,
    Overrun,
    OverrunAct,
    OverrunClaim,
    OverrunOutcome,
    Rest,
    Retribution,
)
from chambre.rooms.reciprocity.queries.contributing.budgets import (
    books_of,
    carried_key,
    state_of,
    unpaid_by_person,
)
from chambre.rooms.reciprocity.queries.contributing.errors import BudgetClosed, Ruled
from chambre.rooms.reciprocity.services.contributing.budgets import lock_budget
from chambre.rooms.reciprocity.services.contributing.common import (
    actor_agent,
    cents,
    clean,
    key_for,
    words_of,
    wrong,
)

Kind = OverrunAct.Kind
OF_THE_GUIDE = (Kind.GO_ON, Kind.GO_BACK, Kind.EXCUSE, Kind.FALLBACK)
"""Acts of who guides the procedure; the others are each person's own."""
SPOKEN = (Kind.FEEL, Kind.OBJECT, Kind.PRACTICE)
"""Acts that need words."""


@transaction.atomic
def begin(*, budget: Budget, by: Actor) -> Overrun:
    """Begin to share what is there; the procedure that is under way, if there is one.

    Until it ends nothing else is asked from the budget.

    Raises:
        Forbidden: ``by`` may not guide it.
        Ruled: What is asked for is there.
        BudgetClosed: It is closed.
    """
    authorize(by, "reciprocity.guide_overrun", budget)
    row = lock_budget(budget)
    if found := row.overruns.exclude(stage=Overrun.Stage.DONE).first():
        return found
    if row.state == Budget.State.CLOSED:
        raise BudgetClosed
    books = books_of(row)
    available = books.standing.total - books.standing.paid
    deadline = registry.today() + dt.timedelta(days=row.consent_days)
    claims = unpaid_by_person(books)
    try:
        overrun.begin(max(0, available), claims, fallback=Rule(row.fallback), deadline=deadline)
    except ContributingRefusal as refusal:
        raise Ruled(refusal) from None
    made = Overrun.objects.create(
        budget=row, number=row.overruns.count() + 1, available=max(0, available),
        fallback=row.fallback, deadline=deadline, opened_on=registry.today(), by=by.label[:254],
    )  # fmt: skip
    OverrunClaim.objects.bulk_create(
        OverrunClaim(overrun=made, agent_id=int(who), minor=minor)
        for who, minor in sorted(claims.items(), key=lambda each: int(each[0]))
    )
    Budget.objects.filter(pk=row.pk).update(state=Budget.State.OVERRUN)
    audit(by, "reciprocity.overrun.begun", made, available=made.available)
    return made


@transaction.atomic
def act(
    *, row: Overrun, kind: str, key: str, by: Actor, words: str = "", keeps: int = 0,
    rest: str = "", rule: str = "", agent: Agent | None = None,
) -> OverrunAct:  # fmt: skip
    """One act of the procedure; once per key.

    Args:
        row: The procedure.
        kind: A :class:`~chambre.rooms.reciprocity.models.OverrunAct.Kind` value.
        key: Idempotency key, 1 to 80 characters, unique among those of who acts.
        by: Who acts.
        words: What they say; feelings, objections and good practice are words.
        keeps: For a position: cents that they keep asking for.
        rest: For a position or a proposal: what becomes of what is not paid.
        rule: For a position or a proposal: the rule.
        agent: Whom it excuses; for the command line: who speaks.

    Raises:
        Forbidden: ``by`` may not guide it, or is not of its circle.
        Invalid: No such kind, rule or rest; words are missing.
        Ruled: The act does not fit the step.
    """
    _check(kind, rest, rule, keeps, words)
    guided = kind in OF_THE_GUIDE
    authorize(by, f"reciprocity.{'guide_overrun' if guided else 'read_budget'}", row.budget)
    who = agent if guided else actor_agent(by, agent)
    speaker = who if who is not None else (registry.person_of(by.user) if by.user else None)
    kept = key_for(speaker, key, by)
    budget = lock_budget(row.budget)
    row = Overrun.objects.get(pk=row.pk)
    row.budget = budget
    found: OverrunAct | None = row.acts.filter(key=kept).first()
    if found is not None:
        return found
    before = state_of(row)
    step = overrun.Act(kind, str(who.pk) if who else "", registry.today(), keeps, rest, rule)
    try:
        after = overrun.act_on(before, step)
    except ContributingRefusal as refusal:
        raise Ruled(refusal) from None
    made = OverrunAct.objects.create(
        overrun=row, number=row.acts.count() + 1, kind=kind, agent=who, keeps=keeps, rest=rest,
        rule=rule, words=words_of(speaker, "", words) if words.strip() and speaker else None,
        day=registry.today(), key=kept, by=by.label[:254],
    )  # fmt: skip
    _follow(row, before, after)
    audit(by, "reciprocity.overrun.act", row, kind=kind, stage=str(after.stage))
    return made


def _check(kind: str, rest: str, rule: str, keeps: int, words: str) -> None:
    if kind not in Kind.values:
        raise wrong("kind", _("There is no such act."))
    if rest and rest not in Rest.values:
        raise wrong("rest", _("There is no such answer."))
    if (rule and rule not in ClosingRule.values) or (kind == Kind.PROPOSE and not rule):
        raise wrong("rule", _("There is no such rule."))
    cents(keeps, "keeps")
    if kind in SPOKEN and not clean(words, 4_000):
        raise wrong("words", _("Say it in a few words."))


def _follow(row: Overrun, before: overrun.Overrun, after: overrun.Overrun) -> None:
    """Keep the step with the row; write down what was decided; close the budget at the end."""
    if after.outcomes and not before.outcomes:
        OverrunOutcome.objects.bulk_create(
            OverrunOutcome(
                overrun=row, agent_id=int(each.who), asked=each.asked, paid=each.paid,
                carried=each.carried, given=each.given, waived=each.waived,
            )
            for each in after.outcomes
        )  # fmt: skip
    if after.stage is not before.stage:
        Overrun.objects.filter(pk=row.pk).update(stage=str(after.stage))
        row.stage = str(after.stage)
    if after.stage is overrun.Stage.DONE:
        Budget.objects.filter(pk=row.budget_id).update(state=Budget.State.CLOSED)


class NothingCarried(Conflict):
    """There is nothing to carry over."""

    code = "reciprocity.nothing-carried"


@transaction.atomic
def carry_over(*, row: Overrun, into: Budget, by: Actor) -> list[Retribution]:
    """Ask from another budget what was kept as a claim when this one was shared; once.

    Args:
        row: The procedure, once it is decided.
        into: A later budget of the same structure.
        by: Who keeps both budgets.

    Returns:
        One retribution for each person who kept a claim; those that are there, when done again.

    Raises:
        Forbidden: ``by`` does not keep these budgets.
        NothingCarried: Nobody kept a claim, or it is not decided yet.
        Invalid: The other budget is of another structure, or the same one.
        BudgetClosed: The other budget is not open.
    """
    for budget in (row.budget, into):
        if not by.may("reciprocity.keep_budget", budget):
            raise Forbidden(permission="reciprocity.keep_budget")
    if into.pk == row.budget_id or into.structure_id != row.budget.structure_id:
        raise wrong("into", _("Choose another budget of the same structure."))
    outcomes = list(row.outcomes.filter(carried__gt=0).select_related("agent"))
    if not outcomes:
        raise NothingCarried(_("Nobody kept a claim."))
    # In the order of ids, so that nobody waits for each other.
    first, second = sorted((row.budget, into), key=lambda each: each.pk)
    lock_budget(first)
    lock_budget(second)
    target = Budget.objects.get(pk=into.pk)
    keys = {outcome.pk: carried_key(outcome.pk) for outcome in outcomes}
    there = {each.key: each for each in Retribution.objects.filter(key__in=keys.values())}
    if len(there) < len(keys) and target.state != Budget.State.OPEN:
        raise BudgetClosed
    what = _("Kept from %(budget)s") % {"budget": row.budget.name}
    for outcome in outcomes:
        key = keys[outcome.pk]
        if key not in there:
            there[key] = Retribution.objects.create(
                budget=target, agent=outcome.agent, minor=outcome.carried, key=key,
                words=words_of(outcome.agent, what[:300]), day=registry.today(),
                by=by.label[:254],
            )  # fmt: skip
    audit(by, "reciprocity.overrun.carried", row, into=target.slug)
    return list(there.values())
