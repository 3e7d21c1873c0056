"""Reads an invoice that somebody sent: Factur-X (PDF), CII or UBL (XML).

The file comes from outside: its size is bounded, entities and document types are refused, nothing
is fetched, and every value is read strictly. What the sender added up is kept beside what its
lines give; :func:`~chambre.lib.invoicing.received.check_received` compares them.
"""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from . import cii_reader, ubl_reader
from .received import Received
from .refusals import InvoiceRefusal

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_BYTES = 20 * 1024 * 1024
"""Largest file read."""
NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""Names under which the data lies in a PDF (Factur-X, ZUGFeRD)."""

_READERS = {
    cii_reader.ROOT: cii_reader.read,
    ubl_reader.INVOICE: ubl_reader.read,
    ubl_reader.CREDIT: ubl_reader.read,
}


def read_invoice(data: bytes) -> Received:
    """Read an invoice from the bytes of its file.

    Args:
        data: A PDF with embedded data, or an XML document.

    Raises:
        InvoiceRefusal: Not an invoice, damaged, too large, or a value that cannot be read; the
            refusal says which.
    """
    if not data.strip():
        raise InvoiceRefusal("invoice-file-empty")
    if len(data) > MOST_BYTES:
        raise InvoiceRefusal("invoice-file-too-big", limit=MOST_BYTES // (1024 * 1024))
    if b"%PDF-" in data[:1024]:
        return replace(_read_xml(embedded_xml(data)), from_pdf=True)
    return _read_xml(data)


def embedded_xml(pdf: bytes) -> bytes:
    """Take the invoice data out of a Factur-X or ZUGFeRD PDF.

    Raises:
        InvoiceRefusal: A PDF that cannot be read, or that carries no such data.
    """
    from pypdf import PdfReader  # a third of a second that only those who read a PDF wait
    from pypdf.errors import PyPdfError

    quiet = logging.getLogger("pypdf")
    before = quiet.level
    quiet.setLevel(logging.CRITICAL)  # what is wrong with a stranger's PDF is not our log's matter
    try:
        reader = PdfReader(io.BytesIO(pdf), strict=False)
        if reader.is_encrypted:
            raise InvoiceRefusal("invoice-pdf-unreadable", why="encrypted")
        found = {name.lower(): data for name, data in _attachments(reader)}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
            IndexError, OSError, AssertionError, NotImplementedError) as error:  # fmt: skip
        if isinstance(error, InvoiceRefusal):
            raise
        # pypdf answers a damaged file with whichever of these the damage leads to.
        raise InvoiceRefusal("invoice-pdf-unreadable", why=type(error).__name__) from error
    finally:
        quiet.setLevel(before)
    for name in NAMES:
        if name in found:
            return found[name]
    for name, data in found.items():
        if name.endswith(".xml") and _root_of(data) in _READERS:
            return data
    raise InvoiceRefusal("invoice-pdf-without-data")


def _attachments(reader: PdfReader) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, contents in reader.attachments.items():
        for content in contents:
            if len(content) > MOST_BYTES:
                raise InvoiceRefusal("invoice-file-too-big", limit=MOST_BYTES // (1024 * 1024))
            found.append((name, bytes(content)))
    return found


def _root_of(data: bytes) -> str:
    try:
        return str(_parse(data).tag)
    except InvoiceRefusal:
        return ""


def _read_xml(data: bytes) -> Received:
    root = _parse(data)
    reader = _READERS.get(str(root.tag))
    if reader is None:
        raise InvoiceRefusal("invoice-file-unknown")
    return reader(root, data)


def _parse(data: bytes) -> etree._Element:
    if len(data) > MOST_BYTES:
        raise InvoiceRefusal("invoice-file-too-big", limit=MOST_BYTES // (1024 * 1024))
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1]
    if start != b"<":
        raise InvoiceRefusal("invoice-file-unknown")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvoiceRefusal("invoice-xml-unreadable", why=str(error)[:200]) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise InvoiceRefusal("invoice-xml-forbidden")
    return root
