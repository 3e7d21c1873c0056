"""Resources: look for them, read them, bring them in, change them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.rest import problems
from chambre.registry import api, queries
from chambre.registry import record as record_schema
from chambre.registry.errors import mistakes
from chambre.registry.exchange.entries import hidden_people, masked
from chambre.registry.models import Resource, ResourceRevision, Wish
from chambre.registry.rest import schemas as s
from chambre.registry.rest.lists import ListQuery, page_of
from chambre.registry.versions import record_of

router = Router()


class SearchQuery(Schema):
    """What is looked for; every part that is given must hold."""

    q: str = Field("", max_length=200, description="Words; accents and case do not matter.")
    kind: str = Field("", max_length=20)
    standing: str = Field("", max_length=20)
    stage: str = Field("", max_length=20)
    commons_type: str = Field("", max_length=20)
    place: str = Field("", max_length=100, description="Name, postcode, INSEE code or department.")
    licence: str = Field("", max_length=60, description="Beginning of a name, or `open`, `none`.")
    need: str = Field("", max_length=20, description="`any`, or a category of needs.")
    offer: str = Field("", max_length=20, description="`any`, or a category of offers.")
    keyword: str = Field("", max_length=120)
    agent: str = Field("", max_length=60, description="Short name of the owner or custodian.")
    language: str = Field("", max_length=20)


def _url(request: HttpRequest, slug: str) -> str:
    return request.build_absolute_uri(f"/ressources/{slug}/")


def _row(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    return {
        "slug": resource.slug,
        "name": resource.name,
        "summary": resource.summary,
        "kind": resource.kind,
        "standing": resource.standing,
        "stage": resource.stage,
        "owner": _public(resource.owner),
        "custodian": _public(resource.custodian),
        "version": resource.version,
        "url": _url(request, resource.slug),
    }


def _public(agent: Any) -> str:
    """Short name of an agent, if everybody may know of it."""
    if agent is None:
        return ""
    return agent.slug if agent.is_public else record_schema.HIDDEN


def _whole(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    """The record of a resource, its version and its address."""
    record = api.resource_record(resource, request.actor)  # type: ignore[attr-defined]
    return {**record, "version": resource.version, "url": _url(request, resource.slug)}


def _given(payload: Schema, *head: str) -> dict[str, Any]:
    """The fields of the record that a payload says."""
    values = payload.model_dump(exclude_unset=True, exclude=set(head))
    return {name: value for name, value in values.items() if value is not None}


@router.get("/resources", response=s.ResourceList)
def list_resources(
    request: HttpRequest, query: Query[SearchQuery], which: Query[ListQuery]
) -> dict[str, Any]:
    """Find resources: the best first, or by name when there are no words."""
    filters = query.model_dump()
    wanted = api.ResourceQuery(words=filters.pop("q"), **filters)
    found = api.search_resources(request.actor, wanted)  # type: ignore[attr-defined]
    return page_of(found, which, lambda row: _row(request, row))


@router.post("/resources", response={201: s.ResourceOut, **problems(409)})
def create_resource(request: HttpRequest, payload: s.ResourceNew) -> Status[dict[str, Any]]:
    """Bring a resource into the register, as a candidate; its author becomes its steward."""
    made = api.create_resource(
        slug=payload.slug,
        name=payload.name,
        reason=payload.reason,
        fields=_given(payload, "slug", "name", "reason"),
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, _whole(request, made))


@router.get("/resources/{slug}", response=s.ResourceOut)
def get_resource(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The whole record of a resource."""
    return _whole(request, queries.resource(slug))


