"""Payments as facts: from events in any order to a state and sums, and the rules about refunds.

Example::

    >>> standing = stand(4_000, [Event(Kind.PAID, "card-1", 4_000)])
    >>> standing.state.value, standing.refundable
    ('paid', 4000)
    >>> facts = [Event(Kind.REFUNDED, "back-1", 1_500), Event(Kind.PAID, "card-1", 4_000)]
    >>> stand(4_000, facts * 3).state.value
    'partly_refunded'

Amounts are minor units (cents). Nothing here knows of a provider, a database or a currency.
"""

from .errors import PaymentRefusal
from .events import Event, Kind
from .folding import DisputeStage, RefundStage, Stage, Standing, State, known, stand
from .lines import check_cancellable, check_payable, fill, give_back

__all__ = [
    "DisputeStage",
    "Event",
    "Kind",
    "PaymentRefusal",
    "RefundStage",
    "Stage",
    "Standing",
    "State",
    "check_cancellable",
    "check_payable",
    "fill",
    "give_back",
    "known",
    "stand",
]
