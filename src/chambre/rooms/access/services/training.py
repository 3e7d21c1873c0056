"""Who was trained on a thing, attested by whoever keeps it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.access.models import Attestation, Offer


@transaction.atomic
def attest(
    *, offer: Offer, person: Agent, by: Actor, training: str = "", evidence: str = "",
    since: dt.date | None = None, until: dt.date | None = None,
) -> Attestation:  # fmt: skip
    """Attest that somebody was trained.

    Args:
        offer: Of the thing.
        person: Who was trained.
        by: Who keeps the thing; nobody attests their own training.
        training: Its name; by default that of the rules in force.
        evidence: What shows it.
        since: First day; today by default.
        until: First day on which it does not hold any more; None: for good.

    Raises:
        Forbidden: ``by`` does not keep the thing.
        Invalid: No training is named, it is one's own, or an end before the beginning.
    """
    authorize(by, "access.keep", offer)
    newest = offer.versions.order_by("-number")[0]
    name = (training or newest.training).strip()[:140]
    since = since or registry.today()
    fields: dict[str, list[str]] = {}
    if not name:
        fields["training"] = [_("The rules ask for no training: name it there first.")]
    if by.user is not None and person.user_id == by.user.pk:
        fields["person"] = [_("Nobody attests their own training.")]
    if until is not None and until <= since:
        fields["until"] = [_("The end is before the beginning.")]
    if fields:
        raise Invalid(fields=fields)
    row = Attestation.objects.create(
        offer=offer, person=person, training=name, evidence=evidence.strip()[:300], since=since,
        until=until, by=by.label[:254],
    )  # fmt: skip
    audit(by, "access.training.attested", row, training=name)
    return row
