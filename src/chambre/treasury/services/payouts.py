"""Payouts: asked for, agreed to by two people, refused, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor, authorize
from chambre.core.db.questions import Question
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.core.hooks import emit
from chambre.ledger.models import Book
from chambre.lib.orderstates import PAYOUT, Happening, State
from chambre.lib.sepa import SepaRefusal, accounts
from chambre.treasury.booklines import BookLine
from chambre.treasury.events import PayoutChanged
from chambre.treasury.models import Party, Payout, PayoutEvent, PayoutLine, Refund
from chambre.treasury.reserved import refuse_held
from chambre.treasury.services.orders import Detail, happen, new_code, refused, state_of
from chambre.treasury.services.parties import note_iban, note_party
from chambre.treasury.services.payout_checks import (
    check_replaced,
    checked_lines,
    checked_words,
    chosen_account,
    lines_of,
)


class NotTwice(Conflict):
    """The same person would agree twice."""

    code = "treasury.payout.same-person"
    default_message = gettext_lazy(
        "You have agreed to this payout already. Another person has to agree as well."
    )


class OwnPayout(Forbidden):
    """Somebody would agree to a payout to themselves."""

    code = "treasury.payout.to-oneself"
    default_message = gettext_lazy("This money goes to you: two other people have to agree to it.")


class PeopleOnly(Forbidden):
    """A machine would agree."""

    code = "treasury.payout.people-only"
    default_message = gettext_lazy(
        "Only people agree to a payout, signed in themselves: no key and no command."
    )


_BOOK_ALONE = Question(lambda book: Book.objects.filter(pk=book).select_for_update(no_key=True))
"""A book that nobody else changes meanwhile."""
_ASKED = Question(lambda key: Payout.objects.filter(key=key))
"""The payout that was asked for with a key."""


@transaction.atomic
def ask_payout(
    *,
    book: Book,
    party: Party,
    amount: int,
    reason: str,
    key: str,
    by: Actor,
    iban: str = "",
    lines: Sequence[BookLine] = (),
    reference: str = "",
    day: dt.date | None = None,
    origin: str = "",
    origin_key: str = "",
    replaces: Payout | None = None,
) -> Payout:
    """Ask for a transfer to a third party. Nothing is sent before two people have agreed.

    Args:
        book: Whose money.
        party: Who is paid.
        amount: Cents.
        reason: What for, at most 140 characters; the payee reads it.
        key: Idempotency key, 1 to 120 characters, unique for ever.
        by: Who asks.
        iban: One of the accounts that the payee gave; empty: the only one.
        lines: What the parts are for: debits that sum to the amount (one that takes off is
            negative), each with a use or an account. Absent: one line of use ``supplier``.
        reference: The payee's creditor reference (ISO 11649); travels instead of the words.
        day: Not before this day.
        origin: Which room asks; it hears :class:`PayoutChanged`.
        origin_key: The room's own key.
        replaces: The payout that this one takes the place of: it is withdrawn, or the bank did not
            do it or sent its money back. Of one that a room asked for, the amount, what it is for
            and who hears of it stay the same.

    Returns:
        The payout; the one that is there when the key was used for the same.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NoAccount: No account was given, or several and none was chosen.
        OrderRefused: A bank would send it back.
        KeyReused: The key was used for something else.
        OrderNotNow: What it replaces is already sent.
        Conflict: It was replaced already, or what it paid is open again and asks for it anew.
        HeldForOthers: A room pays it for others, and it would go to somebody else.
    """
    authorize(by, "treasury.manage", book)
    _BOOK_ALONE(book.pk)
    if known := _ASKED(key):
        done: Payout = known[0]
        if (done.book.pk, done.party.pk, done.amount) != (book.pk, party.pk, amount):
            raise KeyReused(key=key)
        return done
    if party.book_id != book.pk:
        raise Invalid(_("This third party is another structure’s."), fields={"party": [""]})
    account = chosen_account(party, iban)
    reason, reference = checked_words(party, account, amount, reason, reference)
    if replaces is not None:
        check_replaced(replaces, amount)
        if replaces.party_id != party.pk:
            refuse_held(replaces.origin, by)
        origin, origin_key = replaces.origin, replaces.origin_key
        lines = lines_of(replaces) if origin else lines
        _make_room(replaces, f"{key}:replaced", by)
    parts = checked_lines(book, amount, lines, reason)
    payout = Payout.objects.create(
        book=book,
        code=new_code("P"),
        party=party,
        holder=account.holder or party.name,
        iban=account.iban,
        bic=account.bic,
        amount=amount,
        day=day,
        reason=reason,
        reference=reference,
        origin=origin,
        origin_key=origin_key,
        replaces=replaces,
        key=key,
        asked_by=by.user,
        asked_label=by.label[:254],
    )
    for number, line in enumerate(parts, start=1):
        PayoutLine.objects.create(
            payout=payout,
            number=number,
            use=line.use,
            account=line.account,
            amount=line.amount,
            resource_id=line.resource,
            label=line.label[:140],
            party=line.party,
            piece=line.piece[:60],
        )
    if replaces is not None:
        Refund.objects.filter(payout=replaces).update(payout=payout)
    _happened(payout, Happening.ASKED, by, key)
    return payout


def _make_room(payout: Payout, key: str, by: Actor) -> None:
    """Let another payout take the place of one: withdraw it, unless its money is here again.

    A refund and an invoice received are open again by themselves once the money is back: they ask
    for another payout, so that nothing is paid twice.
    """
    payout = _locked(payout)
    if state_of(payout) not in {State.RETURNED, State.REJECTED}:
        withdraw_payout(payout=payout, key=key, by=by, reason=_("Replaced"))
        return
    if payout.origin.startswith("treasury."):
        raise Conflict(_("What this paid is open again: ask for another payout from there."))
    if Payout.objects.filter(replaces=payout).exists():
        raise Conflict(_("Another payout took its place already."))


def pays(payout: Payout, user: Any) -> bool:
    """Whether a payout goes to this person: in the register, or by their e-mail address."""
    party = payout.party
    agent = party.agent
    if agent is not None and agent.user_id is not None and agent.user_id == user.pk:
        return True
    return bool(party.email) and party.email.casefold() == user.email.casefold()


@transaction.atomic
def approve_payout(*, payout: Payout, key: str, by: Actor) -> PayoutEvent:
    """Agree to a payout, as one of two people. From the second one on it may be sent.

    Args:
        payout: What one agrees to; it never changes.
        key: Idempotency key of the agreement.
        by: Who agrees: a person who is signed in, not whom it pays.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        PeopleOnly: A key or a command.
        OwnPayout: The money goes to themselves.
        NotTwice: They have agreed already.
        OrderNotNow: It was agreed to, refused or withdrawn meanwhile.
    """
    authorize(by, "treasury.approve", payout.book)
    if by.kind != "person" or by.user is None:
        raise PeopleOnly
    payout = _locked(payout)
    if pays(payout, by.user):
        raise OwnPayout
    mine: PayoutEvent | None = PayoutEvent.objects.filter(
        payout=payout, kind=Happening.APPROVED, user=by.user
    ).first()
    if mine is not None:
        if mine.key != key:
            raise NotTwice
        return mine
    return _happened(payout, Happening.APPROVED, by, key)


@transaction.atomic
def refuse_payout(*, payout: Payout, key: str, by: Actor, reason: str) -> PayoutEvent:
    """Refuse a payout: it is not sent, whoever agreed before.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No reason is given.
        OrderNotNow: It is at the bank already, or ended.
    """
    authorize(by, "treasury.approve", payout.book)
    if not reason.strip():
        message = _("Say why, so that who asked knows what to do.")
        raise Invalid(message, fields={"reason": [message]})
    return _happened(_locked(payout), Happening.REFUSED, by, key, Detail(reason=reason.strip()))


@transaction.atomic
def withdraw_payout(*, payout: Payout, key: str, by: Actor, reason: str = "") -> PayoutEvent:
    """Withdraw a payout that is not at the bank yet.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: It is at the bank already, or ended.
    """
    authorize(by, "treasury.manage", payout.book)
    return _happened(_locked(payout), Happening.WITHDRAWN, by, key, Detail(reason=reason.strip()))


@transaction.atomic
def reject_payout(
    *, payout: Payout, key: str, by: Actor, code: str = "", reason: str = ""
) -> PayoutEvent:
    """Note that the bank did not do a payout of a file; no money has left.

    Args:
        payout: Which one.
        key: Idempotency key.
        by: Who notes it.
        code: The bank's reason code, such as ``AC04``.
        reason: What it said.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: It is not at the bank, or already on the statement.
    """
    authorize(by, "treasury.manage", payout.book)
    detail = Detail(reason=reason.strip(), code=code.strip().upper())
    return _happened(_locked(payout), Happening.REJECTED, by, key, detail)


@transaction.atomic
def expect_return(
    *, payout: Payout, key: str, by: Actor, code: str = "", reason: str = ""
) -> PayoutEvent:
    """Note that the money of a payout comes back: its row of the statement can then be matched.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: It has not left.
    """
    authorize(by, "treasury.manage", payout.book)
    detail = Detail(reason=reason.strip(), code=code.strip().upper())
    return _happened(_locked(payout), Happening.RETURNING, by, key, detail)


@transaction.atomic
def keep_paid(*, payout: Payout, key: str, by: Actor, reason: str = "") -> PayoutEvent:
    """Note that the money does not come back after all.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderNotNow: No return is expected.
    """
    authorize(by, "treasury.manage", payout.book)
    return _happened(_locked(payout), Happening.KEPT, by, key, Detail(reason=reason.strip()))


def _locked(payout: Payout) -> Payout:
    found: Payout = (
        Payout.objects.select_for_update(of=("self",))
        .select_related("party__agent", "book__structure")
        .get(pk=payout.pk)
    )
    return found


def _happened(
    payout: Payout, happening: Happening, by: Actor, key: str, detail: Detail | None = None
) -> PayoutEvent:
    event: PayoutEvent
    event, new = happen(payout, happening, flow=PAYOUT, by=by, key=key, detail=detail)
    if new:
        say_changed(payout, State(event.state), by)
    return event


def say_changed(payout: Payout, state: State, by: Actor) -> None:
    """Let those who asked for it hear where it stands now."""
    emit(
        PayoutChanged(
            payout=payout.code,
            state=state.value,
            origin=payout.origin,
            origin_key=payout.origin_key,
        ),
        by=by,
    )


@transaction.atomic
def note_payee(
    *, book: Book, by: Actor, party: Party | None = None, name: str = "", iban: str = ""
) -> tuple[Party, str]:
    """Note whom money goes to or comes from: a third party, and the account that they gave.

    Args:
        book: Whose third party.
        by: Who has it from them.
        party: A third party that is known.
        name: Name of a new one.
        iban: Their account; empty: one that is noted.

    Returns:
        The third party, and the account without spaces.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No name, or not an account that SEPA reaches.
    """
    authorize(by, "treasury.manage", book)
    if iban.strip():
        try:
            iban, _bic = accounts.account(iban)
        except SepaRefusal as refusal:
            raise refused(refusal, "iban") from None
    if party is None:
        party = note_party(book=book, name=name, by=by)
    if iban:
        note_iban(party=party, iban=iban, by=by, holder=name, confirmed=True)
    return party, iban
