"""Payouts, mandates and collections for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Mandate, Party
from chambre.treasury.queries.orders import collections_of, payouts_of
from chambre.treasury.queries.ownaccounts import own_account
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services import collecting, payouts
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.payoutfiles import export_payouts

router = Router()
KEY = Field(min_length=1, max_length=100, description="Idempotency key, unique for ever.")
CENTS = Field(gt=0, le=99_999_999_999, description="Cents.")


class Closed(Schema):
    """Refuses what it does not know, so that a mistyped name is not lost silently."""

    model_config = ConfigDict(extra="forbid")


class PayoutOut(Schema):
    """A payout."""

    code: str = Field(description="Its number; comes back on the statement.")
    party: str = Field(description="Code of the third party.")
    holder: str
    iban: str
    amount: int = Field(description="Cents.")
    reason: str
    reference: str
    day: dt.date | None
    state: str = Field(description="`asked`, `half`, `agreed`, `sent`, `paid`, …")
    approvals: int = Field(description="How many people have agreed; two are needed.")


class PayoutIn(Closed):
    """Ask for a payout. People agree to it on its page: no key can."""

    party: str = Field(max_length=32, description="Code of a third party of the structure.")
    amount: int = CENTS
    reason: str = Field(min_length=1, max_length=140)
    key: str = KEY
    iban: str = Field("", max_length=42, description="One that was given; empty: the only one.")
    reference: str = Field("", max_length=40, description="ISO 11649 reference of the payee.")
    use: str = Field("supplier", max_length=40, description="What the money is for.")
    resource: str = Field("", max_length=60, description="Short name of the resource concerned.")
    day: dt.date | None = Field(None, description="Not before this day.")


class KeyIn(Closed):
    """An act that has its effect once."""

    key: str = KEY
    reason: str = Field("", max_length=254)


class FileIn(Closed):
    """Make a file for the bank."""

    key: str = KEY
    account: str = Field("", max_length=60, description="Bank account, when there are several.")
    batch: bool = Field(True, description="One movement on the statement for all of a day.")


class CollectionFileIn(FileIn):
    """Make a file of collections of one scheme."""

    scheme: str = Field("CORE", pattern="^(CORE|B2B)$")


class FileOut(Schema):
    """A file for the bank; its content is under `/fichiers/{file}/`."""

    message: str
    count: int
    total: int = Field(description="Cents.")
    sha256: str
    file: str = Field(description="Id of the kept file.")


class CollectionOut(Schema):
    """A collection."""

    code: str
    mandate: str = Field(description="Unique mandate reference.")
    amount: int = Field(description="Cents.")
    day: dt.date
    reason: str
    use: str
    state: str = Field(description="`planned`, `announced`, `sent`, `paid`, …")
    announced_on: dt.date | None
    planned_for: dt.date = Field(description="Its first day; `day` is the one it was moved to.")


class CollectionIn(Closed):
    """Plan a collection."""

    mandate: str = Field(max_length=35, description="Unique mandate reference.")
    amount: int = CENTS
    day: dt.date
    reason: str = Field(min_length=1, max_length=140)
    key: str = KEY
    use: str = Field("customer", max_length=40)
    resource: str = Field("", max_length=60)


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _book(request: HttpRequest, slug: str) -> Book:
    return book_of(slug, _by(request))


def _payout(row: Any) -> dict[str, Any]:
    names = ("code", "holder", "iban", "amount", "reason", "reference", "day", "state", "approvals")
    return {"party": row.party.code, **{name: getattr(row, name) for name in names}}


def collection_out(row: Any) -> dict[str, Any]:
    """A collection as :class:`CollectionOut` has it."""
    names = ("code", "amount", "reason", "use", "state", "announced_on")
    return {
        "mandate": row.mandate.reference,
        "day": row.due_on,
        "planned_for": row.day,
        **{name: getattr(row, name) for name in names},
    }


def _one(rows: Any, code: str) -> Any:
    row = rows.filter(code=code).first()
    if row is None:
        raise NotFound
    return row


def _file(row: Any) -> dict[str, Any]:
    facts = {"message": row.message, "count": row.count, "total": row.total, "sha256": row.sha256}
    return {**facts, "file": str(row.file_id)}


def _resource(request: HttpRequest, slug: str) -> Any:
    return registry.resource(slug) if slug else None


@router.get(
    "/structures/{slug}/payouts", response={200: Page[PayoutOut], **problems(404)}, auth=SIGNED_IN
)
def list_payouts(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The payouts of a structure, the first ones first."""
    page = page_by_id(payouts_of(_book(request, slug)), which)
    return {**page, "items": [_payout(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/payouts", response={201: PayoutOut, **problems(404, 409)}, auth=SIGNED_IN
)
def ask_payout(request: HttpRequest, slug: str, payload: PayoutIn) -> Status[dict[str, Any]]:
    """Ask for a payout; nothing leaves before two people have agreed on its page."""
    by, book = _by(request), _book(request, slug)
    authorize(by, "treasury.manage", book)
    party = Party.objects.filter(book=book, code=payload.party).first()
    if party is None:
        raise NotFound
    resource = _resource(request, payload.resource)
    line = BookLine(
        payload.amount,
        use=payload.use,
        resource=resource.pk if resource else None,
        label=payload.reason,
    )
    made = payouts.ask_payout(
        book=book,
        party=party,
        lines=[line],
        by=by,
        key=f"rest:{payload.key}",
        **payload.model_dump(exclude={"party", "use", "resource", "key"}),
    )
    return Status(201, _payout(_one(payouts_of(book), made.code)))


@router.get(
    "/structures/{slug}/payouts/{code}", response={200: PayoutOut, **problems(404)}, auth=SIGNED_IN
)
def get_payout(request: HttpRequest, slug: str, code: str) -> dict[str, Any]:
    """A payout and where it stands."""
    return _payout(_one(payouts_of(_book(request, slug)), code))


@router.post(
    "/structures/{slug}/payouts/{code}/withdraw",
    response={200: PayoutOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def withdraw_payout(request: HttpRequest, slug: str, code: str, payload: KeyIn) -> dict[str, Any]:
    """Withdraw a payout that is not at the bank yet."""
    book = _book(request, slug)
    row = _one(payouts_of(book), code)
    payouts.withdraw_payout(
        payout=row, key=f"rest:{payload.key}", by=_by(request), reason=payload.reason
    )
    return _payout(_one(payouts_of(book), code))


@router.post(
    "/structures/{slug}/payout-files", response={201: FileOut, **problems(404, 409)}, auth=SIGNED_IN
)
def make_payout_file(request: HttpRequest, slug: str, payload: FileIn) -> Status[dict[str, Any]]:
    """Make the file of all payouts that two people agreed to (pain.001.001.09), once."""
    book = _book(request, slug)
    row = export_payouts(
        book=book,
        account=own_account(book, payload.account),
        key=f"rest:{payload.key}",
        by=_by(request),
        batch=payload.batch,
    )
    return Status(201, _file(row))


@router.get(
    "/structures/{slug}/collections",
    response={200: Page[CollectionOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_collections(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The collections of a structure, the first ones first."""
    page = page_by_id(collections_of(_book(request, slug)), which)
    return {**page, "items": [collection_out(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/collections",
    response={201: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def plan_collection(
    request: HttpRequest, slug: str, payload: CollectionIn
) -> Status[dict[str, Any]]:
    """Plan a collection with a mandate."""
    by, book = _by(request), _book(request, slug)
    mandate = Mandate.objects.filter(book=book, reference=payload.mandate).first()
    if mandate is None:
        raise NotFound
    made = collecting.plan_collection(
        mandate=mandate,
        key=f"rest:{payload.key}",
        by=by,
        resource=_resource(request, payload.resource),
        **payload.model_dump(exclude={"mandate", "resource", "key"}),
    )
    return Status(201, collection_out(_one(collections_of(book), made.code)))


@router.post(
    "/structures/{slug}/collections/{code}/announce",
    response={200: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def announce_collection(
    request: HttpRequest, slug: str, code: str, payload: KeyIn
) -> dict[str, Any]:
    """Note that the debtor was told today."""
    book = _book(request, slug)
    row = _one(collections_of(book), code)
    collecting.announce_collection(collection=row, key=f"rest:{payload.key}", by=_by(request))
    return collection_out(_one(collections_of(book), code))


@router.post(
    "/structures/{slug}/collection-files",
    response={201: FileOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def make_collection_file(
    request: HttpRequest, slug: str, payload: CollectionFileIn
) -> Status[dict[str, Any]]:
    """Make the file of all announced collections of a scheme (pain.008.001.08), once."""
    book = _book(request, slug)
    row = export_collections(
        book=book,
        account=own_account(book, payload.account),
        key=f"rest:{payload.key}",
        by=_by(request),
        scheme=payload.scheme,
        batch=payload.batch,
    )
    return Status(201, _file(row))
