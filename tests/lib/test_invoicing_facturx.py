"""Factur-X: held against the official schema, EN 16931 and the French rules; and the PDF itself."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import facturx
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invoicing_support import (
    APPLES,
    BERLIN,
    FULL,
    ISSUED,
    ORCHARD,
    PRESSING,
    REDUCED,
    exempt,
    faults,
    invoice,
)
from lxml import etree
from pypdf import PdfReader

from chambre.lib.invoicing import (
    Address,
    Allowance,
    Kind,
    Line,
    Nature,
    Note,
    Preceding,
    Settlement,
    cii_bytes,
    draft_bytes,
    embedded_xml,
    facturx_bytes,
    from_gross,
    mention,
    missing,
    totals,
)
from chambre.lib.invoicing.xmp import mark_facturx

GROSS = from_gross([
    Line("1", "Jus de pomme", Decimal(7), Decimal("3.33"), REDUCED, "XBO"),
    Line("2", "Panier", Decimal(1), Decimal("0.03"), FULL),
    Line("3", "Panier repris", Decimal(-1), Decimal("1.99"), REDUCED),
])  # fmt: skip

CASES = {
    "plain": invoice(),
    "allowance-and-charge": invoice(
        allowances=(
            Allowance(500, FULL, "Fidélité"),
            Allowance(300, REDUCED, "Transport", charge=True),
        )
    ),
    "prepaid": invoice(prepaid=5000),
    "all-paid": invoice(prepaid=17460, due=date(2026, 3, 1), settlement=Settlement(means="48")),
    "period": invoice(period=(date(2026, 2, 1), date(2026, 2, 28)), delivered=None),
    "elsewhere": invoice(delivery=Address("3 quai", "", "44000", "Nantes"), order="BC-12",
                         buyer_reference="Service 4"),
    "with-vat-prices": invoice(*GROSS[0], rounding=GROSS[1]),
    "franchise": exempt("franchise", seller=replace(ORCHARD, vat="")),
    "non-profit": exempt("non-profit"),
    "mixed-with-exempt": invoice(APPLES, exempt("training").lines[0], nature=Nature.BOTH),
    "reverse-charge": exempt("reverse-charge", buyer=BERLIN),
    "intra-community": exempt("intra-community", buyer=BERLIN),
    "export": exempt(
        "export", buyer=replace(BERLIN, vat="", address=replace(BERLIN.address, country="CH"))
    ),
    "outside": exempt("outside"),
    "credit-note": invoice(kind=Kind.CREDIT, preceding=(Preceding("F-2026-0001", date(2026, 2, 1)),)),
    "corrected": invoice(kind=Kind.CORRECTED, preceding=(Preceding("F-2026-0001"),)),
    "barter": invoice(
        settlement=Settlement(means="97", text=mention("barter", "fr"), terms="Compensation"),
        notes=(*invoice().notes, Note(mention("barter", "fr"), "AAI")),
    ),
    "odd-letters": invoice(replace(PRESSING, name="Fût & <bois> 農協 \x07 “x”")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_invoice_keeps_all_rules(case):
    assert missing(CASES[case]) == []
    assert faults(cii_bytes(CASES[case])) == []


def test_the_rules_do_look():
    xml = cii_bytes(invoice())

    assert any("BR-CO-15" in each for each in faults(xml.replace(b"174.60", b"174.61", 1)))
    assert any("BR-FR-05" in each for each in faults(cii_bytes(invoice(notes=()))))
    assert any("schema" in each.lower() or "Schema" in each
               for each in faults(xml.replace(b"ram:ID>F-", b"ram:Name>F-")
                                  .replace(b"0001</ram:ID>", b"0001</ram:Name>")))  # fmt: skip


VATS = st.sampled_from([FULL, REDUCED])
AMOUNTS = st.integers(0, 10**9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(1, 10**7), AMOUNTS, VATS, st.integers(0, 50)), min_size=1, max_size=6
    ),
    st.integers(0, 5000),
)
def test_whatever_is_sold_the_sums_are_accepted(sold, prepaid):
    lines = tuple(
        Line(str(at), "Vente", Decimal(quantity) / 1000, Decimal(price) / 10**6, vat, discount=off)
        for at, (quantity, price, vat, off) in enumerate(sold, 1)
    )
    made = invoice(*lines, prepaid=min(prepaid, totals(invoice(*lines)).gross // 2))

    assert faults(cii_bytes(made)) == []


def test_the_paper_carries_the_data_and_says_so():
    made = facturx_bytes(invoice(), issued=ISSUED)
    reader = PdfReader(BytesIO(made), strict=True)
    catalogue = reader.trailer["/Root"]

    assert embedded_xml(made) == cii_bytes(invoice())
    assert facturx.get_xml_from_pdf(made) == ("factur-x.xml", cii_bytes(invoice()))
    (file,) = [each.get_object() for each in catalogue["/AF"]]
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/UF"] == "factur-x.xml"
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/text/xml"
    names = catalogue["/Names"]["/EmbeddedFiles"]["/Names"]
    assert (len(names), names[0]) == (2, "factur-x.xml")


def test_the_paper_is_pdf_a_3():
    made = facturx_bytes(invoice(), issued=ISSUED)
    reader = PdfReader(BytesIO(made), strict=True)
    catalogue = reader.trailer["/Root"]
    packet = catalogue["/Metadata"].get_object()
    tree = etree.fromstring(packet.get_data())
    text = {f"{e.tag}": e.text for e in tree.iter() if isinstance(e.tag, str) and e.text}
    pdfa, fx = "{http://www.aiim.org/pdfa/ns/id/}", (
        "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    )  # fmt: skip

    assert "/Filter" not in packet, "metadata of PDF/A stands uncompressed"
    assert (text[f"{pdfa}part"], text[f"{pdfa}conformance"]) == ("3", "A")
    assert text[f"{fx}ConformanceLevel"] == "EN 16931"
    assert text[f"{fx}DocumentFileName"] == "factur-x.xml"
    assert text[f"{fx}DocumentType"] == "INVOICE"
    assert text[f"{fx}Version"] == "1.0"
    (intent,) = [each.get_object() for each in catalogue["/OutputIntents"]]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp", "an ICC profile"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "fr"
    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer


def test_the_schema_of_its_fields_is_described_once():
    made = facturx_bytes(invoice(), issued=ISSUED)
    packet = PdfReader(BytesIO(made)).trailer["/Root"]["/Metadata"].get_object().get_data()
    tree = etree.fromstring(packet)
    ns = {
        "e": "http://www.aiim.org/pdfa/ns/extension/",
        "s": "http://www.aiim.org/pdfa/ns/schema#",
        "p": "http://www.aiim.org/pdfa/ns/property#",
    }

    assert len(tree.findall(".//e:schemas", ns)) == 1, "one bag of schemas, or PDF/A refuses it"
    (fx,) = [
        each.getparent()
        for each in tree.findall(".//s:namespaceURI", ns)
        if each.text == "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
    ]
    described = {each.text for each in fx.findall(".//p:name", ns)}
    assert described == {"DocumentFileName", "DocumentType", "Version", "ConformanceLevel"}


def test_every_font_is_in_the_file():
    made = facturx_bytes(invoice(), issued=ISSUED)
    fonts = 0
    for page in PdfReader(BytesIO(made)).pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            keys = set(below["/FontDescriptor"].get_object())
            assert keys & {"/FontFile", "/FontFile2", "/FontFile3"}
            fonts += 1
    assert fonts >= 2


def paper(made):
    document = pypdfium2.PdfDocument(made)
    return [page.get_textpage().get_text_range() for page in document]


def test_people_read_the_same():
    (page,) = paper(facturx_bytes(invoice(), issued=ISSUED))

    for text in (
        "Facture F-2026-0001", "Le Verger du Clos", "SIRET 732 829 320 00074", "FR44732829320",
        "SCIC à capital variable", "Cantine du Bourg", "SIREN 552 100 554", "01/03/2026",
        "27/02/2026", "31/03/2026", "Pommes", "12,5 kg", "2,40", "5,5 %", "29,00 €", "3 h",
        "À façon", "120,00 €", "149,00 €", "25,60 €", "174,60 €", "FR76 3000 6000 0112 3456 7890 189",
        "RF18 5390 0754 7034", "livraison de biens", "majoré de 10 points", "40 €",
    ):  # fmt: skip
        assert text in page.replace("\u202f", " ").replace("\u00a0", " "), text


def test_in_english_too():
    (page,) = paper(facturx_bytes(invoice(), language="en", issued=ISSUED))

    for text in ("Invoice F-2026-0001", "To be paid", "€174.60", "5.5%", "1 Mar 2026"):
        assert text in page.replace("\u00a0", " "), text


def test_a_credit_note_asks_for_nothing():
    (page,) = paper(facturx_bytes(CASES["credit-note"], issued=ISSUED))

    assert "Avoir F-2026-0001" in page
    assert "Net en votre faveur" in page
    assert "IBAN" not in page
    assert "À payer" not in page


def test_a_draft_cannot_be_taken_for_an_invoice():
    made = draft_bytes(invoice(number=""), issued=ISSUED)

    (page,) = paper(made)
    assert "BROUILLON" in page
    assert not PdfReader(BytesIO(made)).attachments


def test_long_invoices_go_over_pages_with_their_heading():
    lines = tuple(replace(PRESSING, number=str(at), name=f"Ligne {at}") for at in range(1, 90))
    pages = paper(facturx_bytes(invoice(*lines), issued=ISSUED))

    assert len(pages) > 2
    assert all("Désignation" in page for page in pages[:2])
    assert sum(len(re.findall(r"Ligne \d+", page)) for page in pages) == 89


def test_the_same_invoice_is_the_same_file():
    assert facturx_bytes(invoice(), issued=ISSUED) == facturx_bytes(invoice(), issued=ISSUED)


def test_other_pdfs_are_not_touched():
    with pytest.raises(ValueError, match="cross-references"):
        mark_facturx(b"%PDF-1.7\n")
