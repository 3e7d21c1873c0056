"""Powers to sign: who was given one, how many people must sign for a structure."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, Mandate, SigningRule

MOST_HANDS = 20


@transaction.atomic
def give_power(
    *, structure: Agent, person: Agent, evidence: str, by: Actor, since: dt.date | None = None,
    until: dt.date | None = None, contract: Contract | None = None,
) -> Mandate:  # fmt: skip
    """Write down that somebody may sign for a structure.

    Args:
        structure: Who will be bound.
        person: Who signs; has an account.
        evidence: What gives the power: a decision of the board, an article of the statutes.
        by: A treasurer of the structure or the chamber's administrator.
        since: First day; today by default.
        until: First day on which it is no longer held; None: until it is ended.
        contract: Only for this one.

    Raises:
        Forbidden: ``by`` may not give powers for the structure.
        Invalid: No evidence, nobody who can sign in, or an end before the beginning.
    """
    authorize(by, "reciprocity.give_power", structure)
    fields: dict[str, list[str]] = {}
    if not evidence.strip():
        fields["evidence"] = [
            _("Say what gives the power: a decision, an article of the statutes.")
        ]
    if person.kind != Agent.Kind.PERSON or person.user_id is None:
        fields["person"] = [_("Only a person with an account can sign.")]
    if structure.kind == Agent.Kind.PERSON:
        fields["structure"] = [_("A person signs for themselves.")]
    since = since or registry.today()
    if until is not None and until < since:
        fields["until"] = [_("The end is before the beginning.")]
    if fields:
        raise Invalid(fields=fields)
    row = Mandate.objects.create(
        structure=structure, person=person, contract=contract, since=since, until=until,
        evidence=evidence.strip()[:300], by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.power.given", structure, person=person.slug, evidence=row.evidence)
    return row


@transaction.atomic
def end_power(*, mandate: Mandate, by: Actor) -> Mandate:
    """End a power today: from now on it is no longer held. Ended ones stay as they are.

    Raises:
        Forbidden: ``by`` neither gives powers for the structure nor holds this one.
    """
    row = Mandate.objects.select_for_update().select_related("structure", "person").get(
        pk=mandate.pk
    )  # fmt: skip
    own = by.user is not None and row.person.user_id == by.user.pk
    if not own:
        authorize(by, "reciprocity.give_power", row.structure)
    day = max(registry.today(), row.since)
    if row.until is None or row.until > day:
        row.until = day
        row.save(update_fields=["until"])
        audit(by, "reciprocity.power.ended", row.structure, person=row.person.slug)
    return row


@transaction.atomic
def set_hands(*, structure: Agent, hands: int, by: Actor, reason: str = "") -> SigningRule:
    """Say how many people must sign for a structure, for contracts that are offered from now on.

    Raises:
        Forbidden: ``by`` may not give powers for the structure.
        Invalid: Fewer than one or more than twenty.
    """
    authorize(by, "reciprocity.give_power", structure)
    if not 1 <= hands <= MOST_HANDS:
        words = _("From 1 to %(most)d people.") % {"most": MOST_HANDS}
        raise Invalid(words, fields={"hands": [words]})
    row, _made = SigningRule.objects.update_or_create(
        structure=structure, defaults={"hands": hands, "reason": reason.strip()[:300]}
    )
    audit(by, "reciprocity.hands", structure, hands=hands, reason=row.reason)
    return row
