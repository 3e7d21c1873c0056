"""What two articles want on an invoice, number by number.

- CGI, annexe II, article 242 nonies A, I, as in force since 1 January 2023 (décret no 2022-1033; Légifrance
  LEGIARTI000046086694) with what the décret no 2022-1299 adds (8° bis, 11° bis, the SIREN, the address of
  delivery). Not offered, so nothing of it can be issued: 5° (fiscal representative), 5° bis (member of
  a single taxable person), 17° (new means of transport). The library writes 14° (self-billing); the
  treasury issues in its own name only. That numbers have no holes (7°) is held in the treasury's tests.
- Code de commerce, article L441-9, I (ordonnance no 2019-359): what professionals put on top of it. The
  address of a customer is the one it is billed at (avis CEPC no 20-3).
"""

from dataclasses import replace

import pytest
from invoicing_support import APPLES, BERLIN, CANTEEN, ISSUED, exempt, faults, invoice

from chambre.lib.invoicing import Address, Kind, cii_bytes, missing, terms_notes
from chambre.lib.invoicing.paper import paper_data

TO_BERLIN = {"buyer": BERLIN}
SELF_BILLED = invoice(kind=Kind.SELF_BILLED, notes=tuple(terms_notes("fr", self_billed=True)))
WITH_VAT = replace(CANTEEN, vat="FR83552100554")


def printed(made):
    """Every text of the paper, one beside the other."""

    def texts(part):
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            for each in part.values():
                yield from texts(each)
        elif isinstance(part, list | tuple):
            for each in part:
                yield from texts(each)

    assert missing(made) == []
    return " | ".join(texts(paper_data(made, language="fr", issued=ISSUED))).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("number", "made", "wanted"),
    [
        ("1° names and addresses", invoice(),
         ["Le Verger du Clos", "1 chemin du Clos", "Cantine du Bourg", "2 place de la Mairie"]),
        ("1° SIREN of both", invoice(), ["SIRET 732 829 320 00074", "SIREN 552 100 554"]),
        ("2° VAT number of the seller", invoice(), ["FR44732829320"]),
        ("3° both VAT numbers, within the Union", exempt("intra-community", **TO_BERLIN),
         ["FR44732829320", "DE136695976"]),
        ("4° both VAT numbers, when the customer owes it", exempt("reverse-charge", buyer=WITH_VAT),
         ["FR44732829320", "FR83552100554"]),
        ("6° day of issue", invoice(), ["Émise le | 01/03/2026"]),
        ("7° number", invoice(), ["Facture F-2026-0001"]),
        ("8° quantity, name, price without VAT, rate", invoice(),
         ["Pommes", "12,5 kg", "2,40", "5,5 %"]),
        ("8° bis goods or services", invoice(), ["Opération | livraison de biens"]),
        ("8° bis address of delivery", invoice(delivery=Address("3 quai Sud", "", "35400", "Saint-Malo")),
         ["Livrée à | 3 quai Sud"]),
        ("9° reductions", invoice(), ["remise : 1,00 €"]),
        ("10° day of delivery", invoice(), ["Livrée ou réalisée le | 27/02/2026"]),
        ("11° VAT, and by rate what it is on", invoice(),
         ["Total TVA | 25,60 €", "20 % | 120,00 € | 24,00 €", "5,5 % | 29,00 € | 1,60 €"]),
        ("11° bis VAT on debits", invoice(notes=tuple(terms_notes("fr", debits=True))),
         ["Option pour le paiement de la taxe d’après les débits."]),
        ("12° why no VAT", exempt("training"), ["art. 261, 4, 4° du CGI"]),
        ("12° franchise", exempt("franchise"), ["TVA non applicable, art. 293 B du CGI"]),
        ("13° reverse charge", exempt("reverse-charge", buyer=WITH_VAT), ["Autoliquidation"]),
        ("14° self-billing", SELF_BILLED, ["Facture émise par le client", "Autofacturation"]),
        ("15° travel agencies", exempt("margin-travel"), ["Régime particulier - Agences de voyages"]),
        ("16° second-hand goods", exempt("margin-second-hand"),
         ["Régime particulier - Biens d’occasion"]),
        ("16° works of art", exempt("margin-art"), ["Régime particulier - Objets d’art"]),
        ("16° collectors’ items", exempt("margin-collectors"),
         ["Régime particulier - Objets de collection et d’antiquité"]),
        ("L441-9 names and addresses, where it is billed", invoice(),
         ["Cantine du Bourg", "2 place de la Mairie", "Bâtiment B", "35000 Rennes"]),
        ("L441-9 number of the order", invoice(order="BC-2026-17"), ["Votre commande | BC-2026-17"]),
        ("L441-9 day of the sale", invoice(), ["Livrée ou réalisée le | 27/02/2026"]),
        ("L441-9 quantity, precise name, price of one without VAT", invoice(),
         ["Pressage", "À façon", "3 h", "40,00"]),
        ("L441-9 reductions that are certain", invoice(), ["remise : 1,00 €"]),
        ("L441-9 day by which it is paid", invoice(), ["À payer au plus tard le | 31/03/2026"]),
        ("L441-9 discount for early payment", invoice(notes=tuple(terms_notes("fr", discount_rate="2"))),
         ["Escompte pour paiement anticipé : 2 %."]),
        ("L441-9 penalties", invoice(), ["Banque centrale européenne majoré de 10 points"]),
        ("L441-9 indemnity for recovery", invoice(), ["frais de recouvrement", "40 €"]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_the_law_wants_is_printed(number, made, wanted):
    text = printed(made)

    assert [each for each in wanted if each not in text] == []


def test_the_day_of_delivery_may_be_that_of_issue_and_is_then_not_wanted():
    assert missing(invoice(APPLES, delivered=None)) == []


def test_what_the_customer_issues_says_so():
    silent = replace(SELF_BILLED, notes=tuple(terms_notes("fr")))

    assert [each.code for each in missing(silent)] == ["self-billed"]


@pytest.mark.parametrize(
    "made",
    [
        SELF_BILLED,
        *(exempt(f"margin-{kind}") for kind in ("second-hand", "art", "collectors", "travel")),
    ],
)
def test_the_special_schemes_pass_the_official_rules(made):
    assert faults(cii_bytes(made)) == []
