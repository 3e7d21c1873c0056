"""The texts that French law wants on an invoice, and what is still missing before it is issued.

CGI ann. II art. 242 nonies A (what an invoice says), Code de commerce art. L441-9 (between
professionals), L441-10 and D441-5 (penalties from the first day late, 40 € for recovery), CGI
art. 293 B and 293 E (franchise).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn

from .model import Invoice, Kind, Note, Party
from .rates import rate_holds
from .totals import totals

RECOVERY_INDEMNITY = 4000
"""Cents owed for recovery by a professional who pays late (Code de commerce art. D441-5)."""
LONGEST_TERM = 60
"""Days from the issue that professionals may agree at most (Code de commerce art. L441-10, I)."""
NUMBER = re.compile(r"[A-Za-z0-9+\-_/]{1,35}")
"""What a number may be made of (BR-FR-01, BR-FR-02)."""

_TEXTS: dict[str, tuple[str, str]] = {
    "PMD": (
        "Late payment: penalties at the rate of the European Central Bank plus 10 points, "
        "due from the day after the due date without a reminder.",
        "Retard de paiement : pénalités au taux de la Banque centrale européenne majoré de "
        "10 points, exigibles sans rappel dès le lendemain de l’échéance.",
    ),
    "PMD-rate": (
        "Late payment: penalties of {rate} % a year, due from the day after the due date "
        "without a reminder.",
        "Retard de paiement : pénalités de {rate} % par an, exigibles sans rappel dès le "
        "lendemain de l’échéance.",
    ),
    "PMT": (
        "Fixed indemnity for recovery between professionals: 40 €.",
        "Indemnité forfaitaire pour frais de recouvrement entre professionnels : 40 €.",
    ),
    "AAB": (
        "No discount for early payment.",
        "Pas d’escompte pour paiement anticipé.",
    ),
    "AAB-rate": (
        "Discount for early payment: {rate} %.",
        "Escompte pour paiement anticipé : {rate} %.",
    ),
    "debits": (
        "Option for payment of the tax on debits.",
        "Option pour le paiement de la taxe d’après les débits.",
    ),
    "self-billed": (
        "Self-billing (Autofacturation).",
        "Autofacturation.",
    ),
    "barter": (
        "Payment by compensation (paiement par compensation).",
        "Paiement par compensation.",
    ),
    "barter-with": (
        "Payment by compensation (paiement par compensation) with {other}.",
        "Paiement par compensation avec {other}.",
    ),
    "barter-balance": (
        "Balance to be paid in money: {amount}.",
        "Soulte à payer en argent : {amount}.",
    ),
    "credit": (
        "Credit note on invoice {number} of {day}.",
        "Avoir sur la facture {number} du {day}.",
    ),
}


def mention(code: str, language: str, **facts: str) -> str:
    """One mention in a language.

    Raises:
        KeyError: There is none of that code, or a fact is missing.
    """
    english, french = _TEXTS[code]
    return (french if language.lower().startswith("fr") else english).format(**facts)


def terms_notes(
    language: str,
    *,
    penalty_rate: str = "",
    discount_rate: str = "",
    debits: bool = False,
    self_billed: bool = False,
) -> list[Note]:
    """Terms that every invoice between professionals carries, with their subject codes.

    Args:
        language: ``fr`` or ``en``.
        penalty_rate: Percent a year as it is written; empty for the legal rate.
        discount_rate: Percent off for early payment as it is written; empty for none.
        debits: The seller pays VAT on debits (242 nonies A, I, 11° bis).
        self_billed: The customer issues it in the seller's name (242 nonies A, I, 14°).
    """
    late = ("PMD-rate", {"rate": penalty_rate}) if penalty_rate else ("PMD", {})
    early = ("AAB-rate", {"rate": discount_rate}) if discount_rate else ("AAB", {})
    notes = [
        Note(mention(late[0], language, **late[1]), "PMD"),
        Note(mention("PMT", language), "PMT"),
        Note(mention(early[0], language, **early[1]), "AAB"),
    ]
    if debits:
        notes.append(Note(mention("debits", language), "AAI"))
    if self_billed:
        notes.append(Note(mention("self-billed", language), "AAI"))
    return notes


def due_day(issued: date, *, days: int = 30, end_of_month: bool = False) -> date:
    """The day by which an invoice is to be paid.

    Without an agreement it is 30 days after the delivery (Code de commerce art. L441-10, I).

    Args:
        issued: Day of issue.
        days: Days after it.
        end_of_month: Then to the end of that month (« 45 jours fin de mois »).
    """
    day = issued + timedelta(days=days)
    if not end_of_month:
        return day
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an invoice from being issued, or that is wrong in one received.

    Attributes:
        code: Stable, lower case with hyphens.
        at: Where: ``number``, ``seller.vat``, ``lines.2.vat``…
    """

    code: str
    at: str
    en: str
    fr: str
    grave: bool = True
    """Whether it stops; else a person decides."""

    def message(self, language: str = "fr") -> str:
        """In a language."""
        return self.fr if language.lower().startswith("fr") else self.en


