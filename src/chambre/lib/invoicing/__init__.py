"""Invoices: what they add up to, what the law wants on them, Factur-X out and in.

EN 16931 in the profile of the same name: :func:`totals` computes, :func:`missing` says what is
lacking, :func:`cii_bytes` and :func:`facturx_bytes` write, :func:`read_invoice` reads what others
send (Factur-X, CII, UBL) and :func:`check_received` says whether it adds up.
"""

from chambre.lib.invoicing.cii import cii_bytes, decimal_text, rate_text
from chambre.lib.invoicing.mentions import (
    LONGEST_TERM,
    NUMBER,
    RECOVERY_INDEMNITY,
    Problem,
    due_day,
    mention,
    missing,
    terms_notes,
    valid_siren,
    valid_siret,
)
from chambre.lib.invoicing.model import (
    Address,
    Allowance,
    Invoice,
    Kind,
    Line,
    Nature,
    Note,
    Party,
    Preceding,
    Settlement,
    Vat,
)
from chambre.lib.invoicing.paper import (
    UNITS,
    amount_shown,
    draft_bytes,
    facturx_bytes,
    paper_data,
    price_shown,
    quantity_shown,
    rate_shown,
    title,
)
from chambre.lib.invoicing.rates import (
    EXEMPTIONS,
    Exemption,
    Rate,
    Territory,
    find_vat,
    rate_holds,
    rates_on,
)
from chambre.lib.invoicing.reading import MOST_BYTES, embedded_xml, read_invoice
from chambre.lib.invoicing.received import Declared, Received, check_received
from chambre.lib.invoicing.refusals import InvoiceRefusal
from chambre.lib.invoicing.totals import (
    Totals,
    VatTotal,
    breakdown,
    from_gross,
    line_net,
    totals,
    totals_of,
    vat_amount,
)

__all__ = [
    "EXEMPTIONS", "LONGEST_TERM", "MOST_BYTES", "NUMBER", "RECOVERY_INDEMNITY", "UNITS", "Address",
    "Allowance", "Declared", "Exemption", "Invoice", "InvoiceRefusal", "Kind", "Line", "Nature",
    "Note", "Party", "Preceding", "Problem", "Rate", "Received", "Settlement", "Territory",
    "Totals", "Vat", "VatTotal", "amount_shown", "breakdown", "check_received", "cii_bytes",
    "decimal_text", "draft_bytes", "due_day", "embedded_xml", "facturx_bytes", "find_vat",
    "from_gross", "line_net", "mention", "missing", "paper_data", "price_shown", "quantity_shown",
    "rate_holds", "rate_shown", "rate_text", "rates_on", "read_invoice", "terms_notes", "title",
    "totals", "totals_of", "valid_siren", "valid_siret", "vat_amount",
]  # fmt: skip
