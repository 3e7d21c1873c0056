"""The contract between the treasury and a payment provider.

An adapter knows one provider's interface for machines and nothing of our tables: it is given what to
ask, and answers with plain facts. What a notice says is never believed; it only makes the treasury
*look*, and what :meth:`Provider.look` reads is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from chambre.lib.paymentstates import DisputeStage, RefundStage, Stage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ProviderFault(Exception):
    """The provider could not be asked, or gave no answer: whether it acted is not known.

    Asking the same again with the same key is safe.
    """


class ProviderRefusal(Exception):
    """The provider said no; nothing happened there.

    Attributes:
        status: HTTP status of its answer.
        said: What it said, at most 300 characters, without our secrets.
    """

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        self.said = said[:300]
        super().__init__(f"{status}: {self.said}")


class FalseNotice(Exception):
    """A notice is not from the provider: its signature is missing, wrong or too old."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a treasurer fills in to use a provider.

    Attributes:
        name: As code names it.
        label: In people's words.
        secret: Kept in a file of the house that only it reads, and never shown again.
        required: Whether nothing works without it.
        help: Where to find it.
    """

    name: str
    label: StrOrPromise
    secret: bool = False
    required: bool = True
    help: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a structure's account at a provider.

    Attributes:
        base: Address of the provider's interface, without a slash at the end.
        settings: What was filled in and is no secret.
        secrets: What is one.
    """

    base: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody is to be asked for on the provider's page.

    Attributes:
        key: Idempotency key of the attempt; comes back in what the provider keeps.
        amount: Cents.
        reason: What it is for, as the payer reads it.
        return_url: Where the payer comes back to.
        cancel_url: Where they go when they give up.
        notice_url: Where the provider sends notices.
        email: The payer's, if known.
        language: ``fr`` or ``en``.
        expires_at: When the page closes, at the latest.
    """

    key: str
    amount: int
    reason: str
    return_url: str
    cancel_url: str
    notice_url: str
    email: str = ""
    language: str = "fr"
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A page at the provider where one payer can pay.

    Attributes:
        remote: What the provider knows the attempt by.
        url: The page.
        expires_at: When it closes, if the provider says so.
    """

    remote: str
    url: str
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """A refund as the provider has it; ``key`` is ours, where the provider carries it."""

    remote: str
    amount: int
    stage: RefundStage
    day: dt.date
    key: str = ""
    fee: int = 0


@dataclass(frozen=True, slots=True)
class SeenDispute:
    """A dispute (chargeback) as the provider has it; amounts in cents."""

    remote: str
    amount: int
    stage: DisputeStage
    day: dt.date
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the provider says about an attempt now.

    Attributes:
        stage: Where the attempt stands.
        ending: Why it ended: ``failed``, ``lapsed`` (too late) or ``abandoned``.
        amount: Cents received, when paid.
        day: Day on which it was paid.
        fee: What the provider keeps of it; None: not known (yet).
        remote_payment: Its number for the money itself, where it is another than the attempt's.
        key: The key of the attempt, as the provider carries it.
        reason: Why it failed, in the provider's words.
        refunds, disputes: What came after.
    """

    stage: Stage
    ending: str = ""
    amount: int = 0
    day: dt.date | None = None
    fee: int | None = None
    remote_payment: str = ""
    key: str = ""
    reason: str = ""
    refunds: tuple[SeenRefund, ...] = ()
    disputes: tuple[SeenDispute, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """Money that the provider sends to the structure's bank account.

    Attributes:
        remote: The provider's number.
        amount: Cents that arrive.
        day: Day on which they arrive, or are expected.
        stage: ``pending``, ``paid`` or ``failed``.
        fee: Fees taken from it that belong to no single payment.
        text: What the bank's row says, if the provider tells.
    """

    remote: str
    amount: int
    day: dt.date
    stage: str
    fee: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice is about. Only ``remote`` is used, and only to look.

    Attributes:
        event: The provider's number of the notice; empty: it has none.
        kind: What it says happened.
        remotes: Numbers at the provider by which an attempt may be found, the likeliest first.
        key: Our own key of the attempt, if it comes along.
    """

    event: str
    kind: str
    remotes: tuple[str, ...] = ()
    key: str = ""


class Provider(Protocol):
    """What an adapter does. All amounts are cents of a euro."""

    name: ClassVar[str]
    label: ClassVar[str]
    bases: ClassVar[Mapping[str, str]]
    """Address of the interface by mode: ``live`` and ``sandbox``."""
    settings: ClassVar[Sequence[Setting]]

    def open(self, access: Access, order: Order) -> Opened:
        """Prepare a page where the payer pays; the same key gives the same page where it can.

        Raises:
            ProviderFault: No answer.
            ProviderRefusal: It said no.
        """

    def look(self, access: Access, remote: str) -> Seen:
        """Read all about an attempt.

        Raises:
            ProviderFault: No answer.
            ProviderRefusal: It does not know the attempt.
        """

    def give_back(
        self, access: Access, *, remote: str, amount: int, key: str, reason: str
    ) -> SeenRefund:
        """Ask for a refund, once per key where the provider knows keys.

        Args:
            access: How to reach it.
            remote: ``remote_payment`` of the attempt.
            amount: Cents.
            key: Idempotency key of the refund.
            reason: For whom reads the provider's list.

        Raises:
            ProviderFault: No answer: look before asking again.
            ProviderRefusal: It said no.
        """

    def transfers(self, access: Access, since: dt.date) -> list[SeenTransfer]:
        """Transfers to the bank account since a day.

        Raises:
            ProviderFault: No answer.
            ProviderRefusal: It said no.
        """

    def read_notice(self, access: Access, headers: Mapping[str, str], body: bytes) -> Told:
        """Check a notice and say what it is about.

        Raises:
            FalseNotice: It is not from the provider.
        """