def missing(invoice: Invoice) -> list[Problem]:
    """What an invoice still lacks before it may be issued, in the order of the paper."""
    return [*_of_head(invoice), *_of_parties(invoice), *_of_lines(invoice), *_of_amounts(invoice)]


def _of_head(invoice: Invoice) -> Iterable[Problem]:
    if not NUMBER.fullmatch(invoice.number):
        yield Problem(
            "number", "number",
            "its number must be 1 to 35 letters, digits, or + - _ /",
            "son numéro doit avoir 1 à 35 lettres, chiffres ou + - _ /",
        )  # fmt: skip
    if invoice.due and invoice.due < invoice.issued:
        yield Problem(
            "due-before-issue", "due",
            "the due day is before the day of issue",
            "l’échéance précède le jour d’émission",
        )  # fmt: skip
    if invoice.kind is Kind.CREDIT and not invoice.preceding:
        yield Problem(
            "preceding", "preceding",
            "a credit note names the invoice that it takes back",
            "un avoir nomme la facture qu’il reprend",
        )  # fmt: skip
    said = any("autofacturation" in note.text.casefold() for note in invoice.notes)
    if invoice.kind is Kind.SELF_BILLED and not said:
        yield Problem(
            "self-billed", "notes",
            "it is issued by the customer and does not say so (Autofacturation)",
            "elle est émise par le client et ne porte pas la mention « Autofacturation »",
        )  # fmt: skip
    if invoice.period and invoice.period[1] < invoice.period[0]:
        yield Problem(
            "period", "period",
            "the period ends before it begins",
            "la période se termine avant de commencer",
        )  # fmt: skip


def valid_siren(text: str) -> bool:
    """Whether these are nine digits with a right check digit."""
    return len(text) == 9 and text.isdecimal() and luhn.is_valid(text)


def valid_siret(text: str, siren: str = "") -> bool:
    """Whether these are fourteen digits that begin with a right SIREN (with that one, if given).

    The check digit of the whole is not asked: establishments of La Poste have another rule.
    """
    right = len(text) == 14 and text.isdecimal() and valid_siren(text[:9])
    return right and (not siren or text.startswith(siren))


def _of_parties(invoice: Invoice) -> Iterable[Problem]:
    seller, buyer = invoice.seller, invoice.buyer
    for at, party, en, fr in (
        ("seller", seller, "the seller", "le vendeur"),
        ("buyer", buyer, "the customer", "le client"),
    ):
        yield from _of_party(at, party, en, fr)
    if seller.address.country == "FR" and not seller.siren:
        yield Problem(
            "seller-siren", "seller.siren",
            "the seller has no SIREN", "le vendeur n’a pas de SIREN",
        )  # fmt: skip
    categories = {line.vat.category for line in invoice.lines}
    if categories & {"S", "Z", "AE", "K", "G"} and not seller.vat:
        yield Problem(
            "seller-vat", "seller.vat",
            "the seller has no VAT number, which VAT or a reverse charge needs",
            "le vendeur n’a pas de numéro de TVA, qu’exige la TVA ou l’autoliquidation",
        )  # fmt: skip
    if categories & {"AE", "K"} and not buyer.vat:
        yield Problem(
            "buyer-vat", "buyer.vat",
            "the customer has no VAT number, which a reverse charge needs",
            "le client n’a pas de numéro de TVA, qu’exige l’autoliquidation",
        )  # fmt: skip


