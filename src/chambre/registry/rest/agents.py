"""Structures, public bodies, chambers, people and roles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import authorize
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api, queries
from chambre.registry.agent_record import agent_record
from chambre.registry.errors import mistakes
from chambre.registry.held import held_on
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.rest import schemas as s
from chambre.registry.rest.lists import ListQuery, page_of

router = Router()


class AgentQuery(Schema):
    """Which agents."""

    q: str = Field("", max_length=200, description="Words of the name or place, or a SIREN.")
    kind: str = Field("", max_length=12, description="`structure`, `public` or `chamber`.")


def _agent(agent: Agent) -> dict[str, Any]:
    return {**agent_record(agent), "version": agent.version}


def _fields(payload: Schema, *head: str) -> dict[str, Any]:
    values = payload.model_dump(exclude_unset=True, exclude=set(head))
    return {name: value for name, value in values.items() if value is not None}


@router.get("/agents", response=s.AgentList)
def list_agents(
    request: HttpRequest, query: Query[AgentQuery], which: Query[ListQuery]
) -> dict[str, Any]:
    """Structures, public bodies and chambers, by name."""
    agents = api.organisations_visible_to(request.actor)  # type: ignore[attr-defined]
    if query.kind:
        agents = (
            agents.filter(kind=query.kind)
            if query.kind in queries.ORGANISATIONS
            else (agents.none())
        )
    found = api.search_agents(agents.select_related("chamber"), query.q)
    return page_of(found, which, _agent)


@router.post("/agents", response={201: s.AgentOut, **problems(409)})
def create_agent(request: HttpRequest, payload: s.AgentNew) -> Status[dict[str, Any]]:
    """Bring a structure, a public body or a chamber into the register."""
    made = api.create_structure(
        slug=payload.slug,
        name=payload.name,
        kind=payload.kind,
        reason=payload.reason,
        fields=_fields(payload, "slug", "name", "kind", "reason"),
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, _agent(made))


@router.get("/agents/{slug}", response=s.AgentOut)
def get_agent(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A structure, public body or chamber."""
    return _agent(queries.structure(slug))


@router.patch("/agents/{slug}", response={200: s.AgentOut, **problems(409)})
def change_agent(request: HttpRequest, slug: str, payload: s.AgentChange) -> dict[str, Any]:
    """Change fields of an agent's record; what is not sent stays."""
    changed = api.change_agent(
        agent=queries.visible_agent(slug, request.actor),  # type: ignore[attr-defined]
        version=payload.version,
        reason=payload.reason,
        fields=_fields(payload, "version", "reason"),
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _agent(changed)


@router.get("/people", response=list[s.PersonOut], auth=SIGNED_IN)
def list_people(request: HttpRequest) -> list[Agent]:
    """The people whom the caller may see: few, and never their addresses."""
    return list(api.people_visible_to(request.actor).order_by("name"))  # type: ignore[attr-defined]


@router.post("/people", response={201: s.PersonOut, **problems(409)}, auth=SIGNED_IN)
def create_person(request: HttpRequest, payload: s.PersonNew) -> Status[Agent]:
    """Bring a person into the register, with an account they sign in to by e-mail."""
    made = api.create_person(
        email=payload.email,
        name=payload.name,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, made)


def _role(role: Role) -> dict[str, Any]:
    return {
        "id": role.pk,
        "person": role.agent.slug,
        "kind": role.kind,
        "agent": role.in_agent.slug if role.in_agent else None,
        "resource": role.resource.slug if role.resource else None,
        "since": role.since,
        "until": role.until,
        "reason": role.reason,
        "end_reason": role.end_reason,
    }


def _scope(agent: str | None, resource: str | None) -> Agent | Resource:
    if bool(agent) == bool(resource):
        raise mistakes({"agent": ["Name either an agent or a resource."]})
    return queries.resource(resource) if resource else queries.structure(agent or "")


@router.get("/roles", response={200: list[s.RoleOut], **problems(404)}, auth=SIGNED_IN)
def list_roles(
    request: HttpRequest,
    on: dt.date | None = None,
    agent: str | None = None,
    resource: str | None = None,
) -> list[dict[str, Any]]:
    """Who held which role on a day (today by default), as far as the caller may know."""
    by = request.actor  # type: ignore[attr-defined]
    authorize(by, "registry.see_roles")
    found = api.roles_visible_to(by).filter(held_on(on or api.today()))
    if agent or resource:
        place = _scope(agent, resource)
        found = found.filter(**({"resource": place} if resource else {"in_agent": place}))
    return [_role(role) for role in found.order_by("id")]


@router.post("/roles", response={201: s.RoleOut, **problems(404, 409)}, auth=SIGNED_IN)
def grant_role(request: HttpRequest, payload: s.RoleNew) -> Status[dict[str, Any]]:
    """Give a person a role in a chamber or structure, or for a resource."""
    by = request.actor  # type: ignore[attr-defined]
    made = api.grant_role(
        agent=queries.visible_agent(payload.person, by),
        kind=payload.kind,
        scope=_scope(payload.agent, payload.resource),
        since=payload.since,
        until=payload.until,
        reason=payload.reason,
        by=by,
    )
    return Status(201, _role(made))


@router.post("/roles/{role}/end", response={200: s.RoleOut, **problems(409)}, auth=SIGNED_IN)
def end_role(request: HttpRequest, role: int, payload: s.RoleEnd) -> dict[str, Any]:
    """End a role; it stays in the history."""
    by = request.actor  # type: ignore[attr-defined]
    ended = api.end_role(
        role=queries.visible_role(role, by), on=payload.on, reason=payload.reason, by=by
    )
    return _role(ended)
