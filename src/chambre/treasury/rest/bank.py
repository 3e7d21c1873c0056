"""Bank accounts for machines: what they hold, their rows, files in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.jobs import start_job
from chambre.core.rest import SIGNED_IN, JobOut, Page, PageQuery, page_by_id, problems
from chambre.treasury.models import BankAccount, BankRow
from chambre.treasury.queries import bank as queries
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services import bank as services
from chambre.treasury.services.bank.importing import PURPOSE

router = Router()
AT_ONCE = 512 * 1024
"""Bytes up to which the answer waits for the work."""


class BankAccountIn(Schema):
    """A bank account to add."""

    structure: str = Field(max_length=100, description="Short name of the structure.")
    slug: str = Field(min_length=1, max_length=64)
    iban: str = Field(min_length=15, max_length=42)
    name: str = Field("", max_length=80)
    bic: str = Field("", max_length=11)
    code: str = Field("", max_length=32, description="Account of the book; begins with 512.")
    since: dt.date | None = Field(None, description="First day of which rows are booked.")


class BankAccountOut(Schema):
    """A bank account, by its last statement and by the ledger; amounts in cents."""

    slug: str
    structure: str
    name: str
    iban: str
    currency: str
    code: str
    since: dt.date | None
    in_use: bool
    statement_day: dt.date | None
    statement_balance: int
    ledger_balance: int
    equal: bool


class BankRowOut(Schema):
    """A movement; amounts in cents."""

    id: int
    kind: str
    status: str
    is_booked: bool
    day: dt.date
    value_day: dt.date | None
    amount: int
    currency: str
    original_amount: int | None
    original_currency: str
    charges: int
    reversal: bool
    reference: str
    end_to_end_id: str
    transaction_id: str
    mandate_id: str
    creditor_reference: str
    party_name: str
    party_iban: str
    texts: str
    info: str
    code: str
    return_code: str
    batch_reference: str
    part: int
    parts: int


class BankImportIn(Schema):
    """How a file is brought in."""

    background: bool | None = Field(None, description="Absent: large files only.")


class BankImported(Schema):
    """What a file brought; amounts in cents."""

    format: str
    rows: int
    new: int
    already: int
    pending: int
    opening: int
    closing: int
    matched: int
    proposed: int
    notices: list[dict[str, Any]]


def _account(account: BankAccount, standing: queries.Standing) -> dict[str, Any]:
    return {
        "slug": account.slug,
        "structure": account.book.structure.slug,
        "name": account.name,
        "iban": account.iban,
        "currency": account.currency,
        "code": account.code,
        "since": account.since,
        "in_use": account.is_open,
        "statement_day": standing.day,
        "statement_balance": standing.statement,
        "ledger_balance": standing.ledger,
        "equal": standing.equal,
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@router.get("/bank-accounts", response={200: list[BankAccountOut], **problems(404)}, auth=SIGNED_IN)
def list_bank_accounts(request: HttpRequest, structure: str) -> list[dict[str, Any]]:
    """The bank accounts of a structure, with what they hold."""
    book = book_of(structure, _actor(request))
    accounts = list(queries.accounts_of(book).select_related("book__structure"))
    standings = queries.standings_of(book, accounts)
    return [_account(each, standings[each.pk]) for each in accounts]


@router.post("/bank-accounts", response={201: BankAccountOut, **problems(404, 409)}, auth=SIGNED_IN)
def create_bank_account(request: HttpRequest, payload: BankAccountIn) -> Status[Any]:
    """Add a bank account; the same again gives the one that is there."""
    by = _actor(request)
    values = payload.dict()
    book = book_of(values.pop("structure"), by, "treasury.manage", opening=True)
    made = services.create_account(book=book, by=by, **values)
    account = queries.account_named(made.slug, by)
    return Status(201, _account(account, queries.standing_of(account)))


@router.get("/bank-accounts/{slug}", response=BankAccountOut, auth=SIGNED_IN)
def get_bank_account(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One bank account."""
    account = queries.account_named(slug, _actor(request))
    return _account(account, queries.standing_of(account))


@router.get("/bank-accounts/{slug}/rows", response=Page[BankRowOut], auth=SIGNED_IN)
def list_bank_rows(
    request: HttpRequest, slug: str, which: Query[PageQuery], status: str = ""
) -> dict[str, Any]:
    """The rows of an account that stand, the first ones first; `status`: only of this one."""
    account = queries.account_named(slug, _actor(request))
    rows = queries.standing_rows(account)
    if status in BankRow.Status.values:
        rows = rows.filter(status=status)
    return page_by_id(rows, which)


@router.post(
    "/bank-accounts/{slug}/files",
    response={200: BankImported, 201: BankImported, 202: JobOut, **problems(409, 413)},
    auth=SIGNED_IN,
)
def import_bank_file(
    request: HttpRequest, slug: str, payload: Form[BankImportIn], file: File[UploadedFile]
) -> Status[Any]:
    """Bring a bank's file in: CAMT.053 or .054, OFX, MT940, CSV, or a zip of several of one.

    It is taken whole or not at all. The same rows again give 200 and nothing new. A table is read
    with the mapping that is kept for the account (422 while there is none). Large files give 202
    and a job: follow `/api/core/jobs/{id}`.
    """
    by = _actor(request)
    account = queries.account_named(slug, by, "treasury.manage")
    name = str(file.name or "releve")
    later = payload.background if payload.background is not None else (file.size or 0) > AT_ONCE
    if later:
        stored = files.store(file, name=name, purpose=PURPOSE, by=by)
        return Status(
            202,
            start_job("treasury.bank_import", by, stored=str(stored.pk), account=account.slug),
        )
    outcome = services.import_file(account=account, content=file.read(), name=name, by=by)
    made = {**outcome.as_json(), "notices": outcome.notices}
    return Status(201 if outcome.record is not None else 200, made)
