"""How contributive budgets stand, for their circle."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.lib.contributing import budgets, overrun
from chambre.lib.contributing.closing import Rule
from chambre.registry.api import roles_held, today
from chambre.registry.models import Role
from chambre.rooms.reciprocity.models import (
    Allotment,
    Budget,
    Contribution,
    Overrun,
    Paid,
    Retribution,
    Terms,
)


def budgets_visible_to(by: Actor) -> QuerySet[Budget]:
    """The budgets of somebody's circles, of the structures whose money they keep, and where they asked."""
    rows = Budget.objects.select_related("structure", "resource", "chamber")
    if by.is_system:
        return rows
    if by.user is None:
        return rows.none()
    held = roles_held(by.user)
    chambers = {one.chamber for one in held}
    places = {one.resource for one in held if one.resource is not None}
    kept = {one.in_agent for one in held if one.kind == Role.Kind.TREASURER}
    administered = {
        one.chamber for one in held
        if one.kind == Role.Kind.ADMINISTRATOR and one.in_agent == one.chamber
    }  # fmt: skip
    user = by.user.pk
    given = Contribution.objects.filter(agent__user_id=user, resource=OuterRef("resource"))
    asked = Retribution.objects.filter(agent__user_id=user, budget=OuterRef("pk"))
    open_to_all = Q(circle=Terms.Roll.CHAMBER) | Q(resource=None)
    return rows.filter(
        (open_to_all & Q(chamber__in=chambers))
        | Q(resource__in=places)
        | Q(structure__in=kept)
        | Q(chamber__in=administered)
        | Exists(given)
        | Exists(asked)
    )


def budget_named(slug: str, by: Actor, permission: str = "reciprocity.read_budget") -> Budget:
    """The budget of that short name, for somebody who may do something with it.

    Raises:
        NotFound: There is none.
        Forbidden: Not for this actor.
    """
    rows = Budget.objects.select_related("structure", "resource", "chamber")
    found = rows.filter(slug=slug).first()
    if found is None:
        raise NotFound
    if not by.may(permission, found):
        raise Forbidden(permission=permission)
    return found


@dataclass(frozen=True, slots=True)
class Books:
    """A budget with what is asked from it.

    Attributes:
        standing: How it stands.
        rows: What is asked and stands, the latest first.
        paid: Cents paid by the row's id.
    """

    standing: budgets.Standing
    rows: list[Retribution]
    paid: dict[int, int]


def parts_of(budget: Budget) -> tuple[int, dict[str, int]]:
    """Cents of the whole envelope, and of each part."""
    rows = Allotment.objects.filter(budget=budget).order_by().values_list("part")
    sums = {part: int(minor) for part, minor in rows.annotate(sum=Sum("minor"))}
    total = sums.pop("", 0)
    return total, dict(sorted(sums.items()))


def standing_rows(budget: Budget) -> QuerySet[Retribution]:
    """What is asked and stands: neither replaced nor taken back."""
    rows = Retribution.objects.filter(budget=budget, correction__isnull=True, withdrawn=False)
    return rows.select_related("agent", "words", "contribution__rate").order_by("-day", "-pk")


def paid_by_row(budget: Budget) -> dict[int, int]:
    """Cents paid by id of the standing row; what was paid of a row that was corrected follows it."""
    follows = dict(
        Retribution.objects.filter(budget=budget, corrects__isnull=False)
        .order_by().values_list("corrects_id", "pk")
    )  # fmt: skip
    sums: dict[int, int] = defaultdict(int)
    rows = Paid.objects.filter(retribution__budget=budget).values_list("retribution_id", "minor")
    for number, minor in rows:
        last = number
        while last in follows:
            last = follows[last]
        sums[last] += minor
    return dict(sums)


def books_of(budget: Budget, day: dt.date | None = None) -> Books:
    """How a budget stands today or on a day."""
    total, parts = parts_of(budget)
    rows, paid = list(standing_rows(budget)), paid_by_row(budget)
    asked = [
        budgets.Asked(str(row.agent_id), row.part, row.minor, paid.get(row.pk, 0)) for row in rows
    ]
    elapsed = budgets.elapsed_percent(budget.starts, budget.ends, day or today())
    return Books(budgets.stand(total, parts, asked, elapsed), rows, paid)


def unpaid_by_person(books: Books) -> dict[str, int]:
    """Cents that each person asked for and was not paid, by id."""
    sums: dict[str, int] = defaultdict(int)
    for row in books.rows:
        sums[str(row.agent_id)] += row.minor - books.paid.get(row.pk, 0)
    return {who: minor for who, minor in sums.items() if minor}


def overrun_of(budget: Budget, number: int) -> Overrun:
    """A procedure of a budget.

    Raises:
        NotFound: There is none of that number.
    """
    found: Overrun | None = budget.overruns.filter(number=number).first()
    if found is None:
        raise NotFound
    found.budget = budget
    return found


def state_of(row: Overrun) -> overrun.Overrun:
    """Where a procedure stands: its acts, folded."""
    claims = {str(claim.agent_id): claim.minor for claim in row.claims.all()}
    state = overrun.begin(row.available, claims, fallback=Rule(row.fallback), deadline=row.deadline)
    for act in row.acts.all():
        state = overrun.act_on(
            state,
            overrun.Act(act.kind, str(act.agent_id or ""), act.day, act.keeps, act.rest, act.rule),
        )
    return state


def carried_key(outcome: int) -> str:
    """The key of the retribution by which a claim is taken over into another budget."""
    return f"carried:{outcome}"


def carried_over(row: Overrun) -> bool:
    """Whether what people kept as claims was taken over into another budget."""
    kept = row.outcomes.filter(carried__gt=0).values_list("pk", flat=True)
    return Retribution.objects.filter(key__in=[carried_key(pk) for pk in kept]).exists()
