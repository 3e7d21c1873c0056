"""Invoices from suppliers: read, decided by somebody who may, booked, and then to be paid."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.core.models import StoredFile
from chambre.ledger.models import Book
from chambre.lib import invoicing as lib
from chambre.lib.canonical import digest
from chambre.registry.models import Resource
from chambre.treasury.booklines import BookLine
from chambre.treasury.invoicedata import kept
from chambre.treasury.models import (
    InvoiceIssuer,
    Party,
    Purchase,
)
from chambre.treasury.queries.purchases import party_like
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.parties import clean_iban, note_iban, note_party

PURPOSE = "treasury.purchase"
State = Purchase.State


class PurchaseRefused(Invalid):
    """The file is no invoice that can be read; the message says why and what to do."""

    code = "treasury.purchase-unreadable"


class NotOurs(Conflict):
    """The same invoice of the same supplier was accepted before."""

    code = "treasury.purchase-twice"


@files.readable_by(PURPOSE)
def _may_read(by: Actor, file: StoredFile) -> bool:
    row = Purchase.objects.select_related("book__structure").filter(file=file).first()
    return row is not None and by.may("treasury.read", row)


@dataclass(frozen=True, slots=True)
class VatPart:
    """A base and its VAT, in cents, as somebody typed them from a paper."""

    base: int
    vat: int


def receive_purchase(*, book: Book, content: bytes, name: str, by: Actor) -> Purchase:
    """Bring in an invoice that a supplier sent as Factur-X, CII or UBL.

    The same file again is the invoice that is there.

    Args:
        book: Who was billed.
        content: The bytes of the file.
        name: Its name, as the person knows it.
        by: Who brings it in.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        PurchaseRefused: It cannot be read; nothing is kept.
    """
    authorize(by, "treasury.manage", book)
    sha = hashlib.sha256(content).hexdigest()
    if known := Purchase.objects.filter(book=book, digest=sha).first():
        return known
    try:
        received = lib.read_invoice(content)
    except lib.InvoiceRefusal as refusal:
        raise PurchaseRefused(
            refusal.message(get_language() or "fr"),
            reason=refusal.code,
            fields={"file": [refusal.message(get_language() or "fr")]},
        ) from refusal
    made, sums = received.invoice, received.sums()
    stored = files.store(io.BytesIO(content), name=name, purpose=PURPOSE, by=by)
    problems = [
        {"code": each.code, "at": each.at, "grave": each.grave, "fr": each.fr, "en": each.en}
        for each in lib.check_received(received)
    ]
    problems += _for_us(book, made.buyer)
    return _receive(
        book,
        by,
        digest_text=sha,
        file=stored,
        credit=made.kind.credit,
        supplier=made.seller.name[:140],
        siren=made.seller.siren[:9],
        number=made.number[:60],
        issued=made.issued,
        due=made.due,
        taxable=sums.taxable,
        vat=sums.vat,
        payable=sums.payable,
        prepaid=sums.prepaid,
        iban=made.settlement.iban[:34],
        reference=made.settlement.reference[:140],
        barter=made.settlement.means == "97",
        content=kept(made),
        problems=problems,
    )


def _for_us(book: Book, buyer: lib.Party) -> list[dict[str, Any]]:
    """Whether an invoice names this structure; a person looks when it does not."""
    issuer = InvoiceIssuer.objects.filter(book=book).first()
    ours = {book.structure.siren, issuer.siren if issuer else ""} - {""}
    if not buyer.siren or not ours or buyer.siren in ours:
        return []
    return [
        {
            "code": "other-buyer", "at": "buyer", "grave": False,
            "en": f"it is addressed to {buyer.name} ({buyer.siren})",
            "fr": f"elle est adressée à {buyer.name} ({buyer.siren})",
        }
    ]  # fmt: skip


@transaction.atomic
def _receive(book: Book, by: Actor, *, digest_text: str, **fields: Any) -> Purchase:
    Book.objects.select_for_update().get(pk=book.pk)
    if known := Purchase.objects.filter(book=book, digest=digest_text).first():
        return known
    row = Purchase.objects.create(book=book, digest=digest_text, by=by.label[:254], **fields)
    audit(by, "treasury.purchase.received", row, number=row.number, payable=row.payable)
    return row


def enter_purchase(
    *,
    book: Book,
    supplier: str,
    number: str,
    issued: dt.date,
    parts: Sequence[VatPart],
    by: Actor,
    due: dt.date | None = None,
    iban: str = "",
    reference: str = "",
    siren: str = "",
    credit: bool = False,
    barter: bool = False,
    file: StoredFile | None = None,
) -> Purchase:
    """Enter an invoice that came on paper, or as a PDF without data.

    Args:
        book: Who was billed.
        supplier: Who sent it.
        number: Its number.
        issued: Its day.
        parts: Bases and VAT, in cents; at least one.
        by: Who enters it.
        due: Day to pay by.
        iban: Where it is to be paid.
        reference: What the payer writes.
        siren: The supplier's, if known.
        credit: It is a credit note.
        barter: It is paid by compensation.
        file: A scan, if there is one.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No supplier, number or amount; or a wrong IBAN or SIREN.
    """
    authorize(by, "treasury.manage", book)
    wrong: dict[str, list[str]] = {}
    supplier, number = " ".join(supplier.split())[:140], " ".join(number.split())[:60]
    taxable, vat = sum(part.base for part in parts), sum(part.vat for part in parts)
    if not supplier:
        wrong["supplier"] = [_("Say who sent it.")]
    if not number:
        wrong["number"] = [_("Give its number.")]
    if taxable + vat <= 0:
        wrong["base"] = [_("Give its amount.")]
    if siren and not lib.valid_siren(siren):
        wrong["siren"] = [_("This SIREN is not right.")]
    if due and due < issued:
        wrong["due"] = [_("The due day is before the day of the invoice.")]
    if wrong:
        raise Invalid(fields=wrong)
    iban = clean_iban(iban) if iban.strip() else ""
    said = [supplier, number, issued.isoformat(), taxable, vat, credit]
    return _receive(
        book,
        by,
        digest_text=digest(said, about="purchase").hex(),
        file=file, credit=credit, supplier=supplier, siren=siren, number=number, issued=issued,
        due=due, taxable=taxable, vat=vat, payable=taxable + vat, iban=iban,
        reference=reference.strip()[:140], barter=barter,
        content={"parts": [[part.base, part.vat] for part in parts]},
    )  # fmt: skip


def _locked(purchase: Purchase) -> Purchase:
    rows = Purchase.objects.select_for_update(of=("self",)).select_related("book__structure")
    return rows.get(pk=purchase.pk)


@transaction.atomic
def accept_purchase(
    *,
    purchase: Purchase,
    by: Actor,
    account: str = "",
    resource: Resource | None = None,
    party: Party | None = None,
    day: dt.date | None = None,
    recover_vat: bool | None = None,
    barter: bool | None = None,
    parts: Sequence[BookLine] = (),
    reverse_rate: int | None = None,
) -> Purchase:
    """Accept an invoice: it is booked, and its money is owed. Accepting it again changes nothing.

    Args:
        purchase: Which.
        by: Who accepts it.
        account: Number of the account of expenses; absent: the rule of ``purchase``.
        resource: The resource that it concerns.
        party: The supplier among the structure's third parties; absent: found or noted.
        day: Day on which it is booked; absent: its own day.
        recover_vat: Whether the VAT is deducted; absent: as the structure's own regime is.
        barter: Paid by compensation; absent: as it says.
        parts: What is booked on other accounts than ``account``, which gets the rest: positive amounts
            in cents, each with its account or use, and its resource.
        reverse_rate: VAT rate that the structure owes itself, in hundredths of a percent, on an
            invoice without VAT (*autoliquidation*: art. 283, 1 and 2 to 2 nonies of the CGI). It is
            deducted too where VAT is; else it is a part of the expense.

    Raises:
        Forbidden: ``by`` may not agree to payments of this structure.
        Invalid: The parts are more than the whole, or VAT is owed on an invoice that has some.
        Conflict: It was refused, or its sums do not hold.
        NotOurs: The same number of this supplier was accepted before.
        MonthClosed, ClosedYear: Nothing is booked any more on that day.
    """
    authorize(by, "treasury.approve", purchase)
    row = _locked(purchase)
    if row.state == State.ACCEPTED:
        return row
    if row.state == State.REFUSED:
        raise Conflict(_("This invoice was refused."))
    grave = [each for each in row.problems if each["grave"]]
    if grave:
        language = "fr" if (get_language() or "fr").startswith("fr") else "en"
        words = "; ".join(each[language] for each in grave)
        raise Conflict(_("This invoice does not hold: %(why)s.") % {"why": words})
    party = party or _supplier(row, by)
    if party.book_id != row.book_id:
        raise Invalid(_("This supplier is another structure's."), fields={"party": [party.code]})
    if Purchase.objects.filter(
        party=party, number=row.number, credit=row.credit, state=State.ACCEPTED
    ).exists():
        raise NotOurs(_("Invoice %(number)s of this supplier was accepted before.")
                      % {"number": row.number})  # fmt: skip
    row.barter = row.barter if barter is None else barter
    recover = _recovers(row.book) if recover_vat is None else recover_vat
    _check_booking(row, parts, reverse_rate)
    row.entry = book_entry(
        book=row.book, journal="AC", day=day or row.issued, key=f"purchase:{row.pk}",
        lines=_lines(
            row, party, account.strip().upper(), resource, recover=recover, parts=parts,
            reverse=reverse_vat(row, reverse_rate),
        ),
        label=f"{'Avoir' if row.credit else 'Facture'} {row.number} – {row.supplier}",
        piece=row.number, source=f"treasury.purchase:{row.pk}",
    )  # fmt: skip
    row.party, row.account, row.resource = party, account.strip().upper(), resource
    _decide(row, State.ACCEPTED, by)
    audit(by, "treasury.purchase.accepted", row, number=row.number, payable=row.payable)
    return row


def reverse_vat(row: Purchase, rate: int | None) -> int:
    """VAT that the buyer owes on an invoice without VAT, in cents, halves away from zero."""
    return (row.taxable * rate + 5_000) // 10_000 if rate else 0


def _check_booking(row: Purchase, parts: Sequence[BookLine], reverse_rate: int | None) -> None:
    if any(part.amount <= 0 for part in parts) or sum(p.amount for p in parts) > row.taxable:
        message = _("The parts are positive and together no more than the sum without VAT.")
        raise Invalid(message, fields={"part_amount": [message]})
    if reverse_rate and (row.vat or not 0 < reverse_rate <= 10_000):
        message = _("VAT is owed by the buyer only on an invoice that has none.")
        raise Invalid(message, fields={"reverse_rate": [message]})


def _decide(row: Purchase, state: str, by: Actor) -> None:
    row.state, row.decided_by, row.decided_at = state, by.label[:254], timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NotOurs(_("Invoice %(number)s of this supplier was accepted before.")
                      % {"number": row.number}) from error  # fmt: skip


def _recovers(book: Book) -> bool:
    """Whether a structure deducts VAT: only who charges it."""
    issuer = InvoiceIssuer.objects.filter(book=book).first()
    return issuer is not None and issuer.regime == InvoiceIssuer.Regime.VAT


def _supplier(row: Purchase, by: Actor) -> Party:
    """The third party that sent it; noted with what the invoice says when it is new."""
    known = party_like(row.book, siren=row.siren, name=row.supplier)
    seller = row.content.get("seller") or {}
    address = seller.get("address") or {}
    if known is None:
        known = note_party(
            book=row.book, name=row.supplier, by=by, siren=row.siren,
            siret=(seller.get("siret") or "")[:14], vat_number=(seller.get("vat") or "")[:20],
            email=(seller.get("email") or "")[:254], street=(address.get("street") or "")[:140],
            more_address=(address.get("more") or "")[:140],
            postcode=(address.get("postcode") or "")[:16], city=(address.get("city") or "")[:70],
            country=(address.get("country") or "FR")[:2], is_business=True,
        )  # fmt: skip
    if row.iban:
        try:
            # Seen on an invoice, not given by themselves: a person confirms it before money goes.
            note_iban(party=known, iban=row.iban, by=by, holder=row.supplier)
        except Invalid:
            row.problems = [*row.problems, {
                "code": "iban", "at": "iban", "grave": False,
                "en": f"its IBAN {row.iban} is wrong", "fr": f"son IBAN {row.iban} est faux",
            }]  # fmt: skip
    return known


def _lines(
    row: Purchase,
    party: Party,
    account: str,
    resource: Resource | None,
    *,
    recover: bool,
    parts: Sequence[BookLine] = (),
    reverse: int = 0,
) -> list[BookLine]:
    """Expense and VAT against the supplier; the opposite for a credit note."""
    sign = -1 if row.credit else 1
    deducted = row.vat if recover else 0
    owed = row.payable + row.prepaid
    rounding = owed - row.gross
    return [
        BookLine(
            sign
            * (row.gross - deducted - sum(p.amount for p in parts) + (0 if recover else reverse)),
            account=account,
            use="" if account else "purchase",
            resource=resource.pk if resource else None,
        ),
        *(replace(part, amount=sign * part.amount) for part in parts),
        BookLine(sign * (deducted + (reverse if recover else 0)), use="vat.deductible"),
        BookLine(-sign * reverse, use="vat.reverse"),
        BookLine(sign * rounding, use="rounding.loss" if sign * rounding > 0 else "rounding.gain"),
        BookLine(
            -sign * row.payable, use="barter.supplier" if row.barter else "supplier", party=party
        ),
        BookLine(-sign * row.prepaid, use="advance.paid", party=party),
    ]


@transaction.atomic
def refuse_purchase(*, purchase: Purchase, reason: str, by: Actor) -> Purchase:
    """Refuse an invoice; the reason is what its supplier is told. Nothing is booked.

    Raises:
        Forbidden: ``by`` may not agree to payments of this structure.
        Invalid: No reason.
        Conflict: It was accepted.
    """
    authorize(by, "treasury.approve", purchase)
    reason = " ".join(reason.split())[:254]
    if not reason:
        raise Invalid(_("Say why it is refused."), fields={"reason": [_("Give a reason.")]})
    row = _locked(purchase)
    if row.state == State.ACCEPTED:
        raise Conflict(_("This invoice was accepted: ask for a credit note."))
    if row.state == State.REFUSED:
        return row
    row.reason = reason
    _decide(row, State.REFUSED, by)
    audit(by, "treasury.purchase.refused", row, reason=reason)
    return row
