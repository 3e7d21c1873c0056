"""Rounds for machines: totals without names, and one's own effect. Amounts in cents."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry.api import home_chamber
from chambre.rooms.clearing.models import Group, Part, Round
from chambre.rooms.clearing.queries.people import groups_visible_to, spoken_for
from chambre.rooms.clearing.queries.rounds import (
    Effect,
    counted,
    current,
    effects_of,
    ring_sizes,
    round_of,
    rounds_visible_to,
)
from chambre.rooms.clearing.rest.obligations import TEXT, Key, Number, SlugText, agent_of, by_of
from chambre.rooms.clearing.services import booking, groups, rounds
from chambre.rooms.clearing.services.common import MOST, wrong
from chambre.rooms.clearing.services.lending import Lending

router = Router()


class RoundOut(Schema):
    """A round and where it stands."""

    id: int
    name: str
    state: str
    number: int
    answer_by: dt.date | None
    booked_on: dt.date | None


class RingSizeOut(Schema):
    """How many rings have so many members, and what they set off."""

    members: int
    rings: int
    cleared: int


class SetOffPartOut(Schema):
    """Part of an obligation."""

    obligation: int
    before: int
    cleared: int


class RoundEffectOut(Schema):
    """What a round does to one for whom the caller speaks; `effect` goes with the answer."""

    agent: str
    effect: str
    amount: int
    borrowed: int
    left: int
    owes: list[SetOffPartOut]
    is_owed: list[SetOffPartOut]
    agrees: bool | None


class PotSizeOut(Schema):
    """What a pot of some size would lend, and what would be set off thanks to it."""

    liquidity: int
    lent: int
    more: int


class RoundWhole(RoundOut):
    """A round with its totals; all zero while it is being worked out. `bound`: no more is possible."""

    total: int
    cleared: int
    bound: int
    agreed: int
    concerned: int
    pot: int
    lender: str | None
    pot_days: int
    pots: list[PotSizeOut]
    rings: list[RingSizeOut]
    effects: list[RoundEffectOut]


class RoundIn(Schema):
    """A round to open; `members`: short names, nobody is everybody; `group`: a saved one, with its members.

    `pot`: cents that `lender` lends at most, given back within `pot_days` of the booking.
    """

    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    members: list[SlugText] = Field(default_factory=list, max_length=500)
    group: Annotated[str, Field(max_length=80, pattern=TEXT)] | None = None
    pot: int = Field(0, ge=0, le=MOST)
    lender: SlugText | None = None
    pot_days: int = Field(30, ge=1, le=365)
    days: int = Field(7, ge=1, le=90)
    max_ring: int | None = Field(None, ge=2, le=50)
    key: Key


class RoundAnswerIn(Schema):
    """Yes or no to the effect that was read."""

    agent: SlugText
    agrees: bool
    effect: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _out(row: Round) -> dict[str, Any]:
    return {
        "id": row.pk, "name": row.name, "state": row.state, "number": row.number,
        "answer_by": row.answer_by, "booked_on": row.booked_on,
    }  # fmt: skip


def _parts(parts: list[Part]) -> list[dict[str, int]]:
    return [
        {"obligation": part.obligation_id, "before": part.owed, "cleared": part.amount}
        for part in parts
    ]


def _effect(each: Effect) -> dict[str, Any]:
    return {
        "agent": each.agent.slug, "effect": each.digest, "amount": each.amount,
        "owes": _parts(each.owes), "is_owed": _parts(each.is_owed),
        "borrowed": each.borrowed, "left": each.left,
        "agrees": each.answer.agrees if each.answer else None,
    }  # fmt: skip


def _whole(request: HttpRequest, number: int) -> dict[str, Any]:
    by = by_of(request)
    row = round_of(number, by)
    found = current(row)
    pot: dict[str, Any] = {
        "pot": row.pot, "lender": row.lender.slug if row.lender else None,
        "pot_days": row.pot_days, "pots": [],
    }  # fmt: skip
    if found is None:
        sums = dict.fromkeys(("total", "cleared", "bound", "agreed", "concerned"), 0)
        return {**_out(row), **pot, **sums, "rings": [], "effects": []}
    return {
        **_out(row), **pot, "pots": list(found.pots.values("liquidity", "lent", "more")),
        "total": found.total, "cleared": found.cleared, "bound": found.bound,
        "agreed": counted(found).yes, "concerned": found.concerned,
        "rings": [
            {"members": members, "rings": rings, "cleared": cleared}
            for members, rings, cleared in ring_sizes(found)
        ],
        "effects": [_effect(each) for each in effects_of(found, spoken_for(by))],
    }  # fmt: skip


def _group(name: str, by: Actor) -> Group:
    found = groups_visible_to(by).filter(name=name).first()
    if found is None:
        raise NotFound
    return found


def _lending(payload: RoundIn, by: Actor) -> Lending | None:
    """The pot that is asked for; a pot and its lender go together."""
    if payload.lender is None and not payload.pot:
        return None
    if payload.lender is None:
        raise wrong("lender", _("Say who lends it."))
    return Lending(agent_of(payload.lender, by), payload.pot, payload.pot_days)


class MemberGroupOut(Schema):
    """A saved group; `members` by their short names."""

    name: str
    members: list[str]


class MemberGroupIn(Schema):
    """A group to save; one of that name has these members from then on."""

    name: str = Field(min_length=1, max_length=80, pattern=TEXT)
    members: list[SlugText] = Field(max_length=500)


def _group_out(row: Group) -> dict[str, Any]:
    return {"name": row.name, "members": [agent.slug for agent in row.members.all()]}


@router.get("/groups", response={200: list[MemberGroupOut], **problems(403)}, auth=SIGNED_IN)
def list_groups(request: HttpRequest) -> list[dict[str, Any]]:
    """The saved groups, for who leads rounds."""
    rows = groups_visible_to(by_of(request)).prefetch_related("members")
    return [_group_out(row) for row in rows]


@router.post(
    "/groups", response={200: MemberGroupOut, **problems(403, 404, 409, 422)}, auth=SIGNED_IN
)
def save_group(request: HttpRequest, payload: MemberGroupIn) -> dict[str, Any]:
    """Keep members under a name, to open rounds among them."""
    by = by_of(request)
    authorize(by, "clearing.lead", home_chamber())
    members = [agent_of(slug, by) for slug in payload.members]
    return _group_out(groups.save_group(name=payload.name, members=members, by=by))


@router.get("/rounds", response={200: Page[RoundOut], **problems(403)}, auth=SIGNED_IN)
def list_rounds(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """The rounds of one's chambers."""
    page = page_by_id(rounds_visible_to(by_of(request)), which)
    return {**page, "items": [_out(row) for row in page["items"]]}


