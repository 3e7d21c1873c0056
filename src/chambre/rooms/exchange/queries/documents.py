"""Documents of conditions, disputes and charge-backs: read by those whom the exchange concerns."""

from __future__ import annotations

from django.db.models import Q

from chambre.core.actors import Actor
from chambre.core.files import readable_by
from chambre.core.models import StoredFile
from chambre.rooms.exchange.queries.exchanges import exchanges_visible_to

PURPOSE = "exchange.document"


@readable_by(PURPOSE)
def reads(by: Actor, file: StoredFile) -> bool:
    """Whether an exchange that concerns somebody has this document."""
    rows = exchanges_visible_to(by)
    return rows.filter(
        Q(told__file=file) | Q(evidence__file=file) | Q(legs__chargebacks__file=file)
    ).exists()
