"""What the operations of the room share: types, and whose account a request is about."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import ConfigDict

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community
from chambre.rooms.credit.queries.communities import (
    account_named,
    community_of,
    rules_of,
    rules_shown,
)
from chambre.rooms.credit.queries.pots import kept_apart
from chambre.rooms.credit.queries.standing import figures_of
from chambre.rooms.credit.services import tickets
from chambre.treasury.models import CreditAccount

UNITS = "Hundredths of a unit; minutes of hours."
MOST = 99_999_999_999
TEXT = r"^[^\x00]*$"
Code = Annotated[str, Field(min_length=1, max_length=8, pattern=TEXT, description="U000042.")]
Amount = Annotated[int, Field(gt=0, le=99_999_999_999, description=UNITS)]
Words = Annotated[str, Field(min_length=1, max_length=140, pattern=TEXT)]
Key = Annotated[
    str, Field(min_length=1, max_length=80, pattern=TEXT, description="Idempotency key.")
]


Price = Annotated[int | None, Field(gt=0, le=MOST, description="The whole price, in cents.")]


class Strict(Schema):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


def by_of(request: HttpRequest) -> Actor:
    """Who asks."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def community_at(request: HttpRequest, slug: str, unit: str) -> Community:
    """A community that whoever asks may look at.

    Raises:
        NotFound: There is none.
        Forbidden: They are nobody's member there.
    """
    row = community_of(registry.structure(slug), unit)
    authorize(by_of(request), "credit.read_group", row)
    return row


def account_at(community: Community, code: str) -> CreditAccount:
    """An account of a community by its number.

    Raises:
        NotFound: There is none.
    """
    row = account_named(community.chamber, code)
    if row.unit != community.unit:
        raise NotFound
    return row


def key_of(payload: Any) -> str:
    """The idempotency key of what a machine sends, apart from those of pages."""
    return f"rest:{payload.key}"[:80]


def part_of(row: Any, *names: str) -> dict[str, Any]:
    """Some attributes of a row by their names."""
    return {name: getattr(row, name) for name in names}


def shown(row: Community) -> dict[str, Any]:
    """A community as machines see it: its figures, and the rules that hold."""
    found, apart = figures_of(row), kept_apart(row)
    return {
        "chamber": row.chamber.slug, "unit": row.unit, "members": found.members, "owed": found.owed,
        "moved": found.moved, "common": row.common.held - sum(apart), "fund": apart.fund,
        "ticket_key": tickets.public_key(row.chamber).hex(),
        "rules": rules_shown(rules_of(row)),
    }  # fmt: skip
