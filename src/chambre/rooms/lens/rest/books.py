"""Books: what there is, what was brought in, accounts in and out."""

from __future__ import annotations

import tempfile
from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, JobOut, Page, PageQuery, page_by_id, problems
from chambre.ledger.models import FinancialYear
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.rest import schemas as s
from chambre.rooms.lens.rest import uploads as up

router = Router()


@router.get("/books", response=list[s.BookOut], auth=SIGNED_IN)
def list_books(request: HttpRequest) -> list[dict[str, Any]]:
    """The books that the caller may see, with their financial years."""
    structures = queries.books_readable_by(request.actor)  # type: ignore[attr-defined]
    years: dict[int, list[FinancialYear]] = {}
    for year in FinancialYear.objects.filter(book__structure__in=structures):
        years.setdefault(year.book_id, []).append(year)
    return [_book(each, years.get(each.book.pk, [])) for each in structures]


@router.get("/books/{slug}", response=s.BookOut, auth=SIGNED_IN)
def get_book(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The book of a structure, with its financial years."""
    structure = registry.structure(slug)
    authorize(request.actor, "lens.read_books", structure)  # type: ignore[attr-defined]
    structure = queries.with_book(structure)
    return _book(structure, list(FinancialYear.objects.filter(book=structure.book)))


def _book(structure: Agent, years: list[FinancialYear]) -> dict[str, Any]:
    return {
        "structure": structure.slug,
        "name": structure.name,
        "siren": structure.siren,
        "chart": structure.book.chart,
        "years": [
            {"start": year.start, "end": year.end, "closed": year.closed_at is not None}
            for year in years
        ],
    }


@router.get("/books/{slug}/fec/{year}", response={200: None}, auth=SIGNED_IN, openapi_extra=s.FEC)
def export_fec(request: HttpRequest, slug: str, year: int) -> FileResponse:
    """The FEC of the financial year that ends in a calendar year, as a file of the law's form."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        name = services.export_fec(
            structure=registry.structure(slug),
            year=year,
            out=out,
            by=request.actor,  # type: ignore[attr-defined]
        )
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type="text/plain")


@router.get("/imports", response={200: Page[s.FecImportOut], **problems(404)}, auth=SIGNED_IN)
def list_imports(
    request: HttpRequest, which: Query[PageQuery], structure: str = ""
) -> dict[str, Any]:
    """The accounts that were brought in, the first ones first, of books that the caller sees."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    queries.books_readable_by(by)
    found = queries.imports_visible_to(by)
    if structure:
        agent = registry.structure(structure)
        authorize(by, "lens.read_books", agent)
        found = found.filter(book__structure=agent)
    page = page_by_id(found, which)
    return {**page, "items": [_import(row) for row in page["items"]]}


@router.get("/imports/{number}", response=s.FecImportFull, auth=SIGNED_IN)
def get_import(request: HttpRequest, number: int) -> dict[str, Any]:
    """One import, with what was found and regrouped while the file was read."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    queries.books_readable_by(by)
    row = get_object_or_404(queries.imports_visible_to(by), pk=number)
    return {**_import(row), "findings": row.findings, "regroupings": row.regroupings}


def _import(row: FecImport) -> dict[str, Any]:
    return {
        "id": row.pk,
        "structure": row.book.structure.slug,
        "name": row.name,
        "digest": row.digest,
        "year": {
            "start": row.year.start,
            "end": row.year.end,
            "closed": row.year.closed_at is not None,
        },
        "entries": row.entries,
        "lines": row.lines,
        "debit": row.debit,
        "credit": row.credit,
        "replaces": row.replaces_id,
        "by": row.by,
        "at": row.at,
    }


@router.post(
    "/imports",
    response={200: s.Imported, 201: s.Imported, 202: JobOut, **problems(404, 409, 413)},
    auth=SIGNED_IN,
)
def import_fec(
    request: HttpRequest, payload: Form[s.FecImportIn], files: File[list[UploadedFile]]
) -> Status[Any]:
    """Bring a FEC into the book of a structure: all of it or nothing, and never twice.

    `files` is one file, the parts of one, or a zip or gzip of them. The same content again gives
    200 and `already`. When another export of the year is there, the answer is 409 and
    `data.difference` says what would change; send it again with `replace` to let it take over.
    Large files give 202 and a job: follow `/api/core/jobs/{id}`.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    structure = registry.structure(payload.structure)
    authorize(by, "lens.import_fec", structure)
    if not up.at_once(files, payload.background):
        options = {"structure": structure.slug, "replace": payload.replace}
        return Status(202, up.later("lens.import", by, files, **options))
    with up.brought(files) as paths:
        outcome = services.import_fec(
            source=up.source(paths),
            structure=structure,
            by=by,
            replace=payload.replace,
        )
    if not outcome.already:
        services.after_import(by=by, structure=structure)
    record = outcome.record
    made = {
        "id": record.pk,
        "structure": structure.slug,
        "entries": record.entries,
        "lines": record.lines,
        "debit": record.debit,
        "credit": record.credit,
        "already": outcome.already,
        "added": outcome.added,
        "reversed": outcome.reversed,
        "kept": outcome.kept,
    }
    return Status(200 if outcome.already else 201, made)
