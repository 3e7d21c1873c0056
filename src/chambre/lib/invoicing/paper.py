"""An invoice as Factur-X: the paper that people read, with the data that machines read inside.

PDF/A-3a and PDF/UA-1 with ``factur-x.xml`` attached as an alternative (Factur-X 1.0, § 6). The
same invoice gives the same bytes.
"""

from __future__ import annotations

from datetime import date, datetime
from importlib.resources import files
from typing import Any

from chambre.lib.exports.pdf import compile_paper, frame_data
from chambre.lib.exports.wording import MINUS, format_day
from chambre.lib.money import Money
from chambre.lib.units.decimals import NARROW, NO_BREAK, is_french

from .cii import cii_bytes, decimal_text
from .model import Invoice, Kind, Line, Party, Vat
from .totals import Totals, totals
from .xmp import mark_facturx

STANDARDS = ("a-3a", "ua-1")
"""What the document conforms to."""

UNITS: dict[str, tuple[str, str]] = {
    "C62": ("", ""),
    "H87": ("", ""),
    "EA": ("", ""),
    "HUR": ("h", "h"),
    "DAY": ("day", "jour"),
    "MON": ("month", "mois"),
    "KGM": ("kg", "kg"),
    "GRM": ("g", "g"),
    "TNE": ("t", "t"),
    "LTR": ("l", "l"),
    "MTR": ("m", "m"),
    "MTK": ("m²", "m²"),
    "KWH": ("kWh", "kWh"),
    "KMT": ("km", "km"),
    "XBX": ("box", "caisse"),
    "XBO": ("bottle", "bouteille"),
    "LS": ("lump sum", "forfait"),
}
"""Units of measure (UN/ECE recommendation 20) with their signs in English and in French."""

_WORDS: dict[str, tuple[str, str]] = {
    "380": ("Invoice", "Facture"),
    "381": ("Credit note", "Avoir"),
    "384": ("Corrected invoice", "Facture rectificative"),
    "386": ("Prepayment invoice", "Facture d’acompte"),
    "389": ("Self-billed invoice", "Facture émise par le client"),
    "draft": ("Draft", "Brouillon"),
    "draft-why": (
        "Not issued: it has no number and asks for nothing.",
        "Non émise : elle n’a pas de numéro et ne demande rien.",
    ),
    "number": ("Number", "Numéro"),
    "issued": ("Issued on", "Émise le"),
    "delivered": ("Delivered or done on", "Livrée ou réalisée le"),
    "period": ("Period", "Période"),
    "due": ("Pay by", "À payer au plus tard le"),
    "order": ("Your order", "Votre commande"),
    "customer-reference": ("Your reference", "Votre référence"),
    "preceding": ("On invoice", "Sur la facture"),
    "nature": ("Operation", "Opération"),
    "B": ("delivery of goods", "livraison de biens"),
    "S": ("services", "prestation de services"),
    "M": ("goods and services", "livraison de biens et prestation de services"),
    "customer": ("Customer", "Client"),
    "delivery": ("Delivered to", "Livrée à"),
    "what": ("What", "Désignation"),
    "quantity": ("Quantity", "Quantité"),
    "price": ("Price without VAT", "Prix HT"),
    "rate": ("VAT", "TVA"),
    "net": ("Sum without VAT", "Total HT"),
    "off": ("discount", "remise"),
    "base": ("Base", "Base"),
    "amount": ("VAT amount", "Montant de TVA"),
    "category": ("VAT", "TVA"),
    "none": ("none", "sans"),
    "lines": ("Lines", "Lignes"),
    "taxable": ("Total without VAT", "Total HT"),
    "vat": ("Total VAT", "Total TVA"),
    "gross": ("Total with VAT", "Total TTC"),
    "prepaid": ("Already paid", "Déjà réglé"),
    "rounding": ("Rounding", "Arrondi"),
    "payable": ("To be paid", "Net à payer"),
    "to-give-back": ("In your favour", "Net en votre faveur"),
    "settle": ("How to pay", "Pour payer"),
    "holder": ("Account of", "Compte de"),
    "reference": ("Reference to write", "Référence à rappeler"),
    "siren": ("SIREN", "SIREN"),
    "siret": ("SIRET", "SIRET"),
    "vat-number": ("VAT number", "N° de TVA"),
    "mentions": ("Terms", "Conditions"),
    "scan": ("The transfer, to scan", "Le virement, à scanner"),
    "vat-table": ("VAT by rate", "TVA par taux"),
    "allowance": ("Reduction", "Remise"),
    "charge": ("Charge", "Supplément"),
    "to": ("to", "au"),
}


