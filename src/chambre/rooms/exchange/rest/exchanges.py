"""Exchanges for machines: check, draft, read, deposit, tell, settle. Nobody signs here."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.lib import exchange as lib
from chambre.registry.api import today
from chambre.rooms.exchange.models import Exchange, Leg
from chambre.rooms.exchange.queries.errors import NoExchange
from chambre.rooms.exchange.queries.exchanges import (
    exchange_named,
    exchanges_visible_to,
    missing_of,
    parties_of,
    said_by,
    signatures_of,
    stand_of,
)
from chambre.rooms.exchange.services import depositing, drafting, settling

router = Router()

TEXT = r"^[^\x00]*$"
NAME = r"^[A-Za-z0-9][-A-Za-z0-9_.]{0,79}$"
Slug = Annotated[str, Field(pattern=NAME)]
BASE = "/exchanges/{slug}"


class ExchangeOut(Schema):
    """An exchange: where it stands."""

    slug: str
    title: str
    state: str = Field(
        description="`draft`, `signing`, `open`, `disputed`, `settled`, `part-settled`, `returned`, "
        "`abandoned`."
    )
    number: int = Field(description="Of the version that counts.")
    deadline: dt.date


class ExchangeLegOut(Schema):
    """A leg: cents, minutes, hundredths of a unit, or a count of `unit`."""

    name: str
    giver: str
    taker: str
    kind: str
    amount: int
    unit: str
    what: str
    state: str = Field(description="`promised`, `deposited`, `released`, `returned`.")


class ExchangePartyOut(Schema):
    """Who is bound."""

    agent: str
    signed: bool


class ExchangeWhole(ExchangeOut):
    """An exchange with its words, parties, legs, and what is missing."""

    digest: str
    text: str
    parties: list[ExchangePartyOut]
    legs: list[ExchangeLegOut]
    missing: list[str] = Field(description="Legs and conditions that settlement waits for.")


class ExchangeTextIn(Schema):
    """Words of an exchange (TOML)."""

    text: str = Field(min_length=1, max_length=500_000, pattern=TEXT)


class ExchangeDraftIn(ExchangeTextIn):
    """An exchange to begin, once under its key."""

    key: str = Field("", max_length=100, pattern=TEXT)


class ExchangeMistake(Schema):
    """A mistake, or what stands in the way."""

    line: int
    column: int
    path: str
    code: str
    message: str


class ExchangeCheck(Schema):
    """What came of reading words."""

    valid: bool
    can_settle: bool
    digest: str
    problems: list[ExchangeMistake]


class ExchangeNoteIn(Schema):
    """A remark."""

    note: str = Field("", max_length=500, pattern=TEXT)


class ExchangeTellIn(ExchangeNoteIn):
    """A word on a condition."""

    condition: str = Field(min_length=1, max_length=80, pattern=TEXT)
    holds: bool = True


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _out(row: Exchange) -> dict[str, Any]:
    return {
        "slug": row.slug, "title": row.title, "state": row.state, "number": row.number,
        "deadline": row.deadline,
    }  # fmt: skip


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "name": leg.name, "giver": leg.giver.slug, "taker": leg.taker.slug, "kind": leg.kind,
        "amount": leg.amount, "unit": leg.unit, "what": leg.what, "state": leg.state,
    }  # fmt: skip


def _whole(row: Exchange) -> dict[str, Any]:
    version = row.current
    said = said_by(row)
    signed = signatures_of(version)
    legs = list(row.legs.select_related("giver", "taker").order_by("number"))
    left: list[str] = []
    if row.state in ("open", "disputed"):
        found = missing_of(said, stand_of(row, said, legs), today())
        left = [*found.legs, *found.conditions]
    return {
        **_out(row), "digest": version.digest, "text": version.text, "missing": left,
        "legs": [_leg(leg) for leg in legs],
        "parties": [
            {"agent": party.agent.slug, "signed": party.pk in signed}
            for party in parties_of(version)
        ],
    }  # fmt: skip


@router.get("/exchanges", response=Page[ExchangeOut], auth=SIGNED_IN)
def list_exchanges(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """The exchanges that concern the caller."""
    page = page_by_id(exchanges_visible_to(_by(request)), query)
    return {**page, "items": [_out(row) for row in page["items"]]}


@router.post("/exchanges", response={201: ExchangeWhole, **problems(409)}, auth=SIGNED_IN)
def draft_exchange(request: HttpRequest, payload: ExchangeDraftIn) -> Any:
    """Begin an exchange from its words."""
    by = _by(request)
    key = f"rest:{by.user.pk if by.user else 0}:{payload.key}" if payload.key else ""
    return Status(201, _whole(drafting.draft(text=payload.text, by=by, key=key)))


@router.post("/exchange-check", response=ExchangeCheck, auth=SIGNED_IN)
def check_exchange(request: HttpRequest, payload: ExchangeTextIn) -> Any:
    """Read words: every mistake with its place, and why they could never be settled. Nothing is kept."""
    report = lib.examine(payload.text)
    language = get_language() or "fr"
    return {
        "valid": report.valid, "can_settle": report.can_settle,
        "digest": lib.digest(report.exchange) if report.exchange is not None else "",
        "problems": [
            {
                "line": each.line, "column": each.column, "path": each.path, "code": each.code,
                "message": each.text(language),
            }
            for each in report.problems
        ],
    }  # fmt: skip


@router.get(BASE, response=ExchangeWhole, auth=SIGNED_IN)
def get_exchange(request: HttpRequest, slug: Slug) -> Any:
    """One exchange."""
    return _whole(exchange_named(slug, _by(request)))


@router.post(f"{BASE}/settle", response={200: ExchangeWhole, **problems(409)}, auth=SIGNED_IN)
def settle_exchange(request: HttpRequest, slug: Slug) -> Any:
    """Release every leg to its taker, or nothing; again, nothing more happens."""
    by = _by(request)
    return _whole(settling.settle(exchange=exchange_named(slug, by), by=by))


@router.post(
    f"{BASE}/legs/{{name}}/deposit", response={200: ExchangeWhole, **problems(409)}, auth=SIGNED_IN
)
def deposit_exchange_leg(
    request: HttpRequest, slug: Slug, name: Slug, payload: ExchangeNoteIn
) -> Any:
    """Deposit units, or say that a thing is at its place, that work was done, that a right is granted.

    Euros are paid on the payment's own page.
    """
    by = _by(request)
    exchange = exchange_named(slug, by)
    leg = exchange.legs.select_related("exchange").filter(name=name).first()
    if leg is None:
        raise NoExchange(leg=name)
    if leg.kind == Leg.Kind.CREDIT:
        depositing.deposit_units(leg=leg, by=by)
    else:
        depositing.attest(leg=leg, by=by, note=payload.note)
    return _whole(exchange)


@router.post(f"{BASE}/words", response={200: ExchangeWhole, **problems(409)}, auth=SIGNED_IN)
def tell_exchange_condition(request: HttpRequest, slug: Slug, payload: ExchangeTellIn) -> Any:
    """Tell that a condition holds, or that it does not any more."""
    by = _by(request)
    exchange = exchange_named(slug, by)
    depositing.tell(
        exchange=exchange, condition=payload.condition, holds=payload.holds, note=payload.note,
        by=by,
    )  # fmt: skip
    return _whole(exchange)
