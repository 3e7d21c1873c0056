"""EPCIS 2.0.1 and CBV 2.0 in JSON: events read, checked, hashed and written.

Example::

    from chambre.lib import epcis

    report = epcis.check_document(Path("captured.jsonld"))
    for problem in report.errors:
        print(problem.path, problem.text("fr"))
    with open("captured.jsonld", "rb") as stream:
        for placed in epcis.iter_events(stream):       # any size, bounded memory
            event = epcis.read_event(placed.event)
            print(event.event_time, event.biz_step, *event.things)
            print(epcis.event_hash(placed.event, context=report.context))

What is valid is what the official JSON schema with formats enforced says (:mod:`.schema`).
"""

from .documents import (
    CONTEXT,
    EventReader,
    Placed,
    Report,
    check_document,
    document,
    document_hashes,
    events_of,
    iter_events,
    read_document,
)
from .formats import is_time, is_uri, read_time
from .frames import Common, Frames
from .hashing import Hasher, event_hash, hash_of, ignored_fields, pre_hash
from .model import (
    EPC_FIELDS,
    QUANTITY_FIELDS,
    ErrorDeclaration,
    Event,
    Party,
    Quantity,
    SensorElement,
    SensorMetadata,
    SensorReport,
    Transaction,
)
from .normal import Form, identifier, normalise
from .prehash import prefixes_of
from .problems import RULES, EpcisError, Problem
from .reading import check_event, event_problems, read_event
from .splitting import Position
from .vocabulary import (
    ACTIONS,
    ALERTS,
    BIZ_STEPS,
    COMPONENTS,
    DISPOSITIONS,
    ERROR_REASONS,
    EVENT_TYPES,
    MEASUREMENTS,
    PARTY_TYPES,
    TRANSACTION_TYPES,
    bare,
)

__all__ = [
    "ACTIONS",
    "ALERTS",
    "BIZ_STEPS",
    "COMPONENTS",
    "CONTEXT",
    "DISPOSITIONS",
    "EPC_FIELDS",
    "ERROR_REASONS",
    "EVENT_TYPES",
    "MEASUREMENTS",
    "PARTY_TYPES",
    "QUANTITY_FIELDS",
    "RULES",
    "TRANSACTION_TYPES",
    "Common",
    "EpcisError",
    "ErrorDeclaration",
    "Event",
    "EventReader",
    "Form",
    "Frames",
    "Hasher",
    "Party",
    "Placed",
    "Position",
    "Problem",
    "Quantity",
    "Report",
    "SensorElement",
    "SensorMetadata",
    "SensorReport",
    "Transaction",
    "bare",
    "check_document",
    "check_event",
    "document",
    "document_hashes",
    "event_hash",
    "event_problems",
    "events_of",
    "hash_of",
    "identifier",
    "ignored_fields",
    "is_time",
    "is_uri",
    "iter_events",
    "normalise",
    "pre_hash",
    "prefixes_of",
    "read_document",
    "read_event",
    "read_time",
]
