"""A community for machines, and what its members decide: rules, bounds of one member, a shared loss."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Decision, Leaving
from chambre.rooms.credit.rest.frame import (
    MOST,
    TEXT,
    UNITS,
    Code,
    Strict,
    account_at,
    by_of,
    community_at,
    part_of,
    shown,
)
from chambre.rooms.credit.services import deciding
from chambre.rooms.credit.services.communities import RulesIn, open_community

router = Router()
Why = Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT, description="Why.")]
ProposalKey = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=TEXT, description="Idempotency key of the account."),
]
Bound = Annotated[int, Field(ge=0, le=MOST, description=UNITS)]


class CommunityOut(Schema):
    """A community: its figures and the rules that hold."""

    chamber: str
    unit: str = Field(description="`CRD`, or `HUR` in minutes.")
    members: int
    owed: int = Field(description=f"What all below zero owe together. {UNITS}")
    moved: int = Field(description=f"In thirty days. {UNITS}")
    common: int = Field(
        description=f"In the common account, beside tickets and the guarantee fund. {UNITS}"
    )
    fund: int = Field(description=f"In the guarantee fund. {UNITS}")
    ticket_key: str = Field(description="Ed25519 public key of its tickets, hexadecimal.")
    rules: dict[str, Any]


class CreditRulesIn(Strict):
    """All the rules, as they are to be."""

    floor: Bound = Field(description=f"How far below zero everybody may go. {UNITS}")
    ceiling: Bound | None = Field(
        None, description="How much everybody may hold; absent: no ceiling."
    )
    mode: Literal["block", "warn"] = "block"
    growth_percent: int = Field(0, ge=0, le=1_000)
    growth_most: Bound = 0
    rate: int = Field(0, ge=0, le=10_000, description="Hundredths of a percent a month.")
    exempt: Bound = 0
    fund_share: int = Field(
        0, ge=0, le=10_000,
        description="For the guarantee fund: hundredths of a percent of what one receives.",
    )  # fmt: skip
    fund_flat: Bound = Field(0, description=f"For the guarantee fund, each month. {UNITS}")
    fund_cover: int = Field(
        0, ge=0, le=100, description="Percent that the fund pays of a debt that is lost."
    )
    fund_most: Bound | None = Field(
        None, description="Not more for one who leaves; absent: no such bound."
    )
    ways: list[Literal["spend", "euros", "fund", "shared"]] = Field(
        ["spend"], min_length=1, max_length=4
    )
    hands: int = Field(3, ge=1, le=99)
    days: int = Field(14, ge=1, le=365)

    def rules(self) -> RulesIn:
        """As the services take them; each way once."""
        return RulesIn(**{**self.dict(), "ways": sorted(set(self.ways))})


class CreditRulesProposalIn(Strict):
    """Propose other rules."""

    account: Code
    words: Why
    rules: CreditRulesIn
    key: ProposalKey


class CreditBoundsProposalIn(Strict):
    """Propose bounds for one member; absent: those of the rules."""

    account: Code
    words: Why
    member: Code
    floor: Bound | None = None
    ceiling: Bound | None = None
    key: ProposalKey


class CreditLossProposalIn(Strict):
    """Propose that members bear what somebody who leaves by `shared` owes."""

    account: Code
    words: Why
    member: Code
    how: Literal["equal", "use"] = Field(description="Equally, or by what each received in a year.")
    key: ProposalKey


class CreditVoiceIn(Strict):
    """A member's word on a decision."""

    account: Code
    yes: bool


class CreditDecisionOut(Schema):
    """A decision of members."""

    id: int
    kind: str
    words: str
    content: dict[str, Any]
    state: str
    hands: int
    yes: int
    no: int
    until: dt.date
    decided_on: dt.date | None


def _decision(row: Decision) -> dict[str, Any]:
    said = list(row.voices.values_list("yes", flat=True))
    names = ("id", "kind", "words", "content", "state", "hands", "until", "decided_on")
    return {"yes": said.count(True), "no": said.count(False), **part_of(row, *names)}


