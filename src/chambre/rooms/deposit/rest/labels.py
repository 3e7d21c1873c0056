"""Labels of objects for machines: the PDF that goes to a printer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.deposit.queries.finding import type_named
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import by_of
from chambre.rooms.deposit.services.labelling import label_sheet

router = Router()
PDF = {"responses": {200: {"content": {"application/pdf": {"schema": {"type": "string"}}}}}}
MOST = 1_000
"""Labels of one answer, set in some three seconds; the command line has no such bound."""


class LabelsQuery(Schema):
    """Which labels, and how they are printed."""

    format: str = Field(
        "a4-24", max_length=20, pattern=PLAIN,
        description="A sheet of A4, or the size of a label of a roll in millimetres: `50x30`.",
    )  # fmt: skip
    lot: str = Field("", max_length=60, pattern=PLAIN, description="Only this batch.")
    codes: list[str] = Field([], max_length=MOST, description="Only these objects.")
    first: int = Field(0, ge=0, le=10**9, description="Leave out so many objects.")
    count: int = Field(MOST, ge=1, le=MOST, description="At most so many labels.")
    skip: int = Field(0, ge=0, le=1_000, description="Labels of the first sheet used already.")
    right: int = Field(0, ge=-200, le=200, description="Printer off, tenths of a millimetre.")
    down: int = Field(0, ge=-200, le=200, description="Printer off, tenths of a millimetre.")
    language: str = Field("", pattern="^(fr|en|)$", description="Empty: the caller's.")


@router.get(
    "/types/{slug}/labels", response={200: None, **problems(404)}, auth=SIGNED_IN, openapi_extra=PDF
)
def get_labels(request: HttpRequest, slug: str, which: Query[LabelsQuery]) -> HttpResponse:
    """The labels of objects as a PDF, to be printed at 100 %; that they were printed is kept."""
    pdf, count = label_sheet(
        type_=type_named(slug), by=by_of(request), format=which.format, lot=which.lot,
        codes=which.codes, first=which.first, count=which.count, skip=which.skip,
        shift=(which.right, which.down), language=which.language,
    )  # fmt: skip
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{count}.pdf"'
    return response
