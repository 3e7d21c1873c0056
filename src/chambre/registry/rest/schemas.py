"""What goes in and out; the record's own fields come from :mod:`chambre.registry.record`."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.utils import translation
from ninja import Field, Schema
from pydantic import ConfigDict, create_model

from chambre.registry import record as schema
from chambre.registry.models import Agent, Assessment, Role, Wish

Standing = Literal["candidate", "commons", "ordinary"]


def _type(field: schema.Field) -> Any:
    """The type of a field of the record."""
    if isinstance(field, schema.Words):
        return list[str]
    if isinstance(field, schema.Rows):
        return list[_row_model(field)]  # type: ignore[misc]
    return int | None if field.kind == "count" else str


def _text(field: schema.Field) -> str:
    """What a field means, for a programmer: in English, whoever reads."""
    with translation.override("en"):
        return _english(field)


def _english(field: schema.Field) -> str:
    notes = {
        "agent": "Short name of an agent; empty: none; `~`: a person who is not shown.",
        "resource": "Short name of a resource; empty: none.",
        "day": "A day, YYYY-MM-DD; empty: none.",
        "degrees": "Decimal degrees (WGS 84) as text; empty: not said.",
        "file": "Number of a stored file; empty: none.",
    }
    text = str(field.label)
    if isinstance(field, schema.Column) and field.kind == "choice":
        values = ", ".join(f"`{value}`" for value, _words in field.choices if value)
        return f"{text}. One of {values}" + ("." if field.required else ", or empty.")
    return f"{text}. {notes.get(field.kind, '')}".strip()


_rows: dict[str, Any] = {}


def _row_model(rows: schema.Rows) -> Any:
    """The schema of a row of a list."""
    if rows.name not in _rows:
        columns: dict[str, Any] = {
            column.name: (
                _type(column),
                Field(... if column.required else column.empty, description=_text(column)),
            )
            for column in rows.columns
        }
        if rows.name == "wishes":
            columns["number"] = (int | None, Field(None, description="Its number, for ever."))
        _rows[rows.name] = create_model(f"{rows.model.__name__}Row", __base__=Closed, **columns)
    return _rows[rows.name]


class Closed(Schema):
    """Refuses what it does not know, so that a mistyped name is not lost silently."""

    model_config = ConfigDict(extra="forbid")


def _fields(*, optional: bool, without: frozenset[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, field in schema.fields().items():
        if name in without:
            continue
        kind = _type(field)
        if optional:
            # None means: not said. An empty value says that there is nothing.
            made[name] = (kind | None, Field(None, description=_text(field)))
        else:
            made[name] = (kind, Field(..., description=_text(field)))
    return made


class ResourceRow(Schema):
    """A resource in a list."""

    slug: str
    name: str
    summary: str
    kind: str
    standing: Standing
    stage: str
    owner: str = Field(description="Short name of the owner; `~`: a person; empty: not said.")
    custodian: str
    version: int
    url: str = Field(description="Its page.")


class ResourceList(Schema):
    """A page of what was found."""

    items: list[ResourceRow]
    total: int
    page: int
    pages: int


class AssessmentRow(Schema):
    """The answer that holds for one of Ostrom's principles."""

    principle: int
    answer: int = Field(description="0 no, 1 a little, 2 for the most part, 3 fully.")
    comment: str
    evidence_kind: str = Field(description="Empty: declared, without evidence.")
    evidence: str
    on: dt.date
    capacity: str = Field(description="As what the assessor spoke; who it was is not public.")


class _Head(Schema):
    slug: str
    uid: UUID = Field(description="Permanent number.")
    uri: str = Field(description="Address of the original record when it was written elsewhere.")
    chamber: str = Field(description="Short name of the chamber that holds the record.")
    standing: Standing
    version: int
    url: str = Field(description="Permanent address.")
    assessments: list[AssessmentRow]


ResourceOut: Any = create_model(
    "Resource", __base__=_Head, **_fields(optional=False, without=frozenset())
)
"""The whole record of a resource."""


class _New(Closed):
    slug: str = Field(description="Short name, for ever: letters, digits, `-`, `_`; at most 60.")
    name: str
    reason: str = Field("", max_length=300)


ResourceNew: Any = create_model(
    "ResourceNew",
    __base__=_New,
    **_fields(optional=True, without=frozenset({"name", "image"})),
)
"""A resource to be brought in."""


class _Change(Closed):
    version: int | None = Field(None, description="The version that you saw.")
    reason: str = Field(
        "", max_length=300, description="Why; needed for owner, custodian, licences, rights."
    )


ResourceChange: Any = create_model(
    "ResourceChange", __base__=_Change, **_fields(optional=True, without=schema.EDITED_APART)
)
"""Fields to be changed; what is left out stays. A list is replaced as a whole."""


class StandingIn(Closed):
    """What a resource is said to be, and why."""

    standing: Standing
    reason: str = Field(min_length=1, max_length=300)
    version: int | None = None