@router.get("/{slug}/{unit}", response={200: CommunityOut, **problems(404)}, auth=SIGNED_IN)
def showcommunity_at(request: HttpRequest, slug: str, unit: str) -> dict[str, Any]:
    """A community: how it stands, and its rules."""
    return shown(community_at(request, slug, unit))


@router.post("/{slug}/{unit}", response={201: CommunityOut, **problems(404, 409)}, auth=SIGNED_IN)
def begin_credit(
    request: HttpRequest, slug: str, unit: Literal["CRD", "HUR"], payload: CreditRulesIn
) -> Status[dict[str, Any]]:
    """Begin mutual credit with first rules; the community that is there, if there is one."""
    chamber = registry.structure(slug)
    row = open_community(chamber=chamber, unit=unit, rules=payload.rules(), by=by_of(request))
    return Status(201, shown(row))


@router.post(
    "/{slug}/{unit}/decisions/rules",
    response={201: CreditDecisionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def propose_credit_rules(
    request: HttpRequest, slug: str, unit: str, payload: CreditRulesProposalIn
) -> Status[dict[str, Any]]:
    """Propose other rules; who proposes has said yes."""
    row = community_at(request, slug, unit)
    made = deciding.propose_rules(rules=payload.rules.rules(), **_facts(request, row, payload))
    return Status(201, _decision(made))


@router.post(
    "/{slug}/{unit}/decisions/bounds",
    response={201: CreditDecisionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def propose_credit_bounds(
    request: HttpRequest, slug: str, unit: str, payload: CreditBoundsProposalIn
) -> Status[dict[str, Any]]:
    """Propose bounds for one member, instead of those of the rules."""
    row = community_at(request, slug, unit)
    made = deciding.propose_bounds(
        account=account_at(row, payload.member), floor=payload.floor, ceiling=payload.ceiling,
        **_facts(request, row, payload),
    )  # fmt: skip
    return Status(201, _decision(made))


@router.post(
    "/{slug}/{unit}/decisions/loss",
    response={201: CreditDecisionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def propose_credit_loss(
    request: HttpRequest, slug: str, unit: str, payload: CreditLossProposalIn
) -> Status[dict[str, Any]]:
    """Propose that members bear what somebody who leaves owes."""
    row = community_at(request, slug, unit)
    leavings = Leaving.objects.filter(membership__account=account_at(row, payload.member))
    found = leavings.select_related("membership__account").order_by("-id").first()
    if found is None:
        raise NotFound
    facts = _facts(request, row, payload)
    return Status(201, _decision(deciding.propose_loss(leaving=found, how=payload.how, **facts)))


def _facts(request: HttpRequest, row: Community, payload: Any) -> dict[str, Any]:
    return {
        "speaker": account_at(row, payload.account), "words": payload.words,
        "key": f"rest:{payload.account}:{payload.key}"[:80], "by": by_of(request),
    }  # fmt: skip


@router.get(
    "/{slug}/{unit}/decisions", response={200: list[CreditDecisionOut], **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def list_credit_decisions(request: HttpRequest, slug: str, unit: str) -> list[dict[str, Any]]:
    """The last hundred decisions, the newest first."""
    row = community_at(request, slug, unit)
    return [_decision(each) for each in row.decisions.prefetch_related("voices")[:100]]


@router.post(
    "/{slug}/{unit}/decisions/{decision_id}/voice",
    response={200: CreditDecisionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def speak_on_credit_decision(
    request: HttpRequest, slug: str, unit: str, decision_id: int, payload: CreditVoiceIn
) -> dict[str, Any]:
    """Say yes or no, once."""
    row = community_at(request, slug, unit)
    found = row.decisions.filter(pk=decision_id).first() if decision_id < 2**63 else None
    if found is None:
        raise NotFound
    done = deciding.speak(
        decision=found, speaker=account_at(row, payload.account), yes=payload.yes, by=by_of(request)
    )
    return _decision(done)
