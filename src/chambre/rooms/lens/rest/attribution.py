"""Which lines concern which resource: the rules, what they took, and a person's word on top."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.core.jobs import start_job
from chambre.core.rest import SIGNED_IN, JobOut, Page, PageQuery, page_by_id, problems
from chambre.ledger import api as ledger
from chambre.lib.attribution import Rule, RuleFileError, parse_rules, rules_from_data, write_rules
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.models import AttributionRun, RuleSet
from chambre.rooms.lens.rest import schemas as s

router = Router()
AT_ONCE = 50_000
"""Lines of all books, up to which rules are applied while the caller waits."""


def _chamber(by: Actor) -> Agent:
    """The chamber whose rules these are, for those who answer for all of its books."""
    chamber = registry.home_chamber()
    authorize(by, "lens.change_rules", list(queries.structures_with_books(chamber)))
    return chamber


@router.get("/rules", response=s.RuleSetOut, auth=SIGNED_IN, by_alias=True)
def get_rules(request: HttpRequest) -> dict[str, Any]:
    """The rules of attribution in force, in order: the first that matches takes a line."""
    chamber = _chamber(request.actor)  # type: ignore[attr-defined]
    held = RuleSet.objects.filter(chamber=chamber).first()
    if held is None:
        return {"version": 0, "note": "", "by": "", "at": None, "rules": []}
    rules = [s.rule_data(rule) for rule in services.current_rules(chamber)]
    return {
        "version": held.number,
        "note": held.note,
        "by": held.by,
        "at": held.at,
        "rules": rules,
    }


@router.get(
    "/rules.toml", response={200: None}, auth=SIGNED_IN, openapi_extra=s.media("application/toml")
)
def get_rules_as_toml(request: HttpRequest) -> HttpResponse:
    """The rules in force as the file that `chambre attribute` takes."""
    chamber = _chamber(request.actor)  # type: ignore[attr-defined]
    text = write_rules(services.current_rules(chamber))
    return HttpResponse(text, content_type="application/toml")


def _wanted(payload: s.RulesIn, chamber: Agent) -> list[Rule]:
    """The rules of a request.

    Raises:
        Invalid: There is a mistake; every one is named.
    """
    known: dict[str, Any] = {
        "resources": Resource.objects.values_list("slug", flat=True),
        "structures": queries.structures_with_books(chamber).values_list("slug", flat=True),
    }
    if (payload.toml is None) == (payload.rules is None):
        text = _("Send either rules or toml.")
        raise Invalid(fields={"rules": [text], "toml": [text]})
    try:
        if payload.toml is not None:
            return parse_rules(payload.toml, **known)
        items = [each.model_dump(by_alias=True, exclude_none=True) for each in payload.rules or []]
        return rules_from_data(items, **known)
    except RuleFileError as error:
        language = (get_language() or "fr")[:2]
        name = "rules" if payload.toml is None else "toml"
        raise Invalid(
            fields={name: [problem.message(language) for problem in error.problems]}
        ) from error


@router.put("/rules", response={200: s.RunReport, 202: JobOut}, auth=SIGNED_IN)
def put_rules(request: HttpRequest, payload: s.RulesIn) -> Status[Any]:
    """Make these the rules, and attribute every line by them; or, with `preview`, only say how.

    The whole set is replaced. Large books give 202 and a job: follow `/api/core/jobs/{id}`, then
    read `/api/lens/runs`.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    chamber = _chamber(by)
    rules = _wanted(payload, chamber)
    if payload.preview:
        return Status(200, services.preview(rules=rules, chamber=chamber, by=by).as_data())
    later = payload.background
    if later is None:
        later = ledger.count_lines(books=list(queries.books_of(chamber))) > AT_ONCE
    if later:
        data = [rule.as_data() for rule in rules]
        return Status(202, start_job("lens.attribute", by, rules=data, note=payload.note))
    done = services.apply_rules(rules=rules, chamber=chamber, by=by, note=payload.note)
    services.after_import(by=by)
    return Status(200, done.as_data())


@router.get("/runs", response=Page[s.RunOut], auth=SIGNED_IN)
def list_runs(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """Every time that the rules went over the books, the first ones first."""
    chamber = _chamber(request.actor)  # type: ignore[attr-defined]
    page = page_by_id(_runs(chamber), which)
    return {**page, "items": [_run(row) for row in page["items"]]}


@router.get("/runs/{number}", response=s.RunFull, auth=SIGNED_IN)
def get_run(request: HttpRequest, number: int) -> dict[str, Any]:
    """One run, with what each rule took and how much of each class is attributed."""
    chamber = _chamber(request.actor)  # type: ignore[attr-defined]
    row = get_object_or_404(_runs(chamber), pk=number)
    return {**_run(row), "report": row.report}


def _runs(chamber: Agent) -> Any:
    return AttributionRun.objects.filter(ruleset__chamber=chamber).select_related("ruleset")


def _run(row: AttributionRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "version": row.ruleset.number if row.ruleset else None,
        "attributed": row.attributed,
        "unattributed": row.unattributed,
        "changed": row.changed,
        "by": row.by,
        "at": row.at,
    }


@router.post("/attributions", response={200: s.HandOut, **problems(404)}, auth=SIGNED_IN)
def attribute_by_hand(request: HttpRequest, payload: s.HandIn) -> dict[str, int]:
    """Say which resources chosen lines concern, above every rule; empty shares take it back."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    queries.books_readable_by(by)
    changed = services.attribute_by_hand(
        lines=payload.lines, shares=payload.shares, reason=payload.reason, by=by
    )
    services.after_import(by=by)
    return {"changed": changed}
