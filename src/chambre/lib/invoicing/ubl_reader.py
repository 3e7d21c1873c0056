"""Reads UBL 2.1 invoices and credit notes (Peppol BIS, XRechnung, the French frames)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxml import etree

from .kinds import kind_of, nature_of
from .model import Address, Allowance, Invoice, Line, Note, Party, Preceding, Settlement, Vat
from .received import Declared, Received
from .totals import VatTotal
from .values import Reader, check_lines, day_of, rate_of

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{{{_UBL}Invoice-2}}Invoice"
CREDIT = f"{{{_UBL}CreditNote-2}}CreditNote"
_NAMES = {"cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"}


def read(root: etree._Element, xml: bytes) -> Received:
    """Read a parsed document.

    Raises:
        InvoiceRefusal: A value that cannot be read, or no day of issue.
    """
    whole = Reader(root, _NAMES)
    credit = root.tag == CREDIT
    code = whole.text("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode")
    code = code or ("381" if credit else "380")
    declared = _declared(whole)
    issued = day_of(whole.text("cbc:IssueDate") or "–", "IssueDate", compact=False)
    due = whole.text("cbc:DueDate") or whole.text("cac:PaymentMeans/cbc:PaymentDueDate")
    invoice = Invoice(
        number=whole.text("cbc:ID"),
        issued=issued or date.min,
        kind=kind_of(code),
        seller=_party(whole.one("cac:AccountingSupplierParty/cac:Party")),
        buyer=_party(whole.one("cac:AccountingCustomerParty/cac:Party")),
        lines=_lines(whole, declared, credit=credit),
        due=day_of(due, "DueDate", compact=False),
        delivered=_day(whole, "cac:Delivery/cbc:ActualDeliveryDate"),
        period=_period(whole),
        allowances=tuple(_allowance(each) for each in whole.all("cac:AllowanceCharge")),
        prepaid=declared.prepaid,
        rounding=declared.rounding,
        currency=whole.text("cbc:DocumentCurrencyCode") or "EUR",
        notes=tuple(_note(each) for each in whole.all("cbc:Note")),
        settlement=_settlement(whole),
        preceding=tuple(
            Preceding(each.text("cbc:ID"), _day(each, "cbc:IssueDate"))
            for each in whole.all("cac:BillingReference/cac:InvoiceDocumentReference")
        ),
        nature=nature_of(whole.text("cbc:ProfileID")),
        buyer_reference=whole.text("cbc:BuyerReference"),
        delivery=_address(whole.one("cac:Delivery/cac:DeliveryLocation/cac:Address")),
        order=whole.text("cac:OrderReference/cbc:ID"),
    )
    return Received(invoice, declared, "ubl", whole.text("cbc:CustomizationID"), code, xml)


def _day(reader: Reader, path: str) -> date | None:
    return day_of(reader.text(path), path, compact=False)


def _note(reader: Reader) -> Note:
    """A note; UBL writes the subject code in front, between hashes."""
    text = " ".join((reader.element.text or "").split())
    if text.startswith("#") and text.count("#") >= 2:
        code, rest = text[1:].split("#", 1)
        return Note(rest.strip(), code)
    return Note(text)


def _party(reader: Reader | None) -> Party:
    if reader is None:
        return Party("", Address(country=""))
    vat = ""
    for each in reader.all("cac:PartyTaxScheme"):
        if each.text("cac:TaxScheme/cbc:ID") == "VAT":
            vat = each.text("cbc:CompanyID").replace(" ", "").upper()
    siret = ""
    for each in reader.all("cac:PartyIdentification/cbc:ID"):
        if each.element.get("schemeID") == "0009":
            siret = "".join((each.element.text or "").split())
    legal = "cac:PartyLegalEntity/cbc:"
    siren = ""
    if reader.attribute(f"{legal}CompanyID", "schemeID") in ("0002", ""):
        siren = reader.text(f"{legal}CompanyID").replace(" ", "")
    known = reader.text("cac:PartyName/cbc:Name")
    name = reader.text(f"{legal}RegistrationName") or known
    return Party(
        name=name,
        trading=known if known != name else "",
        address=_address(reader.one("cac:PostalAddress")) or Address(country=""),
        siren=siren,
        siret=siret,
        vat=vat,
        email=reader.text("cac:Contact/cbc:ElectronicMail"),
        phone=reader.text("cac:Contact/cbc:Telephone"),
        legal=reader.text(f"{legal}CompanyLegalForm"),
        endpoint=reader.text("cbc:EndpointID"),
        scheme=reader.attribute("cbc:EndpointID", "schemeID"),
    )


def _address(place: Reader | None) -> Address | None:
    if place is None:
        return None
    return Address(
        street=place.text("cbc:StreetName"),
        more=place.text("cbc:AdditionalStreetName"),
        postcode=place.text("cbc:PostalZone"),
        city=place.text("cbc:CityName"),
        country=place.text("cac:Country/cbc:IdentificationCode"),
    )


def _vat(reader: Reader | None) -> Vat:
    if reader is None:
        return Vat("O", 0)
    return Vat(
        category=reader.text("cbc:ID") or "S",
        rate=rate_of(reader.decimal("cbc:Percent"), "Percent"),
        code=reader.text("cbc:TaxExemptionReasonCode"),
        reason=reader.text("cbc:TaxExemptionReason"),
    )


def _is_charge(reader: Reader) -> bool:
    return reader.text("cbc:ChargeIndicator").lower() in ("true", "1")


def _allowance(reader: Reader) -> Allowance:
    reason = reader.text("cbc:AllowanceChargeReason")
    return Allowance(
        amount=reader.cents("cbc:Amount") or 0,
        vat=_vat(reader.one("cac:TaxCategory")),
        reason=reason or reader.text("cbc:AllowanceChargeReasonCode"),
        charge=_is_charge(reader),
    )


def _lines(whole: Reader, declared: Declared, *, credit: bool) -> tuple[Line, ...]:
    """The lines; why one bears no VAT is said once, in the breakdown."""
    items = whole.all("cac:CreditNoteLine" if credit else "cac:InvoiceLine")
    check_lines(len(items))
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    known = {part.vat.key: part.vat for part in declared.breakdown}
    return tuple(_line(at, item, quantity, known) for at, item in enumerate(items, 1))


def _line(at: int, item: Reader, quantity: str, known: dict[tuple[str, int], Vat]) -> Line:
    vat = _vat(item.one("cac:Item/cac:ClassifiedTaxCategory"))
    off = 0
    for each in item.all("cac:AllowanceCharge"):
        amount = each.cents("cbc:Amount") or 0
        off += -amount if _is_charge(each) else amount
    asked = item.decimal("cac:Price/cbc:PriceAmount") or Decimal(0)
    basis = item.decimal("cac:Price/cbc:BaseQuantity")
    return Line(
        number=item.text("cbc:ID") or str(at),
        name=item.text("cac:Item/cbc:Name"),
        description=item.text("cac:Item/cbc:Description"),
        code=item.text("cac:Item/cac:SellersItemIdentification/cbc:ID"),
        quantity=item.decimal(quantity) or Decimal(0),
        unit=item.attribute(quantity, "unitCode") or "C62",
        price=asked / basis if basis else asked,
        vat=known.get(vat.key, vat),
        discount=off,
        discount_reason=item.text("cac:AllowanceCharge/cbc:AllowanceChargeReason"),
        net=item.cents("cbc:LineExtensionAmount"),
    )


def _period(whole: Reader) -> tuple[date, date] | None:
    start = _day(whole, "cac:InvoicePeriod/cbc:StartDate")
    end = _day(whole, "cac:InvoicePeriod/cbc:EndDate")
    return (start, end) if start and end else None


def _settlement(whole: Reader) -> Settlement:
    means = "cac:PaymentMeans/"
    account = f"{means}cac:PayeeFinancialAccount/"
    return Settlement(
        means=whole.text(f"{means}cbc:PaymentMeansCode"),
        text=whole.attribute(f"{means}cbc:PaymentMeansCode", "name"),
        iban=whole.text(f"{account}cbc:ID").replace(" ", "").upper(),
        holder=whole.text(f"{account}cbc:Name"),
        bic=whole.text(f"{account}cac:FinancialInstitutionBranch/cbc:ID"),
        reference=whole.text(f"{means}cbc:PaymentID"),
        terms=whole.text("cac:PaymentTerms/cbc:Note"),
    )


def _declared(whole: Reader) -> Declared:
    said = "cac:LegalMonetaryTotal/cbc:"
    currency = whole.text("cbc:DocumentCurrencyCode") or "EUR"
    vat = None
    parts: list[VatTotal] = []
    for each in whole.all("cac:TaxTotal"):
        if (each.attribute("cbc:TaxAmount", "currencyID") or currency) != currency:
            continue  # the same tax once more, in the currency of accounting
        vat = each.cents("cbc:TaxAmount")
        for part in each.all("cac:TaxSubtotal"):
            base = part.cents("cbc:TaxableAmount") or 0
            amount = part.cents("cbc:TaxAmount") or 0
            parts.append(VatTotal(_vat(part.one("cac:TaxCategory")), base, amount))
    return Declared(
        lines=whole.cents(f"{said}LineExtensionAmount"),
        allowances=whole.cents(f"{said}AllowanceTotalAmount") or 0,
        charges=whole.cents(f"{said}ChargeTotalAmount") or 0,
        taxable=whole.cents(f"{said}TaxExclusiveAmount"),
        vat=vat,
        gross=whole.cents(f"{said}TaxInclusiveAmount"),
        prepaid=whole.cents(f"{said}PrepaidAmount") or 0,
        rounding=whole.cents(f"{said}PayableRoundingAmount") or 0,
        payable=whole.cents(f"{said}PayableAmount"),
        breakdown=tuple(parts),
    )
