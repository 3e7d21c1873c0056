"""Invoices that others send: read as they are, checked, and never trusted."""

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing_support import CANTEEN, ISSUED, UBL, faults, invoice
from test_invoicing_facturx import CASES

from chambre.lib.invoicing import (
    InvoiceRefusal,
    Kind,
    Nature,
    check_received,
    cii_bytes,
    draft_bytes,
    facturx_bytes,
    read_invoice,
    totals,
)

UBL_INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ProfileID>S1</cbc:ProfileID>
<cbc:ID>V-77</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:DueDate>2026-04-01</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:Note>#PMT#Indemnité de 40 €</cbc:Note>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>BC-9</cbc:ID></cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>V-70</cbc:ID>
<cbc:IssueDate>2026-02-01</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>
<cac:AccountingSupplierParty><cac:Party>
<cbc:EndpointID schemeID="0225">552100554</cbc:EndpointID>
<cac:PartyIdentification><cbc:ID schemeID="0009">55210055400013</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>La Menuiserie</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>3 rue du Bois</cbc:StreetName><cbc:CityName>Vitré</cbc:CityName>
<cbc:PostalZone>35500</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode>
</cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>FR30552100554</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Menuiserie SARL</cbc:RegistrationName>
<cbc:CompanyID schemeID="0002">552100554</cbc:CompanyID></cac:PartyLegalEntity>
<cac:Contact><cbc:ElectronicMail>bois@example.org</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cac:PostalAddress><cbc:CityName>Rennes</cbc:CityName><cac:Country>
<cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Le Verger du Clos</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:Delivery><cbc:ActualDeliveryDate>2026-02-20</cbc:ActualDeliveryDate></cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode name="Virement">30</cbc:PaymentMeansCode>
<cbc:PaymentID>RF18539007547034</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>FR76 3000 6000 0112 3456 7890 189</cbc:ID>
<cbc:Name>Menuiserie</cbc:Name></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Remise</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">10.00</cbc:Amount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">38.00</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">190.00</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="EUR">38.00</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">190.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">228.00</cbc:TaxInclusiveAmount>
<cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
<cbc:PrepaidAmount currencyID="EUR">28.00</cbc:PrepaidAmount>
<cbc:PayableAmount currencyID="EUR">200.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">4</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Description>Chêne</cbc:Description><cbc:Name>Pose</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>P1</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme>
<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">100</cbc:PriceAmount>
<cbc:BaseQuantity unitCode="HUR">2</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>
</Invoice>
""".encode()

UBL_CREDIT = (
    UBL_INVOICE.replace(b"xsd:Invoice-2", b"xsd:CreditNote-2")
    .replace(b"<Invoice ", b"<CreditNote ").replace(b"</Invoice>", b"</CreditNote>")
    .replace(b"<cbc:DueDate>2026-04-01</cbc:DueDate>", b"")
    .replace(b"cbc:InvoiceTypeCode>380", b"cbc:CreditNoteTypeCode>381")
    .replace(b"</cbc:InvoiceTypeCode>", b"</cbc:CreditNoteTypeCode>")
    .replace(b"cac:InvoiceLine>", b"cac:CreditNoteLine>")
    .replace(b"cbc:InvoicedQuantity", b"cbc:CreditedQuantity")
)  # fmt: skip


@pytest.mark.parametrize("case", sorted(set(CASES) - {"odd-letters"}))
def test_what_the_house_writes_it_reads_the_same(case):
    xml = cii_bytes(CASES[case])
    received = read_invoice(xml)

    assert cii_bytes(received.invoice) == xml
    assert received.sums() == totals(CASES[case])
    assert [each for each in check_received(received) if each.grave] == []
    assert (received.syntax, received.profile) == ("cii", "urn:cen.eu:en16931:2017")


def test_a_factur_x_is_read_from_its_paper():
    received = read_invoice(facturx_bytes(invoice(), issued=ISSUED))

    assert received.from_pdf
    assert received.invoice.number == "F-2026-0001"
    assert received.sums().payable == 17460
    assert received.invoice.settlement.iban == "FR7630006000011234567890189"


def test_the_ubl_of_these_tests_keeps_the_rules_itself():
    for xml, name in ((UBL_INVOICE, "Invoice"), (UBL_CREDIT, "CreditNote")):
        assert faults(xml, schema=f"ubl-2.1/maindoc/UBL-{name}-2.1.xsd", rules=UBL) == []


def test_ubl_is_read():
    received = read_invoice(UBL_INVOICE)
    made = received.invoice

    assert (made.number, made.issued, made.due) == ("V-77", date(2026, 3, 2), date(2026, 4, 1))
    assert (made.delivered, made.order, made.nature) == (date(2026, 2, 20), "BC-9", Nature.SERVICES)
    assert made.preceding[0].number == "V-70"
    assert (made.notes[0].code, made.notes[0].text) == ("PMT", "Indemnité de 40 €")
    seller = made.seller
    assert (seller.name, seller.trading) == ("Menuiserie SARL", "La Menuiserie")
    assert (seller.siren, seller.siret, seller.vat) == (
        "552100554", "55210055400013", "FR30552100554",
    )  # fmt: skip
    assert seller.address.lines() == ["3 rue du Bois", "35500 Vitré"]
    assert made.buyer.name == "Le Verger du Clos"
    (line,) = made.lines
    assert (line.quantity, line.price, line.net, line.unit) == (4, Decimal(50), 20000, "HUR")
    assert (made.settlement.iban, made.settlement.reference) == (
        "FR7630006000011234567890189", "RF18539007547034",
    )  # fmt: skip
    sums = received.sums()
    assert (sums.taxable, sums.vat, sums.gross, sums.payable) == (19000, 3800, 22800, 20000)
    assert check_received(received) == []


def test_a_ubl_credit_note_is_one():
    received = read_invoice(UBL_CREDIT)

    assert received.invoice.kind is Kind.CREDIT
    assert received.invoice.lines[0].quantity == 4
    assert [each.code for each in check_received(received)] == ["due"]


def test_ubl_with_the_tax_in_two_currencies_counts_it_once():
    twice = UBL_INVOICE.replace(
        b"<cac:LegalMonetaryTotal>",
        b'<cac:TaxTotal><cbc:TaxAmount currencyID="GBP">31.00</cbc:TaxAmount></cac:TaxTotal>'
        b"<cac:LegalMonetaryTotal>",
    )

    assert read_invoice(twice).declared.vat == 3800


@pytest.mark.parametrize(
    ("old", "new", "code", "grave"),
    [
        (b">174.60</ram:GrandTotalAmount>", b">174.61</ram:GrandTotalAmount>", "sum-differs", True),
        (b">174.60</ram:DuePayableAmount>", b">100.00</ram:DuePayableAmount>", "sum-differs", True),
        (b">149.00</ram:LineTotalAmount>", b">148.00</ram:LineTotalAmount>", "sum-differs", True),
        (b">25.60</ram:TaxTotalAmount>", b">20.00</ram:TaxTotalAmount>", "sum-differs", True),
        (b">120.00</ram:LineTotalAmount>", b">120.50</ram:LineTotalAmount>", "line-sum", False),
        (b">120.00</ram:BasisAmount>", b">119.00</ram:BasisAmount>", "bases-differ", True),
        (b">24.00</ram:CalculatedAmount>", b">24.30</ram:CalculatedAmount>", "vat-differs", True),
        (b">EUR</ram:InvoiceCurrencyCode>", b">CHF</ram:InvoiceCurrencyCode>", "currency", True),
        (b">732829320</ram:ID>", b">732829321</ram:ID>", "seller-siren-wrong", False),
        (b">F-2026-0001<", b"><", "number", True),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said(old, new, code, grave):
    xml = cii_bytes(invoice())
    assert old in xml
    found = check_received(read_invoice(xml.replace(old, new, 1)))

    assert (code, grave) in [(each.code, each.grave) for each in found]
    assert all(each.message("fr") and each.message("en") for each in found)


def test_a_cent_of_rounding_in_the_vat_is_for_a_person_to_see():
    xml = cii_bytes(invoice())
    one_off = (
        xml.replace(b">24.00</ram:CalculatedAmount>", b">24.01</ram:CalculatedAmount>")
        .replace(b"EUR\">25.60", b"EUR\">25.61")
        .replace(b"174.60", b"174.61")
    )  # fmt: skip

    (problem,) = check_received(read_invoice(one_off))
    assert (problem.code, problem.grave) == ("vat-differs", False)


def test_the_profile_minimum_has_sums_only():
    xml = cii_bytes(invoice())
    start, end = xml.find(b"<ram:IncludedSupply"), xml.find(b"<ram:ApplicableHeaderTradeAgreement>")
    minimum = xml[:start] + xml[end:]
    received = read_invoice(minimum)

    assert received.invoice.lines == ()
    sums = received.sums()
    assert (sums.taxable, sums.vat, sums.gross, sums.payable) == (14900, 2560, 17460, 17460)
    assert [each for each in check_received(received) if each.grave] == []


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invoice-file-empty"),
        (b" \n ", "invoice-file-empty"),
        (b"PK\x03\x04zip", "invoice-file-unknown"),
        (b"<html></html>", "invoice-file-unknown"),
        (b"<a><b></a>", "invoice-xml-unreadable"),
        (BOMB, "invoice-xml-forbidden"),
        (OUTSIDE, "invoice-xml-forbidden"),
        (b"%PDF-1.7\nnothing", "invoice-pdf-unreadable"),
        (b"x" * (20 * 1024 * 1024 + 1), "invoice-file-too-big"),
    ],
)
def test_what_is_no_invoice_is_refused_with_its_reason(data, code):
    with pytest.raises(InvoiceRefusal) as refused:
        read_invoice(data)
    assert refused.value.code == code
    assert refused.value.fr


def test_a_pdf_without_data_says_what_to_do():
    with pytest.raises(InvoiceRefusal) as refused:
        read_invoice(draft_bytes(invoice(), issued=ISSUED))
    assert refused.value.code == "invoice-pdf-without-data"
    assert "à la main" in refused.value.fr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b">174.60<", b">174.601<", "174.601"),
        (b">174.60<", b">1,74<", "1,74"),
        (b">174.60<", b">1e9<", "1e9"),
        (b">20260301<", b">20261301<", "20261301"),
        (b">20260301<", b"><", "IssueDateTime"),
        (b">20.00<", b">120.00<", "120.00"),
        (b">12.5<", b">" + b"9" * 20 + b"<", "9" * 20),
    ],
)
def test_a_value_that_cannot_be_read_is_named(old, new, said):
    xml = cii_bytes(invoice())
    assert old in xml
    with pytest.raises(InvoiceRefusal) as refused:
        read_invoice(xml.replace(old, new))
    assert refused.value.code == "invoice-value-unreadable"
    assert said in refused.value.fr


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data):
    whole = data.draw(st.sampled_from([UBL_INVOICE, cii_bytes(invoice()), PAPER]))
    at = data.draw(st.integers(0, len(whole) - 1))
    with_noise = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + 1 :]
    if data.draw(st.booleans()):
        with_noise = with_noise[:at]
    with contextlib.suppress(InvoiceRefusal):  # anything else fails the test
        assert read_invoice(with_noise).xml


PAPER = facturx_bytes(replace(invoice(), buyer=CANTEEN), issued=ISSUED)
