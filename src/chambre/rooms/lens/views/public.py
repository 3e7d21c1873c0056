"""What everybody may see: the figures that structures disclose; and the page that decides it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import services
from chambre.rooms.lens.forms.disclosure import DisclosureForm
from chambre.rooms.lens.models import Disclosure
from chambre.rooms.lens.queries import disclosed
from chambre.rooms.lens.queries.disclosed import PublicAccounts
from chambre.rooms.lens.views import flows
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import language
from chambre.rooms.lens.views.wording import class_term, class_words


def _year(request: HttpRequest) -> int | None:
    """The year that was chosen, if any."""
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else None


def shown_parts(found: PublicAccounts) -> list[dict[str, Any]]:
    """Each part with its rows in words, a class in plain words and with its number beside."""
    return [
        {
            "part": part,
            "by_account": part.level == Disclosure.Level.ACCOUNT,
            "rows": [
                {
                    "words": row.label or class_words(row.code, row.amount),
                    "term": row.code if row.label else class_term(row.code),
                    "amount": row.amount,
                }
                for row in part.rows
            ],
        }
        for part in found.parts
    ]


def _context(found: PublicAccounts) -> dict[str, Any]:
    return {
        "found": found,
        "parts": shown_parts(found),
        "totals": [
            {"words": class_words(code, amount), "term": class_term(code), "amount": amount}
            for code, amount in found.totals
        ],
        "result": found.income - found.expenses,
        "several": len(found.parts) > 1,
    }


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """What everybody may see of a resource's accounts: what its structures disclose."""
    found = disclosed.of_resource(resource, year=_year(request), language=language())
    if not found.parts and not found.hidden:
        return ""
    context = {**_context(found), "resource": resource, "chart": flows.public_flow(found)}
    return render_to_string("lens/public/_resource.html", context, request=request)


def structure_tab(request: HttpRequest, structure: Agent) -> str:
    """What a structure lets everybody see, resource by resource."""
    found = disclosed.of_structure(
        structure, year=_year(request), language=language(), held=_decisions(request, structure)
    )
    if not found.parts:
        return ""
    context = {**_context(found), "structure": structure}
    return render_to_string("lens/public/_structure.html", context, request=request)


def structure_discloses(request: HttpRequest, structure: Agent) -> bool:
    """Whether the tab is offered: to everybody, once the structure shows anything."""
    if structure.kind == Agent.Kind.PERSON:
        return False
    held = _decisions(request, structure)
    return any(level != Disclosure.Level.NONE for level in held.values())


def _decisions(request: HttpRequest, structure: Agent) -> disclosed.Decisions:
    """What a structure decided, asked once in a request: for the tab, then for what is in it."""
    known: dict[int, disclosed.Decisions] = getattr(request, "_lens_decisions", {})
    if structure.pk not in known:
        known[structure.pk] = disclosed.decisions([structure])
        request._lens_decisions = known  # type: ignore[attr-defined]
    return known[structure.pk]


@require_http_methods(["GET", "POST"])
def disclosure(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide what is public of a structure's figures, after seeing what everybody would see."""
    structure = registry.structure(slug)
    by = actor_of(request)
    authorize(by, "lens.disclose", structure)
    resources = list(disclosed.resources_of(structure))
    sent = request.POST if request.method == "POST" else request.GET
    form = DisclosureForm(sent if "level" in sent else None, resources=resources)
    if request.method == "POST" and form.is_valid():
        services.disclose(
            structure=structure, resource=form.chosen, level=form.cleaned_data["level"], by=by
        )
        messages.success(request, _("Decided. From now on everybody sees it so."))
        return redirect("lens:disclosure", slug=slug)
    wrong = form.is_bound and not form.is_valid()
    rows = list(Disclosure.objects.filter(structure=structure).select_related("resource"))
    context: dict[str, Any] = {
        "structure": structure,
        "form": form,
        "history": rows,
        "held": _held(rows, resources),
    }
    if form.is_bound and not wrong:
        resource = form.chosen
        instead = {(structure.pk, resource.pk if resource else None): form.cleaned_data["level"]}
        found = disclosed.of_structure(
            structure, year=_year(request), language=language(), instead=instead
        )
        context |= {"preview": True, "chosen": resource, **_context(_only(found, resource))}
    status = 422 if wrong or (request.method == "POST" and not form.is_bound) else 200
    return render(request, "lens/public/disclosure.html", context, status=status)


def _only(found: PublicAccounts, resource: Resource | None) -> PublicAccounts:
    """The parts about one resource; all of them for none."""
    if resource is None:
        return found
    parts = [each for each in found.parts if each.resource.pk == resource.pk]
    return PublicAccounts(years=found.years, year=found.year, parts=parts)


def _held(rows: list[Disclosure], resources: list[Resource]) -> list[dict[str, Any]]:
    """What is public now: for all, then resource by resource; rows come latest first."""
    latest: dict[int | None, Disclosure] = {}
    for row in rows:
        latest.setdefault(row.resource_id, row)
    default = latest.get(None)
    none = Disclosure.Level.NONE.label
    held: list[dict[str, Any]] = [
        {
            "name": _("every resource without a decision of its own"),
            "level": default.get_level_display() if default else none,
            "row": default,
        }
    ]
    for each in resources:
        own = latest.get(each.pk)
        if own is not None and own.level == Disclosure.Level.SAME:
            own = None
        holds = own or default
        held.append(
            {
                "name": each.name,
                "resource": each,
                "level": holds.get_level_display() if holds else none,
                "row": own,
            }
        )
    return held
