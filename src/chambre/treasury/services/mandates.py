"""Mandates: what a debtor signed, and when it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.lib.sepa import SepaRefusal, accounts, charset
from chambre.registry import api as registry
from chambre.treasury.models import (
    Collection,
    CreditorIdentity,
    Mandate,
    MandateAmendment,
    MandateEnd,
    Party,
)
from chambre.treasury.queries.orders import creditor_id, expiry, mandates_of
from chambre.treasury.services.orders import holder_of, new_code, refused
from chambre.treasury.services.parties import note_iban


class MandateEnded(Conflict):
    """Nothing may be drawn with this mandate any more."""

    code = "treasury.mandate.ended"


class ReferenceTaken(Conflict):
    """Another mandate of the structure has this reference."""

    code = "treasury.mandate.reference-taken"


@transaction.atomic
def set_creditor_id(*, book: Book, identifier: str, by: Actor) -> CreditorIdentity:
    """Note the SEPA creditor identifier (*ICS*) that the structure's bank obtained for it.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        OrderRefused: Its check digits do not fit.
    """
    authorize(by, "treasury.manage", book)
    try:
        identifier = accounts.read_creditor_id(identifier)
    except SepaRefusal as refusal:
        raise refused(refusal, "identifier") from None
    held: CreditorIdentity | None = (
        CreditorIdentity.objects.filter(book=book).order_by("-id").first()
    )
    if held is not None and held.identifier == identifier:
        return held
    row: CreditorIdentity = CreditorIdentity.objects.create(
        book=book, identifier=identifier, by=by.label[:254]
    )
    audit(by, "treasury.creditor.noted", row)
    return row


@transaction.atomic
def note_mandate(
    *,
    book: Book,
    party: Party,
    iban: str,
    signed_on: dt.date,
    key: str,
    by: Actor,
    reference: str = "",
    holder: str = "",
    bic: str = "",
    scheme: str = "CORE",
    is_recurrent: bool = True,
    notice_days: int = 14,
) -> Mandate:
    """Note a mandate that a debtor signed; the signed paper is kept by the structure.

    Args:
        book: Who may draw.
        party: From whom.
        iban: From which account.
        signed_on: Day of the signature.
        key: Idempotency key, unique for ever.
        by: Who notes it.
        reference: Unique mandate reference (*RUM*) on the paper; empty: one is given.
        holder: Holder of the account, when it is not the third party.
        bic: Its bank, outside the European Economic Area.
        scheme: ``CORE`` for anybody, ``B2B`` between companies.
        is_recurrent: For several collections; else for one.
        notice_days: Days between the announcement and the collection, 1 to 14; fewer than 14 only
            when the debtor agreed to it.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Signed in the future, or days of notice out of range.
        OrderRefused: Account, name or reference that a bank would not take.
        ReferenceTaken: Another mandate has that reference.
        KeyReused: The key was used for something else.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    done: Mandate | None = Mandate.objects.filter(key=key).first()
    if done is not None:
        if (done.book.pk, done.party.pk) != (book.pk, party.pk):
            raise KeyReused(key=key)
        return done
    if party.book_id != book.pk:
        raise Invalid(_("This third party is another structure’s."), fields={"party": [""]})
    _in_range(signed_on, notice_days)
    holder, reference = holder.strip() or party.name, reference.strip() or new_code("M")
    field = "iban"
    try:
        iban, bic = accounts.account(iban, bic)
        holder_of(party, name=holder, iban=iban, bic=bic).facts()
        field = "reference"
        charset.read_id(reference)
    except SepaRefusal as refusal:
        raise refused(refusal, field) from None
    if Mandate.objects.filter(book=book, reference=reference).exists():
        message = _("Another mandate has this reference.")
        raise ReferenceTaken(message, fields={"reference": [message]})
    mandate: Mandate = Mandate.objects.create(
        book=book,
        party=party,
        reference=reference,
        holder=holder,
        iban=iban,
        bic=bic,
        signed_on=signed_on,
        scheme=Mandate.Scheme(scheme),
        is_recurrent=is_recurrent,
        notice_days=notice_days,
        key=key,
        by=by.label[:254],
    )
    audit(by, "treasury.mandate.noted", mandate)
    return mandate


def _in_range(signed_on: dt.date, notice_days: int) -> None:
    if signed_on > registry.today():
        message = _("The day of the signature is not in the future.")
        raise Invalid(message, fields={"signed_on": [message]})
    if not 1 <= notice_days <= 14:
        message = _("Between 1 and 14 days.")
        raise Invalid(message, fields={"notice_days": [message]})


