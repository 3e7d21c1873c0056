"""Clearing in Valmère: who owes whom, and a round that waits for the last two answers."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.rounds import current, effects_of
from chambre.rooms.clearing.services import obligations, rounds

OWED = (
    ("jus", "vergers", 184_000, "Pommes de novembre"),
    ("vergers", "chanvre", 96_000, "Paillage de chanvre"),
    ("chanvre", "fabrique", 120_000, "Pièces du décortiqueur"),
    ("fabrique", "ecole", 64_000, "Stage de soudure"),
    ("ecole", "jus", 41_500, "Jus pour les cours"),
    ("vergers", "bocal", 73_200, "Bocaux lavés"),
    ("bocal", "jus", 58_000, "Jus pour l’atelier"),
    ("fabrique", "vergers", 30_000, "Location de la presse"),
    ("ecole", "chanvre", 22_000, "Fibre pour le cours d’isolation"),
)
"""Who owes whom how many cents, and for what."""

ANSWERED = ("chanvre", "fabrique", "ecole", "bocal")
"""Who has agreed already; the two structures whose money Bruno keeps have not."""


def load_clearing(by: Actor) -> int:
    """Write down what is owed, and open a round; how many obligations were made by this call."""
    if Obligation.objects.exists():
        return 0
    for number, (debtor, creditor, amount, reference) in enumerate(OWED, 1):
        obligations.propose(
            debtor=registry.structure(debtor), creditor=registry.structure(creditor),
            amount=amount, reference=reference, key=f"demo:{number}", by=by,
        )  # fmt: skip
    row = rounds.open_round(name="Tour d’automne", key="demo", days=90, by=by)
    rounds.work_out(round_=row, number=row.number)
    found = current(row)
    if found is not None:
        for effect in effects_of(found, [registry.structure(slug) for slug in ANSWERED]):
            rounds.answer(round_=row, agent=effect.agent, agrees=True, effect=effect.digest, by=by)
    return len(OWED)