@router.post("/rounds", response={202: RoundWhole, **problems(403, 404, 409, 422)}, auth=SIGNED_IN)
def open_round(request: HttpRequest, payload: RoundIn) -> Status[dict[str, Any]]:
    """Open a round, once per key; it is worked out in the background."""
    by = by_of(request)
    members = {agent.pk: agent for agent in (agent_of(slug, by) for slug in payload.members)}
    if payload.group is not None:
        members |= {agent.pk: agent for agent in _group(payload.group, by).members.all()}
    row = rounds.open_round(
        name=payload.name, members=list(members.values()), days=payload.days,
        max_ring=payload.max_ring, lending=_lending(payload, by), key=payload.key, by=by,
    )  # fmt: skip
    return Status(202, _whole(request, row.pk))


@router.get("/rounds/{number}", response={200: RoundWhole, **problems(403, 404)}, auth=SIGNED_IN)
def get_round(request: HttpRequest, number: Number) -> dict[str, Any]:
    """A round: totals without names, and one's own effect."""
    return _whole(request, number)


@router.post(
    "/rounds/{number}/answers",
    response={200: RoundWhole, **problems(403, 404, 409, 422)},
    auth=SIGNED_IN,
)
def answer_round(request: HttpRequest, number: Number, payload: RoundAnswerIn) -> dict[str, Any]:
    """Agree to one's own effect, or refuse it."""
    by = by_of(request)
    agent = spoken_for(by).filter(slug=payload.agent).first()
    if agent is None:
        raise NotFound
    rounds.answer(
        round_=round_of(number, by), agent=agent, agrees=payload.agrees, effect=payload.effect,
        by=by,
    )  # fmt: skip
    return _whole(request, number)


@router.post(
    "/rounds/{number}/booking",
    response={200: RoundWhole, **problems(403, 404, 409)},
    auth=SIGNED_IN,
)
def book_round(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Book it in every book, once everybody concerned agreed."""
    booking.book(round_=round_of(number, by_of(request)), by=by_of(request))
    return _whole(request, number)


@router.post(
    "/rounds/{number}/again", response={202: RoundWhole, **problems(403, 404, 409)}, auth=SIGNED_IN
)
def work_out_again(request: HttpRequest, number: Number) -> Status[dict[str, Any]]:
    """Work it out again, from what is owed now."""
    rounds.work_out_again(round_=round_of(number, by_of(request)), by=by_of(request))
    return Status(202, _whole(request, number))