@router.patch("/resources/{slug}", response={200: s.ResourceOut, **problems(409)})
def change_resource(request: HttpRequest, slug: str, payload: s.ResourceChange) -> dict[str, Any]:
    """Change fields of a record; what is not sent stays."""
    changed = api.change_resource(
        resource=queries.resource(slug),
        version=payload.version,
        reason=payload.reason,
        fields=_given(payload, "version", "reason"),
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _whole(request, changed)


@router.post("/resources/{slug}/standing", response={200: s.ResourceOut, **problems(409)})
def change_standing(request: HttpRequest, slug: str, payload: s.StandingIn) -> dict[str, Any]:
    """Say that a resource is a candidate, a commons, or ordinary."""
    changed = api.change_standing(
        resource=queries.resource(slug),
        standing=payload.standing,
        reason=payload.reason,
        version=payload.version,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _whole(request, changed)


@router.get("/resources/{slug}/versions", response=list[s.VersionOut])
def list_versions(request: HttpRequest, slug: str) -> list[ResourceRevision]:
    """Every version of a record, the newest first."""
    return list(queries.resource(slug).revisions.defer("record"))


@router.get("/resources/{slug}/versions/{number}", response=s.VersionRecord)
def get_version(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """A version of a record, whole."""
    row = queries.version(queries.resource(slug), number)
    hidden = hidden_people(request.actor)  # type: ignore[attr-defined]
    return {
        "number": row.number,
        "action": row.action,
        "changed": row.changed,
        "reason": row.reason,
        "at": row.at,
        "digest": row.digest,
        "record": masked(record_of(row), hidden),
    }


@router.post("/resources/{slug}/versions/{number}/restore", response={200: s.ResourceOut})
def restore_version(
    request: HttpRequest, slug: str, number: int, payload: s.RestoreIn
) -> dict[str, Any]:
    """Write an earlier version again, as a new one."""
    restored = api.restore_version(
        resource=queries.resource(slug),
        number=number,
        reason=payload.reason,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _whole(request, restored)


def _wish(wish: Wish) -> dict[str, Any]:
    names = ("kind", "category", "title", "description", "since", "expires", "closed", "outcome")
    return {
        "resource": wish.resource.slug,
        "number": wish.position,
        **{name: getattr(wish, name) for name in names},
    }


@router.get("/resources/{slug}/wishes", response=list[s.WishOut])
def list_wishes(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """What a resource needs and offers, also what was closed."""
    rows = queries.resource(slug).wish_rows.select_related("resource").order_by("position")
    return [_wish(row) for row in rows]


@router.post("/resources/{slug}/wishes", response={201: s.WishOut})
def add_wish(request: HttpRequest, slug: str, payload: s.WishIn) -> Status[dict[str, Any]]:
    """Say what a resource needs or offers."""
    made = api.add_wish(
        resource=queries.resource(slug),
        by=request.actor,  # type: ignore[attr-defined]
        **payload.model_dump(),
    )
    return Status(201, _wish(made))


@router.patch("/resources/{slug}/wishes/{number}", response={200: s.WishOut, **problems(409)})
def change_wish(
    request: HttpRequest, slug: str, number: int, payload: s.WishChange
) -> dict[str, Any]:
    """Change a need or offer that is open; `expires: null` takes its end away."""
    changed = api.change_wish(
        wish=queries.wish(queries.resource(slug), number),
        by=request.actor,  # type: ignore[attr-defined]
        **payload.model_dump(exclude_unset=True),
    )
    return _wish(changed)


@router.post("/resources/{slug}/wishes/{number}/close", response={200: s.WishOut, **problems(409)})
def close_wish(
    request: HttpRequest, slug: str, number: int, payload: s.WishClose
) -> dict[str, Any]:
    """Close a need or offer, and say what came of it."""
    closed = api.close_wish(
        wish=queries.wish(queries.resource(slug), number),
        outcome=payload.outcome,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _wish(closed)


@router.post("/resources/{slug}/assessments", response={201: s.ResourceOut})
def assess(request: HttpRequest, slug: str, payload: s.AssessmentIn) -> Status[dict[str, Any]]:
    """Answer one of Ostrom's eight questions about a resource."""
    resource = queries.resource(slug)
    api.assess(
        resource=resource,
        by=request.actor,  # type: ignore[attr-defined]
        **payload.model_dump(),
    )
    resource.refresh_from_db()
    return Status(201, _whole(request, resource))


@router.get("/wishes", response=s.WishList)
def list_open_wishes(
    request: HttpRequest, which: Query[ListQuery], kind: str = "", category: str = ""
) -> dict[str, Any]:
    """What the resources need and offer today, the newest first."""
    for name, value, known in (
        ("kind", kind, Wish.Kind.values),
        ("category", category, Wish.Category.values),
    ):
        if value and value not in known:
            raise mistakes({name: [", ".join(known)]})
    found = queries.open_wishes(request.actor, kind=kind, category=category)  # type: ignore[attr-defined]
    return page_of(found, which, _wish)
