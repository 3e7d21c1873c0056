"""Two economic models of Valmère: the orchard as its books say, and the deposit scheme as it could be."""

from __future__ import annotations

from dataclasses import replace

from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.lib.modelling import Figure, Kind, read_model, write_model
from chambre.lib.modelling.presets import preset_text
from chambre.lib.reciprocity.model import Text
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.services.simulating import keeping
from chambre.rooms.reciprocity.services.simulating.fromledger import begin_from_ledger

ORCHARD, SCHEME = "demo:model:verger", "demo:model:consigne"
CASH = 5_000_00
"""What the return points put in, in the second version of the scheme's model."""


def load_models() -> int:
    """Begin the two models once, as the people who would.

    Returns:
        How many were begun by this call.
    """
    made = 0
    if not Simulation.objects.filter(key=ORCHARD).exists():
        begin_from_ledger(
            resource=registry.resource("verger"), by=_as("bruno"), key=ORCHARD,
            name="Le verger comme l’an passé",
        )  # fmt: skip
        made += 1
    if not Simulation.objects.filter(key=SCHEME).exists():
        _scheme(_as("chloe"))
        made += 1
    return made


def _as(name: str) -> Actor:
    return Actor.of(User.objects.get(email=f"{name}@valmere.test"))


def _scheme(by: Actor) -> None:
    """The scheme's model from the example, then with what its points put in."""
    text = preset_text("deposit-scheme")
    simulation = keeping.begin(
        text=text, by=by, key=SCHEME, origin=Simulation.Origin.PRESET, preset="deposit-scheme",
        name="La consigne du Ferrain dans dix ans", resource=registry.resource("consigne"),
        public=True,
    )  # fmt: skip
    source = Text("décision des points de retour", "decision of the return points")
    opening = replace(Figure.of(Kind.MONEY, CASH), source=source)
    keeping.save_version(
        simulation=simulation, text=write_model(replace(read_model(text), opening=opening)), by=by,
        key=f"{SCHEME}:2", number=1, note="Les points de retour mettent 5 000 € au départ",
    )  # fmt: skip
