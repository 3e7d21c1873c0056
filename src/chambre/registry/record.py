"""What the record of a resource holds: its twelve blocks and their fields, as data.

Pages, forms, REST, versions, CSV and JSON-LD all read this table, so that a field is in all of them
or in none. Labels, help and choices come from the models.

A *record* is a dictionary by field name: text for lines, texts, choices and days (empty: nothing
said), ISO 8601 for days, decimal degrees as text, integers or None for counts, short names for
agents and resources, lists of words for terms and lists of dictionaries for what repeats; a need or
offer has its ``number`` beside its columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import (
    Agent,
    Body,
    Contact,
    Licence,
    Link,
    Partner,
    Place,
    Resource,
    Right,
    Safeguard,
    Term,
    Wish,
)
from chambre.registry.models.details import Detail


@dataclass(frozen=True)
class Column:
    """A column of a table as the record sees it.

    Attributes:
        model: The table.
        name: The column, and the key in the record.
    """

    model: type[models.Model]
    name: str

    @cached_property
    def column(self) -> models.Field[Any, Any]:
        """The column itself."""
        found = self.model._meta.get_field(self.name)
        if not isinstance(found, models.Field):
            raise TypeError(self.name)
        return found

    @cached_property
    def kind(self) -> str:
        """What it holds.

        One of ``line``, ``text``, ``choice``, ``count``, ``day``, ``degrees``, ``address``,
        ``agent``, ``resource``, ``file``.
        """
        column = self.column
        if isinstance(column, models.ForeignKey):
            return {Agent: "agent", Resource: "resource"}.get(column.related_model, "file")
        if column.choices:
            return "choice"
        if self.name in ("latitude", "longitude"):
            return "degrees"
        for of, name in (
            (models.URLField, "address"),
            (models.IntegerField, "count"),
            (models.DateField, "day"),
            (models.TextField, "text"),
        ):
            if isinstance(column, of):
                return name
        return "line"

    @property
    def label(self) -> Any:
        """Its words, translated."""
        return self.column.verbose_name

    @property
    def help(self) -> Any:
        """What helps to fill it in, translated."""
        return self.column.help_text

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """Values and words of a choice."""
        return list(self.column.choices or [])

    @property
    def required(self) -> bool:
        """Whether it must be said."""
        return not self.column.blank

    @property
    def empty(self) -> Any:
        """What stands for nothing said."""
        return None if self.kind == "count" else ""


@dataclass(frozen=True)
class Words:
    """A list of words: keywords, themes, challenges, languages."""

    name: str
    scheme: str
    label: Any
    help: Any = ""
    kind: str = "words"
    required: bool = False

    @property
    def empty(self) -> Any:
        """What stands for nothing said."""
        return []


@dataclass(frozen=True)
class Rows:
    """A list of rows: places, licences, links and so on.

    Attributes:
        name: Key in the record.
        model: Their table.
        label: Of the list, translated.
        singular: Of one row, translated.
    """

    name: str
    model: type[Detail]
    label: Any
    singular: Any
    help: Any = ""
    kind: str = "rows"
    required: bool = False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Their columns, in the order of the table."""
        left_out = {"id", "resource", "position", "folded"}
        return tuple(
            Column(self.model, column.name)
            for column in self.model._meta.concrete_fields
            if column.name not in left_out
        )

    @property
    def empty(self) -> Any:
        """What stands for nothing said."""
        return []


Field = Column | Words | Rows


@dataclass(frozen=True)
class Block:
    """One of the blocks of the record."""

    number: int
    name: str
    label: Any
    intro: Any
    fields: tuple[Field, ...] = field(default=())


def _own(*names: str) -> tuple[Field, ...]:
    return tuple(Column(Resource, name) for name in names)


_KEYWORDS = Words(
    "keywords", Term.Scheme.KEYWORD, _("Keywords"), _("Words that people would look for.")
)
_LANGUAGES = Words(
    "languages", Term.Scheme.LANGUAGE, _("Languages"), _("Codes such as fr, en, br, oc.")
)
_THEMES = Words("themes", Term.Scheme.THEME, _("Themes"), _("Food, mobility, energy, housing…"))
_CHALLENGES = Words("challenges", Term.Scheme.CHALLENGE, _("Challenges that it answers"))

