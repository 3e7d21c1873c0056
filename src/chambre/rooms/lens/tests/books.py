"""Books of two structures over two years, brought in as FEC, and whose lines concern resources."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.lib.attribution import rules_from_data
from chambre.registry import api as registry
from chambre.rooms.lens import services

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
P2024 = "first=2024-01-01&last=2024-12-31"


def fec(*entries: tuple[str, str, list[tuple[str, int] | tuple[str, int, str]]]) -> bytes:
    """A FEC from entries: day, label, lines of account, amount in cents, third party."""
    rows = [HEAD]
    for number, (day, label, lines) in enumerate(entries, 1):
        for account, amount, *party in lines:
            debit, credit = max(amount, 0), max(-amount, 0)
            shown = [f"{each // 100},{each % 100:02d}" for each in (debit, credit)]
            name = party[0] if party else ""
            rows.append(
                f"OD\tDivers\t{number}\t{day}\t{account}\tCompte {account}\t{name[:8]}\t{name}\t"
                f"P{number}\t{day}\t{label}\t{shown[0]}\t{shown[1]}\t\t\t{day}\t\t"
            )
    return "\r\n".join(rows).encode()


VERGERS_2023 = fec(
    ("20230110", "Apport", [("512000", 500_000), ("102400", -500_000)]),
    ("20230301", "Pressoir", [("215400", 300_000), ("512000", -300_000)]),
    ("20230401", "Cotisations", [("512000", 40_000), ("756000", -40_000)]),
    ("20231231", "Usure", [("681120", 60_000), ("281540", -60_000)]),
)
VERGERS_2024 = fec(
    (
        "20240101",
        "A nouveau",
        [
            ("512000", 240_000), ("215400", 300_000), ("281540", -60_000),
            ("102400", -500_000), ("129000", 20_000),
        ],
    ),
    ("20240401", "Cotisations", [("512000", 50_000), ("756000", -50_000)]),
    ("20240915", "Pommes", [("411000", 90_000, "Jus de la Lysse"), ("701000", -90_000)]),
    ("20241020", "Règlement", [("512000", 30_000), ("411000", -30_000, "Jus de la Lysse")]),
    ("20241231", "Usure", [("681120", 60_000), ("281540", -60_000)]),
    ("20241231", "Bénévoles", [("864000", 12_300), ("875000", -12_300)]),
)  # fmt: skip
JUS_2024 = fec(
    ("20240102", "Capital", [("512000", 200_000), ("101300", -200_000)]),
    ("20240915", "Pommes", [("601000", 90_000), ("401000", -90_000, "Les Vergers")]),
    ("20241020", "Règlement", [("401000", 30_000, "Les Vergers"), ("512000", -30_000)]),
    ("20241101", "Vente de jus", [("512000", 150_000), ("701000", -150_000)]),
    ("20241102", "Change", [("512000", 700), ("756000", -700)]),
)
RULES = [
    {"name": "apport", "label": "Apport", "shares": {"-": 1}},
    {"name": "capital", "label": "Capital", "shares": {"-": 1}},
    {"name": "change", "structure": "jus", "account": "756*", "shares": {"verger": 1}},
    {"name": "cotisations", "account": "756*", "shares": {"verger": 3, "presse": 1}},
    {"name": "banque", "label": "Cotisations", "account": "512*", "shares": {"verger": 1}},
    {"name": "pressoir", "account": ["2154*", "28154*", "68112*"], "shares": {"presse": 1}},
    {"name": "pommes", "label": "Pommes|Règlement", "shares": {"verger": 1}},
    {"name": "bénévoles", "account": ["864*", "875*"], "shares": {"verger": 1}},
]


@pytest.fixture(scope="module")
def settled(once: Any) -> dict[str, Any]:
    """The valley as every test finds it."""
    made: dict[str, Any] = once(settle, Actor.system("test"))
    return made


@pytest.fixture
def valley(settled: dict[str, Any], db: Any) -> dict[str, Any]:
    """An association and a cooperative around an orchard and its press; two treasurers."""
    return deepcopy(settled)


def settle(system: Any) -> dict[str, Any]:
    """Make the structures and resources, bring their accounts in, attribute them."""
    made: dict[str, Any] = {}
    for slug, name, chart in (
        ("vergers", "Les Vergers", "associatif"),
        ("jus", "Jus de la Lysse", "pcg"),
    ):
        made[slug] = registry.create_structure(slug=slug, name=name, by=system)
        ledger.open_book(structure=made[slug], chart=chart, by=system)
    for slug, name in (("verger", "Verger partagé"), ("presse", "Presse à jus")):
        made[slug] = registry.create_resource(slug=slug, name=name, by=system)
    for slug, year, content in (
        ("vergers", 2023, VERGERS_2023),
        ("vergers", 2024, VERGERS_2024),
        ("jus", 2024, JUS_2024),
    ):
        services.import_fec(
            source=content,
            name=f"000000109FEC{year}1231.txt",
            structure=made[slug],
            by=system,
        )
    chamber = registry.home_chamber()
    rules = rules_from_data(RULES, resources=["verger", "presse"])
    services.apply_rules(rules=rules, chamber=chamber, by=system)
    for name in ("vergers", "jus"):
        person = registry.create_person(email=f"{name}@exemple.test", name=name, by=system)
        registry.grant_role(agent=person, kind="treasurer", scope=made[name], by=system)
        made[f"of_{name}"] = person.user
    both = registry.create_person(email="both@exemple.test", name="Both", by=system)
    registry.grant_role(agent=both, kind="administrator", scope=chamber, by=system)
    member = registry.create_person(email="m@exemple.test", name="M", by=system)
    registry.grant_role(agent=member, kind="member", scope=chamber, by=system)
    return made | {"both": both.user, "member": member.user}
