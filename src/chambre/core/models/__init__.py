"""Tables below every room: people, the audit trail, the outbox, jobs, files."""

from chambre.core.models.append_only import AppendOnlyModel, AppendOnlyQuerySet
from chambre.core.models.counting import CacheRow, RateCount
from chambre.core.models.files import StoredFile
from chambre.core.models.letters import (
    DayLetter,
    DueLetter,
    HeldLetter,
    LetterChoice,
    letters_to_send,
)
from chambre.core.models.outbox import Delivery, OutboxEvent
from chambre.core.models.people import Token, User, UserManager
from chambre.core.models.signing import SentCode
from chambre.core.models.trail import AuditEntry
from chambre.core.models.work import Job, JobLine, Schedule, Worker

__all__ = [
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "AuditEntry",
    "CacheRow",
    "DayLetter",
    "Delivery",
    "DueLetter",
    "HeldLetter",
    "Job",
    "JobLine",
    "LetterChoice",
    "OutboxEvent",
    "RateCount",
    "Schedule",
    "SentCode",
    "StoredFile",
    "Token",
    "User",
    "UserManager",
    "Worker",
    "letters_to_send",
]
