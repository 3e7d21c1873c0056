"""Who held what is forgotten: the link to a person goes so many days after the deposit is settled."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from chambre.core import clock
from chambre.rooms.deposit.models import Contract, Scheme
from chambre.rooms.deposit.queries.terms import terms_on


def unlink_holders() -> int:
    """Take the holder out of contracts whose time of remembering is over; how many there were."""
    count = 0
    for scheme in Scheme.objects.order_by("pk"):
        days = terms_on(scheme.pk, clock.today()).unlink_after
        with transaction.atomic():
            count += (
                Contract.objects.filter(
                    scheme=scheme,
                    holder__isnull=False,
                    closed_at__lt=timezone.now() - dt.timedelta(days=days),
                )
                .exclude(state=Contract.State.OPEN)
                .update(holder=None)
            )
    return count
