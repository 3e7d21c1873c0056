"""What a rotation costs, as the scheme writes it down: what its break-even is worked out from."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.deposit.models import Costs, ItemType, Scheme

MOST = 10**9


@transaction.atomic
def set_costs(
    *,
    scheme: Scheme,
    wash: int,
    instead: int,
    reason: str,
    by: Actor,
    type_: ItemType | None = None,
    since: dt.date | None = None,
) -> Costs:
    """Write down what one rotation costs from a day on; what held before stays readable.

    Args:
        scheme: Whose costs.
        wash: Wash and way of one rotation, in cents.
        instead: What one throwaway object costs, in cents.
        reason: Where the figures come from.
        by: Who writes it down.
        type_: Only for this type; absent: for all that have no figures of their own.
        since: First day; absent: today.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: No reason, a negative amount, or a type of another scheme.
    """
    authorize(by, "deposit.manage", scheme)
    for name, cents in (("wash", wash), ("instead", instead)):
        if not 0 <= cents <= MOST:
            message = _("A cost is a number of cents, zero or more.")
            raise Invalid(message, fields={name: [message]})
    if not reason.strip():
        message = _("Say where the figures come from.")
        raise Invalid(message, fields={"reason": [message]})
    if type_ is not None and type_.scheme_id != scheme.pk:
        message = _("This type belongs to another scheme.")
        raise Invalid(message, fields={"type": [message]})
    row: Costs = Costs.objects.create(
        scheme=scheme, type=type_, since=since or clock.today(), wash=wash, instead=instead,
        reason=reason.strip()[:254], by=by.label[:254],
    )  # fmt: skip
    audit(by, "deposit.costs.set", scheme, wash=wash, instead=instead)
    return row
