"""What an act moves, and how it is shared among the ways that were asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from chambre.rooms.deposit.models import Part, Place
from chambre.rooms.deposit.queries.errors import NoMeans
from chambre.rooms.deposit.services.accounts import Owed
from chambre.rooms.deposit.services.asking import Answer, Asked, Split

if TYPE_CHECKING:
    from chambre.treasury.models import Party

Channel = Part.Channel
CHANNELS = frozenset(Channel.values)
SLIPS = (Channel.RECEIPT, Channel.VOUCHER)
"""Ways for which the bearer gets a code."""
CARRIED = "carried:"
"""How the reference of a part begins whose deposit the partner owed already: type, and objects."""


@dataclass(slots=True)
class Way:
    """A part of what an act pays back or takes.

    Attributes:
        channel: How.
        amount: Cents.
        owed: Deposits that it releases (or takes), by the place that holds them.
        split: What was asked for, with account and commons.
        reference: Number in the treasury, once it is there.
        party: Whom a transfer goes to.
    """

    channel: str
    amount: int
    owed: list[Owed]
    split: Split
    reference: str = ""
    party: Party | None = None


@dataclass(slots=True)
class Money:
    """What one act moves.

    Attributes:
        asked: The act.
        place: Where.
        owed: Deposits that it releases, or takes; what is kept included.
        kept: Cents kept and their VAT rates.
        ways: How the rest goes; filled by :func:`plan`.
        entry: Journal entry in which most of it is.
        payment: The payment of the treasury that paid it, when there is one.
    """

    asked: Asked
    place: Place
    owed: list[Owed] = field(default_factory=list)
    kept: list[tuple[int, int]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    entry: int | None = None
    payment: str = ""

    @property
    def total(self) -> int:
        """Cents that are paid back, or taken."""
        return sum(each.amount for each in self.owed) - sum(cents for cents, _vat in self.kept)


@lru_cache(maxsize=2048)
def secret_code(kind: str, key: str) -> str:
    """The code of a slip, worked out from the key of its act: asked again, it is the same.

    80 bits of an HMAC with the house's secret; only its digest is stored anywhere.
    """
    told = hmac.new(settings.SECRET_KEY.encode(), f"deposit:{kind}:{key}".encode(), hashlib.sha256)
    return base64.b32encode(told.digest()[:10]).decode()


def in_fours(code: str) -> str:
    """A code as it is read out."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def usual(place: Place, means: str) -> str:
    """How money really moves at a place: a partner without a drawer of ours uses its own till."""
    if means == Channel.CASH and place.drawer_id is None and place.partner_id is not None:
        return Channel.PARTNER
    return means


def plan(money: Money, *, taking: bool = False) -> None:
    """Share what an act pays back among the ways that were asked for, and its deposits with them.

    A transfer without an account is a receipt: its bearer says later where the money goes.

    Raises:
        NoMeans: A way that is not there, parts that are more than the whole, or two slips: an act has
            one code.
    """
    asked, total = money.asked, money.total
    rest = total - sum(split.amount for split in asked.splits)
    if rest < 0:
        raise NoMeans(_("The parts are more than the deposit."), means=asked.means)
    wanted = list(asked.splits)
    if rest:
        wanted.append(Split(asked.means, rest, asked.resource, asked.iban, asked.name))
    left = list(money.owed)
    for split in wanted:
        if split.means not in CHANNELS:
            raise NoMeans(_("There is no such way to pay."), means=split.means)
        channel = usual(money.place, split.means)
        if channel == Channel.SEPA and not split.iban and not taking:
            channel = Channel.RECEIPT
        money.ways.append(Way(channel, split.amount, _take(left, split.amount), split))
    if not taking and sum(way.channel in SLIPS for way in money.ways) > 1:
        raise NoMeans(
            _("Only one part can be a voucher or a receipt. A transfer without an account is one."),
            means=asked.means,
        )


def split_carried(money: Money, taken: dict[int, tuple[int, int]]) -> None:
    """Set what a partner owed already for objects apart from what it owes anew.

    Args:
        money: An issue that goes over the partner's account alone.
        taken: By id of a type: objects, and the cents that the partner owed for them. They may be more
            than the deposits are now: the partner is credited with the difference.
    """
    (whole,) = money.ways
    if not taken:
        return
    ways = [
        Way(whole.channel, cents, [], whole.split, reference=f"{CARRIED}{type_}:{units}")
        for type_, (units, cents) in taken.items()
    ]
    rest = whole.amount - sum(way.amount for way in ways)
    money.ways = [Way(whole.channel, rest, whole.owed, whole.split), *ways]


def _take(left: list[Owed], amount: int) -> list[Owed]:
    """The next so many cents of deposits, by place; they are taken off ``left``."""
    taken: list[Owed] = []
    while amount:
        first = left.pop(0)
        some = min(amount, first.amount)
        taken.append(Owed(first.place, some))
        amount -= some
        if some < first.amount:
            left.insert(0, Owed(first.place, first.amount - some))
    return taken


def rest_of(money: Money) -> list[Owed]:
    """Deposits of an act that no way has: what is kept."""
    sums: dict[int, int] = defaultdict(int)
    places: dict[int, Place] = {}
    for each in money.owed:
        sums[each.place.pk] += each.amount
        places[each.place.pk] = each.place
    for way in money.ways:
        for each in way.owed:
            sums[each.place.pk] -= each.amount
    return [Owed(places[pk], amount) for pk, amount in sums.items() if amount]


def slip_of(money: Money) -> dict[str, object] | None:
    """What slip the bearer gets, without its code; None: none."""
    for way in money.ways:
        if way.channel in SLIPS:
            return {"kind": str(way.channel), "amount": way.amount}
    return None


def clean_slip(code: str) -> str:
    """A code of a slip as it is compared: spaces, hyphens and case do not count."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def is_digest(code: str) -> bool:
    """Whether it is the digest of a slip: a device tells no more of what it handed out."""
    return len(code) == 64


def digest_of(key: str, code: str = "") -> tuple[str, str]:
    """What is kept of the code of a receipt: its digest, and its last four signs.

    Args:
        key: Key of the act, from which the code is worked out.
        code: The code, or its digest, when a device handed a slip out itself.
    """
    if is_digest(code):
        return code, ""
    signs = clean_slip(code) or secret_code("receipt", key)
    return hashlib.sha256(f"deposit:receipt:{signs}".encode()).hexdigest(), signs[-4:]


def with_slip(answer: Answer, asked: Asked) -> Answer:
    """An answer with the code of its slip, which is stored nowhere."""
    if answer.slip and not answer.slip_code and not is_digest(asked.receipt):
        kind = str(answer.slip["kind"])
        own = clean_slip(asked.receipt) if kind == Channel.RECEIPT else ""
        answer.slip_code = in_fours(own or secret_code(kind, asked.key))
    return answer
