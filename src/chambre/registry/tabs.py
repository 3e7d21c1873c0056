"""Tabs on a resource's page that the register itself fills, and the profile of principles."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from chambre.lib.charts import (
    Cell,
    ChartPair,
    ChartTable,
    Part,
    Stack,
    Stacked,
    draw_pair,
)
from chambre.registry import ostrom
from chambre.registry import record as schema
from chambre.registry.display import shown_block, unsaid
from chambre.registry.models import Resource
from chambre.registry.queries import open_wish
from chambre.registry.views.agents import roles_in
from chambre.registry.views.common import actor_of, known_people, names_in, readable_record


def record(request: HttpRequest, resource: Resource) -> str:
    """The record, block by block."""
    data = readable_record(request, resource)
    names = names_in(data)
    may_change = actor_of(request).may("registry.change_resource", resource)
    blocks = [
        {"block": block, "fields": shown_block(block, data, names), "unsaid": unsaid(block, data)}
        for block in schema.BLOCKS
        if block.name != "wishes"
    ]
    return _render(
        request, "registry/_record.html", resource, {"blocks": blocks, "may_change": may_change}
    )


def principles(request: HttpRequest, resource: Resource) -> str:
    """Ostrom's eight questions: a profile, its answers and what they stand on."""
    lines = ostrom.profile(resource, readable_record(request, resource)["assessments"])
    return _render(
        request,
        "registry/_principles.html",
        resource,
        {
            "lines": lines,
            "chart": profile_chart(lines),
            "may_assess": actor_of(request).may("registry.assess_resource", resource),
        },
    )


def profile_chart(lines: list[ostrom.Line]) -> ChartPair:
    """The eight answers as bars of three steps; answers on evidence apart from declared ones."""
    stacks = []
    for line in lines:
        steps = line.answer or 0
        shown, declared = (0, steps) if line.declared else (steps, 0)
        stacks.append(Stack(_title(line), [shown, declared, 3 - steps]))
    answered = sum(line.answer is not None for line in lines)
    text = _(
        "%(count)d of eight questions are answered, from 0 (no) to 3 (fully)."
        " There is no total: it is a profile."
    )
    drawn = draw_pair(
        Stacked(
            title=_("Profile by Ostrom's eight principles"),
            description=text % {"count": answered},
            empty=_("No question is answered yet."),
            header=("", "", "", ""),
            parts=[
                Part(_("on evidence"), 1),
                Part(_("declared"), 5),
                Part(_("not reached, or not assessed"), rest=True),
            ],
            stacks=stacks,
            format=lambda _steps: "",  # every bar is as long: its length says nothing
            format_share=lambda _share: "",
        ),
        prefix="principles",
    )
    table = _profile_table(drawn.table.caption, lines)
    return ChartPair(replace(drawn.wide, table=table), replace(drawn.compact, table=table))


def _title(line: ostrom.Line) -> str:
    return f"{line.principle.number}. {line.principle.name}"


def _profile_table(caption: str, lines: list[ostrom.Line]) -> ChartTable:
    """The answers in figures and words."""
    return ChartTable(
        caption,
        (_("Principle"), _("Steps"), _("Answer"), _("Evidence")),
        tuple(
            (
                Cell(_title(line), _title(line)),
                Cell(line.answer, "–" if line.answer is None else str(line.answer)),
                Cell(None, str(line.answer_label)),
                Cell(None, _("declared") if line.declared else str(line.evidence_label)),
            )
            for line in lines
        ),
    )


def wishes(request: HttpRequest, resource: Resource) -> str:
    """What the resource needs and offers, open and closed."""
    rows = list(resource.wish_rows.order_by("closed", "-since", "-position"))
    still = set(resource.wish_rows.filter(open_wish()).values_list("pk", flat=True))
    return _render(
        request,
        "registry/_wishes.html",
        resource,
        {
            "open": [row for row in rows if row.pk in still],
            "past": [row for row in rows if row.pk not in still],
            "may_change": actor_of(request).may("registry.change_resource", resource),
        },
    )


def people(request: HttpRequest, resource: Resource) -> str:
    """Who cares for the resource, for members of the chamber."""
    return _render(
        request, "registry/_people.html", resource, roles_in(actor_of(request), resource)
    )


def may_see_people(request: HttpRequest, resource: Resource) -> bool:
    """Whether the reader is a member of the chamber."""
    return actor_of(request).may("registry.see_roles", resource)


def history(request: HttpRequest, resource: Resource) -> str:
    """Every version of the record, the newest first."""
    rows = list(resource.revisions.select_related("user").defer("record")[:200])
    known = known_people(request)
    for row in rows:
        row.who = str(row.user) if row.user_id in known else ""
        row.labels = [schema.label(name) for name in row.changed]
    return _render(request, "registry/_history.html", resource, {"rows": rows})


def _render(
    request: HttpRequest, template: str, resource: Resource, context: dict[str, object]
) -> str:
    return render_to_string(template, {"resource": resource, **context}, request=request)
