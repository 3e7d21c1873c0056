"""Reads CII XML (Cross Industry Invoice), every profile of Factur-X from MINIMUM up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxml import etree

from .cii import QDT, RAM, RSM, UDT
from .kinds import kind_of, nature_of
from .model import (
    Address,
    Allowance,
    Invoice,
    Line,
    Note,
    Party,
    Preceding,
    Settlement,
    Vat,
)
from .received import Declared, Received
from .totals import VatTotal
from .values import Reader, cents_of, check_lines, day_of, rate_of

ROOT = f"{{{RSM}}}CrossIndustryInvoice"
_NAMES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}
_TRADE = "rsm:SupplyChainTradeTransaction"


def read(root: etree._Element, xml: bytes) -> Received:
    """Read a parsed document.

    Raises:
        InvoiceRefusal: A value that cannot be read, or no day of issue.
    """
    whole = Reader(root, _NAMES)
    head = _part(whole, "rsm:ExchangedDocument")
    trade = _part(whole, _TRADE)
    agreement = _part(trade, "ram:ApplicableHeaderTradeAgreement")
    settlement = _part(trade, "ram:ApplicableHeaderTradeSettlement")
    code = head.text("ram:TypeCode")
    declared = _declared(settlement)
    context = "rsm:ExchangedDocumentContext/ram:"
    frame = whole.text(f"{context}BusinessProcessSpecifiedDocumentContextParameter/ram:ID")
    invoice = Invoice(
        number=head.text("ram:ID"),
        issued=_needed_day(head, "ram:IssueDateTime"),
        kind=kind_of(code),
        seller=_party(agreement.one("ram:SellerTradeParty")),
        buyer=_party(agreement.one("ram:BuyerTradeParty")),
        lines=_lines(trade, declared),
        due=_day(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        delivered=_day(
            trade,
            "ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent"
            "/ram:OccurrenceDateTime",
        ),
        period=_period(settlement),
        allowances=tuple(
            _allowance(e) for e in settlement.all("ram:SpecifiedTradeAllowanceCharge")
        ),
        prepaid=declared.prepaid,
        rounding=declared.rounding,
        currency=settlement.text("ram:InvoiceCurrencyCode") or "EUR",
        notes=tuple(
            Note(each.text("ram:Content"), each.text("ram:SubjectCode"))
            for each in head.all("ram:IncludedNote")
        ),
        settlement=_settlement(settlement),
        preceding=_preceding(settlement),
        nature=nature_of(frame),
        buyer_reference=agreement.text("ram:BuyerReference"),
        delivery=_delivery(trade),
        order=agreement.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    )
    profile = whole.text(f"{context}GuidelineSpecifiedDocumentContextParameter/ram:ID")
    return Received(invoice, declared, "cii", profile, code, xml)


def _part(reader: Reader, path: str) -> Reader:
    return reader.one(path) or Reader(etree.Element("none"), _NAMES)


def _day(reader: Reader, path: str, kind: str = "udt") -> date | None:
    return day_of(reader.text(f"{path}/{kind}:DateTimeString"), path, compact=True)


def _needed_day(reader: Reader, path: str) -> date:
    found = _day(reader, path)
    if found is None:
        # An invoice without its day is none: the refusal names the field.
        return day_of("–", path, compact=True) or date.min
    return found


def _party(reader: Reader | None) -> Party:
    if reader is None:
        return Party("", Address(country=""))
    vat = siren = ""
    for each in reader.all("ram:SpecifiedTaxRegistration"):
        if each.attribute("ram:ID", "schemeID") == "VA":
            vat = each.text("ram:ID").replace(" ", "").upper()
    body = "ram:SpecifiedLegalOrganization"
    if reader.attribute(f"{body}/ram:ID", "schemeID") in ("0002", ""):
        siren = reader.text(f"{body}/ram:ID").replace(" ", "")
    siret = ""
    for each in reader.all("ram:GlobalID"):
        if each.element.get("schemeID") == "0009":
            siret = "".join((each.element.text or "").split())
    contact = _part(reader, "ram:DefinedTradeContact")
    return Party(
        name=reader.text("ram:Name"),
        address=_address(_part(reader, "ram:PostalTradeAddress")),
        siren=siren,
        siret=siret,
        vat=vat,
        email=contact.text("ram:EmailURIUniversalCommunication/ram:URIID"),
        phone=contact.text("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        legal=reader.text("ram:Description"),
        trading=reader.text(f"{body}/ram:TradingBusinessName"),
        endpoint=reader.text("ram:URIUniversalCommunication/ram:URIID"),
        scheme=reader.attribute("ram:URIUniversalCommunication/ram:URIID", "schemeID"),
    )


def _address(place: Reader) -> Address:
    return Address(
        street=place.text("ram:LineOne"),
        more=place.text("ram:LineTwo"),
        postcode=place.text("ram:PostcodeCode"),
        city=place.text("ram:CityName"),
        country=place.text("ram:CountryID"),
    )


def _delivery(trade: Reader) -> Address | None:
    place = trade.one(
        "ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:PostalTradeAddress"
    )
    return None if place is None else _address(place)


def _vat(reader: Reader) -> Vat:
    return Vat(
        category=reader.text("ram:CategoryCode") or "S",
        rate=rate_of(reader.decimal("ram:RateApplicablePercent"), "ram:RateApplicablePercent"),
        code=reader.text("ram:ExemptionReasonCode"),
        reason=reader.text("ram:ExemptionReason"),
    )


def _lines(trade: Reader, declared: Declared) -> tuple[Line, ...]:
    """The lines; why one bears no VAT is said once, in the breakdown."""
    items = trade.all("ram:IncludedSupplyChainTradeLineItem")
    check_lines(len(items))
    known = {part.vat.key: part.vat for part in declared.breakdown}
    return tuple(_line(at, item, known) for at, item in enumerate(items, 1))


def _line(at: int, item: Reader, known: dict[tuple[str, int], Vat]) -> Line:
    settlement = _part(item, "ram:SpecifiedLineTradeSettlement")
    vat = _vat(_part(settlement, "ram:ApplicableTradeTax"))
    off = 0
    for each in settlement.all("ram:SpecifiedTradeAllowanceCharge"):
        amount = each.cents("ram:ActualAmount") or 0
        off += -amount if _is_charge(each) else amount
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
    asked = item.decimal(f"{price}/ram:ChargeAmount") or Decimal(0)
    basis = item.decimal(f"{price}/ram:BasisQuantity")
    quantity = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    return Line(
        number=item.text("ram:AssociatedDocumentLineDocument/ram:LineID") or str(at),
        name=item.text("ram:SpecifiedTradeProduct/ram:Name"),
        description=item.text("ram:SpecifiedTradeProduct/ram:Description"),
        code=item.text("ram:SpecifiedTradeProduct/ram:SellerAssignedID"),
        quantity=item.decimal(quantity) or Decimal(0),
        unit=item.attribute(quantity, "unitCode") or "C62",
        price=asked / basis if basis else asked,
        vat=known.get(vat.key, vat),
        discount=off,
        discount_reason=settlement.text("ram:SpecifiedTradeAllowanceCharge/ram:Reason"),
        net=settlement.cents(total),
    )


def _is_charge(reader: Reader) -> bool:
    return reader.text("ram:ChargeIndicator/udt:Indicator").lower() in ("true", "1")


def _allowance(reader: Reader) -> Allowance:
    return Allowance(
        amount=reader.cents("ram:ActualAmount") or 0,
        vat=_vat(_part(reader, "ram:CategoryTradeTax")),
        reason=reader.text("ram:Reason") or reader.text("ram:ReasonCode"),
        charge=_is_charge(reader),
    )


def _period(settlement: Reader) -> tuple[date, date] | None:
    start = _day(settlement, "ram:BillingSpecifiedPeriod/ram:StartDateTime")
    end = _day(settlement, "ram:BillingSpecifiedPeriod/ram:EndDateTime")
    return (start, end) if start and end else None


def _settlement(settlement: Reader) -> Settlement:
    means = _part(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    account = "ram:PayeePartyCreditorFinancialAccount/ram:"
    return Settlement(
        means=means.text("ram:TypeCode"),
        text=means.text("ram:Information"),
        iban=means.text(f"{account}IBANID").replace(" ", "").upper(),
        holder=means.text(f"{account}AccountName"),
        bic=means.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        reference=settlement.text("ram:PaymentReference"),
        terms=settlement.text("ram:SpecifiedTradePaymentTerms/ram:Description"),
    )


def _preceding(settlement: Reader) -> tuple[Preceding, ...]:
    return tuple(
        Preceding(
            each.text("ram:IssuerAssignedID"), _day(each, "ram:FormattedIssueDateTime", "qdt")
        )
        for each in settlement.all("ram:InvoiceReferencedDocument")
    )


def _declared(settlement: Reader) -> Declared:
    said = _part(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    currency = settlement.text("ram:InvoiceCurrencyCode") or "EUR"
    vat = None
    for each in said.all("ram:TaxTotalAmount"):
        if each.element.get("currencyID", currency) == currency:
            vat = each.cents(".")
    return Declared(
        lines=said.cents("ram:LineTotalAmount"),
        allowances=said.cents("ram:AllowanceTotalAmount") or 0,
        charges=said.cents("ram:ChargeTotalAmount") or 0,
        taxable=said.cents("ram:TaxBasisTotalAmount"),
        vat=vat,
        gross=said.cents("ram:GrandTotalAmount"),
        prepaid=said.cents("ram:TotalPrepaidAmount") or 0,
        rounding=said.cents("ram:RoundingAmount") or 0,
        payable=said.cents("ram:DuePayableAmount"),
        breakdown=tuple(
            VatTotal(
                _vat(each),
                each.cents("ram:BasisAmount") or 0,
                cents_of(each.decimal("ram:CalculatedAmount") or Decimal(0), "CalculatedAmount"),
            )
            for each in settlement.all("ram:ApplicableTradeTax")
        ),
    )
