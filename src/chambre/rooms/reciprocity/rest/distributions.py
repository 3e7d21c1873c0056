"""Distributions for machines: dry run, proposal, objections, decision, booking, payment."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.reciprocity.models import Contract, Distribution, DistributionLine, Objection
from chambre.rooms.reciprocity.queries.contracts import contract_named
from chambre.rooms.reciprocity.queries.distributions import distribution_of
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.services.distributing.computing import compute, difference
from chambre.rooms.reciprocity.services.distributing.proposing import propose

router = Router()

TEXT = r"^[^\x00]*$"
Number = Path[Annotated[int, Field(ge=1, le=2**31 - 1)]]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]
READ = "reciprocity.read_distributions"
BASE = "/contracts/{slug}/distributions"
AMOUNT = "In the smallest part of the unit."


class SpanIn(Schema):
    """The days whose income is shared; both belong to it."""

    since: dt.date
    until: dt.date


class ProposalIn(SpanIn):
    """What is proposed, and how many days people may object."""

    objection_days: int = Field(14, ge=0, le=365)


class ShareOut(Schema):
    """What somebody gets by a clause. `because` null: all the income of the period."""

    number: int
    to: str = Field(description="Short name of a party, a resource, or a fund.")
    clause: str
    amount: int = Field(description=AMOUNT)
    because: list[str] | None
    stands: str = Field("", description="`owed`, `asked`, `paid`, `returned`, `stays`, `moved`.")


class OwedOut(Schema):
    """What a user owes in return."""

    who: str
    clause: str
    quantity: str
    unit: str


class ChangeOut(Schema):
    """A share beside that of the last distribution."""

    to: str
    clause: str
    before: int
    now: int
    change: int


class TriedOut(Schema):
    """A dry run. `income` = `distributed` + `kept`; `distributed` is the sum of the shares."""

    since: dt.date
    until: dt.date
    unit: str
    income: int = Field(description=AMOUNT)
    distributed: int
    kept: int
    shares: list[ShareOut]
    owed: list[OwedOut]
    late: int = Field(description="Facts of before the period that count in it.")
    difference: list[ChangeOut]


class DistributionBrief(Schema):
    """A distribution, without its shares."""

    number: int
    since: dt.date
    until: dt.date
    state: str = Field(description="`proposed`, `decided`, `booked`, `withdrawn`.")
    unit: str
    income: int = Field(description=AMOUNT)
    distributed: int
    kept: int
    objections_until: dt.date
    digest: str = Field(description="SHA-256 of the facts.")


class DistributionWhole(DistributionBrief):
    """A distribution with its shares and what is owed in return."""

    shares: list[ShareOut]
    owed: list[OwedOut]
    objections: int = Field(description="Open ones.")


class FactOut(Schema):
    """A fact that was read. Names and words of the books are for those who may read these."""

    ref: str
    kind: str
    day: dt.date
    amount: int = Field(description=AMOUNT)
    unit: str
    quantity: str
    late: bool


class ReasonIn(Schema):
    """Why."""

    reason: str = Field(min_length=1, max_length=2_000, pattern=TEXT)


class ObjectionIn(ReasonIn):
    """What is wrong, with an idempotency key."""

    key: Key


class ObjectionOut(Schema):
    """An objection."""

    id: int
    reason: str
    open: bool


class PayIn(Schema):
    """Ask for the transfer of a share; `iban` empty: the account that they gave."""

    key: Key
    iban: str = Field("", max_length=42, pattern=TEXT)


class AskedOut(Schema):
    """A transfer that was asked for."""

    payout: str
    stands: str


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _contract(request: HttpRequest, slug: str, permission: str = READ) -> Contract:
    """A contract for who may do something with it."""
    contract = contract_named(slug, _by(request))
    authorize(_by(request), permission, contract)
    return contract


def _one(request: HttpRequest, slug: str, number: int, permission: str = READ) -> Distribution:
    return distribution_of(_contract(request, slug, permission), number)


def _brief(row: Distribution) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DistributionBrief.model_fields}


def _share(line: DistributionLine) -> dict[str, Any]:
    last = max(line.turns.all(), key=lambda turn: turn.pk, default=None)
    return {
        "number": line.number, "to": line.name, "clause": line.step, "amount": line.amount,
        "because": line.because, "stands": last.kind if last else "",
    }  # fmt: skip


def _owed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"who": row["from"], **{name: row[name] for name in ("clause", "quantity", "unit")}}
        for row in rows
    ]


def _whole(row: Distribution) -> dict[str, Any]:
    return {
        **_brief(row),
        "shares": [_share(line) for line in row.lines.prefetch_related("turns").order_by("number")],
        "owed": _owed(row.owed),
        "objections": row.objections.filter(answer__isnull=True).count(),
    }


@router.post(BASE + "/try", response={200: TriedOut, **problems(404)}, auth=SIGNED_IN)
def post_try(request: HttpRequest, slug: str, payload: SpanIn) -> dict[str, Any]:
    """What the contract would give over some days; nothing is written."""
    contract = _contract(request, slug, "reciprocity.change_contract")
    computed = compute(contract, payload.since, payload.until)
    outcome = computed.outcome
    return {
        "since": outcome.since, "until": outcome.until, "unit": outcome.unit,
        "income": outcome.income, "distributed": outcome.distributed, "kept": outcome.kept,
        "shares": [
            {"number": number, "to": line.to, "clause": line.clause, "amount": line.amount,
             "because": list(line.because)}
            for number, line in enumerate(outcome.lines, start=1)
        ],
        "owed": [
            {"who": each.giver, "clause": each.clause, "quantity": each.quantity, "unit": each.unit}
            for each in outcome.owed_in_kind
        ],
        "late": len(computed.late), "difference": difference(computed),
    }  # fmt: skip


@router.get(BASE, response={200: Page[DistributionBrief], **problems(404)}, auth=SIGNED_IN)
def list_distributions(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The distributions of a contract, in the order in which they were proposed."""
    page = page_by_id(_contract(request, slug).distributions, which)
    return {**page, "items": [_brief(row) for row in page["items"]]}


