"""Says in a PDF's metadata that it carries Factur-X data, and describes those fields for PDF/A.

Typst writes PDF/A-3 with the attached file; what it has no words for are the four fields of
Factur-X and the schema that PDF/A wants of every field that it does not know itself
(ISO 19005-3, 6.6.2.3). They go into the metadata by an incremental update (ISO 32000-1, 7.5.6):
the document stays as it was, and a new version of that one object is put behind it.
"""

from __future__ import annotations

import re

_SCHEMA = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_FIELDS = (
    ("DocumentFileName", "The name of the embedded XML document"),
    ("DocumentType", "The type of the hybrid document in capital letters, e.g. INVOICE"),
    ("Version", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "The conformance level of the embedded XML document"),
)
_BAG = b"<pdfaExtension:schemas><rdf:Bag>"
_LAST = re.compile(rb"startxref\s+([0-9]+)\s+%%EOF\s*\Z")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref", re.DOTALL)


def mark_facturx(pdf: bytes, *, level: str = "EN 16931", name: str = "factur-x.xml") -> bytes:
    """Add the Factur-X fields to the metadata of a PDF/A-3.

    Args:
        pdf: A document whose metadata stands uncompressed, with an extension schema, and whose
            cross-references are a table: as Typst writes it.
        level: Conformance level of the data, as the specification spells it.
        name: Name of the attached file.

    Returns:
        The document with its update.

    Raises:
        ValueError: The document is not of that shape.
    """
    last, trailer = _LAST.search(pdf), _TRAILER.findall(pdf)
    if last is None or not trailer:
        raise ValueError("the PDF has no table of cross-references")
    root = _reference(trailer[-1], b"Root")
    metadata = _reference(_object(pdf, root), b"Metadata")
    body = _object(pdf, metadata)
    start, end = body.find(b"stream\n") + 7, body.rfind(b"\nendstream")
    packet = body[start:end]
    if _BAG not in packet or b"</rdf:RDF>" not in packet:
        raise ValueError("the PDF has no metadata with an extension schema")
    packet = packet.replace(_BAG, _BAG + _schema().encode(), 1)
    packet = packet.replace(b"</rdf:RDF>", _fields(level, name).encode() + b"</rdf:RDF>", 1)
    return _updated(pdf, metadata, packet, trailer[-1], int(last.group(1)))


def _reference(dictionary: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb"\s+([0-9]+)\s+0\s+R", dictionary)
    if found is None:
        raise ValueError(f"the PDF has no /{key.decode()}")
    return int(found.group(1))


def _object(pdf: bytes, number: int) -> bytes:
    start = pdf.rfind(b"\n%d 0 obj" % number)
    end = pdf.find(b"endobj", start)
    if start < 0 or end < 0:
        raise ValueError(f"the PDF has no object {number}")
    return pdf[start:end]


def _updated(pdf: bytes, number: int, packet: bytes, trailer: bytes, previous: int) -> bytes:
    head = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    size = b"<</Length %d/Type/Metadata/Subtype/XML>>" % len(packet)
    made = b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, size, packet)
    at = len(head) + len(made)
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, len(head))
    ending = b"trailer\n<<%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, previous, at)
    return head + made + table + ending


def _fields(level: str, name: str) -> str:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_SCHEMA}">'
        f"<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>{name}</fx:DocumentFileName>"
        f"<fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel>"
        "</rdf:Description>"
    )


def _schema() -> str:
    parts = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
        for name, what in _FIELDS
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_SCHEMA}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{parts}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
