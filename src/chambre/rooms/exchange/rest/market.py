"""The market for machines: offers and needs, messages, rings."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import BarterRing, Posting
from chambre.rooms.exchange.queries.market import postings, rings
from chambre.rooms.exchange.queries.market.errors import NotInTheirName
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.market import posting as services
from chambre.rooms.exchange.services.market import rounds

router = Router()

TEXT = r"^[^\x00]*$"
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


class PostingBody(Schema):
    """What somebody offers or needs, with an idempotency key. `value` in cents."""

    kind: str = Field(description="`offer` or `need`.", max_length=5, pattern=TEXT)
    title: str = Field(min_length=1, max_length=120, pattern=TEXT)
    category: str = Field(max_length=10, pattern=TEXT)
    words: str = Field("", max_length=4000, pattern=TEXT)
    place: str = Field("", max_length=80, pattern=TEXT)
    first: dt.date | None = None
    last: dt.date | None = None
    quantity: int | None = Field(None, ge=1, le=services.MOST_QUANTITY)
    value: int | None = Field(None, ge=0, le=services.MOST_VALUE)
    owner: str = Field(
        "", max_length=60, pattern=TEXT,
        description="Short name of the structure whose it is; empty: of whoever asks.",
    )  # fmt: skip
    key: Key


class PostingOut(Schema):
    """An offer or a need. `value` in cents, or null where nothing was said."""

    number: int
    kind: str
    title: str
    category: str
    words: str
    place: str
    first: dt.date | None
    last: dt.date | None
    quantity: int | None
    value: int | None
    owner: str = Field(description="Name of whose it is.")
    ended: str = Field(description="Empty while it is open; `closed`, `met`.")


class PostingQuery(PageQuery):
    """What is looked for."""

    words: str = Field("", max_length=80, pattern=TEXT)
    kind: str = Field("", max_length=5, pattern=TEXT)
    category: str = Field("", max_length=10, pattern=TEXT)
    place: str = Field("", max_length=80, pattern=TEXT)


class RingGiftOut(Schema):
    """One gift of a ring; `said`: what its giver answered, null while they have not."""

    giver: str
    taker: str
    offer: int
    need: int
    title: str
    said: bool | None


class BarterRingOut(Schema):
    """A ring that is proposed to its people."""

    number: int
    state: str = Field(description="`proposed`, `agreed`, `declined`, `lapsed`.")
    until: dt.date
    exchange: str | None = Field(description="Short name of the exchange, once all said yes.")
    gifts: list[RingGiftOut]


class RingAnswerIn(Schema):
    """Yes or no."""

    yes: bool
    agent: str = Field(
        "", max_length=60, pattern=TEXT,
        description="Short name of for whom; needed where one acts for several in the ring.",
    )  # fmt: skip


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _agent(by: Actor, slug: str) -> Agent | None:
    """The agent of that short name, for who acts for it; nothing: nobody is named."""
    if not slug:
        return None
    found = agents_of(by).filter(slug=slug).first()
    if found is None:
        raise NotInTheirName(agent=slug)
    return found


def _posting(row: Posting) -> dict[str, Any]:
    names = (
        "kind", "title", "category", "words", "place", "first", "last", "quantity", "value", "ended",
    )  # fmt: skip
    return {
        "number": row.pk,
        "owner": row.owner.name,
        **{name: getattr(row, name) for name in names},
    }


def _ring(row: BarterRing) -> dict[str, Any]:
    said = {voice.person_id: voice.yes for voice in row.voices.all()}
    return {
        "number": row.pk,
        "state": row.state,
        "until": row.until,
        "exchange": row.exchange.slug if row.exchange else None,
        "gifts": [
            {
                "giver": gift.giver.name, "taker": gift.taker.name, "offer": gift.offer_id,
                "need": gift.need_id, "title": gift.offer.title, "said": said.get(gift.giver_id),
            }
            for gift in row.gifts.all()
        ],
    }  # fmt: skip


@router.get(
    "/market/postings",
    response={200: Page[PostingOut], **problems()},
    auth=SIGNED_IN,
)
def list_postings(request: HttpRequest, query: Query[PostingQuery]) -> dict[str, Any]:
    """What is open in the chambers of whoever asks."""
    by = _by(request)
    authorize(by, "exchange.see_market")
    wanted = postings.Asked(query.words, query.kind, query.category, query.place)
    page = page_by_id(postings.search(by, wanted), query)
    return {**page, "items": [_posting(row) for row in page["items"]]}


@router.post(
    "/market/postings",
    response={201: PostingOut, **problems()},
    auth=SIGNED_IN,
)
def post_posting(request: HttpRequest, payload: PostingBody) -> Any:
    """Put an offer or a need up; the same key again gives the first."""
    by = _by(request)
    data = payload.dict()
    key = f"rest:{by.user.pk if by.user else 0}:{data.pop('key')}"
    owner = _agent(by, data.pop("owner"))
    made = services.post(said=services.PostingIn(**data), key=key, by=by, owner=owner)
    return Status(201, _posting(made))


@router.get(
    "/market/postings/{number}",
    response={200: PostingOut, **problems(404)},
    auth=SIGNED_IN,
)
def get_posting(request: HttpRequest, number: Number) -> dict[str, Any]:
    """One offer or need."""
    authorize(_by(request), "exchange.see_market")
    return _posting(postings.posting_for(number, _by(request)))


@router.post(
    "/market/postings/{number}/close",
    response={200: PostingOut, **problems(404)},
    auth=SIGNED_IN,
)
def close_posting(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Take it off the market; again changes nothing."""
    by = _by(request)
    authorize(by, "exchange.see_market")
    row = postings.posting_for(number, by)
    services.close(posting=row, by=by)
    return _posting(postings.posting_for(number, by))


@router.get(
    "/market/rings",
    response={200: Page[BarterRingOut], **problems()},
    auth=SIGNED_IN,
)
def list_rings(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """The rings in which whoever asks is."""
    by = _by(request)
    authorize(by, "exchange.see_market")
    page = page_by_id(rings.rings_visible_to(by), query)
    return {**page, "items": [_ring(row) for row in page["items"]]}


@router.post(
    "/market/rings/{number}/answer",
    response={200: BarterRingOut, **problems(404)},
    auth=SIGNED_IN,
)
def answer_ring(request: HttpRequest, number: Number, payload: RingAnswerIn) -> dict[str, Any]:
    """Say yes or no; the same again changes nothing."""
    by = _by(request)
    authorize(by, "exchange.answer_ring")
    ring, agent = rings.ring_for(number, by), _agent(by, payload.agent)
    rounds.answer(ring=ring, yes=payload.yes, by=by, agent=agent)
    return _ring(rings.ring_for(number, by))
