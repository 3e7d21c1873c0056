"""Payouts: asked for, agreed to by two people, refused, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.core.hooks import emit
from chambre.ledger.models import Book
from chambre.lib.orderstates import PAYOUT, Happening, State
from chambre.lib.sepa import SepaRefusal, accounts, amounts, charset, rf
from chambre.treasury.booklines import BookLine
from chambre.treasury.events import PayoutChanged
from chambre.treasury.models import Party, PartyIban, Payout, PayoutEvent, PayoutLine
from chambre.treasury.services.booking import rule_of
from chambre.treasury.services.orders import Detail, happen, holder_of, new_code, refused
from chambre.treasury.services.parties import note_iban, note_party


class NoAccount(Invalid):
    """The third party has given no bank account, or several and none was chosen."""

    code = "treasury.payout.no-account"


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
        lines: What the parts are for: debits (positive) that sum to the amount, each with a use or
            an account. Absent: one line of use ``supplier``.
        reference: The payee's creditor reference (ISO 11649); travels instead of the words.
        day: Not before this day.
        origin: Which room asks; it hears :class:`PayoutChanged`.
        origin_key: The room's own key.
        replaces: The payout that this one takes the place of; it is withdrawn.

    Returns:
        The payout; the one that is there when the key was used for the same.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NoAccount: No account was given, or several and none was chosen.
        OrderRefused: A bank would send it back.
        KeyReused: The key was used for something else.
        OrderNotNow: What it replaces is already sent.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    done: Payout | None = Payout.objects.filter(key=key).first()
    if done is not None:
        if (done.book.pk, done.party.pk, done.amount) != (book.pk, party.pk, amount):
            raise KeyReused(key=key)
        return done
    if party.book_id != book.pk:
        raise Invalid(_("This third party is another structure’s."), fields={"party": [""]})
    account = _account(party, iban)
    reason, reference = _checked(party, account, amount, reason, reference)
    parts = _lines(book, amount, lines, reason)
    if replaces is not None:
        withdraw_payout(payout=replaces, key=f"{key}:replaced", by=by, reason=_("Replaced"))
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
        )
    _happened(payout, Happening.ASKED, by, key)
    return payout


def _account(party: Party, iban: str) -> PartyIban:
    """The account that is paid: given by the payee themselves, never one that was merely seen.

    Raises:
        NoAccount: None, or several and none was chosen.
    """
    given = list(PartyIban.objects.filter(party=party, confirmed=True).order_by("id"))
    if iban:
        wanted = "".join(iban.split()).upper()
        given = [each for each in given if each.iban == wanted]
    if len(given) == 1:
        return given[0]
    message = (
        _("%(name)s has given several accounts: choose one.")
        if given
        else _("%(name)s has not given this account: note it first, as they wrote it.")
    ) % {"name": party.name}
    raise NoAccount(message, fields={"iban": [message]})


def _checked(
    party: Party, account: PartyIban, amount: int, reason: str, reference: str
) -> tuple[str, str]:
    """Words and reference as they are kept, once a bank would take everything.

    Raises:
        OrderRefused: It would not.
    """
    reason = " ".join(reason.split())
    if not charset.fold(reason) or len(reason) > 140:
        message = _("Say in 1 to 140 characters what the money is for.")
        raise Invalid(message, fields={"reason": [message]})
    field = "amount"
    try:
        amounts.check_amount(amount)
        field = "reference"
        reference = rf.read(reference) if reference.strip() else ""
        field = "iban"
        accounts.account(account.iban, account.bic)
        holder_of(party, name=account.holder, iban=account.iban, bic=account.bic).facts()
    except SepaRefusal as refusal:
        raise refused(refusal, field) from None
    return reason, reference


def _lines(book: Book, amount: int, lines: Sequence[BookLine], reason: str) -> list[BookLine]:
    """The parts of a payout, checked.

    Raises:
        Invalid: They do not sum to the amount, or one has neither use nor account.
    """
    parts = list(lines) or [BookLine(amount, use="supplier", label=reason)]
    if any(part.amount <= 0 for part in parts) or sum(part.amount for part in parts) != amount:
        message = _("The parts are positive and sum to the amount.")
        raise Invalid(message, fields={"lines": [message]})
    for part in parts:
        if bool(part.use) == bool(part.account):
            raise Invalid(_("A line names a use or an account."), fields={"lines": [part.label]})
        if part.use:
            rule_of(book, part.use)
    return parts


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
