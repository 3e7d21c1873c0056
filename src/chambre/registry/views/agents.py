"""Structures, the chamber, people and their roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.registry import api, queries
from chambre.registry.agent_record import FIELDS
from chambre.registry.errors import StaleVersion
from chambre.registry.forms import (
    AgentForm,
    EndRoleForm,
    NameForm,
    PersonForm,
    RoleForm,
    show_mistakes,
)
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.rules import Grant, roles_possible_in
from chambre.registry.searching import by_name
from chambre.registry.views.common import actor_of, page_of, sent


@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    """The structures, public bodies and chambers of the register."""
    by = actor_of(request)
    words = request.GET.get("q", "")[:200]
    found = api.search_agents(api.organisations_visible_to(by), words)
    context = {
        "page": page_of(request, found),
        "words": words,
        "may_create": by.may("registry.create_agent", api.home_chamber()),
    }
    return render(request, "registry/structures.html", context)


@require_safe
def structure(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a structure: what it is, what it owns and keeps, who does what there."""
    agent = _organisation(slug)
    by = actor_of(request)
    context = {
        "agent": agent,
        "owned": agent.owned.only("slug", "name", "standing", "owner").order_by("sort_name")[:100],
        "kept": agent.kept.only("slug", "name", "standing", "custodian").order_by("sort_name")[
            :100
        ],
        "may_change": by.may("registry.change_agent", agent),
        **roles_in(by, agent),
    }
    return render(request, "registry/structure.html", context)


def _organisation(slug: str) -> Agent:
    agent = queries.structure(slug)
    return Agent.objects.select_related("chamber").get(pk=agent.pk)


def roles_in(by: Actor, place: Agent | Resource) -> dict[str, Any]:
    """The roles in a place as somebody may see them, and whether they may give some."""
    if not by.may("registry.see_roles", place):
        return {"roles": None, "may_grant": False}
    where = {"resource": place} if isinstance(place, Resource) else {"in_agent": place}
    rows = list(api.roles_visible_to(by).filter(**where).order_by("kind", "since", "id"))
    today = api.today()
    for row in rows:
        running = row.until is None or row.until > today
        row.may_end = running and by.may(  # type: ignore[attr-defined]
            "registry.end_role", Grant(row.kind, place, row.agent)
        )
        row.state = "ended" if not running else "later" if row.since > today else "now"  # type: ignore[attr-defined]
    kinds = [kind for kind in Role.Kind.values if kind in roles_possible_in(place)]
    return {
        "roles": rows,
        "may_grant": any(by.may("registry.grant_role", Grant(kind, place)) for kind in kinds),
    }


@require_http_methods(["GET", "POST"])
def structure_new(request: HttpRequest) -> HttpResponse:
    """Bring a structure in."""
    by = actor_of(request)
    authorize(by, "registry.create_agent", api.home_chamber())
    form = AgentForm(sent(request), new=True)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.values()
        slug = form.cleaned_data["slug"] or queries.new_slug(Agent, values["name"], "structure")
        try:
            made = api.create_structure(
                slug=slug,
                name=values.pop("name"),
                kind=form.cleaned_data["kind"],
                fields=values,
                by=by,
            )
        except ChambreError as error:
            status = _shown(error, form)
        else:
            messages.success(request, _("It is in the register."))
            return redirect("registry:structure", slug=made.slug)
    elif request.method == "POST":
        status = 422
    return render(request, "registry/structure_edit.html", {"form": form}, status=status)


def _shown(error: ChambreError, form: Any) -> int:
    """Show a refusal in the form; a missing right is told on a page of its own."""
    if isinstance(error, Forbidden):
        raise error
    show_mistakes(error, form)
    return error.status