def facturx_bytes(
    invoice: Invoice, *, language: str = "fr", issued: datetime, scan: str = ""
) -> bytes:
    """Make the Factur-X document of an invoice.

    Args:
        invoice: Complete: what it lacks is not asked here.
        language: ``fr`` or ``en``: of the paper; the data have none.
        issued: The time that the file carries, with its time zone.
        scan: An SVG of the code to scan for the transfer; empty for none.

    Returns:
        A PDF/A-3 with ``factur-x.xml`` inside.

    Raises:
        ExportError: The paper could not be set.
    """
    xml = cii_bytes(invoice)
    data = paper_data(invoice, language=language, issued=issued, scan=scan)
    made = compile_paper(
        _template(), data, issued=issued, standards=STANDARDS,
        inputs={"attached": xml.decode()},
    )[0]  # fmt: skip
    return mark_facturx(made)


def draft_bytes(invoice: Invoice, *, language: str = "fr", issued: datetime) -> bytes:
    """A draft on paper: marked as such, without data, for somebody to look over.

    Raises:
        ExportError: The paper could not be set.
    """
    data = paper_data(invoice, language=language, issued=issued, draft=True)
    return compile_paper(_template(), data, issued=issued, inputs={"attached": ""})[0]


def _template() -> str:
    return (files("chambre.lib.invoicing") / "invoice.typ").read_text(encoding="utf-8")


def word(code: str, language: str) -> str:
    """A word of the paper in a language."""
    english, french = _WORDS[code]
    return french if is_french(language) else english


def title(invoice: Invoice, language: str) -> str:
    """What the paper is called: ``Facture F-2026-0001``."""
    return f"{word(invoice.kind.value, language)} {invoice.number}".strip()


def amount_shown(cents: int, invoice: Invoice, language: str) -> str:
    """An amount as it is printed."""
    return Money(cents, invoice.currency).format(language).replace("-", MINUS, 1)


def quantity_shown(line: Line, language: str) -> str:
    """How much, with its unit: ``12,5 kg``."""
    number = _number(decimal_text(line.quantity), language)
    unit = UNITS.get(line.unit)
    sign = line.unit if unit is None else unit[1 if is_french(language) else 0]
    return f"{number}{NO_BREAK}{sign}" if sign else number


def price_shown(line: Line, language: str) -> str:
    """The price of one, with two decimals at least: ``2,40``."""
    text = decimal_text(line.price)
    whole, _, after = text.partition(".")
    return _number(f"{whole}.{after.ljust(2, '0')}", language)


def rate_shown(vat: Vat, language: str) -> str:
    """A rate as it is printed: ``5,5 %``; a dash where there is none."""
    if vat.category != "S":
        return "–"
    number = f"{vat.rate / 100:g}"
    return f"{number.replace('.', ',')}{NO_BREAK}%" if is_french(language) else f"{number}%"


def _number(text: str, language: str) -> str:
    sign = MINUS if text.startswith("-") else ""
    whole, _, after = text.lstrip("-").partition(".")
    gap = NARROW if is_french(language) else ","
    grouped = f"{int(whole):,}".replace(",", gap)
    point = "," if is_french(language) else "."
    return sign + grouped + (point + after if after else "")


def paper_data(
    invoice: Invoice,
    *,
    language: str,
    issued: datetime,
    draft: bool = False,
    scan: str = "",
) -> dict[str, Any]:
    """What the template reads: every word as it will be printed."""
    sums = totals(invoice)
    name = word("draft", language) if draft else title(invoice, language)
    frame = frame_data(name, invoice.buyer.name, issued=issued, language=language)
    frame["words"] = {**frame["words"], "provisional": word("draft", language)}
    frame["words"]["provisional-why"] = word("draft-why", language)
    # Terms that say the same twice (the exemption and a note of it) are printed once.
    mentions = dict.fromkeys(
        [*(part.vat.reason for part in sums.breakdown), *(note.text for note in invoice.notes)]
    )
    return {
        **frame,
        "issuer": invoice.seller.name,
        "provisional": draft,
        "seller": {"name": invoice.seller.name, "lines": _identity(invoice.seller, language, True)},
        "buyer": {
            "title": word("customer", language),
            "name": invoice.buyer.name,
            "lines": _identity(invoice.buyer, language, False),
        },
        "delivery": {
            "title": word("delivery", language),
            "lines": invoice.delivery.lines() if invoice.delivery else [],
        },
        "facts": _facts(invoice, language),
        "columns": [word(code, language) for code in ("what", "quantity", "price", "rate", "net")],
        "rows": [
            _row(line, net, invoice, language)
            for line, net in zip(invoice.lines, sums.nets, strict=True)
        ],
        "sums": _sums(invoice, sums, language),
        "vat": {
            "title": word("vat-table", language),
            "columns": [word(code, language) for code in ("category", "base", "amount")],
            "rows": [_vat_row(invoice, part, language) for part in sums.breakdown],
        },
        "settle": _settle(invoice, sums, language),
        "scan": {"title": word("scan", language), "svg": scan},
        "mentions": {
            "title": word("mentions", language),
            "lines": [text for text in mentions if text],
        },
    }


