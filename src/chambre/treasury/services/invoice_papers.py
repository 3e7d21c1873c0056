"""The file of an invoice: made once, kept, given out the same ever after."""

from __future__ import annotations

import io
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.models import StoredFile
from chambre.lib import invoicing as lib
from chambre.lib.sepa import SepaRefusal, epc, qr
from chambre.treasury.invoicedata import asked, paper_of
from chambre.treasury.models import Invoice, InvoiceDraft, InvoicePaper
from chambre.treasury.services.invoice_composing import compose, issuer_of

PURPOSE = "treasury.invoice"


@files.readable_by(PURPOSE)
def _may_read(by: Actor, file: StoredFile) -> bool:
    paper = (
        InvoicePaper.objects.select_related("invoice__book__structure").filter(file=file).first()
    )
    return paper is not None and by.may("treasury.read", paper.invoice)


def scan_of(invoice: lib.Invoice) -> str:
    """The EPC QR code of the transfer that pays an invoice, as SVG; empty when none is possible."""
    payable = lib.totals(invoice).payable
    how = invoice.settlement
    if invoice.kind.credit or how.means != "58" or payable <= 0 or not how.iban:
        return ""
    try:
        text = epc.payload(
            name=how.holder or invoice.seller.name, iban=how.iban, bic=how.bic, amount=payable,
            reference=how.reference,
        )  # fmt: skip
    except SepaRefusal:  # the paper says how to pay in words all the same
        return ""
    return qr.draw(text, label=_("Payment by transfer"))


def facturx_of(*, invoice: Invoice, by: Actor) -> bytes:
    """The Factur-X file of an invoice: PDF/A-3 with the XML inside.

    It is made when it is first asked for, and kept; later it is the same to the last byte.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NotFound: The kept file is missing from the home.
    """
    authorize(by, "treasury.read", invoice)
    known = InvoicePaper.objects.select_related("file").filter(invoice=invoice).first()
    if known is None:
        known = _keep(invoice)
    with files.open_file(known.file) as content:
        return content.read()


def _keep(invoice: Invoice) -> InvoicePaper:
    paper = paper_of(invoice.content)
    made = lib.facturx_bytes(
        paper, language=invoice.language, issued=invoice.at, scan=scan_of(paper)
    )
    stored = files.store(
        io.BytesIO(made), name=f"{invoice.number}.pdf", purpose=PURPOSE,
        by=Actor.system("treasury"), content_type="application/pdf",
    )  # fmt: skip
    try:
        with transaction.atomic():
            kept: InvoicePaper = InvoicePaper.objects.create(invoice=invoice, file=stored)
    except IntegrityError:  # somebody made it at the same moment: theirs is the one
        kept = InvoicePaper.objects.select_related("file").get(invoice=invoice)
    return kept


def xml_of(*, invoice: Invoice, by: Actor) -> bytes:
    """The CII XML of an invoice, as it is in its Factur-X file.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
    """
    authorize(by, "treasury.read", invoice)
    return lib.cii_bytes(paper_of(invoice.content))


def draft_paper(*, draft: InvoiceDraft, by: Actor) -> bytes:
    """A draft on paper, marked as such.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: A line that makes no sense, or no settings for invoices.
    """
    authorize(by, "treasury.read", draft)
    made = compose(issuer=issuer_of(draft.book), party=draft.party, asked=asked(draft.data))
    moment = datetime.combine(made.issued, time(), tzinfo=timezone.get_current_timezone())
    return lib.draft_bytes(made, language=asked(draft.data).language, issued=moment)
