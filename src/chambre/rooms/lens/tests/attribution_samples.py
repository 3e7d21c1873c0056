"""A small story for tests of attribution: two structures, two resources, twelve lines."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.registry import api
from chambre.rooms.lens import services

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)


def entry(number, label, debit, credit, euros, *, third="", day="20230105"):
    """Two lines: ``debit`` and ``credit`` are accounts, the third party stands on class 4."""

    def line(account, at_debit):
        aux = third if account.startswith("4") else ""
        amounts = (f"{euros},00", "0,00") if at_debit else ("0,00", f"{euros},00")
        name = "Tiers" if aux else ""
        return (
            f"VE\tVentes\t{number}\t{day}\t{account}\tCompte {account}\t{aux}\t{name}\t"
            f"F{number}\t{day}\t{label}\t{amounts[0]}\t{amounts[1]}\t\t\t20240331\t\t"
        )

    return [line(debit, True), line(credit, False)]


NECTAR = [
    *entry(1, "Nectar de fraise", "411000", "701000", 100, third="C-CANTINE"),
    *entry(2, "Location de la presse mars", "613200", "401000", 33, third="F-CUMA"),
    *entry(3, "Assurance du local", "616000", "401000", 50, third="F-MAIF"),
]
CUMA = [
    *entry(1, "Location presse nectar", "411000", "706000", 33, third="C-NECTAR"),
    *entry(2, "Huile pour la presse", "602000", "401000", 12, third="F-HUILE"),
    *entry(3, "Banque", "627000", "512000", 5),
]


def fec(lines):
    return "\r\n".join([HEAD, *lines, ""]).encode()


def bring(slug, lines, *, by, year=2023, **options):
    """Bring accounts in and do what follows an import."""
    structure = api.structure(slug)
    siren = structure.siren
    outcome = services.import_fec(
        source=fec(lines), name=f"{siren}FEC{year}1231.txt", structure=structure, by=by, **options
    )
    services.after_import(by=by, structure=structure)
    return outcome


def world(system):
    """The chamber with its two structures and two resources, accounts brought in."""
    api.home_chamber("Chambre")
    for slug, siren in (("nectar", "732829320"), ("cuma", "404833048")):
        api.create_structure(slug=slug, name=slug.title(), siren=siren, by=system)
    for slug in ("verger", "presse"):
        api.create_resource(slug=slug, name=slug.title(), by=system)
    bring("nectar", NECTAR, by=system)
    bring("cuma", CUMA, by=system)
    return api.home_chamber()


def treasurer_of(*slugs, email, system):
    """A person who answers for the books of some structures, and nothing else."""
    agent = api.create_person(email=email, name=email.split("@")[0].title(), by=system)
    for slug in slugs:
        api.grant_role(agent=agent, kind="treasurer", scope=api.structure(slug), by=system)
    return Actor.of(agent.user)


def rule(name, shares, **conditions):
    """A rule as data."""
    return {"name": name, **conditions, "shares": shares}