class VersionOut(Schema):
    """A version of a record."""

    number: int
    action: str
    changed: list[str]
    reason: str
    at: dt.datetime
    digest: str = Field(description="SHA-256 of the record in canonical JSON, in hexadecimal.")


class VersionRecord(VersionOut):
    """A version with all of its record."""

    record: dict[str, Any]


class RestoreIn(Closed):
    """Why an earlier version comes back."""

    reason: str = Field(min_length=1, max_length=300)


class WishIn(Closed):
    """A need or an offer."""

    kind: str = Field(description=", ".join(Wish.Kind.values))
    category: str = Field(description=", ".join(Wish.Category.values))
    title: str
    description: str = ""
    since: dt.date | None = None
    expires: dt.date | None = None


class WishChange(Closed):
    """What changes of a need or offer; what is left out stays."""

    kind: str | None = None
    category: str | None = None
    title: str | None = None
    description: str | None = None
    since: dt.date | None = None
    expires: dt.date | None = None


class WishOut(Schema):
    """A need or offer as it stands."""

    resource: str = Field(description="Short name of the resource.")
    number: int
    kind: str
    category: str
    title: str
    description: str
    since: dt.date
    expires: dt.date | None
    closed: dt.date | None
    outcome: str


class WishList(Schema):
    """A page of needs and offers."""

    items: list[WishOut]
    total: int
    page: int
    pages: int


class WishClose(Closed):
    """What came of it."""

    outcome: str = Field(min_length=1, max_length=300)


class AssessmentIn(Closed):
    """An answer to one of the eight questions."""

    principle: int = Field(ge=1, le=8)
    answer: int = Field(ge=0, le=3)
    comment: str = ""
    evidence_kind: str = Field("", description=", ".join(filter(None, Assessment.Evidence.values)))
    evidence: str = ""
    on: dt.date | None = None


class AgentOut(Schema):
    """A structure, public body or chamber; of people only what the reader may know."""

    slug: str
    kind: str = Field(description=", ".join(Agent.Kind.values))
    name: str
    siren: str
    siret: str
    rna: str
    legal_form: str
    description: str
    website: str
    contact: str
    place: str
    commune_code: str
    since: str
    until: str
    chamber: str
    version: int


class AgentList(Schema):
    """A page of agents."""

    items: list[AgentOut]
    total: int
    page: int
    pages: int


class _AgentFields(Closed):
    siren: str | None = None
    siret: str | None = None
    rna: str | None = None
    legal_form: str | None = None
    description: str | None = None
    website: str | None = None
    contact: str | None = None
    place: str | None = None
    commune_code: str | None = None
    since: str | None = None
    until: str | None = None
    reason: str = Field("", max_length=300)


class AgentNew(_AgentFields):
    """A structure or public body to be brought in."""

    slug: str
    name: str
    kind: Literal["structure", "public", "chamber"] = "structure"


class AgentChange(_AgentFields):
    """Fields to be changed; what is left out stays. Of a person only the name."""

    name: str | None = None
    version: int | None = Field(None, description="The version that you saw.")


class PersonNew(Closed):
    """A person to be brought in."""

    email: str = Field(max_length=254)
    name: str


class PersonOut(Schema):
    """A person, for those who may know them."""

    slug: str
    name: str
    version: int


class RoleOut(Schema):
    """A role that a person holds, held or will hold."""

    id: int
    person: str = Field(description="Short name of the person.")
    kind: str = Field(description=", ".join(Role.Kind.values))
    agent: str | None = Field(description="Chamber or structure that it is held in.")
    resource: str | None = Field(description="Resource that it is held for.")
    since: dt.date
    until: dt.date | None = Field(description="First day on which it is no longer held.")
    reason: str
    end_reason: str


class RoleNew(Closed):
    """A role to be given, in an agent or for a resource."""

    person: str
    kind: str
    agent: str | None = None
    resource: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    reason: str = Field("", max_length=300)


class RoleEnd(Closed):
    """When and why a role ends."""

    on: dt.date | None = None
    reason: str = Field("", max_length=300)


class UnitOut(Schema):
    """A unit of measure; quantities are counted in whole parts of it."""

    id: str
    om2: str = Field(description="Identifier in the Ontology of Units of Measure 2.")
    code: str = Field(description="UN/CEFACT Recommendation 20 code.")
    dimension: str = Field(description="Only units of one dimension convert into one another.")
    factor: str = Field(description="Base units of the dimension in one of this, exactly.")
    parts: int = Field(description="Smallest parts in one unit: what stored quantities count.")
    symbol: str
    name: str


class ImportIn(Closed):
    """A register to be brought in."""

    name: str = Field(max_length=200, description="Name of the file, for the history.")
    content: str = Field(description="CSV or JSON-LD, as text.")


class ImportOut(Schema):
    """What an import would do, or did."""

    id: int
    format: str
    applied: bool
    created: int
    changed: int
    same: int
    refused: int
    lines: list[dict[str, Any]]
