"""Small books for the tests of pages that look into accounts: two structures, two resources.

Every name of a person in them begins with "Secret", so that a test can look for what must not be
seen.
"""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

from chambre.core import files
from chambre.lib.attribution import rules_from_data
from chambre.registry import api as registry
from chambre.rooms.lens import services

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
JOURNALS = {"AN": "À nouveaux", "VE": "Ventes", "AC": "Achats", "BQ": "Banque", "OD": "Divers"}
YEAR = "first=2024-01-01&last=2024-12-31"


def entry(journal: str, number: int, day: str, label: str, *lines: tuple[Any, ...]) -> list[str]:
    """An entry of a FEC: ``(account, name of the account, amount in euros, auxiliary, name)``."""
    found = []
    for account, name, euros, *third in lines:
        auxiliary, who = third or ("", "")
        debit, credit = (euros, 0) if euros > 0 else (0, -euros)
        found.append(
            f"{journal}\t{JOURNALS[journal]}\t{number}\t{day}\t{account}\t{name}\t{auxiliary}\t"
            f"{who}\tP{number}\t{day}\t{label}\t{debit},00\t{credit},00\t\t\t{day}\t\t"
        )
    return found


def fec(*entries: list[str]) -> bytes:
    """The file that holds these entries."""
    return "\r\n".join([HEAD, *(line for each in entries for line in each)]).encode()


ORCHARD_2023 = fec(
    entry("BQ", 1, "20230301", "Adhésions", ("512000", "Banque", 500), ("756000", "Cotisations", -500)),
    entry("AC", 2, "20230410", "Greffons", ("606000", "Fournitures", 200), ("512000", "Banque", -200)),
)  # fmt: skip
SALE = entry(
    "VE", 2, "20240205", "Vente de jus à Secrette Client",
    ("411SECRET", "Secret Dupont Jean", 120, "C1", "Secrette Client"),
    ("701000", "Ventes de jus", -120),
)  # fmt: skip
ORCHARD_2024 = fec(
    entry("AN", 1, "20240101", "À nouveaux", ("512000", "Banque", 300), ("120000", "Résultat", -300)),
    SALE,
    entry("AC", 3, "20240310", "Sécateurs", ("606000", "Fournitures", 30), ("512000", "Banque", -30)),
    entry("OD", 4, "20240601", "Avance de Secret Martin",
          ("512000", "Banque", 1000), ("455SECRET", "Secret Martin, compte courant", -1000)),
    entry("OD", 5, "20240615", "Remboursement de frais",
          ("625000", "Déplacements de Secret Luc", 40), ("467SECRET", "Secret Luc", -40)),
    entry("AC", 6, "20240701", "Prestation de la presse",
          ("611000", "Sous-traitance", 50), ("401000", "Fournisseurs", -50, "F1", "Presse mobile")),
)  # fmt: skip
PRESS_2024 = fec(
    entry("VE", 1, "20240701", "Pressage",
          ("411000", "Clients", 50, "C9", "Vergers"), ("706000", "Prestations", -50)),
    entry("AC", 2, "20240702", "Électricité", ("606100", "Électricité", 20), ("512000", "Banque", -20)),
)  # fmt: skip

RULES = [
    {"name": "la presse", "structure": ["presse"], "account": ["6*", "7*"], "shares": {"atelier": 1}},
    {"name": "le jus", "account": ["701*"], "shares": {"verger": 3, "atelier": 1}},
    {"name": "le verger", "structure": ["vergers"], "account": ["4*", "606*", "625*", "611*"],
     "shares": {"verger": 1}},
]  # fmt: skip


def make(system: Any) -> SimpleNamespace:
    """The small books, their people, and who is who.

    ``treasurer`` answers for the orchard only, ``administrator`` for everything, ``member`` for
    nothing.
    """
    orchard = registry.create_structure(slug="vergers", name="Vergers", by=system)
    press = registry.create_structure(slug="presse", name="Presse mobile", by=system)
    verger = registry.create_resource(slug="verger", name="Verger partagé", by=system)
    atelier = registry.create_resource(slug="atelier", name="Atelier de pressage", by=system)
    people = {
        name: registry.create_person(email=f"{name}@exemple.test", name=name, by=system)
        for name in ("treasurer", "administrator", "member")
    }
    chamber = registry.home_chamber()
    registry.grant_role(agent=people["treasurer"], kind="treasurer", scope=orchard, by=system)
    registry.grant_role(agent=people["member"], kind="member", scope=chamber, by=system)
    registry.grant_role(
        agent=people["administrator"], kind="administrator", scope=chamber, by=system
    )
    stored = files.store(
        io.BytesIO(ORCHARD_2024), name="000000109FEC20241231.txt", purpose="lens.fec", by=system
    )
    for content, year, structure, kept in (
        (ORCHARD_2023, 2023, orchard, []),
        (ORCHARD_2024, 2024, orchard, [stored]),
        (PRESS_2024, 2024, press, []),
    ):
        services.import_fec(
            source=content,
            name=f"000000109FEC{year}1231.txt",
            structure=structure,
            stored=kept,
            by=system,
        )
    rules = rules_from_data(RULES, resources=["verger", "atelier"])
    services.apply_rules(rules=rules, chamber=chamber, by=system)
    services.after_import(by=system)
    return SimpleNamespace(
        orchard=orchard,
        press=press,
        verger=verger,
        atelier=atelier,
        chamber=chamber,
        file=stored,
        **{name: person.user for name, person in people.items()},
    )
