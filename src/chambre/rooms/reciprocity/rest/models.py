"""Economic models for machines: list, read, write a version, run."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.lib.modelling import DEFAULT_RUNS, ModelRefusal, most_runs
from chambre.lib.modelling.explaining import explain
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Simulation, SimulationVersion
from chambre.rooms.reciprocity.queries.simulating import finding
from chambre.rooms.reciprocity.queries.simulating.errors import NotSimulated
from chambre.rooms.reciprocity.queries.simulating.shared import compared
from chambre.rooms.reciprocity.services.simulating import keeping

router = Router()

TEXT = r"^[^\x00]*$"
BASE = "/models"
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]
Seed = Annotated[int, Field(ge=1, le=keeping.MOST_SEED)]


class ModelBrief(Schema):
    """A model that is kept, without its numbers."""

    slug: str
    name: str
    resource: str | None = Field(description="Short name of the resource.")
    version: int
    public: bool
    origin: str = Field(description="`blank`, `preset`, `file`, `copy`, `ledger`.")
    archived: bool


class ModelWhole(ModelBrief):
    """A model with the file of a version."""

    toml: str = Field(description="The file (docs/model-language.md).")
    digest: str = Field(description="SHA-256 of the file.")
    seed: int
    note: str


class ModelIn(Schema):
    """The file of a version. `version`: the one that was changed; it has to be the last one."""

    toml: str = Field(min_length=1, max_length=400_000)
    version: int = Field(ge=1, le=2**31 - 1)
    key: Key
    note: str = Field("", max_length=500, pattern=TEXT)
    seed: Seed | None = None


class NewIn(Schema):
    """A model to keep, with an idempotency key."""

    toml: str = Field(min_length=1, max_length=400_000)
    key: Key
    name: str = Field("", max_length=140, pattern=TEXT)
    resource: str = Field("", max_length=80, pattern=TEXT)
    public: bool = False


class RunIn(Schema):
    """How a model is run. `contracts`: templates, or `contrat:SHORT-NAME` of the room; two at most."""

    runs: int = Field(DEFAULT_RUNS, ge=1, le=DEFAULT_RUNS)
    seed: Seed | None = None
    contracts: list[str] = Field([], max_length=2)


class SimulatedOut(Schema):
    """What the runs say. Amounts in cents, shares in thousandths, users in thousandths."""

    model: str
    version: int
    digest: str
    sentences: dict[str, str]
    result: dict[str, Any]
    sharing: dict[str, Any] | None = None


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _one(request: HttpRequest, slug: str, permission: str = "reciprocity.read_model") -> Simulation:
    found = finding.model_named(slug)
    authorize(_by(request), permission, found)
    return found


def _brief(row: Simulation) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": row.name,
        "resource": row.resource.slug if row.resource else None,
        "version": row.number,
        "public": row.public,
        "origin": row.origin,
        "archived": row.archived_at is not None,
    }


def _whole(row: Simulation, version: SimulationVersion) -> dict[str, Any]:
    return {
        **_brief(row), "version": version.number, "toml": version.text, "digest": version.digest,
        "seed": version.seed, "note": version.note,
    }  # fmt: skip


@router.get(BASE, response={200: Page[ModelBrief], **problems()}, auth=SIGNED_IN)
def list_models(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """The economic models that one may read."""
    page = page_by_id(finding.models_visible_to(_by(request)), which)
    return {**page, "items": [_brief(row) for row in page["items"]]}


@router.post(BASE, response={201: ModelWhole, **problems(404)}, auth=SIGNED_IN)
def post_model(request: HttpRequest, payload: NewIn) -> Status[dict[str, Any]]:
    """Keep a model for the first time."""
    made = keeping.begin(
        text=payload.toml, by=_by(request), key=payload.key, name=payload.name,
        resource=registry.resource(payload.resource) if payload.resource else None,
        public=payload.public,
    )  # fmt: skip
    return Status(201, _whole(made, finding.version_of(made)))


@router.get(BASE + "/{slug}", response={200: ModelWhole, **problems(404)}, auth=SIGNED_IN)
def get_model(
    request: HttpRequest,
    slug: str,
    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:
    """A model with its file; without `version` the last one."""
    row = _one(request, slug)
    return _whole(row, finding.version_of(row, version))


@router.put(BASE + "/{slug}", response={200: ModelWhole, **problems(404)}, auth=SIGNED_IN)
def put_model(request: HttpRequest, slug: str, payload: ModelIn) -> dict[str, Any]:
    """Write the next version; the same file as the last version changes nothing."""
    row = _one(request, slug, "reciprocity.change_model")
    made = keeping.save_version(
        simulation=row, text=payload.toml, by=_by(request), key=payload.key,
        number=payload.version, note=payload.note, seed=payload.seed,
    )  # fmt: skip
    row.number = max(row.number, made.number)
    return _whole(row, made)


@router.post(BASE + "/{slug}/run", response={200: SimulatedOut, **problems(404)}, auth=SIGNED_IN)
def post_run(request: HttpRequest, slug: str, payload: RunIn) -> dict[str, Any]:
    """Run the last version; the same runs and seed give the same result."""
    row = _one(request, slug)
    version = finding.version_of(row)
    model = finding.model_of(version.text)
    if any("\0" in name for name in payload.contracts):
        raise NotFound
    runs = min(payload.runs, most_runs(model))
    try:
        result = finding.result_of(version.text, runs, payload.seed or version.seed)
    except ModelRefusal as error:
        raise NotSimulated(error.message(get_language() or "fr")) from error
    language = get_language() or "fr"
    sharing = (
        compared(model, result, payload.contracts, _by(request)).as_data()
        if payload.contracts
        else None
    )
    return {
        "model": row.slug,
        "version": version.number,
        "digest": version.digest,
        "sentences": explain(model, result, language),
        "result": result.as_data(),
        "sharing": sharing,
    }