def _of_party(at: str, party: Party, en: str, fr: str) -> Iterable[Problem]:
    if not party.name.strip():
        yield Problem(f"{at}-name", f"{at}.name", f"{en} has no name", f"{fr} n’a pas de nom")
    place = party.address
    if not (place.city.strip() and (place.street.strip() or place.postcode.strip())):
        yield Problem(
            f"{at}-address", f"{at}.address",
            f"{en} has no postal address", f"{fr} n’a pas d’adresse postale",
        )  # fmt: skip
    if not re.fullmatch("[A-Z]{2}", place.country):
        yield Problem(
            f"{at}-country", f"{at}.country",
            f"{en} has no country", f"{fr} n’a pas de pays",
        )  # fmt: skip
    if party.siren and not valid_siren(party.siren):
        yield Problem(
            f"{at}-siren-wrong", f"{at}.siren",
            f"the SIREN of {en} is wrong", f"le SIREN est faux : {fr}",
        )  # fmt: skip
    if party.siret and not valid_siret(party.siret, party.siren):
        yield Problem(
            f"{at}-siret-wrong", f"{at}.siret",
            f"the SIRET of {en} is wrong", f"le SIRET est faux : {fr}",
        )  # fmt: skip


def _of_lines(invoice: Invoice) -> Iterable[Problem]:
    if not invoice.lines:
        yield Problem("lines", "lines", "it has no line", "elle n’a pas de ligne")
    categories = {line.vat.category for line in invoice.lines}
    if "O" in categories and len(categories) > 1:
        yield Problem(
            "outside-mixed", "lines",
            "what is outside VAT goes on an invoice of its own (BR-O-11)",
            "ce qui est hors du champ de la TVA va sur une facture à part (BR-O-11)",
        )  # fmt: skip
    for at, line in enumerate(invoice.lines, 1):
        if not line.name.strip():
            yield Problem(
                "line-name", f"lines.{at}.name",
                f"line {at} does not say what is sold",
                f"la ligne {at} ne dit pas ce qui est vendu",
            )  # fmt: skip
        if line.price < 0:
            yield Problem(
                "line-price", f"lines.{at}.price",
                f"line {at} has a negative price: make the quantity negative instead",
                f"la ligne {at} a un prix négatif : rendez plutôt la quantité négative",
            )  # fmt: skip
        yield from _of_vat(invoice, at)


def _of_vat(invoice: Invoice, at: int) -> Iterable[Problem]:
    vat = invoice.lines[at - 1].vat
    where = f"lines.{at}.vat"
    if vat.category == "S":
        if not rate_holds(vat.rate, invoice.rate_day):
            shown = f"{vat.rate / 100:g}"
            yield Problem(
                "line-rate", where,
                f"line {at}: no VAT rate of {shown} % on {invoice.rate_day:%d/%m/%Y}",
                f"ligne {at} : pas de taux de TVA de {shown.replace('.', ',')} % "
                f"le {invoice.rate_day:%d/%m/%Y}",
            )  # fmt: skip
    elif vat.category != "Z" and not (vat.reason or vat.code):
        yield Problem(
            "line-exemption", where,
            f"line {at} bears no VAT and does not say why",
            f"la ligne {at} ne porte pas de TVA et ne dit pas pourquoi",
        )  # fmt: skip


def _of_amounts(invoice: Invoice) -> Iterable[Problem]:
    sums = totals(invoice)
    if sums.gross < 0:
        yield Problem(
            "negative", "lines",
            "it comes to less than nothing: make a credit note",
            "elle est négative : faites un avoir",
        )  # fmt: skip
    elif sums.prepaid > sums.gross:
        yield Problem(
            "prepaid", "prepaid",
            "more was paid beforehand than it comes to",
            "il a été payé d’avance plus que son total",
        )  # fmt: skip
    elif sums.payable > 0 and not invoice.due and not invoice.settlement.terms:
        yield Problem("due", "due", "it has no due day", "elle n’a pas d’échéance")
    for each in invoice.allowances:
        if not each.reason.strip():
            yield Problem(
                "allowance-reason", "allowances",
                "a reduction or a charge does not say what for",
                "une remise ou un supplément ne dit pas pourquoi",
            )  # fmt: skip
