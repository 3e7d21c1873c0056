"""What the pages of economic models share: a model for somebody, its runs, its seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from chambre.core.actors import authorize
from chambre.lib.modelling import Model, Result
from chambre.registry.api import resources_visible_to
from chambre.rooms.reciprocity.models import Simulation, SimulationVersion
from chambre.rooms.reciprocity.queries.simulating import finding
from chambre.rooms.reciprocity.services.simulating.keeping import MOST_SEED
from chambre.rooms.reciprocity.views.frame import actor_of

BASE = "modeles-economiques/"
ONE = BASE + "<slug:slug>/"


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of a model with what its runs say.

    Attributes:
        simulation: The model that is kept.
        version: Which version.
        model: What it says.
        runs: How many runs.
        seed: Where their random values start from.
    """

    simulation: Simulation
    version: SimulationVersion
    model: Model
    runs: int
    seed: int

    @property
    def result(self) -> Result:
        """What the runs say."""
        return finding.result_of(self.version.text, self.runs, self.seed)


def model_for(
    request: HttpRequest, slug: str, permission: str = "reciprocity.read_model"
) -> Simulation:
    """A model for somebody who may do something with it.

    Raises:
        NotFound: There is none.
        Forbidden: Not for this person.
    """
    simulation = finding.model_named(slug)
    authorize(actor_of(request), permission, simulation)
    return simulation


def shown_for(request: HttpRequest, slug: str) -> Shown:
    """A model with the version and the seed that an address asks for; by default the last ones.

    Raises:
        NotFound: There is no such model or version.
        Forbidden: Not for this person.
    """
    return shown_of(request, model_for(request, slug))


def shown_of(request: HttpRequest, simulation: Simulation) -> Shown:
    """The same for a model at hand."""
    version = finding.version_of(simulation, _whole(request.GET.get("version"), 2**31 - 1))
    seed = _whole(request.GET.get("seed"), MOST_SEED) or version.seed
    model = finding.model_of(version.text)
    return Shown(simulation, version, model, finding.runs_for(model), seed)


def _whole(typed: str | None, most: int) -> int | None:
    if typed and typed.isascii() and typed.isdecimal() and len(typed) < 12:
        return int(typed) if 1 <= int(typed) <= most else None
    return None


def head(request: HttpRequest, shown: Shown, here: str) -> dict[str, Any]:
    """What every page of a model shows at its top."""
    last = shown.version.number == shown.simulation.number
    return {
        "simulation": shown.simulation,
        "version": shown.version,
        "last": last,
        "model": shown.model,
        "here": here,
        "seed": shown.seed,
        "query": "" if last else f"?version={shown.version.number}",
        "may_change": actor_of(request).may("reciprocity.change_model", shown.simulation),
        "may_copy": actor_of(request).may("reciprocity.draft_model", shown.simulation.chamber),
    }


def resources_for(request: HttpRequest) -> Any:
    """The resources that a model can be about, for a choice."""
    return resources_visible_to(actor_of(request)).order_by("name", "id")
