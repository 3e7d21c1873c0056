"""Contributive budgets: opened, filled, set apart; people ask for their share, and are paid."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.lib.contributing import budgets as rules
from chambre.lib.contributing.wording import ContributingRefusal
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import (
    Allotment,
    Budget,
    ClosingRule,
    Contribution,
    Paid,
    Retribution,
    Terms,
)
from chambre.rooms.reciprocity.queries.contributing.budgets import paid_by_row, parts_of
from chambre.rooms.reciprocity.queries.contributing.errors import BudgetClosed, Replaced, Ruled
from chambre.rooms.reciprocity.services.contributing.common import (
    MOST,
    actor_agent,
    cents,
    clean,
    day_within,
    key_for,
    same,
    words_of,
    wrong,
)


@transaction.atomic
def open_budget(
    *, slug: str, name: str, structure: Agent, starts: dt.date, ends: dt.date, by: Actor,
    resource: Resource | None = None, circle: str = Terms.Roll.CHAMBER,
    fallback: str = ClosingRule.PRO_RATA, consent_days: int = 30,
) -> Budget:  # fmt: skip
    """Open a contributive budget; the one of that short name, if the structure has it.

    Args:
        slug: Short name, unique in the house.
        name: 1 to 140 characters.
        structure: Who pays.
        starts: First day.
        ends: Last day.
        by: Who opens it.
        resource: What the contributions are for; None: what the structure does.
        circle: Who sees it and asks from it: ``resource`` or ``chamber``.
        fallback: The rule that closes it when more is asked than is there and no consent is found.
        consent_days: Days to find consent before that rule may be applied.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        Invalid: A name or a day is wrong, or the short name is taken.
    """
    authorize(by, "reciprocity.open_budget", structure)
    slug, name = slug.strip().lower(), " ".join(clean(name, 140).split())
    if not name:
        raise wrong("name", _("Give it a name."))
    if not slug or slugify(slug) != slug or len(slug) > 60:
        message = _("A short name has letters, digits and hyphens, at most %(most)d.")
        raise wrong("slug", message % {"most": 60})
    if ends < starts or (ends - starts).days > 3_700:
        raise wrong("ends", _("The last day is not before the first."))
    if circle not in Terms.Roll.values or (circle == Terms.Roll.RESOURCE and resource is None):
        raise wrong("circle", _("There is no such circle."))
    if fallback not in ClosingRule.values or not 0 <= consent_days <= 365:
        raise wrong("fallback", _("There is no such rule."))
    chamber = structure.chamber or structure
    row, made = Budget.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name, "chamber": chamber, "structure": structure, "resource": resource,
            "starts": starts, "ends": ends, "circle": circle, "fallback": fallback,
            "consent_days": consent_days,
            "made_by": registry.person_of(by.user) if by.user is not None else None,
        },
    )  # fmt: skip
    if not made and row.structure_id != structure.pk:
        raise wrong("slug", _("“%(slug)s” is taken.") % {"slug": slug})
    if made:
        audit(by, "reciprocity.budget.opened", row)
    return row


def lock_budget(budget: Budget) -> Budget:
    """A budget as it is now, locked until the end of the transaction."""
    Budget.objects.select_for_update(of=("self",)).get(pk=budget.pk)
    return Budget.objects.select_related("structure", "resource", "chamber").get(pk=budget.pk)


@transaction.atomic
def allot(
    *, budget: Budget, minor: int, key: str, by: Actor, part: str = "", reason: str = ""
) -> Allotment:
    """Put cents into a budget, or set some of it apart for a part; negative: take them out. Once per key.

    Args:
        budget: Which.
        minor: Cents, not zero.
        key: Idempotency key, 1 to 80 characters.
        by: Who does it.
        part: Name of the part, at most 80 characters; empty: the whole envelope.
        reason: Who decided it, where the money comes from.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        Ruled: The parts would add up to more than the whole, or something would be negative.
        BudgetClosed: It is closed or being shared.
        KeyReused: The key was used for something else.
    """
    authorize(by, "reciprocity.keep_budget", budget)
    kept = key_for(None, key, by)
    row = lock_budget(budget)
    part = " ".join(clean(part, 80).split())
    found: Allotment | None = Allotment.objects.filter(key=kept).first()
    if found is not None:
        if not same(found, budget=row, minor=minor, part=part):
            raise KeyReused
        return found
    _open(row)
    if not minor or abs(minor) > MOST:
        raise wrong("minor", _("This amount cannot be."))
    total, parts = parts_of(row)
    if part:
        parts[part] = parts.get(part, 0) + minor
    else:
        total += minor
    try:
        rules.check_parts(total, parts)
    except ContributingRefusal as refusal:
        raise Ruled(refusal) from None
    made = Allotment.objects.create(
        budget=row, part=part, minor=minor, reason=clean(reason, 300), day=registry.today(),
        key=kept, by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.budget.allotted", row, part=part, minor=minor)
    return made


def _open(budget: Budget) -> None:
    if budget.state != Budget.State.OPEN:
        raise BudgetClosed


@transaction.atomic
def ask(
    *, budget: Budget, minor: int, what: str, key: str, by: Actor, part: str = "", why: str = "",
    contribution: Contribution | None = None, agent: Agent | None = None,
) -> Retribution:  # fmt: skip
    """Set one's own retribution from a budget, in the open; once per key.

    Asking for more than is there is not refused: the page shows it and warns.

    Args:
        budget: From which.
        minor: Cents, more than zero.
        what: For what, 1 to 300 characters; the circle reads it.
        key: Idempotency key, 1 to 80 characters, unique among those of who asks.
        by: Who asks.
        part: From which part; empty: the common one.
        why: More words.
        contribution: The contribution that it is for; each is asked for once in a budget.
        agent: For whom the command line asks.

    Raises:
        Forbidden: ``by`` is not of its circle.
        Invalid: No such part, no words, or the contribution is somebody else's or asked for already.
        BudgetClosed: It is closed or being shared.
        KeyReused: The key was used for something else.
    """
    authorize(by, "reciprocity.ask_budget", budget)
    who = actor_agent(by, agent)
    kept = key_for(who, key, by)
    row = lock_budget(budget)
    found: Retribution | None = Retribution.objects.filter(key=kept).first()
    if found is not None:
        if not same(found, budget=row, minor=minor, part=part):
            raise KeyReused
        return found
    _open(row)
    _check_ask(row, minor, what, part)
    if contribution is not None:
        if contribution.agent_id != who.pk or contribution.withdrawn:
            raise wrong("contribution", _("This is not a contribution of yours."))
        if row.retributions.filter(
            contribution=contribution, correction__isnull=True, withdrawn=False
        ).exists():
            raise wrong("contribution", _("This contribution is asked for already."))
    before = (
        row.retributions.filter(contribution=contribution, correction__isnull=True).first()
        if contribution is not None else None
    )  # fmt: skip
    made = Retribution.objects.create(
        budget=row, agent=who, part=part, minor=minor, words=words_of(who, what, why),
        contribution=contribution, day=registry.today(), corrects=before, key=kept,
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.budget.asked", row, minor=minor)
    return made


def _check_ask(budget: Budget, minor: int, what: str, part: str) -> None:
    cents(minor, "minor", least=1)
    if not clean(what, 300):
        raise wrong("what", _("Say in a few words what you did."))
    if part and part not in parts_of(budget)[1]:
        raise wrong("part", _("This budget has no such part."))


@transaction.atomic
def change_ask(
    *, retribution: Retribution, minor: int, key: str, by: Actor, what: str = "", why: str = ""
) -> Retribution:
    """Ask for another amount instead, or for nothing any more (zero cents); once per key.

    Args:
        retribution: What was asked.
        minor: Cents that are asked for from now on; 0 takes it back.
        key: Idempotency key, 1 to 80 characters.
        by: Whoever asked, or who keeps the budget.
        what: For what; empty: as before.
        why: Why it changes.

    Raises:
        Forbidden: ``by`` neither asked nor keeps the budget.
        Replaced: It was changed already.
        Ruled: Less than what was paid of it.
        BudgetClosed: It is closed or being shared.
    """
    row = Retribution.objects.select_related("agent", "words", "budget").get(pk=retribution.pk)
    own = by.user is not None and row.agent.user_id == by.user.pk
    authorize(by, f"reciprocity.{'read' if own else 'keep'}_budget", row.budget)
    kept = key_for(row.agent, key, by)
    budget = lock_budget(row.budget)
    found: Retribution | None = Retribution.objects.filter(corrects=row).first()
    if found is not None and found.key == kept:
        return found
    if found is not None or row.withdrawn:
        raise Replaced
    _open(budget)
    cents(minor, "minor")
    if minor < paid_by_row(budget).get(row.pk, 0):
        raise Ruled(ContributingRefusal("amount-negative"))
    made = Retribution.objects.create(
        budget=budget, agent=row.agent, part=row.part, minor=minor, withdrawn=not minor,
        words=words_of(row.agent, what or row.words.what, why), contribution=row.contribution,
        day=registry.today(), corrects=row, key=kept, by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.budget.changed", budget, minor=minor, before=row.minor)
    return made


@transaction.atomic
def note_paid(
    *, retribution: Retribution, minor: int, key: str, by: Actor, reference: str = "",
    day: dt.date | None = None,
) -> Paid:  # fmt: skip
    """Note that so much of a retribution was paid, by invoice, payslip or transfer; once per key.

    The books take it from that document: nothing is posted here.

    Raises:
        Forbidden: ``by`` does not keep the structure's money.
        Replaced: It was changed: what stands now is paid.
        Invalid: More than what is asked for, or a day that has not come.
        KeyReused: The key was used for something else.
    """
    row = Retribution.objects.select_related("budget").get(pk=retribution.pk)
    authorize(by, "reciprocity.keep_budget", row.budget)
    kept = key_for(None, key, by)
    budget = lock_budget(row.budget)
    found: Paid | None = Paid.objects.filter(key=kept).first()
    if found is not None:
        if not same(found, retribution=row, minor=minor):
            raise KeyReused
        return found
    if row.withdrawn or Retribution.objects.filter(corrects=row).exists():
        raise Replaced
    left = row.minor - paid_by_row(budget).get(row.pk, 0)
    if not 0 < minor <= left:
        raise wrong("minor", _("This is more than what is left to pay."))
    made = Paid.objects.create(
        retribution=row, minor=minor, day=day_within(day or registry.today(), "day"),
        reference=clean(reference, 120), key=kept, by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.budget.paid", budget, minor=minor)
    return made
