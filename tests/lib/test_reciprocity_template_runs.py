"""The templates on their facts: each does what it says, to the cent."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO

import pytest

from chambre.lib.reciprocity import read_facts
from chambre.lib.reciprocity import templates as shelf
from chambre.lib.reciprocity.running import run

Lines = list[tuple[str, str, int]]
Owed = list[tuple[str, str, str, str]]

# slug: (income, kept, who gets what by which clause, who still owes what). Worked out by hand.
EXPECTED: dict[str, tuple[int, int, Lines, Owed]] = {
    # 40 % to the fund; 600.00 over 36 hours: 333.33…, 166.66…, 100. 5 % of 29,000.00 less 1,000.00.
    "contributive-commons": (
        100000,
        0,
        [
            ("jardin", "jardin", 40000),
            ("dora", "contributions", 33333),
            ("eli", "contributions", 16667),
            ("ville-de-lysse", "contributions", 10000),
        ],
        [("ville-de-lysse", "temps", "10", "h"), ("brasserie-des-haies", "part", "450.00", "EUR")],
    ),
    # 13,000.00 less 3,000.00 of costs, by three: the cent to the first name.
    "production-entre-pairs": (
        1300000,
        0,
        [
            ("atelier-des-quais", "frais", 300000),
            ("ines", "partage", 333334),
            ("malo", "partage", 333333),
            ("sami", "partage", 333333),
        ],
        [],
    ),
    # 40 % would be 2,000.00; the fund holds 4,500.00 of 6,000.00. Then 30 and 10 hours.
    "coopyleft": (
        500000,
        0,
        [
            ("entretien", "entretien", 150000),
            ("lou", "travail", 262500),
            ("noa", "travail", 87500),
        ],
        [],
    ),
    # Cleo's hours lie before the last twelve months. 960.00 by 10 and 6 hours.
    "coopyright": (
        120000,
        0,
        [("association", "association", 24000), ("ana", "groupe", 60000), ("bo", "groupe", 36000)],
        [],
    ),
    # Three diffusions are 150.00, of which 100.00 were paid. 40.00 by 12 and 4 hours.
    "redevance-diffusion": (
        10000,
        0,
        [("semeoz", "frais", 6000), ("ana", "auteurs", 3000), ("noe", "auteurs", 1000)],
        [("la-lettre-du-quai", "redevance", "50.00", "EUR")],
    ),
    "echelle-alternatives": (
        10000000,
        0,
        [("jo", "mainteneurs", 7500000), ("kim", "mainteneurs", 2500000)],
        [("gros-calcul", "licence", "100000.00", "GBP")],
    ),
    # 230,000 of 250,000 were repaid. Of the 40,000 left: 14,000, 14,000 and 12,000.
    "fondateurs-rembourses": (
        6000000,
        0,
        [
            ("alix", "fondateurs", 1000000),
            ("bela", "fondateurs", 1000000),
            ("cleo", "travail", 1050000),
            ("dan", "travail", 350000),
            ("eva", "usage", 840000),
            ("fay", "usage", 560000),
            ("cleo", "investissement", 300000),
            ("gus", "investissement", 900000),
        ],
        [],
    ),
    # 5 % of 50,000 and 3 % of 30,000 were paid. The fund lacks 500.00.
    "colleges": (
        340000,
        0,
        [
            ("entretien", "entretien", 50000),
            ("hopital-du-port", "contributions", 58000),
            ("labo-des-digues", "contributions", 232000),
        ],
        [],
    ),
    # 17.50 of card fees, 8 % of 1,000.00; the rest stays in the purse.
    "hebergement": (
        100000,
        90250,
        [("hote", "frais-de-carte", 1750), ("hote", "accueil", 8000)],
        [("radio-du-quai", "comptes", "1", "access")],
    ),
    # 600.00 washing, 2,500 returns at 2 cents, 700.00 to the fund; 400.00 by 4000, 1000, 200.
    "consigne-usagers": (
        175000,
        0,
        [
            ("laverie", "lavage", 60000),
            ("cafe-du-port", "retours", 1000),
            ("epicerie", "retours", 4000),
            ("renouvellement", "renouvellement", 70000),
            ("brasserie", "ristourne", 30769),
            ("cidrerie", "ristourne", 7692),
            ("festival", "ristourne", 1539),
        ],
        [("festival", "remplissage", "70.00", "EUR")],
    ),
    # 15 % of 550.00 was paid. 20 % to the fund; 66.00 by 7 and 6 packets. 10 owed, 7 given back.
    "semences": (
        8250,
        0,
        [
            ("tri", "tri", 1650),
            ("lila", "multiplication", 3554),
            ("omar", "multiplication", 3046),
        ],
        [("lila", "retour", "3", "sachet")],
    ),
    "vierge": (10000, 10000, [], []),
}


@pytest.mark.parametrize("slug", shelf.slugs())
def test_a_template_does_what_it_says(slug: str) -> None:
    contract = shelf.contract(slug)
    last = dt.date(2025, 3, 31) if contract.period == "quarter" else dt.date(2025, 12, 31)

    found = run(contract, read_facts(shelf.facts(slug)), dt.date(2025, 1, 1), last)

    income, kept, lines, owed = EXPECTED[slug]
    assert (found.income, found.kept) == (income, kept)
    assert [(each.to, each.clause, each.amount) for each in found.lines] == lines
    assert [
        (each.giver, each.clause, each.quantity, each.unit) for each in found.owed_in_kind
    ] == owed
    assert found.income == found.distributed + found.kept
    assert found.distributed == sum(amount for _to, _clause, amount in lines)


@pytest.mark.parametrize("slug", shelf.slugs())
def test_every_line_says_because_of_what(slug: str) -> None:
    contract = shelf.contract(slug)
    ids = {row["id"] for row in csv.DictReader(StringIO(shelf.facts(slug)))}

    found = run(contract, read_facts(shelf.facts(slug)), dt.date(2025, 1, 1), dt.date(2025, 12, 31))

    causes = [line.because for line in found.lines]
    causes += [owed.because for owed in found.owed_in_kind]
    for because in causes:
        assert because
        assert set(because) <= ids
