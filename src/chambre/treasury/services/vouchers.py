"""Vouchers: issued once, used in parts, ended on their day."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused, NotFound
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentLine, Voucher, VoucherUse
from chambre.treasury.queries.vouchers import USE, sold_lines, vouchers_of
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.receiving import receive

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class VoucherEmpty(Conflict):
    """There is not so much left of it, or its day is over."""

    code = "treasury.voucher.not-so-much"


def digest_of(code: str) -> str:
    """What is kept of a code, however it was typed: spaces, hyphens and case do not count."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(f"chambre:voucher:{signs}".encode()).hexdigest()


@transaction.atomic
def issue_voucher(
    *,
    book: Book,
    reason: str,
    day: dt.date,
    key: str,
    by: Actor,
    line: PaymentLine | None = None,
    amount: int = 0,
    use: str = "",
    lines: Sequence[BookLine] = (),
    expires: dt.date | None = None,
    code: str = "",
) -> tuple[Voucher, str]:
    """Issue a voucher: one that was bought, or one that is given.

    Args:
        book: Who will owe what it is good for.
        reason: What for, at most 140 characters.
        day: When.
        key: Idempotency key, at most 100 characters.
        by: Who issues it.
        line: The line of a paid payment that bought it (use ``means.voucher``); it is booked.
        amount: Cents, of one that is given.
        use: On what the cost of one that is given is booked.
        lines: Instead of a use: what it stands for, debits (positive) that sum to ``amount``.
        expires: Last day on which it is good; None: for ever.
        code: Code that a room drew itself, at least 16 signs that nobody can guess; empty: drawn.

    Returns:
        The voucher and its code, of 16 signs in groups of four. The code is given this once: told
        again with the same key, it is empty.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Amount, words or day that are not right.
        Conflict: The line is not paid, or its voucher was issued.
        KeyReused: The key was used for another amount.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    done: Voucher | None = Voucher.objects.filter(key=key, book=book).first()
    if done is not None:
        if done.amount != (amount if line is None else line.amount):
            raise KeyReused(key=key)
        return done, ""
    reason, entry = " ".join(reason.split())[:140], None
    if not reason:
        raise Invalid(_("Say what for."), fields={"reason": [_("Say what for.")]})
    if expires is not None and expires < day:
        message = _("It would be over before it begins.")
        raise Invalid(message, fields={"expires": [message]})
    if line is not None:
        if not sold_lines(book).filter(pk=line.pk).exists():
            raise Conflict(_("This voucher is not paid, or was issued."))
        amount = line.amount
    elif amount <= 0:
        message = _("An amount is more than zero.")
        raise Invalid(message, fields={"amount": [message]})
    else:
        entry = book_entry(
            book=book, journal="OD", day=day, key=f"voucher:{book.pk}:{key}"[:120], label=reason,
            lines=[*(lines or [BookLine(amount, use=use)]), BookLine(-amount, use=USE)],
            source="treasury.voucher",
        )  # fmt: skip
    code = code or "".join(secrets.choice(_SIGNS) for _each in range(16))
    voucher: Voucher = Voucher.objects.create(
        book=book, digest=digest_of(code), hint=code[-4:], amount=amount, reason=reason, day=day,
        expires=expires, line=line, entry=entry, key=key, by=by.label[:254],
    )  # fmt: skip
    audit(by, "treasury.voucher.issued", voucher, amount=amount)
    return voucher, "-".join(code[at : at + 4] for at in range(0, 16, 4))


@transaction.atomic
def use_voucher(
    *, book: Book, code: str, payment: Payment, amount: int, day: dt.date, key: str, by: Actor
) -> VoucherUse:
    """Pay a payment, or a part of it, with a voucher.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NotFound: There is no voucher of this code.
        VoucherEmpty: There is not so much left of it, or its day is over.
        Conflict: More than the payment still takes.
    """
    authorize(by, "treasury.manage", book)
    voucher = (
        Voucher.objects.select_for_update(of=("self",))
        .filter(book=book, digest=digest_of(code))
        .first()
    )
    if voucher is None:
        message = _("There is no voucher of this code.")
        raise NotFound(message, fields={"code": [message]})
    done: VoucherUse | None = VoucherUse.objects.filter(voucher=voucher, key=key).first()
    if done is not None:
        if done.amount != amount:
            raise KeyReused(key=key)
        return done
    if payment.book_id != book.pk:
        raise Conflict(_("This is not of this structure."))
    if voucher.expires is not None and day > voucher.expires:
        message = _("This voucher is over.")
        raise VoucherEmpty(message, fields={"code": [message]})
    left = vouchers_of(book).get(pk=voucher.pk).left
    if amount > left:
        message = _("There is not so much left on this voucher.")
        raise VoucherEmpty(message, fields={"amount": [message]}, left=left)
    receipt = receive(
        payment=payment, amount=amount, means="voucher", day=day, by=by,
        key=f"{voucher.pk}:{key}"[:100],
    )  # fmt: skip
    row: VoucherUse = VoucherUse.objects.create(
        voucher=voucher, amount=amount, day=day, receipt=receipt, key=key, by=by.label[:254]
    )
    audit(by, "treasury.voucher.used", voucher, amount=amount)
    return row


@transaction.atomic
def end_vouchers(*, book: Book, day: dt.date, by: Actor, use: str = "sale.other") -> int:
    """Take what is left of the vouchers whose day is over as income; how many there were.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
    """
    authorize(by, "treasury.manage", book)
    over = Voucher.objects.select_for_update(of=("self",)).filter(book=book, expires__lt=day)
    ids = [row.pk for row in over.order_by("pk")]
    ended = 0
    for row in vouchers_of(book).filter(pk__in=ids, left__gt=0):
        entry = book_entry(
            book=book, journal="OD", day=day, key=f"voucher:{row.pk}:over:{row.left}",
            label=f"Bon échu {row}", source="treasury.voucher",
            lines=[BookLine(row.left, use=USE), BookLine(-row.left, use=use)],
        )  # fmt: skip
        VoucherUse.objects.create(
            voucher=row, amount=row.left, day=day, entry=entry, by=by.label[:254],
            key=f"over:{day.isoformat()}",
        )  # fmt: skip
        audit(by, "treasury.voucher.ended", row, amount=row.left)
        ended += 1
    return ended
