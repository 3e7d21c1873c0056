"""Nothing leaves the house that the law would send back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from invoicing_support import APPLES, BERLIN, CANTEEN, FULL, ORCHARD, PRESSING, exempt, invoice

from chambre.lib.invoicing import Address, Allowance, Kind, Vat, mention, missing, terms_notes
from chambre.lib.invoicing.mentions import valid_siret


def codes(made):
    return [problem.code for problem in missing(made)]


def test_a_complete_invoice_lacks_nothing():
    assert missing(invoice()) == []
    assert missing(exempt("franchise", seller=replace(ORCHARD, vat=""))) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": ""}, "number"),
        ({"number": "F 2026"}, "number"),
        ({"number": "F" * 36}, "number"),
        ({"due": date(2026, 2, 28)}, "due-before-issue"),
        ({"due": None}, "due"),
        ({"kind": Kind.CREDIT}, "preceding"),
        ({"period": (date(2026, 2, 2), date(2026, 2, 1))}, "period"),
        ({"seller": replace(ORCHARD, name=" ")}, "seller-name"),
        ({"seller": replace(ORCHARD, siren="", siret="")}, "seller-siren"),
        ({"seller": replace(ORCHARD, siren="732829321", siret="")}, "seller-siren-wrong"),
        ({"seller": replace(ORCHARD, siret="55210055400013")}, "seller-siret-wrong"),
        ({"seller": replace(ORCHARD, vat="")}, "seller-vat"),
        ({"buyer": replace(CANTEEN, address=Address())}, "buyer-address"),
        ({"buyer": replace(CANTEEN, address=replace(CANTEEN.address, country="f"))},
         "buyer-country"),
        ({"prepaid": 17461}, "prepaid"),
        ({"allowances": (Allowance(1, FULL, ""),)}, "allowance-reason"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(change, code):
    assert codes(invoice(**change)) == [code]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(PRESSING, name=""), "line-name"),
        (replace(PRESSING, price=Decimal(-1), quantity=Decimal(-1)), "line-price"),
        (replace(PRESSING, vat=Vat("S", 1960)), "line-rate"),
        (replace(PRESSING, vat=Vat("E", 0)), "line-exemption"),
    ],
)
def test_what_is_wrong_in_a_line_is_said_with_its_place(line, code):
    (problem,) = missing(invoice(APPLES, line))

    assert problem.code == code
    assert problem.at.startswith("lines.2")
    assert "2" in problem.message("fr")


def test_the_rate_is_that_of_the_delivery():
    old = invoice(
        replace(PRESSING, vat=Vat("S", 1960)), delivered=date(2013, 12, 20),
        issued=date(2014, 1, 10), due=date(2014, 2, 10),
    )  # fmt: skip

    assert missing(old) == []


def test_other_cases():
    assert codes(exempt("reverse-charge")) == ["buyer-vat"]
    assert codes(exempt("intra-community", buyer=BERLIN)) == []
    assert codes(invoice(APPLES, exempt("outside").lines[0])) == ["outside-mixed"]
    assert "lines" in codes(replace(invoice(), lines=()))
    assert codes(invoice(replace(PRESSING, quantity=Decimal(-3)))) == ["negative"]
    assert not valid_siret("73282932000074", "552100554")


def test_the_terms_of_the_law_are_written():
    texts = {note.code: note.text for note in terms_notes("fr", debits=True)}

    assert "majoré de 10 points" in texts["PMD"]
    assert texts["PMT"].endswith("40 €.")
    assert texts["AAB"] == "Pas d’escompte pour paiement anticipé."
    assert texts["AAI"] == "Option pour le paiement de la taxe d’après les débits."
    given = {
        note.code: note.text for note in terms_notes("en", penalty_rate="12.37", discount_rate="2")
    }
    assert "12.37 % a year" in given["PMD"]
    assert given["AAB"] == "Discount for early payment: 2 %."
    assert mention("barter", "fr") == "Paiement par compensation."
    assert "France Troc" in mention("barter-with", "fr", other="France Troc")
