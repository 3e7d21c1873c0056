"""Partners for machines: what goes over their accounts, and the statements of their months; cents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from chambre.core import clock
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.deposit.models import PartnerStatement
from chambre.rooms.deposit.queries.finding import scheme_named
from chambre.rooms.deposit.queries.managing import scheme_for, statement_of
from chambre.rooms.deposit.rest.labels import PDF
from chambre.rooms.deposit.rest.schemes import by_of
from chambre.rooms.deposit.services import billing, partners

router = Router()


class GoneOverOut(Schema):
    """Deposits in cents, and of how many objects."""

    amount: int
    objects: int


class PartnerMonthOut(Schema):
    """What a partner did; ``balance``: what it owes to the scheme, below zero: what it gets."""

    issued: GoneOverOut
    returned: GoneOverOut
    received: GoneOverOut
    given: GoneOverOut
    balance: int


class PartnerNowOut(PartnerMonthOut):
    """A partner in the month that runs."""

    partner: str
    name: str


class StatementIn(Schema):
    """Whose month; it is over."""

    partner: str = Field(max_length=60, description="Short name of the structure.")
    year: int = Field(ge=2000, le=9998)
    month: int = Field(ge=1, le=12)


class PartnerStatementOut(PartnerMonthOut):
    """The statement of a month. ``papers``: numbers of its invoice and credit notes."""

    number: int
    partner: str
    start: dt.date
    end: dt.date
    papers: list[str]


def _month(figures: dict[str, Any], balance: int) -> dict[str, Any]:
    names = ("issued", "returned", "received", "given")
    told = {name: dict(zip(("amount", "objects"), figures[name], strict=True)) for name in names}
    return {**told, "balance": balance}


def _statements(rows: list[PartnerStatement]) -> list[dict[str, Any]]:
    papers = billing.papers_of(rows)
    return [
        {
            **_month(row.figures, row.balance), "number": row.pk, "partner": row.partner.slug,
            "start": row.start, "end": row.end,
            "papers": [paper.number for paper in papers.get(row.pk, [])],
        }
        for row in rows
    ]  # fmt: skip


@router.get(
    "/schemes/{slug}/partners", response={200: list[PartnerNowOut], **problems(404)}, auth=SIGNED_IN
)
def list_partners(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """What goes over the accounts of the partners of a scheme in the month that runs."""
    scheme = scheme_for(slug, by_of(request))
    today = clock.today()
    months = partners.months_of(scheme, today.replace(day=1), today)
    found = [(row, months.get(row.pk, partners.Month())) for row in partners.partners_of(scheme)]
    return [
        {**_month(month.as_data(), month.balance), "partner": row.slug, "name": row.name}
        for row, month in found
    ]


@router.get(
    "/schemes/{slug}/statements",
    response={200: list[PartnerStatementOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_statements(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The statements of a scheme's partners, the newest first."""
    rows = PartnerStatement.objects.filter(scheme=scheme_for(slug, by_of(request)))
    return _statements(list(rows.select_related("partner", "scheme").order_by("-start", "-pk")))


@router.post(
    "/schemes/{slug}/statements",
    response={201: PartnerStatementOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_statement(request: HttpRequest, slug: str, payload: StatementIn) -> Status[dict[str, Any]]:
    """Make the statement of a partner's month, once; its balance is due."""
    by = by_of(request)
    scheme = scheme_for(slug, by, "deposit.account")
    row = partners.settle_month(
        scheme=scheme, partner=registry.structure(payload.partner), year=payload.year,
        month=payload.month, by=by,
    )  # fmt: skip
    return Status(201, _statements([row])[0])


@router.get(
    "/schemes/{slug}/statements/{number}/papers/{paper}", response={200: None, **problems(404)},
    auth=SIGNED_IN, openapi_extra=PDF,
)  # fmt: skip
def get_statement_paper(
    request: HttpRequest, slug: str, number: int, paper: str
) -> HttpResponse:  # fmt: skip
    """The invoice or credit note of a statement, as Factur-X."""
    row = statement_of(scheme_named(slug), number)
    content = billing.paper(statement=row, number=paper, by=by_of(request))
    return HttpResponse(content, content_type="application/pdf")
