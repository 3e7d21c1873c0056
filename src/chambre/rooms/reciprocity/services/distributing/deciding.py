"""People object to a proposal, objections end, and it is decided or withdrawn."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.registry import api as registry
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Distribution, Objection, ObjectionAnswer
from chambre.rooms.reciprocity.services.distributing.names import NotNow, StillOpen


def locked(distribution: Distribution) -> Distribution:
    """The row as it is now, held to the end of the transaction."""
    found: Distribution = (
        Distribution.objects.select_for_update(of=("self",))
        .select_related("contract__resource", "contract__holder", "version")
        .get(pk=distribution.pk)
    )
    return found


@transaction.atomic
def object_to(
    *, distribution: Distribution, reason: str, key: str, by: Actor, agent: Agent | None = None
) -> Objection:
    """Say that a proposal is wrong. It is not decided before this has ended.

    Args:
        distribution: A proposal.
        reason: What is wrong, in words.
        key: Idempotency key.
        by: Who objects.
        agent: For whom, when ``by`` is the command line; else the person themselves.

    Raises:
        Forbidden: ``by`` may not read it, or is nobody of the register.
        Invalid: No reason.
        NotNow: It is decided, or the days for it are over.
        KeyReused: The key was used for something else.
    """
    authorize(by, "reciprocity.object", distribution)
    distribution = locked(distribution)
    former: Objection | None = Objection.objects.filter(key=key).first()
    if former is not None:
        if former.distribution_id != distribution.pk or former.reason != reason.strip():
            raise KeyReused(key=key)
        return former
    if not reason.strip():
        message = _("Say what is wrong.")
        raise Invalid(message, fields={"reason": [message]})
    who = registry.person_of(by.user) if by.user is not None else agent
    if who is None:
        raise Forbidden
    if distribution.state != Distribution.State.PROPOSED:
        raise NotNow(_("This is no proposal any more."))
    if today() > distribution.objections_until:
        raise NotNow(_("The days for objections are over."))
    made: Objection = Objection.objects.create(
        distribution=distribution, agent=who, reason=reason.strip(), key=key
    )
    audit(by, "reciprocity.distribution.objection", distribution)
    return made


@transaction.atomic
def end_objection(
    *, objection: Objection, outcome: str, by: Actor, words: str = ""
) -> ObjectionAnswer:
    """Take one's objection back, or answer somebody's.

    Args:
        objection: An open one; one that has ended stays as it is.
        outcome: A value of :class:`ObjectionAnswer.Outcome`.
        by: Who made it, to take it back; who decides, to answer it.
        words: What is answered.

    Raises:
        Forbidden: Neither of them.
        Invalid: An answer without words.
    """
    distribution = locked(objection.distribution)
    if outcome == ObjectionAnswer.Outcome.TAKEN_BACK:
        own = by.user is not None and objection.agent.user_id == by.user.pk
        if not (own or by.is_system):
            raise Forbidden
    else:
        authorize(by, "reciprocity.decide", distribution)
        if not words.strip():
            message = _("Say what was found out or agreed.")
            raise Invalid(message, fields={"words": [message]})
    former: ObjectionAnswer | None = ObjectionAnswer.objects.filter(objection=objection).first()
    if former is not None:
        return former
    made = ObjectionAnswer.objects.create(
        objection=objection, outcome=outcome, words=words.strip(), by=by.label[:254]
    )
    audit(by, "reciprocity.distribution.objection-ended", distribution, outcome=outcome)
    return made


@transaction.atomic
def decide(*, distribution: Distribution, by: Actor, reason: str = "") -> Distribution:
    """Agree to a proposal; then it can be booked.

    Raises:
        Forbidden: ``by`` does not decide.
        NotNow: It was withdrawn.
        StillOpen: Objections are open, or may still be made.
    """
    authorize(by, "reciprocity.decide", distribution)
    distribution = locked(distribution)
    if distribution.state in (Distribution.State.DECIDED, Distribution.State.BOOKED):
        return distribution
    if distribution.state != Distribution.State.PROPOSED:
        raise NotNow(_("It was withdrawn."))
    if distribution.objections.filter(answer__isnull=True).exists():
        raise StillOpen(_("Somebody objects: answer them first."))
    if today() <= distribution.objections_until:
        raise StillOpen(
            _("People may object until %(day)s.")
            % {"day": f"{distribution.objections_until:%d/%m/%Y}"}
        )
    distribution.state = Distribution.State.DECIDED
    distribution.decided_by, distribution.decided_at = by.label[:254], timezone.now()
    distribution.reason = reason.strip()
    distribution.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    audit(by, "reciprocity.distribution.decided", distribution)
    return distribution


@transaction.atomic
def withdraw(*, distribution: Distribution, by: Actor, reason: str) -> Distribution:
    """Take a proposal back, or a decision that is not booked; its days are free again.

    Raises:
        Forbidden: ``by`` does not work on this contract.
        Invalid: No reason.
        NotNow: It is booked.
    """
    authorize(by, "reciprocity.change_contract", distribution.contract)
    distribution = locked(distribution)
    if distribution.state == Distribution.State.WITHDRAWN:
        return distribution
    if distribution.state == Distribution.State.BOOKED:
        raise NotNow(_("It is booked. What was wrong is settled by the next distribution."))
    if not reason.strip():
        message = _("Say why.")
        raise Invalid(message, fields={"reason": [message]})
    distribution.state, distribution.reason = Distribution.State.WITHDRAWN, reason.strip()
    distribution.save(update_fields=["state", "reason"])
    audit(by, "reciprocity.distribution.withdrawn", distribution)
    return distribution