@require_http_methods(["GET", "POST"])
def structure_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the record of a structure."""
    agent = _organisation(slug)
    by = actor_of(request)
    authorize(by, "registry.change_agent", agent)
    initial = {name: getattr(agent, name) for name in FIELDS}
    form = AgentForm(sent(request), initial={**initial, "version": agent.version})
    status = 200
    theirs: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            api.change_agent(
                agent=agent,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                fields=form.values(),
                by=by,
            )
        except StaleVersion as error:
            status = error.status
            theirs = _conflict(agent, form)
        except ChambreError as error:
            status = _shown(error, form)
        else:
            messages.success(request, _("Kept."))
            return redirect("registry:structure", slug=slug)
    elif request.method == "POST":
        status = 422
    context = {"form": form, "agent": agent, "theirs": theirs}
    return render(request, "registry/structure_edit.html", context, status=status)


def _conflict(agent: Agent, form: AgentForm) -> dict[str, Any]:
    """What is in the record now where it differs from what was typed; the newest version holds."""
    agent.refresh_from_db()
    typed = {name: form.data.get(name, "") for name in form.fields}
    form.data = {**typed, "version": str(agent.version)}
    return {
        str(form[name].label): getattr(agent, name) or "–"
        for name in FIELDS
        if getattr(agent, name) != form.cleaned_data[name]
    }


@require_safe
def chamber(request: HttpRequest) -> HttpResponse:
    """The chamber of this installation: what it is, who does what, who may do what."""
    home = api.home_chamber()
    by = actor_of(request)
    context = {
        "agent": home,
        "resources": queries.resources_visible_to(by).filter(chamber=home).count(),
        "structures": api.organisations_visible_to(by).filter(chamber=home).count(),
        "may_change": by.may("registry.change_agent", home),
        "may_see_people": by.may("registry.see_people", home),
        "may_import": by.may("registry.import", home),
        "may_add_people": by.may("registry.create_person", home),
        **roles_in(by, home),
    }
    return render(request, "registry/chamber.html", context)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people of the chamber, for those who look after them."""
    by = actor_of(request)
    authorize(by, "registry.see_people", api.home_chamber())
    words = request.GET.get("q", "")[:200]
    found = api.search_agents(api.people_visible_to(by).select_related("user"), words)
    return render(
        request, "registry/people.html", {"page": page_of(request, found), "words": words}
    )


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Bring a person in."""
    by = actor_of(request)
    authorize(by, "registry.create_person", api.home_chamber())
    form = PersonForm(sent(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = api.create_person(by=by, **form.cleaned_data)
        except ChambreError as error:
            status = _shown(error, form)
        else:
            text = _("%(name)s is in the register and can sign in by e-mail.")
            messages.success(request, text % {"name": made.name})
            return redirect("registry:people")
    elif request.method == "POST":
        status = 422
    return render(request, "registry/person_new.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own page: name, roles, resources that one cares for."""
    by = actor_of(request)
    if by.user is None:
        raise Forbidden
    agent = api.person_of(by.user)
    form = NameForm(sent(request), initial={"name": agent.name})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            api.change_agent(agent=agent, by=by, **form.cleaned_data)
        except ChambreError as error:
            status = _shown(error, form)
        else:
            messages.success(request, _("Kept."))
            return redirect("registry:me")
    elif request.method == "POST":
        status = 422
    today = api.today()
    rows = list(
        agent.roles.select_related("in_agent", "resource").order_by("-until", "-since", "-id")
    )
    for row in rows:
        row.running = row.until is None or row.until > today  # type: ignore[attr-defined]
    return render(
        request, "registry/me.html", {"agent": agent, "form": form, "roles": rows}, status=status
    )


@require_http_methods(["GET", "POST"])
def role_new(request: HttpRequest) -> HttpResponse:
    """Give somebody a role (``?agent=slug`` or ``?resource=slug``; the chamber without either)."""
    by = actor_of(request)
    place = _place(request)
    kinds = [
        kind
        for kind in roles_possible_in(place)
        if by.may("registry.grant_role", Grant(kind, place))
    ]
    if not kinds:
        raise Forbidden(permission="registry.grant_role")
    persons = api.people_visible_to(by).order_by(by_name(), "pk")
    initial = {"kind": request.GET.get("kind", "")}
    form = RoleForm(sent(request), people=persons, kinds=kinds, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            api.grant_role(
                agent=queries.visible_agent(values.pop("person"), by), scope=place, by=by, **values
            )
        except ChambreError as error:
            status = _shown(error, form)
        else:
            messages.success(request, _("The role is given."))
            return redirect(_page_of(place))
    elif request.method == "POST":
        status = 422
    context = {"form": form, "place": place, "back": _page_of(place)}
    return render(request, "registry/role_new.html", context, status=status)


def _place(request: HttpRequest) -> Agent | Resource:
    if slug := request.GET.get("resource"):
        return queries.resource(slug)
    if slug := request.GET.get("agent"):
        return queries.structure(slug)
    return api.home_chamber()


def _page_of(place: Agent | Resource) -> str:
    if isinstance(place, Resource):
        return f"{reverse('registry:resource', args=[place.slug])}?tab=people"
    if place.is_home:
        return reverse("registry:chamber")
    return reverse("registry:structure", args=[place.slug])


@require_http_methods(["GET", "POST"])
def role_end(request: HttpRequest, role: int) -> HttpResponse:
    """End a role: shown first, then done."""
    by = actor_of(request)
    row = queries.visible_role(role, by)
    if not by.may("registry.end_role", Grant(row.kind, row.scope, row.agent)):
        raise Forbidden if by.may("registry.see_roles", row) else NotFound
    form = EndRoleForm(sent(request))
    status = 200
    own = row.agent.user_id is not None and by.user is not None and row.agent.user_id == by.user.pk
    back = reverse("registry:me") if own else _page_of(row.scope)
    if request.method == "POST" and form.is_valid():
        try:
            api.end_role(role=row, by=by, **form.cleaned_data)
        except ChambreError as error:
            status = _shown(error, form)
        else:
            messages.success(request, _("The role is ended; it stays in the history."))
            return redirect(back)
    elif request.method == "POST":
        status = 422
    context = {"form": form, "role": row, "back": back}
    return render(request, "registry/role_end.html", context, status=status)