@router.post(BASE, response={201: DistributionWhole, **problems(404)}, auth=SIGNED_IN)
def post_distribution(
    request: HttpRequest, slug: str, payload: ProposalIn
) -> Status[dict[str, Any]]:
    """Propose a distribution; the same days again are the one that is there."""
    contract = _contract(request, slug, "reciprocity.change_contract")
    return Status(201, _whole(propose(contract=contract, by=_by(request), **payload.dict())))


@router.get(BASE + "/{number}", response={200: DistributionWhole, **problems(404)}, auth=SIGNED_IN)
def get_distribution(request: HttpRequest, slug: str, number: Number) -> dict[str, Any]:
    """A distribution with its shares."""
    return _whole(_one(request, slug, number))


@router.get(
    BASE + "/{number}/facts", response={200: Page[FactOut], **problems(404)}, auth=SIGNED_IN
)
def list_facts(
    request: HttpRequest, slug: str, number: Number, which: Query[PageQuery]
) -> dict[str, Any]:
    """The facts that a distribution read."""
    page = page_by_id(_one(request, slug, number).facts, which)
    names = list(FactOut.model_fields)
    return {
        **page,
        "items": [{name: getattr(row, name) for name in names} for row in page["items"]],
    }


@router.post(
    BASE + "/{number}/objections", response={201: ObjectionOut, **problems(404)}, auth=SIGNED_IN
)
def post_objection(
    request: HttpRequest, slug: str, number: Number, payload: ObjectionIn
) -> Status[dict[str, Any]]:
    """Say that a proposal is wrong."""
    row = _one(request, slug, number, "reciprocity.object")
    made: Objection = deciding.object_to(
        distribution=row, reason=payload.reason, key=payload.key, by=_by(request)
    )
    still = not hasattr(made, "answer")
    return Status(201, {"id": made.pk, "reason": made.reason, "open": still})


@router.post(
    BASE + "/{number}/decide", response={200: DistributionWhole, **problems(404)}, auth=SIGNED_IN
)
def post_decide(request: HttpRequest, slug: str, number: Number) -> dict[str, Any]:
    """Agree to a proposal."""
    row = _one(request, slug, number)
    return _whole(deciding.decide(distribution=row, by=_by(request)))


@router.post(
    BASE + "/{number}/withdraw", response={200: DistributionWhole, **problems(404)}, auth=SIGNED_IN
)
def post_withdraw(
    request: HttpRequest, slug: str, number: Number, payload: ReasonIn
) -> dict[str, Any]:
    """Take a proposal back."""
    row = _one(request, slug, number)
    return _whole(deciding.withdraw(distribution=row, by=_by(request), reason=payload.reason))


@router.post(
    BASE + "/{number}/book", response={200: DistributionWhole, **problems(404)}, auth=SIGNED_IN
)
def post_book(request: HttpRequest, slug: str, number: Number) -> dict[str, Any]:
    """Book a decided distribution and ask for the transfers."""
    row = _one(request, slug, number)
    return _whole(booking.book(distribution=row, by=_by(request)))


@router.post(
    BASE + "/{number}/shares/{at}/payout", response={201: AskedOut, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_payout(
    request: HttpRequest, slug: str, number: Number, at: Number, payload: PayIn
) -> Status[dict[str, Any]]:
    """Ask for the transfer of a share that is owed."""
    row = _one(request, slug, number, "reciprocity.book")
    line = row.lines.filter(number=at).first()
    if line is None:
        raise NotFound
    line.distribution = row
    made = booking.ask_payout(line=line, key=payload.key, by=_by(request), iban=payload.iban)
    return Status(201, {"payout": made.payout, "stands": made.kind})
