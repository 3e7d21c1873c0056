"""The ledger for machines, under ``/api/ledger/``: entries, balances, seals, verification.

Read only: rooms post, each as part of its own act.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid, NotFound
from chambre.core.ratelimit import limit
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_day, page_by_id, problems
from chambre.ledger import api
from chambre.ledger.models import Book, JournalEntry, Line, Seal
from chambre.registry import api as registry

router = Router(tags=["ledger"])
VERIFICATIONS = 10
"""How often a person may have everything verified in an hour: it reads the whole ledger."""


class EntryQuery(Schema):
    """Which entries."""

    structure: str = Field(max_length=60, description="Short name: whose book.")
    first: dt.date | None = Field(None, alias="from", description="First day.")
    last: dt.date | None = Field(None, alias="to", description="Last day.")
    kind: Literal["entry", "opening", "closing", "attribution", "reversal"] | None = None


class EntryOut(Schema):
    """A journal entry (écriture)."""

    id: int
    structure: str
    journal: str
    kind: str = Field(description="`entry`, `opening`, `closing`, `attribution`, `reversal`.")
    number: str = Field(description="Its number in the structure's own books.")
    day: dt.date
    label: str
    validated_on: dt.date | None
    key: str = Field(description="Idempotency key: the entry is there once.")
    digest: str = Field(description="SHA-256 of its content, in hexadecimal.")
    line_count: int
    reverses: int | None = Field(description="The entry that it takes back.")
    about: int | None = Field(description="The entry of which it attributes lines.")
    source: str = Field(description="Where it came from: `fec:12` is an import.")
    recorded_at: dt.datetime


class EntryLineOut(Schema):
    """A line (ligne) of a journal entry."""

    id: int
    number: int
    account: str
    account_label: str
    auxiliary: str | None
    auxiliary_label: str
    resource: str | None = Field(description="Short name; null: the structure itself.")
    unit: str
    amount: int = Field(description="Smallest part of the unit; debit positive.")
    side: Literal["D", "C"] = Field(description="The column it stands in.")
    day: dt.date
    label: str
    piece: str
    piece_day: dt.date | None
    lettering: str
    lettered_on: dt.date | None
    currency: str
    currency_amount: str
    attributes: int | None = Field(description="The line of which it moves a share, if it does.")


class EntryFull(EntryOut):
    """A journal entry with its lines, which balance for each resource and unit."""

    lines: list[EntryLineOut]


class BalanceQuery(Schema):
    """Which balances."""

    structure: str = Field(max_length=60, description="Short name: whose book.")
    first: dt.date = Field(alias="from", description="First day.")
    last: dt.date = Field(alias="to", description="Last day.")
    resource: str = Field("", max_length=60, description="`-`: not attributed; empty: all.")


class BalanceOut(Schema):
    """An account over the period; balances are debit positive."""

    account: str
    label: str
    opening: int
    debit: int
    credit: int
    closing: int


class BalancesOut(Schema):
    """The balances of a book."""

    structure: str
    unit: str
    provisional: bool = Field(description="Some day of the period is in no closed year.")
    accounts: list[BalanceOut]


class SealOut(Schema):
    """A seal: whoever kept its digest can tell that nothing before it has changed."""

    id: int
    number: int = Field(description="Its place in the chain.")
    kind: str = Field(description="Kind of the records that it covers: `entry`, `account`…")
    first: int = Field(description="Number of the first record that it covers.")
    last: int
    count: int
    root: str = Field(description="Merkle root of the records, in hexadecimal.")
    previous: str = Field(description="Digest of the seal before.")
    digest: str
    sealed_at: dt.datetime


class ProofSealOut(Schema):
    """A seal as a proof needs it."""

    number: int
    kind: str
    first: int
    last: int
    count: int
    root: str
    previous: str
    sealed_at: int = Field(description="Microseconds of UTC since 1970.")
    digest: str


class ProofOut(Schema):
    """That a record was sealed; the ledger's README shows how to check it without this program."""

    kind: str
    record: int
    about: str = Field(description="Label of the digest of the content.")
    content: str = Field(description="The record in canonical JSON.")
    leaf: str = Field(description="What the seal covers of it, in hexadecimal.")
    index: int = Field(description="Its place among the leaves, from 0.")
    path: list[str] = Field(description="Sibling hashes up to the root, the nearest first.")
    seals: list[ProofSealOut] = Field(description="Its seal, then every later one.")


class BrokenOut(Schema):
    """Something that is not as it was recorded."""

    entry: int = Field(description="Number of the journal entry; 0: it is about the whole.")
    key: str
    line: int | None
    kind: str
    message: str


class VerificationOut(Schema):
    """What a verification found."""

    ok: bool
    events: int
    entries: int
    lines: int
    seals: int
    problems: list[BrokenOut]


def _book(slug: str, by: Actor) -> Book:
    """The book of a structure that the caller may read.

    Raises:
        Forbidden: They may not.
        NotFound: There is no such structure, or it has no book.
    """
    structure = registry.structure(slug)
    authorize(by, "ledger.read_book", structure)
    book = Book.objects.filter(structure=structure).select_related("structure").first()
    if book is None:
        raise NotFound
    return book


