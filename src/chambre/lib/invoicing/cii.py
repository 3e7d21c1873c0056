"""An invoice as CII XML (UN/CEFACT D22B) in the profile EN 16931 of Factur-X.

The order of the elements is that of the schema. Amounts have two decimals, as BR-DEC wants.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from .model import Address, Allowance, Invoice, Line, Party, Vat
from .totals import Totals, VatTotal, totals

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
EN16931 = "urn:cen.eu:en16931:2017"
"""Specification identifier (BT-24) of the profile that is written."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMES = {"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT}


def cii_bytes(invoice: Invoice) -> bytes:
    """Write an invoice.

    It is not checked here: :func:`~chambre.lib.invoicing.mentions.missing` says what the law still
    wants. The same invoice gives the same bytes.

    Returns:
        The XML document, UTF-8, indented.
    """
    root = etree.Element(f"{{{RSM}}}CrossIndustryInvoice", nsmap=_NAMES)
    context = _add(root, "rsm:ExchangedDocumentContext")
    frame = f"{invoice.nature}{2 if _paid(invoice) else 1}"
    _add(_add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", frame)
    _add(_add(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", EN16931)
    _document(root, invoice)
    sums = totals(invoice)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for line, net in zip(invoice.lines, sums.nets, strict=True):
        _line(trade, line, net)
    _agreement(trade, invoice)
    _delivery(trade, invoice)
    _settlement(trade, invoice, sums)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def amount_text(cents: int) -> str:
    """Cents as XML writes them: ``-1234`` → ``-12.34``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent or idle zeros: ``1.500`` → ``1.5``."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def rate_text(rate: int) -> str:
    """Hundredths of a percent as XML writes them: ``550`` → ``5.50``."""
    return f"{rate // 100}.{rate % 100:02d}"


def _paid(invoice: Invoice) -> bool:
    """Whether the frame is that of an invoice paid before it was issued (BR-FR-CO-09)."""
    sums = totals(invoice)
    return sums.gross > 0 and sums.prepaid == sums.gross and invoice.due is not None


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    prefix, local = name.split(":")
    made = etree.SubElement(parent, f"{{{_NAMES[prefix]}}}{local}", attributes)
    if text:
        made.text = _clean(text)
    return made


def _clean(text: str) -> str:
    """Without the control characters and half letters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("", text)


def _day(parent: etree._Element, name: str, day: date, kind: str = "udt") -> None:
    _add(_add(parent, name), f"{kind}:DateTimeString", f"{day:%Y%m%d}", format="102")


def _document(root: etree._Element, invoice: Invoice) -> None:
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", invoice.number)
    _add(document, "ram:TypeCode", invoice.kind.value)
    _day(document, "ram:IssueDateTime", invoice.issued)
    for note in invoice.notes:
        included = _add(document, "ram:IncludedNote")
        _add(included, "ram:Content", note.text)
        if note.code:
            _add(included, "ram:SubjectCode", note.code)


def _line(trade: etree._Element, line: Line, net: int) -> None:
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", line.number)
    product = _add(item, "ram:SpecifiedTradeProduct")
    if line.code:
        _add(product, "ram:SellerAssignedID", line.code)
    _add(product, "ram:Name", line.name)
    if line.description:
        _add(product, "ram:Description", line.description)
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", decimal_text(line.price))
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", decimal_text(line.quantity), unitCode=line.unit)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    _tax_category(_add(settlement, "ram:ApplicableTradeTax"), line.vat)
    if line.discount:
        _allowance(settlement, line.discount, line.discount_reason, charge=False, vat=None)
    summed = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(summed, "ram:LineTotalAmount", amount_text(net))


def _tax_category(tax: etree._Element, vat: Vat) -> None:
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", vat.category)
    if vat.category != "O":  # BR-O-05: what is outside the tax has no rate
        _add(tax, "ram:RateApplicablePercent", rate_text(vat.rate))


def _allowance(
    parent: etree._Element, amount: int, reason: str, *, charge: bool, vat: Vat | None
) -> None:
    made = _add(parent, "ram:SpecifiedTradeAllowanceCharge")
    indicator = _add(made, "ram:ChargeIndicator")
    _add(indicator, "udt:Indicator", "true" if charge else "false")
    _add(made, "ram:ActualAmount", amount_text(amount))
    _add(made, "ram:Reason", reason or ("Supplément" if charge else "Remise"))
    if vat is not None:
        _tax_category(_add(made, "ram:CategoryTradeTax"), vat)


def _agreement(trade: etree._Element, invoice: Invoice) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    if invoice.buyer_reference:
        _add(agreement, "ram:BuyerReference", invoice.buyer_reference)
    outside = any(line.vat.category == "O" for line in invoice.lines)
    _party(agreement, "ram:SellerTradeParty", invoice.seller, seller=True, taxed=not outside)
    _party(agreement, "ram:BuyerTradeParty", invoice.buyer, seller=False, taxed=not outside)
    if invoice.order:
        order = _add(agreement, "ram:BuyerOrderReferencedDocument")
        _add(order, "ram:IssuerAssignedID", invoice.order)


def _party(
    agreement: etree._Element, name: str, party: Party, *, seller: bool, taxed: bool
) -> None:
    made = _add(agreement, name)
    if party.siret:
        _add(made, "ram:GlobalID", party.siret, schemeID="0009")
    _add(made, "ram:Name", party.name)
    if seller and party.legal:
        _add(made, "ram:Description", party.legal)
    if party.siren or party.trading:
        body = _add(made, "ram:SpecifiedLegalOrganization")
        if party.siren:
            _add(body, "ram:ID", party.siren, schemeID="0002")
        if party.trading:
            _add(body, "ram:TradingBusinessName", party.trading)
    if seller and (party.phone or party.email):
        _contact(made, party)
    _address(made, party.address)
    scheme, endpoint = party.electronic()
    if endpoint:
        channel = _add(made, "ram:URIUniversalCommunication")
        _add(channel, "ram:URIID", endpoint, schemeID=scheme)
    if party.vat and taxed:  # BR-O-02: outside the tax nobody shows a VAT number
        _add(_add(made, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat, schemeID="VA")
    elif seller and party.siren and taxed:
        _add(_add(made, "ram:SpecifiedTaxRegistration"), "ram:ID", party.siren, schemeID="FC")


def _contact(made: etree._Element, party: Party) -> None:
    contact = _add(made, "ram:DefinedTradeContact")
    _add(contact, "ram:PersonName", party.name)
    if party.phone:
        channel = _add(contact, "ram:TelephoneUniversalCommunication")
        _add(channel, "ram:CompleteNumber", party.phone)
    if party.email:
        channel = _add(contact, "ram:EmailURIUniversalCommunication")
        _add(channel, "ram:URIID", party.email)


def _address(party: etree._Element, address: Address) -> None:
    made = _add(party, "ram:PostalTradeAddress")
    for name, text in (
        ("ram:PostcodeCode", address.postcode),
        ("ram:LineOne", address.street),
        ("ram:LineTwo", address.more),
        ("ram:CityName", address.city),
        ("ram:CountryID", address.country),
    ):
        if text:
            _add(made, name, text)


def _delivery(trade: etree._Element, invoice: Invoice) -> None:
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    place = invoice.delivery
    if place is None and any(line.vat.category == "K" for line in invoice.lines):
        place = invoice.buyer.address  # BR-IC-12: the country of delivery is said
    if place is not None:
        _address(_add(delivery, "ram:ShipToTradeParty"), place)
    if invoice.delivered:
        event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
        _day(event, "ram:OccurrenceDateTime", invoice.delivered)


def _settlement(trade: etree._Element, invoice: Invoice, sums: Totals) -> None:
    made = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    if invoice.settlement.reference:
        _add(made, "ram:PaymentReference", invoice.settlement.reference)
    _add(made, "ram:InvoiceCurrencyCode", invoice.currency)
    _means(made, invoice)
    for part in sums.breakdown:
        _tax(made, part)
    if invoice.period:
        period = _add(made, "ram:BillingSpecifiedPeriod")
        _day(period, "ram:StartDateTime", invoice.period[0])
        _day(period, "ram:EndDateTime", invoice.period[1])
    for each in invoice.allowances:
        _document_allowance(made, each)
    _terms(made, invoice)
    _summation(made, invoice, sums)
    for earlier in invoice.preceding:
        reference = _add(made, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", earlier.number)
        if earlier.issued:
            _day(reference, "ram:FormattedIssueDateTime", earlier.issued, "qdt")


def _tax(made: etree._Element, part: VatTotal) -> None:
    """One line of the breakdown. Outside the tax its rate is nought here, and absent in lines."""
    tax = _add(made, "ram:ApplicableTradeTax")
    exempt = part.vat.category not in ("S", "Z")
    _add(tax, "ram:CalculatedAmount", amount_text(part.amount))
    _add(tax, "ram:TypeCode", "VAT")
    if exempt and part.vat.reason:
        _add(tax, "ram:ExemptionReason", part.vat.reason)
    _add(tax, "ram:BasisAmount", amount_text(part.base))
    _add(tax, "ram:CategoryCode", part.vat.category)
    if exempt and part.vat.code:
        _add(tax, "ram:ExemptionReasonCode", part.vat.code)
    _add(tax, "ram:RateApplicablePercent", rate_text(part.vat.rate))


def _document_allowance(made: etree._Element, each: Allowance) -> None:
    _allowance(made, each.amount, each.reason, charge=each.charge, vat=each.vat)


def _means(made: etree._Element, invoice: Invoice) -> None:
    settlement = invoice.settlement
    means = _add(made, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", settlement.means)
    if settlement.text:
        _add(means, "ram:Information", settlement.text)
    if settlement.iban:
        account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
        _add(account, "ram:IBANID", settlement.iban)
        if settlement.holder:
            _add(account, "ram:AccountName", settlement.holder)
        if settlement.bic:
            bank = _add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution")
            _add(bank, "ram:BICID", settlement.bic)


def _terms(made: etree._Element, invoice: Invoice) -> None:
    if not (invoice.due or invoice.settlement.terms):
        return
    terms = _add(made, "ram:SpecifiedTradePaymentTerms")
    if invoice.settlement.terms:
        _add(terms, "ram:Description", invoice.settlement.terms)
    if invoice.due:
        _day(terms, "ram:DueDateDateTime", invoice.due)


def _summation(made: etree._Element, invoice: Invoice, sums: Totals) -> None:
    summed = _add(made, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(summed, "ram:LineTotalAmount", amount_text(sums.lines))
    if sums.charges:
        _add(summed, "ram:ChargeTotalAmount", amount_text(sums.charges))
    if sums.allowances:
        _add(summed, "ram:AllowanceTotalAmount", amount_text(sums.allowances))
    _add(summed, "ram:TaxBasisTotalAmount", amount_text(sums.taxable))
    _add(summed, "ram:TaxTotalAmount", amount_text(sums.vat), currencyID=invoice.currency)
    if sums.rounding:
        _add(summed, "ram:RoundingAmount", amount_text(sums.rounding))
    _add(summed, "ram:GrandTotalAmount", amount_text(sums.gross))
    if sums.prepaid:
        _add(summed, "ram:TotalPrepaidAmount", amount_text(sums.prepaid))
    _add(summed, "ram:DuePayableAmount", amount_text(sums.payable))
