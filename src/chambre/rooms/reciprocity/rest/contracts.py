"""Contracts for machines: templates, drafts, versions, words, reading, check, uses. Nobody signs here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.lib import reciprocity
from chambre.lib.reciprocity import ContractError, templates
from chambre.lib.reciprocity.readings import plain_reading
from chambre.registry import api as registry
from chambre.registry.queries import visible_agent
from chambre.rooms.reciprocity.models import Contract, Use, Version
from chambre.rooms.reciprocity.queries.contracts import (
    contract_named,
    contracts_visible_to,
    signing_of,
    version_of,
    versions_with_digest,
)
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.services import contracts as drafting
from chambre.rooms.reciprocity.services import using

router = Router()

TEXT = r"^[^\x00]*$"
NAME = r"^[A-Za-z0-9][-A-Za-z0-9_.]{0,79}$"
Slug = Annotated[str, Field(pattern=NAME)]
Number = Path[Annotated[int, Field(ge=1, le=2**31 - 1)]]
Words = Annotated[str, Field(min_length=1, max_length=500_000, pattern=TEXT)]
BASE = "/contracts/{slug}"


class ContractOut(Schema):
    """A contract: what it is about, where it stands."""

    slug: str
    name: str
    state: str = Field(description="`draft`, `signing`, `in-force`, `suspended`, `ended`.")
    number: int = Field(description="Of the version that counts.")
    digest: str = Field(description="`sha256:` of the words that count.")
    resource: str | None
    holder: str | None = Field(description="Structure that holds the money.")
    template: str
    copied_from: str | None
    public: bool


class ContractParty(Schema):
    """Who is bound, and how many signatures are there. Names of people are not told here."""

    agent: str | None = Field(description="Short name; null for a person.")
    name: str = Field(description="In the contract.")
    hands: int
    signed: int


class ContractVersion(Schema):
    """A version, with its words and who is bound by it."""

    number: int
    digest: str
    note: str
    at: dt.datetime
    text: str
    parties: list[ContractParty]


class ContractVersionBrief(Schema):
    """A version, without its words."""

    number: int
    digest: str
    note: str
    at: dt.datetime


class ContractDraftIn(Schema):
    """A contract to begin: its words, or the name of a template."""

    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    text: str = Field("", max_length=500_000, pattern=TEXT)
    template: str = Field("", max_length=80, pattern=TEXT)
    resource: str | None = Field(None, max_length=60, pattern=TEXT)
    holder: str | None = Field(None, max_length=60, pattern=TEXT)


class ContractWordsIn(Schema):
    """Words of a contract."""

    text: Words
    note: str = Field("", max_length=500, pattern=TEXT)


class ContractMistake(Schema):
    """A mistake in the words."""

    line: int
    column: int
    path: str
    code: str
    message: str


class ContractCheck(Schema):
    """What came of reading words."""

    ok: bool
    slug: str
    digest: str
    problems: list[ContractMistake]
    known: list[str] = Field(description="`slug/number` of versions with this digest.")


class ContractClause(Schema):
    """A clause in plain words."""

    anchor: str
    title: str
    paragraphs: list[str]


class ContractSection(Schema):
    """A part of the reading."""

    title: str
    intro: list[str]
    clauses: list[ContractClause]


class ContractReading(Schema):
    """A contract in plain words."""

    language: str
    title: str
    summary: str
    sections: list[ContractSection]


class ContractTemplate(Schema):
    """A template."""

    slug: str
    title: str
    summary: str
    fits: str
    source: str
    url: str


class ContractUseOut(Schema):
    """A use that was told. A correction has the opposite quantity and names what it corrects."""

    id: int
    resource: str
    quantity: str
    unit: str
    day: dt.date
    corrects: int | None


class ContractUseIn(Schema):
    """A use to tell, once under its key."""

    user: Slug = Field(description="Short name of who used it.")
    quantity: Decimal = Field(gt=0, le=1_000_000_000, max_digits=18, decimal_places=6)
    unit: str = Field(min_length=1, max_length=24, pattern=TEXT)
    day: dt.date | None = None
    note: str = Field("", max_length=300, pattern=TEXT)
    key: str = Field(min_length=1, max_length=80, pattern=TEXT)


class ContractUseBackIn(Schema):
    """Taking a use back."""

    key: str = Field(min_length=1, max_length=80, pattern=TEXT)
    note: str = Field("", max_length=300, pattern=TEXT)


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _language(language: str) -> str:
    return "en" if language == "en" else "fr"


def _out(row: Contract) -> dict[str, Any]:
    return {
        "slug": row.slug, "name": row.name, "state": row.state, "number": row.number,
        "digest": row.current.digest, "template": row.template, "public": row.public,
        "resource": row.resource.slug if row.resource else None,
        "holder": row.holder.slug if row.holder else None,
        "copied_from": row.copied_from.slug if row.copied_from else None,
    }  # fmt: skip


def _version(row: Version) -> dict[str, Any]:
    return {
        "number": row.number, "digest": row.digest, "note": row.note, "at": row.at, "text": row.text,
        "parties": [
            {
                "agent": one.party.agent.slug if one.party.agent.is_public else None,
                "name": one.party.name if one.party.agent.is_public else "", "hands": one.party.hands,
                "signed": len(one.signatures),
            }
            for one in signing_of(row)
        ],
    }  # fmt: skip


@router.get("/templates", response=list[ContractTemplate])
def contract_templates(
    request: HttpRequest, language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"
) -> Any:
    """The templates that come with the Chamber."""
    words = _language(language)
    return [
        {
            "slug": each.slug, "title": each.title.in_language(words),
            "summary": each.summary.in_language(words), "fits": each.fits.in_language(words),
            "source": each.source, "url": each.url,
        }
        for each in templates.templates()
    ]  # fmt: skip


@router.get("/contracts", response=Page[ContractOut])
def list_contracts(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """The contracts that the caller may read."""
    page = page_by_id(contracts_visible_to(_by(request)).select_related("copied_from"), query)
    return {**page, "items": [_out(row) for row in page["items"]]}


@router.post("/contracts", response={201: ContractOut, **problems(404, 409)}, auth=SIGNED_IN)
def draft_contract(request: HttpRequest, payload: ContractDraftIn) -> Any:
    """Begin a contract from words or from a template."""
    by = _by(request)
    authorize(by, "reciprocity.draft_contract", registry.home_chamber())
    given: dict[str, Any] = {
        "name": payload.name, "by": by,
        "resource": registry.resource(payload.resource) if payload.resource else None,
        "holder": registry.structure(payload.holder) if payload.holder else None,
    }  # fmt: skip
    if payload.template and not payload.text:
        if payload.template not in templates.slugs():
            raise NotFound(template=payload.template)
        made = drafting.draft_from_words(
            text=templates.text(payload.template), template=payload.template, **given
        )
    elif payload.text:
        made = drafting.draft(text=payload.text, **given)
    else:
        made = drafting.draft_blank(**given)
    return Status(201, _out(made))


@router.get(BASE, response=ContractOut)
def get_contract(request: HttpRequest, slug: Slug) -> Any:
    """One contract."""
    return _out(contract_named(slug, _by(request)))


@router.get(f"{BASE}/versions", response=list[ContractVersionBrief])
def list_contract_versions(request: HttpRequest, slug: Slug) -> Any:
    """Its versions, the newest first."""
    return list(contract_named(slug, _by(request)).versions.defer("text")[:500])


@router.post(f"{BASE}/versions", response={201: ContractVersion, **problems(409)}, auth=SIGNED_IN)
def save_contract_version(request: HttpRequest, slug: Slug, payload: ContractWordsIn) -> Any:
    """Keep other words of a draft as its next version."""
    contract = contract_named(slug, _by(request))
    made = drafting.save_version(
        contract=contract, text=payload.text, note=payload.note, by=_by(request)
    )
    return Status(201, _version(made))


@router.get(f"{BASE}/versions/{{number}}", response=ContractVersion)
def get_contract_version(request: HttpRequest, slug: Slug, number: Number) -> Any:
    """A version: its words, its digest, who is bound."""
    return _version(version_of(contract_named(slug, _by(request)), number))


@router.get(f"{BASE}/reading", response=ContractReading)
def read_contract(
    request: HttpRequest, slug: Slug, language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"
) -> Any:
    """The words that count, in plain language, clause by clause."""
    contract = contract_named(slug, _by(request))
    reading = plain_reading(read(contract.current.text), _language(language))
    return {
        "language": reading.language, "title": reading.title, "summary": reading.summary,
        "sections": [
            {
                "title": section.title, "intro": list(section.intro),
                "clauses": [
                    {"anchor": each.anchor, "title": each.title, "paragraphs": list(each.paragraphs)}
                    for each in section.clauses
                ],
            }
            for section in reading.sections
        ],
    }  # fmt: skip


@router.post("/check", response=ContractCheck, auth=SIGNED_IN)
def check_contract(request: HttpRequest, payload: ContractWordsIn) -> Any:
    """Read words: every mistake with its place, or the digest and which version has it. Nothing is kept."""
    try:
        said = reciprocity.read(payload.text)
    except ContractError as error:
        listed = [
            {
                "line": each.line, "column": each.column, "path": each.path, "code": each.code,
                "message": each.text(getattr(request, "LANGUAGE_CODE", "fr") or "fr"),
            }
            for each in error.problems
        ]  # fmt: skip
        return {"ok": False, "slug": "", "digest": "", "problems": listed, "known": []}
    digest = reciprocity.digest(said)
    rows = versions_with_digest(digest, _by(request))[:50]
    return {
        "ok": True, "slug": said.slug, "digest": digest, "problems": [],
        "known": [f"{row.contract.slug}/{row.number}" for row in rows],
    }  # fmt: skip


def _use(row: Use) -> dict[str, Any]:
    return {
        "id": row.pk, "resource": row.resource.slug, "unit": row.unit, "day": row.day,
        "quantity": f"{row.quantity.normalize():f}", "corrects": row.corrects_id,
    }  # fmt: skip


@router.get(f"{BASE}/uses", response=Page[ContractUseOut])
def list_contract_uses(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Any:
    """Uses that were told."""
    contract = contract_named(slug, _by(request))
    page = page_by_id(contract.uses.select_related("resource"), query)
    return {**page, "items": [_use(row) for row in page["items"]]}


@router.post(f"{BASE}/uses", response={201: ContractUseOut, **problems(409)}, auth=SIGNED_IN)
def tell_contract_use(request: HttpRequest, slug: Slug, payload: ContractUseIn) -> Any:
    """Tell a use, once under its key: a machine tells it in its person's name."""
    contract = contract_named(slug, _by(request))
    row = using.tell_use(
        contract=contract, user=visible_agent(payload.user, _by(request)),
        quantity=payload.quantity, unit=payload.unit, day=payload.day, note=payload.note,
        key=payload.key, by=_by(request),
    )  # fmt: skip
    return Status(201, _use(row))


@router.post(
    f"{BASE}/uses/{{number}}/back", response={201: ContractUseOut, **problems(409)}, auth=SIGNED_IN
)
def take_back_contract_use(
    request: HttpRequest, slug: Slug, number: Number, payload: ContractUseBackIn
) -> Any:
    """Take a use back that was told by mistake: its opposite is written, once."""
    contract = contract_named(slug, _by(request))
    rows = Use.objects.select_related("contract", "user__user", "resource")
    use = rows.filter(contract=contract, pk=number).first()
    if use is None:
        raise NotFound(number=number)
    row = using.take_back_use(use=use, key=payload.key, note=payload.note, by=_by(request))
    return Status(201, _use(row))