BLOCKS: tuple[Block, ...] = (
    Block(
        1,
        "identity",
        _("Identity"),
        _("What it is called, where it is, since when."),
        (
            *_own("name", "nickname", "summary", "description", "genesis", "image", "image_alt"),
            _LANGUAGES,
            Rows("places", Place, _("Places"), _("Place")),
            *_own("scope", "since", "until"),
            _KEYWORDS,
            _THEMES,
        ),
    ),
    Block(
        2,
        "resource",
        _("The resource"),
        _("The thing itself, apart from those who care for it."),
        _own(
            "kind",
            "commons_type",
            "what",
            "tangible",
            "rival",
            "excludable",
            "condition",
            "capacity",
            "obtain",
            "edition",
            "part_of",
        ),
    ),
    Block(
        3,
        "why",
        _("Why it is a commons"),
        _("A commons is a resource, a community and the rules that this community made."),
        _own("why", "has_resource", "has_community", "has_rules", "stage"),
    ),
    Block(
        4,
        "community",
        _("Community"),
        _("Who cares for it, who may join, who is left out."),
        (
            *_own(
                "community",
                "may_join",
                "excluded",
                "members_count",
                "contributors_count",
                "users_count",
                "larger_community",
            ),
            Rows(
                "contacts",
                Contact,
                _("Contacts"),
                _("Contact"),
                _("Everybody will see them: give an address of the community, not of a person."),
            ),
        ),
    ),
    Block(
        5,
        "benefits",
        _("Needs met"),
        _("What it is good for, and for whom."),
        (*_own("needs_met", "services", "beneficiaries"), _CHALLENGES),
    ),
    Block(
        6,
        "governance",
        _("Governance"),
        _("Who decides what, on paper and in fact."),
        (
            Rows("bodies", Body, _("Bodies that decide or watch"), _("Deciding body")),
            *_own(
                "decision_written",
                "decision_practice",
                "conflict",
                "monitoring",
                "sanctions",
                "rule_change",
                "contribute",
            ),
        ),
    ),
    Block(
        7,
        "rights",
        _("Rights and law"),
        _("Who owns it, who keeps it, and who may do what with it."),
        (
            *_own("owner", "owner_note", "custodian", "legal_form"),
            Rows("licences", Licence, _("Licences"), _("Licence")),
            Rows("rights", Right, _("Who may do what"), _("One right")),
            *_own("contracts"),
        ),
    ),
    Block(
        8,
        "protection",
        _("Protection"),
        _("How it could be captured, and what stands against it."),
        (*_own("risks"), Rows("safeguards", Safeguard, _("Safeguards"), _("Safeguard"))),
    ),
    Block(
        9,
        "means",
        _("Means"),
        _("What it lives from, and what becomes of what it brings in."),
        (
            *_own("means_people", "means_money", "means_kind"),
            Rows("partners", Partner, _("Funders and partners"), _("Funder or partner")),
            *_own("earners", "redistribution", "reciprocity"),
        ),
    ),
    Block(
        10,
        "wishes",
        _("Needs and offers"),
        _("What it looks for and what it has to give, until a day."),
        (Rows("wishes", Wish, _("Needs and offers"), _("Need or offer")),),
    ),
    Block(
        11,
        "sharing",
        _("Sharing"),
        _("Documentation, data, similar commons, what was derived from it."),
        (Rows("links", Link, _("Links"), _("Link")),),
    ),
    Block(
        12,
        "about",
        _("About this record"),
        _("Where it comes from and how it may be used."),
        _own("provenance", "record_licence"),
    ),
)
"""The blocks of the record, in order."""

SENSITIVE = frozenset({"owner", "custodian", "licences", "rights", "rule_change"})
"""Fields of which no change is made without a reason: they are where enclosures begin."""

EDITED_APART = frozenset({"wishes", "image"})
"""Fields that have services of their own."""


HIDDEN = "~"
"""Stands for an owner or custodian whom the reader may not know; sent back, it changes nothing."""


@cache
def fields() -> dict[str, Field]:
    """Every field of the record by its name, in order."""
    return {one.name: one for block in BLOCKS for one in block.fields}


def columns() -> list[Column]:
    """The fields that are columns of the resource."""
    return [one for one in fields().values() if isinstance(one, Column)]


def words() -> list[Words]:
    """The fields that are lists of words."""
    return [one for one in fields().values() if isinstance(one, Words)]


def rows() -> list[Rows]:
    """The fields that are lists of rows."""
    return [one for one in fields().values() if isinstance(one, Rows)]


def block(name: str) -> Block:
    """A block by its name.

    Raises:
        KeyError: There is none of that name.
    """
    return {one.name: one for one in BLOCKS}[name]


def label(name: str) -> Any:
    """The words of a field of the record, or of what else a version says changed."""
    found = fields().get(name)
    if found is not None:
        return found.label
    return {
        "standing": _("standing"),
        "assessments": _("assessments"),
        "slug": _("short name"),
        "kind": _("kind"),
        "chamber": _("chamber"),
        "uri": _("address of the original record"),
        "uid": _("permanent number"),
    }.get(name, name)
