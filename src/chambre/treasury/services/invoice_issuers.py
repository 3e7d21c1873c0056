"""How a structure signs its invoices, and what it prepares."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Book
from chambre.lib import invoicing as lib
from chambre.treasury.invoicedata import InvoiceIn, kept
from chambre.treasury.models import InvoiceDraft, InvoiceIssuer, Party
from chambre.treasury.services.parties import clean_iban

FIELDS = (
    "name", "street", "more_address", "postcode", "city", "country", "siren", "siret", "vat_number",
    "legal", "email", "phone", "regime", "on_debits", "iban", "bic", "prefix", "term_days",
    "end_of_month", "penalty_rate", "remind", "first_reminder", "second_reminder", "last_reminder",
)  # fmt: skip
"""What an issuer says."""
PREFIX = re.compile(r"[A-Z0-9]{1,12}")


def suggested_prefix(book: Book) -> str:
    """The beginning of a structure's numbers, from its short name: no other structure has it."""
    base = re.sub(r"[^A-Z0-9]", "", slugify(book.structure.slug).upper())[:10] or "F"
    taken = set(InvoiceIssuer.objects.exclude(book=book).values_list("prefix", flat=True))
    found, at = base, 1
    while found in taken:
        at += 1
        found = f"{base[:10]}{at}"
    return found


@transaction.atomic
def set_issuer(*, book: Book, by: Actor, **fields: Any) -> InvoiceIssuer:
    """Say how a structure signs its invoices from now on; what is issued stays as it is.

    Args:
        book: Whose invoices.
        by: Who says so.
        **fields: Any of :data:`FIELDS`; those left out stay, or take the structure's own name and
            number, 30 days to pay, and a beginning of numbers of its own.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: A number that is wrong, or a beginning that another structure has.
    """
    authorize(by, "treasury.manage", book)
    if unknown := set(fields) - set(FIELDS):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    Book.objects.select_for_update().get(pk=book.pk)
    issuer = InvoiceIssuer.objects.filter(book=book).first() or InvoiceIssuer(
        book=book,
        name=book.structure.name[:140],
        siren=book.structure.siren,
        siret=book.structure.siret,
        prefix=suggested_prefix(book),
    )
    for name, value in fields.items():
        setattr(issuer, name, value)
    _check(issuer)
    issuer.save()
    audit(by, "treasury.issuer.set", issuer, prefix=issuer.prefix, regime=issuer.regime)
    return issuer


def _check(issuer: InvoiceIssuer) -> None:
    wrong: dict[str, list[str]] = {}
    if issuer.siren and not lib.valid_siren(issuer.siren):
        wrong["siren"] = [_("This SIREN is not right.")]
    if issuer.siret and not lib.valid_siret(issuer.siret, issuer.siren):
        wrong["siret"] = [_("This SIRET is not right, or not of this SIREN.")]
    if issuer.regime == InvoiceIssuer.Regime.VAT and not issuer.vat_number:
        wrong["vat_number"] = [_("Who charges VAT has a VAT number.")]
    if not PREFIX.fullmatch(issuer.prefix):
        wrong["prefix"] = [_("1 to 12 capital letters or digits.")]
    elif InvoiceIssuer.objects.exclude(pk=issuer.pk).filter(prefix=issuer.prefix).exists():
        wrong["prefix"] = [_("Another structure's numbers begin so.")]
    if issuer.iban:
        issuer.iban = clean_iban(issuer.iban)
    if not issuer.first_reminder < issuer.second_reminder < issuer.last_reminder:
        wrong["second_reminder"] = [_("Each reminder comes after the one before.")]
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def save_draft(
    *,
    book: Book,
    asked: InvoiceIn,
    by: Actor,
    party: Party | None = None,
    draft: InvoiceDraft | None = None,
) -> InvoiceDraft:
    """Keep what is being prepared, whatever it still lacks.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: The draft was issued meanwhile.
    """
    authorize(by, "treasury.manage", book)
    if draft is None:
        draft = InvoiceDraft(book=book, by=by.label[:254])
    else:
        draft = InvoiceDraft.objects.select_for_update().get(pk=draft.pk, book=book)
    if draft.invoice_id:
        raise Conflict(_("This draft was issued already."))
    draft.party = party
    draft.data = kept(asked)
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, draft: InvoiceDraft, by: Actor) -> None:
    """Throw a draft away. It had no number, so nothing is missing afterwards.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It was issued.
    """
    authorize(by, "treasury.manage", draft.book)
    draft = InvoiceDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.invoice_id:
        raise Conflict(_("This draft was issued already."))
    audit(by, "treasury.draft.discarded", draft)
    draft.delete()