@router.get("/entries", response={200: Page[EntryOut], **problems(404)}, auth=SIGNED_IN)
def list_entries(
    request: HttpRequest, query: Query[EntryQuery], which: Query[PageQuery]
) -> dict[str, Any]:
    """The journal entries of a book, by day."""
    book = _book(query.structure, request.actor)  # type: ignore[attr-defined]
    found = JournalEntry.objects.filter(book=book).select_related("journal", "book__structure")
    if query.first:
        found = found.filter(day__gte=query.first)
    if query.last:
        found = found.filter(day__lte=query.last)
    if query.kind:
        found = found.filter(kind=query.kind)
    page = page_by_day(found, which)
    return {**page, "items": [_entry(row) for row in page["items"]]}


@router.get("/entries/{number}", response=EntryFull, auth=SIGNED_IN)
def get_entry(request: HttpRequest, number: int) -> dict[str, Any]:
    """One journal entry with its lines."""
    found = JournalEntry.objects.select_related("journal", "book__structure")
    entry = get_object_or_404(found, pk=number)
    authorize(request.actor, "ledger.read_book", entry.book)  # type: ignore[attr-defined]
    lines = entry.lines.select_related("account", "auxiliary", "resource").order_by("number")
    return {**_entry(entry), "lines": [_line(row) for row in lines]}


def _entry(row: JournalEntry) -> dict[str, Any]:
    names = ("kind", "number", "day", "label", "validated_on", "key", "line_count", "source")
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.pk,
        "structure": row.book.structure.slug,
        "journal": row.journal.code,
        "digest": bytes(row.digest).hex(),
        "reverses": row.reverses_id,
        "about": row.about_id,
        "recorded_at": row.recorded_at,
    }


def _line(row: Line) -> dict[str, Any]:
    names = (
        "number", "unit", "amount", "side", "day", "label", "piece", "piece_day", "lettering",
        "lettered_on", "currency", "currency_amount",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.pk,
        "account": row.account.code,
        "account_label": row.account.label,
        "auxiliary": row.auxiliary.code if row.auxiliary else None,
        "auxiliary_label": row.auxiliary.label if row.auxiliary else "",
        "resource": row.resource.slug if row.resource else None,
        "attributes": row.source_line,
    }


@router.get("/balances", response={200: BalancesOut, **problems(404)}, auth=SIGNED_IN)
def get_balances(request: HttpRequest, query: Query[BalanceQuery]) -> dict[str, Any]:
    """The accounts of a book over a period, as a whole or of one resource."""
    if query.last < query.first:
        raise Invalid(fields={"to": [_("The end is before the beginning.")]})
    book = _book(query.structure, request.actor)  # type: ignore[attr-defined]
    named = query.resource not in ("", "-")
    found = api.statement(
        by="structure",
        first=query.first,
        last=query.last,
        resources=[registry.resource(query.resource)] if named else [],
        structures=[book.structure],
        unattributed=True if query.resource == "-" else None,
    )
    figures = [each for group in found.groups for each in group.figures.listed()]
    return {
        "structure": book.structure.slug,
        "unit": found.unit,
        "provisional": found.provisional,
        "accounts": [
            {
                "account": each.account,
                "label": found.labels.get(each.account, each.account),
                "opening": each.opening,
                "debit": each.debit,
                "credit": each.credit,
                "closing": each.closing,
            }
            for each in figures
        ],
    }


@router.get("/seals", response=Page[SealOut], auth=SIGNED_IN)
def list_seals(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """The chain of seals, the first one first."""
    authorize(request.actor, "ledger.verify")  # type: ignore[attr-defined]
    page = page_by_id(Seal.objects.all(), which)
    return {**page, "items": [_seal(row) for row in page["items"]]}


@router.get(
    "/proofs/{kind}/{record}", response={200: ProofOut, **problems(404, 409)}, auth=SIGNED_IN
)
def prove(
    request: HttpRequest,
    kind: Annotated[str, Path(max_length=16, description="`entry`, `account`, `event`…")],
    record: Annotated[int, Path(ge=1, lt=2**63)],
) -> dict[str, Any]:
    """Prove that a record is part of what was sealed: as `chambre ledger proof --json`."""
    return api.prove(record, by=request.actor, kind=kind).as_json()  # type: ignore[attr-defined]


def _seal(row: Seal) -> dict[str, Any]:
    digests = {name: bytes(getattr(row, name)).hex() for name in ("root", "previous", "digest")}
    return {
        "id": row.pk,
        "number": row.number,
        "kind": row.kind,
        "first": row.first,
        "last": row.last,
        "count": row.count,
        "sealed_at": row.sealed_at,
        **digests,
    }


@router.get("/verification", response={200: VerificationOut, **problems(429)}, auth=SIGNED_IN)
def verify(request: HttpRequest) -> dict[str, Any]:
    """Recompute every digest, balance and seal now: as `chambre ledger verify --json`."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    authorize(by, "ledger.verify")
    limit("ledger.verify", by.label, times=VERIFICATIONS, seconds=3600)
    return api.verify(by=by).as_json()
