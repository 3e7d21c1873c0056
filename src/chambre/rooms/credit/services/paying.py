"""Paying in units or hours: directly, many at once, and by a request that is scanned."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Membership, Request
from chambre.rooms.credit.queries.errors import NotAccepted, NotMember, NotOpen, OtherUnit
from chambre.rooms.credit.queries.wording import units
from chambre.rooms.credit.services.communities import need_member
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, CreditMove

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GOOD_FOR = dt.timedelta(days=30)
BOTH = (Membership.State.ACTIVE, Membership.State.LEAVING)


@dataclass(slots=True)
class Paid:
    """What a payment did.

    Attributes:
        move: The move of units.
        warnings: What to tell the payer: beyond a limit, where the rules only warn.
    """

    move: CreditMove
    warnings: list[str] = field(default_factory=list)


def new_id() -> str:
    """A public id that nobody can guess: 100 random bits."""
    return "".join(secrets.choice(ALPHABET) for _each in range(20))


def check_accepted(target: CreditAccount, amount: int, price: int | None) -> None:
    """Whether who is paid takes so much of a price in units.

    Args:
        target: Their account.
        amount: What would be paid in units.
        price: The whole price; None: all of it is paid in units.

    Raises:
        NotAccepted: Less is taken; ``data["most"]`` is how much.
    """
    whole = amount if price is None else price
    most = whole * target.accepts // 100
    if amount > most:
        raise NotAccepted(
            _("%(name)s takes %(share)d %% of a price in units: here %(most)s at most.")
            % {
                "name": target.agent.name, "share": target.accepts,
                "most": units(most, target.unit),
            },
            most=most,
        )  # fmt: skip


def pay(
    *, source: CreditAccount, target: CreditAccount, amount: int, reason: str, key: str, by: Actor,
    price: int | None = None, request: Request | None = None,
) -> Paid:  # fmt: skip
    """Pay another member, once per key.

    Args:
        source: Whose units.
        target: Who is paid.
        amount: Hundredths of a unit, or minutes.
        reason: What for; both read it.
        key: Idempotency key, 1 to 100 characters.
        by: The holder, or who answers for the structure that is.
        price: The whole price, when the rest is paid in euros.
        request: The request that is paid.

    Raises:
        Forbidden: ``by`` may not give these units.
        OtherUnit: One of the two is kept in hours, the other in units.
        NotMember: One of the two takes no part (any more).
        NotAccepted: The payee takes less of this price in units.
        NotEnoughUnits, TooManyUnits: Beyond a limit that blocks.
        Conflict, Invalid, KeyReused: As :func:`chambre.treasury.api.move_units`.
    """
    authorize(by, "credit.use_account", source)
    if source.unit != target.unit:
        raise OtherUnit
    giver, taker = need_member(source, BOTH), need_member(target, BOTH)
    check_accepted(target, amount, price)
    move = treasury.move_units(
        source=source, target=target, amount=amount, reason=reason, day=registry.today(),
        key=key, by=by.also("treasury"), origin="credit.request" if request else "credit.payment",
        origin_key=request.public_id if request else "",
    )  # fmt: skip
    return Paid(move, _warnings(giver, taker))


def _warnings(giver: Membership, taker: Membership) -> list[str]:
    """What to say of accounts that are beyond a limit that only warns."""
    rows = CreditAccount.objects.filter(pk__in=[giver.account_id, taker.account_id])
    held = dict(rows.values_list("pk", "held"))
    unit = giver.community.unit
    told = []
    if held[giver.account_id] < -giver.floor:
        told.append(
            _("You are further below zero than %(limit)s: do something for others first.")
            % {"limit": units(giver.floor, unit)}
        )
    if taker.ceiling is not None and held[taker.account_id] > taker.ceiling:
        told.append(
            _("Who you paid holds more than %(limit)s now: they need to spend some.")
            % {"limit": units(taker.ceiling, unit)}
        )
    return told


def pay_many(
    *, community: Community, moves: Sequence[treasury.UnitsMove], by: Actor
) -> list[treasury.Outcome]:
    """Make many payments of a community in one commit; each that cannot be is left out and says why.

    Args:
        community: Which.
        moves: In their order; each is paid wholly in units.
        by: Who may give the units of every source, or looks after the credit as the system.

    Raises:
        Forbidden: ``by`` may not give the units of one of the sources.
        NotMember: An account is of nobody who takes part.
        Invalid: Too many.
    """
    wanted = {pk for move in moves for pk in (move.source, move.target)}
    rows = Membership.objects.filter(community=community, account__in=wanted, state__in=BOTH)
    known = {row.account_id: row for row in rows.select_related("account__agent")}
    sources = {move.source for move in moves}
    for pk in sources & known.keys():
        authorize(by, "credit.use_account", known[pk].account)
    outcomes = [treasury.Outcome(move.key) for move in moves]
    good = []
    for at, move in enumerate(moves):
        refusal = _refusal(move, known)
        if refusal is None:
            good.append(at)
        outcomes[at].refusal = refusal
    done = treasury.move_many(
        chamber=community.chamber, moves=[moves[at] for at in good], day=registry.today(),
        by=by.also("treasury"), origin="credit.payment", whole=False,
    )  # fmt: skip
    for at, outcome in zip(good, done, strict=True):
        outcomes[at] = outcome
    return outcomes


def _refusal(
    move: treasury.UnitsMove, known: dict[int, Membership]
) -> NotMember | NotAccepted | None:
    """Why the room does not let a payment go on to the treasury."""
    if move.source not in known or move.target not in known:
        return NotMember()
    try:
        check_accepted(known[move.target].account, move.amount, None)
    except NotAccepted as refusal:
        return refusal
    return None


@transaction.atomic
def ask(
    *, account: CreditAccount, amount: int, reason: str, key: str, by: Actor,
    price: int | None = None, until: dt.datetime | None = None,
) -> Request:  # fmt: skip
    """Ask for units: the request's page has a code that the payer scans.

    Args:
        account: Who is to be paid.
        amount: Hundredths of a unit, or minutes.
        reason: What for.
        key: Idempotency key, 1 to 80 characters, unique for the account.
        by: The holder.
        price: The whole price, when the rest is paid in euros.
        until: Until when; thirty days by default.

    Raises:
        Forbidden: ``by`` does not hold the account.
        NotMember: It takes no part.
        NotAccepted: More than the account takes of this price.
        Invalid: Not an amount, no reason, or a day that has passed.
        KeyReused: The key was used for another request.
    """
    authorize(by, "credit.use_account", account)
    need_member(account)
    reason = " ".join(reason.split())[:140]
    until = until or timezone.now() + GOOD_FOR
    fields = {}
    if not 0 < amount <= 99_999_999_999 or (price is not None and price < amount):
        fields["amount"] = [_("An amount is more than zero, and at most the price.")]
    if not reason:
        fields["reason"] = [_("Say what for.")]
    if until <= timezone.now():
        fields["until"] = [_("This has passed already.")]
    if fields:
        raise Invalid(fields=fields)
    check_accepted(account, amount, price)
    row, made = Request.objects.get_or_create(
        account=account, key=key[:80],
        defaults={
            "public_id": new_id(), "amount": amount, "price": price, "reason": reason,
            "until": until, "by": by.label[:254],
        },
    )  # fmt: skip
    if (row.amount, row.reason) != (amount, reason):
        raise KeyReused(key=key)
    if made:
        audit(by, "credit.request.made", row, amount=amount)
    return row


def _lock(request: Request) -> Request:
    # Not joined with its move: PostgreSQL would give that as it was before the lock was waited for.
    rows = Request.objects.select_for_update(of=("self",))
    return rows.select_related("account__agent", "account__chamber").get(pk=request.pk)


@transaction.atomic
def withdraw(*, request: Request, by: Actor) -> None:
    """Take a request back; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not hold the account that asked.
        NotOpen: It is paid.
    """
    authorize(by, "credit.use_account", request.account)
    row = _lock(request)
    if row.move_id is not None:
        raise NotOpen(_("This is paid already."))
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        audit(by, "credit.request.withdrawn", row)


@transaction.atomic
def pay_request(*, request: Request, source: CreditAccount, by: Actor) -> Paid:
    """Pay a request, once: whoever pays again from the same account gets the same receipt.

    Raises:
        Forbidden: ``by`` may not give these units.
        NotOpen: Somebody else paid it, it was withdrawn, or its time is over.
        NotMember, NotAccepted, NotEnoughUnits, TooManyUnits, Conflict: See :func:`pay`.
    """
    authorize(by, "credit.use_account", source)
    row = _lock(request)
    if row.move is not None:
        if row.move.source_id == source.pk:
            return Paid(row.move)
        raise NotOpen(_("This is paid already."))
    if row.withdrawn_at is not None or row.until <= timezone.now():
        raise NotOpen
    paid = pay(
        source=source, target=row.account, amount=row.amount, reason=row.reason,
        key=f"request:{row.public_id}", by=by, price=row.price, request=row,
    )  # fmt: skip
    row.move = paid.move
    row.save(update_fields=["move"])
    return paid
