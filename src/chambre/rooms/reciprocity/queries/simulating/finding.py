"""Which economic models there are for somebody, and which contracts they can be put through."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q, QuerySet

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.lib.modelling import DEFAULT_RUNS, Model, Result, read_model, simulate
from chambre.lib.reciprocity import Contract as Words
from chambre.lib.reciprocity import ContractError, read, templates
from chambre.registry.api import roles_held
from chambre.rooms.reciprocity.models import Contract, Simulation, SimulationVersion
from chambre.rooms.reciprocity.queries.contracts import contracts_visible_to

STEPS_IN_REQUEST = 3_000_000
"""Most runs times months that are computed while somebody waits: about a second."""
SIGNED = "contrat:"
"""Before the short name of a contract of the room; templates have none."""


def models_visible_to(by: Actor, *, archived: bool = False) -> QuerySet[Simulation]:
    """The models that somebody may read: public ones, and those of their chambers and their own."""
    rows = Simulation.objects.select_related("resource", "owner", "chamber")
    rows = rows.filter(archived_at__isnull=not archived)
    if by.is_system:
        return rows
    chambers = {held.chamber for held in roles_held(by.user)}
    own = Q(owner__user_id=by.user.pk) if by.user is not None else Q(pk__in=[])
    return rows.filter(Q(public=True) | Q(chamber__in=chambers) | own)


def model_named(slug: str) -> Simulation:
    """A model with what its pages name.

    Raises:
        NotFound: There is none.
    """
    rows = Simulation.objects.select_related("resource", "owner", "chamber", "copied_from")
    found = rows.filter(slug=slug.replace("\0", "")).first()
    if found is None:
        raise NotFound
    return found


def version_of(simulation: Simulation, number: int | None = None) -> SimulationVersion:
    """A version of a model; without a number the last one.

    Raises:
        NotFound: There is none.
    """
    found: SimulationVersion | None = simulation.versions.filter(
        number=number or simulation.number
    ).first()
    if found is None:
        raise NotFound
    return found


@lru_cache(maxsize=64)
def model_of(text: str) -> Model:
    """The model that a kept file says."""
    return read_model(text)


def runs_for(model: Model) -> int:
    """How many runs are made while somebody waits: 10,000, fewer only for very long models."""
    return max(min(DEFAULT_RUNS, STEPS_IN_REQUEST // model.horizon), 1_000)


@lru_cache(maxsize=32)
def result_of(text: str, runs: int, seed: int) -> Result:
    """What the runs of a kept file say; the same for the same file, runs and seed."""
    return simulate(model_of(text), runs, seed)


def contracts_readable_by(by: Actor) -> list[tuple[str, str]]:
    """``(name, title)`` of the contracts that a model can be put through, those of the room first."""
    rows = contracts_visible_to(by).filter(number__gt=0)
    return [(f"{SIGNED}{each.slug}", each.name) for each in rows.order_by("name", "id")[:200]]


def words_named(name: str, by: Actor) -> Words:
    """The words of a contract of the room or of a template, as :func:`contracts_readable_by` names them.

    Raises:
        NotFound: There is none, or not for this person.
    """
    if name in templates.slugs():
        return templates.contract(name)
    slug = name.removeprefix(SIGNED)
    if not name.startswith(SIGNED) or (name, slug) not in {
        (known, known.removeprefix(SIGNED)) for known, _title in contracts_readable_by(by)
    }:
        raise NotFound
    contract = Contract.objects.get(slug=slug)
    try:
        return read(contract.current.text)
    except ContractError as error:
        raise NotFound from error
