"""Economic models are begun, changed version by version, shown to whom one likes, put away."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused, NotFound
from chambre.lib.modelling import (
    Cost,
    Figure,
    Kind,
    Model,
    ModelError,
    ModelRefusal,
    Price,
    Segment,
    read_model,
    write_model,
)
from chambre.lib.modelling.presets import preset_text
from chambre.lib.reciprocity.model import Text
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Simulation, SimulationVersion
from chambre.rooms.reciprocity.queries.simulating.errors import (
    ModelRefused,
    PutAway,
    VersionMoved,
)
from chambre.rooms.reciprocity.queries.simulating.finding import version_of

RESERVED = {"nouveau", "comparer", "exemples"}
"""Short names that are addresses of the room."""
LONGEST = 40
"""Longest short name that is made from a name, before its number."""
MOST_SEED = 2**31 - 1


def checked(text: str) -> Model:
    """Read a file, or say what is wrong with it.

    Raises:
        ModelRefused: With line, column and field of every mistake.
    """
    if "\0" in text:
        raise ModelRefused(fields={"text": [_("The file holds characters that are no text.")]})
    try:
        return read_model(text)
    except ModelError as error:
        raise refused(error) from error


def refused(error: ModelError) -> ModelRefused:
    """What was wrong with a model, for pages and machines."""
    language = get_language() or "fr"
    return ModelRefused(
        fields={"text": [problem.message(language) for problem in error.problems]},
        problems=[
            {"line": problem.line, "column": problem.column, "field": problem.field,
             "message": problem.text(language)}
            for problem in error.problems
        ],
    )  # fmt: skip


@transaction.atomic
def begin(
    *, text: str, by: Actor, key: str, origin: str = Simulation.Origin.FILE, name: str = "",
    resource: Resource | None = None, chamber: Agent | None = None, public: bool = False,
    preset: str = "", copied_from: Simulation | None = None, note: str = "", seed: int = 1,
) -> Simulation:  # fmt: skip
    """Keep a model for the first time.

    Calling it again with the same ``key`` returns the first one.

    Args:
        text: The model's file (``docs/model-language.md``).
        by: Who keeps it; a member of the chamber.
        key: Idempotency key, 1 to 100 characters.
        origin: A :class:`Simulation.Origin` value.
        name: As people call it; empty: the title in the file.
        resource: What it is the model of; may be none.
        chamber: Where it belongs; by default the home chamber.
        public: Whether anybody may read it; else the members of the chamber.
        preset: The example it was begun from.
        copied_from: The model it was copied from.
        note: What this first version is.
        seed: Where its random values start from, 1 to 2,147,483,647.

    Raises:
        Forbidden: ``by`` is no member.
        ModelRefused: The file makes no model.
        KeyReused: The key was used by somebody else.
    """
    chamber = chamber or (resource.chamber if resource is not None else registry.home_chamber())
    authorize(by, "reciprocity.draft_model", chamber)
    model = checked(text)
    owner = registry.person_of(by.user) if by.user is not None else None
    Agent.objects.select_for_update().get(pk=chamber.pk)  # one name and key at a time
    if done := Simulation.objects.filter(key=key).first():
        if done.owner_id != (owner.pk if owner else None):
            raise KeyReused
        return done
    name = (name.strip() or _title(model))[:140]
    made = Simulation.objects.create(
        slug=_free_slug(name), name=name, chamber=chamber, resource=resource, owner=owner,
        public=public, origin=origin, preset=preset, copied_from=copied_from, key=key,
    )  # fmt: skip
    _write(made, 1, text, by, key=f"{key}:1", note=note, seed=seed)
    audit(by, "reciprocity.model.begun", made, origin=origin, preset=preset)
    return made


def begin_from_preset(
    *, slug: str, by: Actor, key: str, name: str = "", resource: Resource | None = None
) -> Simulation:
    """Begin with one of the examples.

    Raises:
        Forbidden: ``by`` is no member.
        NotFound: There is no such example.
    """
    try:
        text = preset_text(slug)
    except ModelRefusal as error:
        raise NotFound from error
    return begin(
        text=text, by=by, key=key, origin=Simulation.Origin.PRESET, preset=slug, name=name,
        resource=resource,
    )  # fmt: skip


def copy(*, simulation: Simulation, by: Actor, key: str, name: str = "") -> Simulation:
    """Begin with the last version of another model that one may read.

    Raises:
        Forbidden: ``by`` may not read it, or is no member.
    """
    authorize(by, "reciprocity.read_model", simulation)
    version = version_of(simulation)
    return begin(
        text=version.text, by=by, key=key, origin=Simulation.Origin.COPY, seed=version.seed,
        name=name or _("%(name)s (copy)") % {"name": simulation.name},
        resource=simulation.resource, copied_from=simulation,
        note=_("Copied from %(name)s, version %(number)s")
        % {"name": simulation.name, "number": version.number},
    )  # fmt: skip


@transaction.atomic
def save_version(
    *, simulation: Simulation, text: str, by: Actor, key: str, number: int, note: str = "",
    seed: int | None = None,
) -> SimulationVersion:  # fmt: skip
    """Write the next version of a model.

    The same words and seed as the last version are the last version. Calling it again with the same
    ``key`` returns what the first call wrote.

    Args:
        simulation: The model.
        text: Its file.
        by: Who saves.
        key: Idempotency key, 1 to 120 characters.
        number: The version that was changed: another one saved meanwhile is not overwritten.
        note: What changed, in a few words.
        seed: Where random values start from; by default that of the last version.

    Raises:
        Forbidden: ``by`` does not work on it.
        ModelRefused: The file makes no model.
        PutAway: It was put away.
        VersionMoved: There is a later version.
        KeyReused: The key wrote a version of another model.
    """
    authorize(by, "reciprocity.change_model", simulation)
    checked(text)
    simulation = Simulation.objects.select_for_update(of=("self",)).get(pk=simulation.pk)
    done: SimulationVersion | None = SimulationVersion.objects.filter(key=key).first()
    if done is not None:
        if done.simulation_id != simulation.pk:
            raise KeyReused
        return done
    if simulation.archived_at is not None:
        raise PutAway
    last = version_of(simulation)
    if (last.text, last.seed) == (text, last.seed if seed is None else seed):
        return last
    if number != simulation.number:
        raise VersionMoved(number=simulation.number)
    made = _write(
        simulation, simulation.number + 1, text, by, key=key, note=note,
        seed=last.seed if seed is None else seed,
    )  # fmt: skip
    simulation.number = made.number
    simulation.save(update_fields=["number"])
    audit(by, "reciprocity.model.saved", simulation, number=made.number)
    return made


@transaction.atomic
def describe(
    *, simulation: Simulation, by: Actor, name: str, resource: Resource | None, public: bool
) -> Simulation:
    """Say what a model is called, what it is about, and whether anybody may read it.

    Raises:
        Forbidden: ``by`` does not work on it.
        Invalid: No name.
    """
    authorize(by, "reciprocity.change_model", simulation)
    if not name.strip():
        raise Invalid(fields={"name": [_("A model needs a name.")]})
    simulation = Simulation.objects.select_for_update(of=("self",)).get(pk=simulation.pk)
    before = (simulation.name, simulation.resource_id, simulation.public)
    simulation.name, simulation.resource, simulation.public = name.strip()[:140], resource, public
    if (simulation.name, simulation.resource_id, simulation.public) != before:
        simulation.save(update_fields=["name", "resource", "public"])
        audit(by, "reciprocity.model.described", simulation, public=public)
    return simulation


@transaction.atomic
def put_away(*, simulation: Simulation, by: Actor, away: bool = True) -> Simulation:
    """Take a model off the lists, or bring it back; its versions stay.

    Raises:
        Forbidden: ``by`` does not work on it.
    """
    authorize(by, "reciprocity.change_model", simulation)
    simulation = Simulation.objects.select_for_update(of=("self",)).get(pk=simulation.pk)
    if (simulation.archived_at is not None) != away:
        simulation.archived_at = timezone.now() if away else None
        simulation.save(update_fields=["archived_at"])
        audit(by, "reciprocity.model.put-away" if away else "reciprocity.model.back", simulation)
    return simulation


def blank_text(name: str, starts: Any, summary: str = "") -> str:
    """The smallest model: one kind of users, one price, one cost; all to be replaced."""

    def guess(kind: Kind, value: int) -> Figure:
        return Figure(kind, value, value, value, assumption=True)

    return write_model(
        Model(
            slug=slugify(name)[:40].strip("-") or "modele",
            title=Text(name, name),
            summary=Text(summary, summary),
            starts=starts,
            horizon=60,
            segments=(Segment(slug="usagers", name=Text("Usagers", "Users"),
                              start=guess(Kind.COUNT, 10_000)),),
            prices=(Price(slug="usage", name=Text("Un usage", "One use"),
                          amount=guess(Kind.MONEY, 10_00)),),
            costs=(Cost(slug="fonctionnement", name=Text("Fonctionnement", "Running it"),
                        kind="fixed", amount=guess(Kind.MONEY, 80_00)),),
        )
    )  # fmt: skip


def _title(model: Model) -> str:
    return model.title.in_language(get_language() or "fr") or model.slug


def _free_slug(name: str) -> str:
    base = slugify(name)
    if len(base) > LONGEST:
        base = base[:LONGEST].rpartition("-")[0] or base[:LONGEST]
    base = base.strip("-_") or "modele"
    taken = RESERVED | set(
        Simulation.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _write(
    simulation: Simulation, number: int, text: str, by: Actor, *, key: str, note: str, seed: int
) -> SimulationVersion:
    if not 1 <= seed <= MOST_SEED:
        raise Invalid(fields={"seed": [_("A seed is a whole number from 1 to 2,147,483,647.")]})
    return SimulationVersion.objects.create(
        simulation=simulation,
        number=number,
        text=text,
        digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
        seed=seed,
        note=note.strip()[:500],
        key=key,
        by=by.label[:254],
    )
