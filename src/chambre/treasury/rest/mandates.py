"""Third parties, mandates and what becomes of collections, for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.ledger.models import Book
from chambre.treasury.models import Party
from chambre.treasury.queries.orders import collections_of, creditor_id, expiry, mandates_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.rest.payouts import KEY, Closed, CollectionOut, KeyIn, collection_out
from chambre.treasury.services import collecting, mandates, prenotices
from chambre.treasury.services.parties import note_party

router = Router()


class PartyOut(Schema):
    """A third party of a structure."""

    code: str
    name: str
    email: str
    siren: str


class PartyIn(Closed):
    """Note a third party."""

    name: str = Field(min_length=1, max_length=140)
    email: str = Field("", max_length=254)
    siren: str = Field("", max_length=9)


class CreditorIn(Closed):
    """The SEPA creditor identifier (ICS) of a structure."""

    identifier: str = Field(min_length=8, max_length=35)


class CreditorOut(Schema):
    """The SEPA creditor identifier (ICS) of a structure; empty: it has none yet."""

    identifier: str


class MandateIn(Closed):
    """Note a mandate that a debtor signed."""

    party: str = Field(max_length=32, description="Code of a third party of the structure.")
    iban: str = Field(min_length=5, max_length=42)
    signed_on: dt.date
    reference: str = Field("", max_length=35, description="On the paper (RUM); empty: given.")
    holder: str = Field("", max_length=140, description="Empty: the third party.")
    bic: str = Field("", max_length=11, description="Outside the European Economic Area.")
    scheme: str = Field("CORE", pattern="^(CORE|B2B)$")
    is_recurrent: bool = True
    notice_days: int = Field(14, ge=1, le=14)
    key: str = KEY


class MandateOut(Schema):
    """A mandate."""

    reference: str
    party: str = Field(description="Code of the third party.")
    holder: str
    iban: str = Field(description="The debtor's account now.")
    former_ibans: list[str] = Field(description="Accounts before, the oldest first.")
    signed_on: dt.date
    scheme: str
    is_recurrent: bool
    notice_days: int
    expires: dt.date = Field(description="36 months after its last use.")
    ended: str = Field(description="Why nothing is drawn with it any more; empty: it is not.")


class AmendIn(Closed):
    """The debtor has another account."""

    iban: str = Field(min_length=5, max_length=42, description="Of the same holder.")
    told_on: dt.date = Field(description="When the debtor said so.")
    bic: str = Field("", max_length=11, description="Outside the European Economic Area.")
    key: str = KEY


class EndIn(Closed):
    """Why a mandate ends."""

    reason: str = Field(min_length=1, max_length=254)


class MoveIn(Closed):
    """Move a collection to another day."""

    key: str = KEY
    day: dt.date | None = Field(
        None, description="Absent: the earliest of which the debtor can be told in time."
    )


class NoticeIn(Closed):
    """Tell a debtor of a collection by e-mail."""

    key: str = KEY
    to: str = Field("", max_length=254, description="Empty: the address of the third party.")
    language: str = Field("fr", pattern="^(fr|en)$")


class NoticeOut(Schema):
    """An e-mail that tells a debtor of a collection."""

    to: str
    day: dt.date = Field(description="The day that it names.")
    language: str
    subject: str
    body: str
    sent_at: dt.datetime | None = Field(
        description="Null: not sent yet, or not to be sent: `error`."
    )
    error: str


class AnswerIn(Closed):
    """What the bank said of a collection."""

    code: str = Field("", max_length=4, description="Reason of ISO 20022, for example AM04.")
    reason: str = Field("", max_length=254)
    key: str = KEY


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _book(request: HttpRequest, slug: str, permission: str = "treasury.read") -> Book:
    return book_of(slug, _by(request), permission)


def _party(row: Party) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("code", "name", "email", "siren")}


def _mandate(row: Any) -> dict[str, Any]:
    names = ("reference", "holder", "signed_on", "scheme", "is_recurrent", "notice_days")
    facts = {name: getattr(row, name) for name in names}
    *former, facts["iban"] = [row.iban, *(each.iban for each in row.amendments.all())]
    facts["former_ibans"] = former
    ended = row.end.reason if hasattr(row, "end") else ""
    return {**facts, "party": row.party.code, "expires": expiry(row), "ended": ended}


def _notice(row: Any) -> dict[str, Any]:
    names = ("to", "day", "language", "subject", "body", "sent_at", "error")
    return {name: getattr(row, name) for name in names}


def _one(rows: Any, **which: str) -> Any:
    row = rows.filter(**which).first()
    if row is None:
        raise NotFound
    return row


@router.get(
    "/structures/{slug}/parties", response={200: Page[PartyOut], **problems(404)}, auth=SIGNED_IN
)
def list_parties(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The third parties of a structure, the first ones first."""
    page = page_by_id(Party.objects.filter(book=_book(request, slug)), which)
    return {**page, "items": [_party(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/parties", response={201: PartyOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_party(request: HttpRequest, slug: str, payload: PartyIn) -> Status[dict[str, Any]]:
    """Note a third party; each call notes another one."""
    book = _book(request, slug, "treasury.manage")
    return Status(201, _party(note_party(book=book, by=_by(request), **payload.model_dump())))


@router.get(
    "/structures/{slug}/creditor-id", response={200: CreditorOut, **problems(404)}, auth=SIGNED_IN
)
def get_creditor_id(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The creditor identifier with which the structure draws."""
    return {"identifier": creditor_id(_book(request, slug))}


@router.put(
    "/structures/{slug}/creditor-id",
    response={200: CreditorOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def put_creditor_id(request: HttpRequest, slug: str, payload: CreditorIn) -> dict[str, Any]:
    """Note the creditor identifier that the structure's bank obtained for it."""
    book = _book(request, slug, "treasury.manage")
    row = mandates.set_creditor_id(book=book, identifier=payload.identifier, by=_by(request))
    return {"identifier": row.identifier}


@router.get(
    "/structures/{slug}/mandates",
    response={200: Page[MandateOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_mandates(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The mandates of a structure, the first ones first."""
    page = page_by_id(mandates_of(_book(request, slug)), which)
    return {**page, "items": [_mandate(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/mandates", response={201: MandateOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_mandate(request: HttpRequest, slug: str, payload: MandateIn) -> Status[dict[str, Any]]:
    """Note a mandate that a debtor signed; the paper stays with the structure."""
    book = _book(request, slug, "treasury.manage")
    party = _one(Party.objects.filter(book=book), code=payload.party)
    made = mandates.note_mandate(
        book=book,
        party=party,
        key=f"rest:{book.pk}:{payload.key}",
        by=_by(request),
        **payload.model_dump(exclude={"party", "key"}),
    )
    return Status(201, _mandate(mandates_of(book).get(pk=made.pk)))


@router.post(
    "/structures/{slug}/mandates/{reference}/amend",
    response={200: MandateOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_amendment(
    request: HttpRequest, slug: str, reference: str, payload: AmendIn
) -> dict[str, Any]:
    """Note that the debtor has another account; the next file tells the bank (`SMNDA`)."""
    book = _book(request, slug, "treasury.manage")
    mandates.amend_mandate(
        mandate=_one(mandates_of(book), reference=reference),
        key=f"rest:{book.pk}:{payload.key}",
        by=_by(request),
        **payload.model_dump(exclude={"key"}),
    )
    return _mandate(_one(mandates_of(book), reference=reference))


@router.post(
    "/structures/{slug}/mandates/{reference}/end",
    response={200: MandateOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_mandate_end(
    request: HttpRequest, slug: str, reference: str, payload: EndIn
) -> dict[str, Any]:
    """End a mandate; a second time changes nothing."""
    book = _book(request, slug, "treasury.manage")
    row = _one(mandates_of(book), reference=reference)
    mandates.end_mandate(mandate=row, reason=payload.reason, by=_by(request))
    return _mandate(_one(mandates_of(book), reference=reference))


@router.get(
    "/structures/{slug}/collections/{code}",
    response={200: CollectionOut, **problems(404)},
    auth=SIGNED_IN,
)
def get_collection(request: HttpRequest, slug: str, code: str) -> dict[str, Any]:
    """A collection and where it stands."""
    return collection_out(_one(collections_of(_book(request, slug)), code=code))


@router.post(
    "/structures/{slug}/collections/{code}/withdraw",
    response={200: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def withdraw_collection(
    request: HttpRequest, slug: str, code: str, payload: KeyIn
) -> dict[str, Any]:
    """Withdraw a collection that is not at the bank yet."""
    book = _book(request, slug, "treasury.manage")
    collecting.withdraw_collection(
        collection=_one(collections_of(book), code=code),
        key=f"rest:{payload.key}",
        by=_by(request),
        reason=payload.reason,
    )
    return collection_out(_one(collections_of(book), code=code))


@router.post(
    "/structures/{slug}/collections/{code}/move",
    response={200: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def move_collection(request: HttpRequest, slug: str, code: str, payload: MoveIn) -> dict[str, Any]:
    """Move a collection that is not at the bank yet to another day; the debtor is told anew."""
    book = _book(request, slug, "treasury.manage")
    collecting.move_collection(
        collection=_one(collections_of(book), code=code),
        key=f"rest:{payload.key}",
        by=_by(request),
        day=payload.day,
    )
    return collection_out(_one(collections_of(book), code=code))


@router.get(
    "/structures/{slug}/collections/{code}/notices",
    response={200: Page[NoticeOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_notices(
    request: HttpRequest, slug: str, code: str, which: Query[PageQuery]
) -> dict[str, Any]:
    """The e-mails that told the debtor of a collection, the first ones first."""
    row = _one(collections_of(_book(request, slug)), code=code)
    page = page_by_id(row.notices.all(), which)
    return {**page, "items": [_notice(each) for each in page["items"]]}


@router.post(
    "/structures/{slug}/collections/{code}/notices",
    response={201: NoticeOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_notice(
    request: HttpRequest, slug: str, code: str, payload: NoticeIn
) -> Status[dict[str, Any]]:
    """Tell the debtor of a collection by e-mail; it is announced once the e-mail has gone."""
    book = _book(request, slug, "treasury.manage")
    notice = prenotices.prepare_notice(
        collection=_one(collections_of(book), code=code),
        key=f"rest:{payload.key}",
        by=_by(request),
        to=payload.to,
        language=payload.language,
    )
    prenotices.send_later(notice)
    return Status(201, _notice(notice))


@router.post(
    "/structures/{slug}/collections/{code}/bank-answer",
    response={200: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def note_bank_answer(
    request: HttpRequest, slug: str, code: str, payload: AnswerIn
) -> dict[str, Any]:
    """Note that the bank did not draw it, or gives the money back to the debtor (R-transaction)."""
    book = _book(request, slug, "treasury.manage")
    collecting.note_bank_answer(
        collection=_one(collections_of(book), code=code),
        key=f"rest:{payload.key}",
        by=_by(request),
        code=payload.code,
        reason=payload.reason,
    )
    return collection_out(_one(collections_of(book), code=code))


@router.post(
    "/structures/{slug}/collections/{code}/kept",
    response={200: CollectionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def keep_collected(request: HttpRequest, slug: str, code: str, payload: KeyIn) -> dict[str, Any]:
    """Note that the money is not given back after all."""
    book = _book(request, slug, "treasury.manage")
    collecting.keep_collected(
        collection=_one(collections_of(book), code=code),
        key=f"rest:{payload.key}",
        by=_by(request),
        reason=payload.reason,
    )
    return collection_out(_one(collections_of(book), code=code))
