"""Tables of the repository: facts that are written once, what is derived from them, and settings."""

from chambre.epcis.models.facts import Batch, Context, Event, EventFact, EventObject, Kind, Term
from chambre.epcis.models.standing import MasterChild, MasterElement, ObjectState
from chambre.epcis.models.working import CaptureJob, NamedQuery, Subscription

__all__ = [
    "Batch",
    "CaptureJob",
    "Context",
    "Event",
    "EventFact",
    "EventObject",
    "Kind",
    "MasterChild",
    "MasterElement",
    "NamedQuery",
    "ObjectState",
    "Subscription",
    "Term",
]
