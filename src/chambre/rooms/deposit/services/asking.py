"""What somebody asks for at a place, and the answer that the same key always gets."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.lib.deposits import Condition, Outcome, Presence, Reason
from chambre.rooms.deposit.queries.wording import reason_words

LONGEST_KEY = 200
MOST_CODES = 1000
"""Codes of one act: a pallet of crates, not a lorry."""


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a refund that goes another way than the rest.

    Attributes:
        means: How; one of :class:`~chambre.rooms.deposit.models.Part.Channel`.
        amount: Cents, more than zero.
        resource: Short name of the commons of a gift; empty: the scheme's own.
        iban: Account of a transfer.
        name: Whose account.
    """

    means: str
    amount: int
    resource: str = ""
    iban: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One act at one place: one or many codes, one key.

    Attributes:
        key: Idempotency key, 1 to 200 signs: the same one always gets the same answer.
        codes: Codes as they were read, or numbers of objects.
        place: Short name of the place.
        means: How the deposit is paid, or paid back: a value of ``Part.Channel``.
        splits: Parts that go another way; the rest goes by ``means``.
        counted: Objects without codes: short name of the type and how many.
        condition: In which condition they came back.
        presence: What says that the objects are there.
        cloned: The counter of a tag did not rise: it was copied.
        happened_at: When it happened; absent: now.
        device: Name of the device that recorded it.
        resource: Short name of the commons of a gift; empty: the scheme's own.
        iban: Account of a transfer; empty: the bearer gives it later, with a receipt.
        name: Whose account.
        holder: Id of the agent who takes the objects, for a contract with an account.
        payment: Public number of the treasury's payment that paid the deposit (``means`` payment).
        receipt: Code, or its digest, of a slip that a device handed out already.
        evidence: What was seen beside it; kept with a case.
    """

    key: str
    codes: tuple[str, ...] = ()
    place: str = ""
    means: str = "cash"
    splits: tuple[Split, ...] = ()
    counted: tuple[tuple[str, int], ...] = ()
    condition: Condition = Condition.GOOD
    presence: Presence = Presence.COUNTER
    cloned: bool = False
    happened_at: dt.datetime | None = None
    device: str = ""
    resource: str = ""
    iban: str = ""
    name: str = ""
    holder: int | None = None
    payment: str = ""
    receipt: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def about(self, kind: str) -> str:
        """Digest of what is asked for: a key is never used again for something else."""
        told = "\n".join((kind, self.place, *self.codes))
        if self.counted:
            told += "\n" + json.dumps(self.counted)
        return hashlib.sha256(told.encode()).hexdigest()

    def check(self) -> None:
        """Refuse what makes no sense, before anything is looked up.

        Raises:
            Invalid: No key, no code, too many codes, a part that is not positive.
        """
        if not 0 < len(self.key) <= LONGEST_KEY or "\0" in self.key:
            raise Invalid(_("A request has a key of 1 to 200 signs."), fields={"key": [self.key]})
        texts = (self.place, self.means, self.resource, self.iban, self.name, self.payment)
        if any("\0" in text for text in (*self.codes, *texts, self.receipt, self.device)):
            message = _("A text holds a character that cannot be kept.")
            raise Invalid(message, fields={"codes": [message]})
        if not self.codes and not self.counted:
            raise Invalid(_("Scan at least one object."), fields={"codes": []})
        if len(self.codes) > MOST_CODES:
            raise Invalid(_("At most 1,000 objects at once."), fields={"codes": []})
        if any(many <= 0 for _type, many in self.counted):
            raise Invalid(_("A count is more than zero."), fields={"counted": []})
        if any(split.amount <= 0 for split in self.splits):
            raise Invalid(_("A part is more than zero cents."), fields={"splits": []})


@dataclass(slots=True)
class Answer:
    """How an act ended. What is stored of it is JSON; words come from the reason when it is told.

    Attributes:
        outcome: How it ended as a whole.
        refund: Cents paid back; of an issue, cents taken.
        contract: Number of the contract, when it is about one.
        reason: Why; a :class:`~chambre.lib.deposits.Reason`, or ``issued``.
        kept: Cents kept.
        case: Number of the case that people will look at.
        lines: One for each code: ``code``, ``outcome``, ``reason``, ``refund``, ``contract``.
        slip: ``{"kind": "receipt" | "voucher", "amount": cents}`` when a code was given.
        slip_code: That code; never stored, worked out from the key again.
        detail: More exactly why it was refused, when it is told for the first time.
    """

    outcome: str
    refund: int = 0
    contract: str | None = None
    reason: str = ""
    kept: int = 0
    case: int | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    slip: dict[str, Any] | None = None
    slip_code: str = ""
    detail: str = ""

    @property
    def words(self) -> str:
        """Why, for a person, in their language."""
        refused = self.outcome == Outcome.REFUSED
        return self.detail or reason_words(self.reason, refused=refused)

    @property
    def is_paid(self) -> bool:
        """Whether deposits were paid back."""
        return self.outcome == Outcome.REFUNDED

    def stored(self) -> dict[str, Any]:
        """What is kept: everything but words and the secret code."""
        kept: dict[str, Any] = {
            "outcome": self.outcome,
            "refund": self.refund,
            "contract": self.contract,
            "reason": self.reason,
        }
        if self.kept:
            kept["kept"] = self.kept
        if self.case is not None:
            kept["case"] = self.case
        if len(self.lines) > 1:
            kept["lines"] = self.lines
        if self.slip:
            kept["slip"] = self.slip
        return kept

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Answer:
        """The answer that was stored."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """What is told to machines."""
        told = {
            "outcome": self.outcome,
            "refund": self.refund,
            "contract": self.contract,
            "reason": self.reason,
            "kept": self.kept,
            "case": self.case,
            "words": self.words,
            "lines": self.lines,
        }
        if self.slip:
            told["slip"] = {**self.slip, "code": self.slip_code}
        return told


__all__ = ["Answer", "Asked", "Condition", "Outcome", "Presence", "Reason", "Split"]
