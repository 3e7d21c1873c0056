"""The accounts read by resource or structure, the lines behind them, and what is public."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from ninja import Query, Router, Status

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, PageQuery, problems
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.models import Disclosure
from chambre.rooms.lens.queries import disclosed
from chambre.rooms.lens.queries.lines import NOT_ATTRIBUTED, Scope, find_lines
from chambre.rooms.lens.rest import schemas as s

router = Router()
MOST = 10**9
"""Lines that may be passed over: a number that every database takes."""


def _readable(by: Actor, slugs: list[str]) -> list[Agent]:
    """The structures asked for, or all that the caller may read.

    Raises:
        Forbidden: They may not read one of them, or none at all.
        NotFound: There is no such structure.
    """
    structures = queries.books_readable_by(by)
    if not slugs:
        return structures
    asked = [registry.structure(slug) for slug in slugs]
    for each in asked:
        authorize(by, "lens.read_books", each)
    return [queries.with_book(each) for each in asked]


@router.get(
    "/statement", response={200: s.StatementOut, **problems(404)}, auth=SIGNED_IN, by_alias=True
)
def get_statement(request: HttpRequest, query: Query[s.StatementQuery]) -> JsonResponse:
    """The accounts over a period by resource or by structure: as `chambre statement --json`.

    It is made of the books that the caller may see. The group whose `key` is null is what is not
    attributed to a resource.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    structures = _readable(by, query.structure)
    found = ledger.statement(
        by=query.by,
        first=query.first,
        last=query.last,
        resources=[registry.resource(slug) for slug in query.resource],
        structures=structures,
        known_on=query.known_on,
    )
    return JsonResponse(found.as_json(), json_dumps_params={"ensure_ascii": False})


@router.get("/lines", response={200: s.LinesOut, **problems(404)}, auth=SIGNED_IN)
def list_lines(
    request: HttpRequest, query: Query[s.LinesQuery], which: Query[PageQuery]
) -> dict[str, Any]:
    """The lines behind a figure, by day, and their sums; only of books that the caller may see.

    A line stands here once, whatever it is shared over: `debit` and `credit` are what of it counts.
    """
    if query.resource not in ("", NOT_ATTRIBUTED):
        registry.resource(query.resource)
    scope = Scope(
        structures=_readable(
            request.actor,  # type: ignore[attr-defined]
            [query.structure] if query.structure else [],
        ),
        first=query.first,
        last=query.last,
        accounts=tuple(query.account),
        resource=query.resource,
        opening=query.opening,
    )
    at = int(which.after) if which.after.isascii() and which.after.isdigit() else 0
    at = min(at, MOST)
    found = find_lines(scope, at=at, size=which.size)
    end = at + len(found.rows)
    return {
        "items": [_line(*row) for row in found.rows],
        "next": str(end) if found.rows and end < found.count else None,
        "count": found.count,
        "debit": found.debit,
        "credit": found.credit,
    }


def _line(row: Line, debit: int, credit: int) -> dict[str, Any]:
    return {
        "id": row.pk,
        "entry": row.entry_id,
        "structure": row.book.structure.slug,
        "journal": row.entry.journal.code,
        "number": row.entry.number,
        "day": row.day,
        "account": row.account.code,
        "account_label": row.account.label,
        "auxiliary": row.auxiliary.code if row.auxiliary else None,
        "auxiliary_label": row.auxiliary.label if row.auxiliary else "",
        "label": row.label,
        "piece": row.piece,
        "unit": row.unit,
        "amount": row.amount,
        "side": row.side,
        "debit": debit,
        "credit": credit,
    }


@router.get("/disclosures", response={200: list[s.DisclosureOut], **problems(404)}, auth=SIGNED_IN)
def list_disclosures(request: HttpRequest, structure: str = "") -> list[dict[str, Any]]:
    """What is public of the figures of structures whose books the caller may see."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    structures = _readable(by, [structure] if structure else [])
    held: dict[tuple[int, int | None], Disclosure] = {}
    rows = Disclosure.objects.filter(structure__in=structures).order_by("id")
    for row in rows.select_related("structure", "resource"):
        held[row.structure_id, row.resource_id] = row
    return [_disclosure(row) for row in held.values()]


def _disclosure(row: Disclosure) -> dict[str, Any]:
    return {
        "structure": row.structure.slug,
        "resource": row.resource.slug if row.resource else None,
        "level": row.level,
        "by": row.by,
        "at": row.at,
    }


@router.post("/disclosures", response={201: s.DisclosureOut, **problems(404)}, auth=SIGNED_IN)
def disclose(request: HttpRequest, payload: s.DisclosureIn) -> Status[dict[str, Any]]:
    """Decide what everybody sees of a structure's figures, for one resource or for all."""
    made = services.disclose(
        structure=registry.structure(payload.structure),
        resource=registry.resource(payload.resource) if payload.resource else None,
        level=payload.level,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, _disclosure(made))


@router.get("/resources/{slug}/figures", response=list[s.FiguresOut])
def get_figures(request: HttpRequest, slug: str, year: int | None = None) -> list[dict[str, Any]]:
    """What the structures of a resource let everybody see of its accounts, in one year.

    Totals by class or by account of the official chart; never lines, never third parties.
    """
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    found = disclosed.of_resource(registry.resource(slug), year=year, language=language)
    return [
        {
            "structure": each.structure.slug,
            "name": each.structure.name,
            "level": each.level,
            "first": each.first,
            "last": each.last,
            "figures": [
                {"account": row.code, "label": row.label, "amount": row.net} for row in each.rows
            ],
        }
        for each in found.parts
    ]