def _identity(party: Party, language: str, seller: bool) -> list[str]:
    numbers = []
    if party.siret:
        numbers.append(f"{word('siret', language)} {_grouped(party.siret)}")
    elif party.siren:
        numbers.append(f"{word('siren', language)} {_grouped(party.siren)}")
    if party.vat:
        numbers.append(f"{word('vat-number', language)} {party.vat}")
    contact = [text for text in (party.phone, party.email) if text] if seller else []
    trading = [party.trading] if party.trading else []
    legal = [party.legal] if party.legal else []
    return [*trading, *party.address.lines(), *contact, *legal, *numbers]


def _grouped(digits: str) -> str:
    parts = [digits[:3], digits[3:6], digits[6:9], digits[9:]]
    return NO_BREAK.join(part for part in parts if part)


def _facts(invoice: Invoice, language: str) -> list[list[str]]:
    """Dates and references, each with its label."""
    facts: list[tuple[str, str]] = [("issued", format_day(invoice.issued, language))]
    if invoice.delivered:
        facts.append(("delivered", format_day(invoice.delivered, language)))
    if invoice.period:
        between = f" {word('to', language)} "
        facts.append(("period", between.join(format_day(day, language) for day in invoice.period)))
    if invoice.due and not invoice.kind.credit:
        facts.append(("due", format_day(invoice.due, language)))
    facts += [("preceding", _named(each.number, each.issued, language))
              for each in invoice.preceding]  # fmt: skip
    if invoice.order:
        facts.append(("order", invoice.order))
    if invoice.buyer_reference:
        facts.append(("customer-reference", invoice.buyer_reference))
    facts.append(("nature", word(invoice.nature.value, language)))
    return [[word(code, language), text] for code, text in facts]


def _named(number: str, day: date | None, language: str) -> str:
    return f"{number} ({format_day(day, language)})" if day else number


def _row(line: Line, net: int, invoice: Invoice, language: str) -> dict[str, Any]:
    more = [line.description] if line.description else []
    if line.discount:
        off = amount_shown(line.discount, invoice, language)
        more.append(f"{line.discount_reason or word('off', language)} : {off}")
    return {
        "name": line.name,
        "more": more,
        "cells": [
            quantity_shown(line, language),
            price_shown(line, language),
            rate_shown(line.vat, language),
            amount_shown(net, invoice, language),
        ],
    }


def _sums(invoice: Invoice, sums: Totals, language: str) -> list[list[Any]]:
    rows: list[tuple[str, int]] = []
    if invoice.allowances:
        rows.append((word("lines", language), sums.lines))
        rows += [(each.reason, each.amount if each.charge else -each.amount)
                 for each in invoice.allowances]  # fmt: skip
    rows.append((word("taxable", language), sums.taxable))
    rows.append((word("vat", language), sums.vat))
    rows.append((word("gross", language), sums.gross))
    if sums.prepaid:
        rows.append((word("prepaid", language), -sums.prepaid))
    if sums.rounding:
        rows.append((word("rounding", language), sums.rounding))
    last = "to-give-back" if invoice.kind is Kind.CREDIT else "payable"
    rows.append((word(last, language), sums.payable))
    return [[label, amount_shown(cents, invoice, language)] for label, cents in rows]


def _vat_row(invoice: Invoice, part: Any, language: str) -> list[str]:
    return [
        rate_shown(part.vat, language) if part.vat.category == "S" else word("none", language),
        amount_shown(part.base, invoice, language),
        amount_shown(part.amount, invoice, language),
    ]


def _settle(invoice: Invoice, sums: Totals, language: str) -> dict[str, Any]:
    how = invoice.settlement
    rows: list[list[str]] = []
    if sums.payable > 0 and not invoice.kind.credit:
        if how.text:
            rows.append(["", how.text])
        if how.iban:
            rows.append([word("holder", language), how.holder or invoice.seller.name])
            rows.append(["IBAN", NO_BREAK.join(_fours(how.iban))])
            rows += [["BIC", how.bic]] if how.bic else []
        if how.reference:
            rows.append([word("reference", language), NO_BREAK.join(_fours(how.reference))])
        if how.terms:
            rows.append(["", how.terms])
    return {"title": word("settle", language), "rows": rows}


def _fours(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]
