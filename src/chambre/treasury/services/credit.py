"""The chamber's credit units and hours: accounts, agreed limits, moves from one account to another.

A unit is worth one euro and is no euro: it stands in the ledger of its own, in the chamber's book
(unit ``CRD``, account 4679, one auxiliary account for each holder), where each move takes from one what it
gives to another, so that all accounts together are always zero. Whoever keeps a book here has what it
holds on the use ``means.credit`` as well, in euros. Hours (``HUR``, in minutes) are the same with no euros.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.questions import Question
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.treasury.booklines import BookLine
from chambre.treasury.governed import refuse_governed
from chambre.treasury.models import CreditAccount, CreditMove, Payment
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.queries.credit import HOURS, PARTNER, UNIT, chamber_of
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.credit_booking import book_of, draft_of, place_of

LARGEST = 99_999_999_999


class NotEnoughUnits(Conflict):
    """More than is held and what was agreed below zero; ``data["left"]`` is what there is."""

    code = "treasury.credit.not-so-much"


class TooManyUnits(Conflict):
    """More than was agreed that who gets them may hold; ``data["room"]`` is what can still come."""

    code = "treasury.credit.too-much"


@transaction.atomic
def open_credit(
    *, agent: Agent, limit: int = 0, by: Actor, unit: str = UNIT, ceiling: int | None = None
) -> CreditAccount:
    """Open an account in the units of somebody's chamber; the one that they have, if they have one.

    One that was closed is opened again with these limits.

    Args:
        agent: A person, a structure, a public body or the chamber itself.
        limit: How far below zero it may go, in hundredths of a unit: what the others agree to wait for.
        by: Who opens it: the chamber's administrator or treasurer.
        unit: ``CRD``, or ``HUR`` for hours, counted in minutes.
        ceiling: How much it may hold at most; None: as much as anybody gives.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
        Invalid: They belong to no chamber, or this is not a limit or not a unit.
    """
    chamber = chamber_of(agent)
    if chamber is None:
        message = _("%(name)s belongs to no chamber.") % {"name": agent.name}
        raise Invalid(message, fields={"agent": [message]})
    authorize(by, "treasury.manage", chamber)
    own = CreditAccount.Kind.COMMON if chamber.pk == agent.pk else CreditAccount.Kind.MEMBER
    return _open(chamber, agent, own, unit, (limit, ceiling), by)


@transaction.atomic
def open_partner(
    *, chamber: Agent, partner: Agent, limit: int, ceiling: int, by: Actor, unit: str = UNIT
) -> CreditAccount:
    """Open another chamber's account in the units of this one: what the two owe each other.

    Args:
        chamber: Whose units.
        partner: The other chamber.
        limit: How far its members together may owe those of this chamber.
        ceiling: How far those of this chamber together may owe its members.
        by: The administrator or treasurer of ``chamber``.
        unit: ``CRD``, or ``HUR`` for hours.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
        Invalid: One of them is no chamber, or both are the same; or these are not limits.
    """
    authorize(by, "treasury.manage", chamber)
    kinds = {chamber.kind, partner.kind}
    if kinds != {Agent.Kind.CHAMBER} or chamber.pk == partner.pk:
        message = _("Units cross from one chamber to another.")
        raise Invalid(message, fields={"partner": [message]})
    return _open(chamber, partner, CreditAccount.Kind.PARTNER, unit, (limit, ceiling), by)


def _open(
    chamber: Agent, agent: Agent, kind: str, unit: str, bounds: tuple[int, int | None], by: Actor
) -> CreditAccount:
    limit, ceiling = bounds
    check_limit(limit)
    check_limit(ceiling or 0, "ceiling")
    if unit not in (UNIT, HOURS):
        raise Invalid(fields={"unit": [unit]})
    book = book_of(chamber)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)  # one at a time gives numbers
    known: CreditAccount | None = (
        CreditAccount.objects.select_for_update(of=("self",))
        .filter(chamber=chamber, agent=agent, unit=unit)
        .first()
    )
    if known is not None:
        if not known.is_open:
            known.is_open, known.limit, known.ceiling = True, limit, ceiling
            known.save(update_fields=["is_open", "limit", "ceiling"])
            audit(by, "treasury.credit.opened", known, limit=limit)
        return known
    number = CreditAccount.objects.filter(chamber=chamber).count() + 1
    account = CreditAccount(
        chamber=chamber,
        agent=agent,
        kind=kind,
        unit=unit,
        ceiling=ceiling,
        number=number,
        limit=limit,
        by=by.label[:254],
    )
    # Its first move then finds all that it needs.
    place = place_of(chamber, registry.today(), [account])
    account.auxiliary_id = place.auxiliaries[account.code]
    account.save(force_insert=True)
    audit(by, "treasury.credit.opened", account, limit=limit)
    return account


def check_limit(limit: int, field: str = "limit") -> None:
    """Whether a number can be a limit.

    Raises:
        Invalid: It is below zero, or larger than an amount can be.
    """
    if not 0 <= limit <= LARGEST:
        message = _("A limit is zero or more.")
        raise Invalid(message, fields={field: [message]})


@transaction.atomic
def agree_limit(*, account: CreditAccount, limit: int, by: Actor, reason: str = "") -> None:
    """Agree another limit with the holder of an account; the trail of acts keeps the former one.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
        Invalid: This is not a limit.
        DecidedElsewhere: A room has rules for this account: its members decide on limits.
        Conflict: The account is further below zero than that.
    """
    authorize(by, "treasury.manage", account.chamber)
    refuse_governed(account.chamber_id, account.unit)
    check_limit(limit)
    row = CreditAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if row.held < -limit:
        raise Conflict(_("The account is further below zero than that."), held=row.held)
    before, row.limit = row.limit, limit
    row.save(update_fields=["limit"])
    audit(by, "treasury.credit.limit", row, before=before, limit=limit, reason=reason[:200])


@transaction.atomic
def close_credit(*, account: CreditAccount, by: Actor) -> None:
    """Close an account that is at zero; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
        Conflict: It holds units, or owes some: give them away or earn them first.
    """
    authorize(by, "treasury.manage", account.chamber)
    row = CreditAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if row.held:
        raise Conflict(_("An account is closed at zero."), held=row.held)
    if row.is_open:
        row.is_open = False
        row.save(update_fields=["is_open"])
        audit(by, "treasury.credit.closed", row)


# NO KEY: a move that only names an account (its foreign key) waits for nobody. Those that many pay at
# once come last, here and in credit_many: one order everywhere.
_LOCKED = Question(
    lambda ids: (
        CreditAccount.objects.filter(pk__in=ids)
        .select_for_update(of=("self",), no_key=True)
        .order_by("is_busy", "pk")
    )
)
"""Accounts, alone."""


def lock_accounts(*accounts: CreditAccount) -> None:
    """Have accounts alone until the transaction ends, in one order everywhere; they are read anew."""
    now = {row.pk: row for row in _LOCKED(sorted({account.pk for account in accounts}))}
    for account in accounts:
        row = now[account.pk]
        for name in ("held", "limit", "ceiling", "accepts", "is_open"):
            setattr(account, name, getattr(row, name))


def write_move(
    *,
    source: CreditAccount,
    target: CreditAccount,
    amount: int,
    reason: str,
    day: dt.date,
    key: str,
    by: Actor,
    uses: tuple[str, str],
    payment: Payment | None = None,
    undoes: CreditMove | None = None,
    origin: str = "",
    origin_key: str = "",
) -> tuple[CreditMove, bool]:
    """As :func:`~chambre.treasury.services.credit_moving.move_units`, for an act that was authorized.

    The accounts are locked.

    ``uses`` say against what each side's own book has it (empty: the caller books that side);
    ``payment`` is what it pays or gives back for, ``undoes`` the move of which it gives back.

    Returns the move, and whether it was made now.
    """
    reason = " ".join(reason.split())[:140]
    known: CreditMove | None = CreditMove.objects.filter(chamber=source.chamber_id, key=key).first()
    if known is not None:
        if (known.source_id, known.target_id, known.amount) != (source.pk, target.pk, amount):
            raise KeyReused(key=key)
        return known, False
    check_move(source, target, amount, reason)
    place = place_of(source.chamber, day, (source, target))
    entry = ledger.post(
        draft_of(place, source, target, amount, key), by=Actor.system("treasury"), book=place.book
    )
    source.held -= amount
    target.held += amount
    try:
        with transaction.atomic():
            for account in (source, target):
                account.save(update_fields=["held"])
            move: CreditMove = CreditMove.objects.create(
                chamber_id=source.chamber_id, source=source, target=target, amount=amount,
                reason=reason, day=day, entry=entry, payment=payment, undoes=undoes, key=key,
                origin=origin, origin_key=origin_key, by=by.label[:254],
            )  # fmt: skip
    except IntegrityError:  # the constraint is the last line of defence
        raise NotEnoughUnits(_("There are not so many units.")) from None
    book_sides(move, uses)
    audit(by, "treasury.credit.moved", move, amount=amount)
    return move, True


def check_move(source: CreditAccount, target: CreditAccount, amount: int, reason: str) -> None:
    """Whether a move can be made between accounts as they stand now.

    Raises:
        Invalid, Conflict, NotEnoughUnits, TooManyUnits: It cannot; see ``move_units``.
    """
    if not 0 < amount <= LARGEST:
        message = _("An amount is more than zero.")
        raise Invalid(message, fields={"amount": [message]})
    if not reason:
        raise Invalid(_("Say what for."), fields={"reason": [_("Say what for.")]})
    ends = {(each.chamber_id, each.unit) for each in (source, target)}
    if source.pk == target.pk or len(ends) > 1:
        raise Conflict(_("Units go from one account to another of the same chamber."))
    if not (source.is_open and target.is_open):
        raise Conflict(_("This account in units is closed."))
    if amount > source.left:
        message = _("There are not so many units.")
        raise NotEnoughUnits(message, fields={"amount": [message]}, left=source.left)
    if target.room is not None and amount > target.room:
        message = _("Who gets them may not hold so many units.")
        raise TooManyUnits(message, fields={"amount": [message]}, room=target.room)


def book_sides(move: CreditMove, uses: tuple[str, str]) -> None:
    """In the holders' own books, what they hold changes in euros too."""
    for account, use, sign in ((move.source, uses[0], -1), (move.target, uses[1], +1)):
        if not use or account.unit != UNIT or account.kind == PARTNER:
            continue
        book = Book.objects.select_related("structure").filter(structure=account.agent_id).first()
        if book is None:
            continue
        book_entry(
            book=book,
            journal="OD",
            day=bookable(book, move.day),
            lines=[
                BookLine(sign * move.amount, use="means.credit"),
                BookLine(-sign * move.amount, use=use),
            ],
            key=f"credit-move:{move.pk}:{account.pk}",
            label=f"{move.reason} – unités",
            source=f"treasury.credit:{move.pk}",
        )


def authorize_spending(by: Actor, account: CreditAccount) -> None:
    """The giving side of a payment: who pays with units answers for them.

    Raises:
        Forbidden: They don't.
    """
    if not by.may("treasury.spend_units", account.agent):
        raise Forbidden(permission="treasury.spend_units")