@transaction.atomic
def amend_mandate(
    *, mandate: Mandate, iban: str, told_on: dt.date, key: str, by: Actor, bic: str = ""
) -> MandateAmendment:
    """Note that the debtor moved to another account. The mandate stays; the bank is told once.

    Collections that are not at the bank yet are drawn from the new account; the first of them says
    so in its file (``SMNDA``). What the debtor wrote is kept by the structure, as the mandate is.

    Args:
        mandate: Which one.
        iban: The new account, of the same holder: another holder signs another mandate.
        told_on: When the debtor said so.
        key: Idempotency key, unique for ever.
        by: Who notes it.
        bic: Its bank, outside the European Economic Area.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        MandateEnded: Nothing may be drawn with the mandate any more.
        OrderRefused: An account that a bank would not take.
        Invalid: It is the account already; told in the future, or before the mandate was signed.
        KeyReused: The key was used for something else.
    """
    authorize(by, "treasury.manage", mandate.book)
    Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    done: MandateAmendment | None = MandateAmendment.objects.filter(key=key).first()
    if done is not None:
        if done.mandate_id != mandate.pk:
            raise KeyReused(key=key)
        return done
    row = mandates_of(mandate.book).get(pk=mandate.pk)
    _in_force(row, registry.today())
    if not row.signed_on <= told_on <= registry.today():
        message = _("A day between the signature of the mandate and today.")
        raise Invalid(message, fields={"told_on": [message]})
    try:
        iban, bic = accounts.account(iban, bic)
        holder_of(row.party, name=row.holder, iban=iban, bic=bic).facts()
    except SepaRefusal as refusal:
        raise refused(refusal, "iban") from None
    if iban == row.account().iban:
        message = _("This is the account of the mandate already.")
        raise Invalid(message, fields={"iban": [message]})
    made: MandateAmendment = MandateAmendment.objects.create(
        mandate=mandate, number=row.amendments.count() + 1, iban=iban, bic=bic, told_on=told_on,
        key=key, by=by.label[:254],
    )  # fmt: skip
    note_iban(party=row.party, iban=iban, by=by, bic=bic, holder=row.holder, confirmed=True)
    audit(by, "treasury.mandate.amended", mandate, number=made.number)
    return made


@transaction.atomic
def end_mandate(*, mandate: Mandate, reason: str, by: Actor) -> MandateEnd:
    """End a mandate: nothing is drawn with it any more. Ending it twice changes nothing.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No reason is given.
    """
    authorize(by, "treasury.manage", mandate.book)
    if not reason.strip():
        message = _("Say why.")
        raise Invalid(message, fields={"reason": [message]})
    Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    done: MandateEnd | None = MandateEnd.objects.filter(mandate=mandate).first()
    if done is not None:
        return done
    row: MandateEnd = MandateEnd.objects.create(
        mandate=mandate, reason=reason.strip()[:254], by=by.label[:254]
    )
    audit(by, "treasury.mandate.ended", mandate, reason=row.reason)
    return row


def check_usable(mandate: Mandate, day: dt.date, besides: Collection | None = None) -> None:
    """Stop unless something may be drawn with a mandate on a day.

    Args:
        mandate: With which one.
        day: On which day.
        besides: The collection that is asked for, when it is planned already.

    Raises:
        MandateEnded: It was ended, ran out 36 months after its last use, or was for one collection.
    """
    row = mandates_of(mandate.book).get(pk=mandate.pk)
    _in_force(row, day)
    live = Collection.objects.filter(mandate=mandate).exclude(
        events__kind__in=("withdrawn", "rejected")
    )
    if besides is not None:
        live = live.exclude(pk=besides.pk)
    if not row.is_recurrent and live.exists():
        raise MandateEnded(
            _("The mandate %(reference)s is for one collection only.")
            % {"reference": row.reference}
        )


def _in_force(row: Any, day: dt.date) -> None:
    """Stop when a mandate of :func:`mandates_of` was ended, or has run out by a day."""
    if hasattr(row, "end"):
        raise MandateEnded(
            _("The mandate %(reference)s was ended: %(reason)s.")
            % {"reference": row.reference, "reason": row.end.reason}
        )
    if day > (until := expiry(row)):
        raise MandateEnded(
            _("The mandate %(reference)s ran out on %(day)s, 36 months after its last use.")
            % {"reference": row.reference, "day": figures.day(until)}
        )


def require_creditor_id(book: Book) -> str:
    """The creditor identifier of a structure.

    Raises:
        Conflict: It has none: it asks its bank for one.
    """
    found = creditor_id(book)
    if not found:
        raise Conflict(
            _("Note the structure’s creditor identifier (ICS) first: its bank obtains it.")
        )
    return found
