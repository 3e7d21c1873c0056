"""Finding resources: words, filters, order. The same on SQLite and PostgreSQL.

Every word of the query must be the beginning of a word of the record, accents and case ignored. A
word counts 8 when it is a whole word of the name, 5 when one of the name's words begins with it, 3
when it is found in the summary, keywords, themes, kind, places or licences, and 1 anywhere else.
The highest sum comes first, then the name in folded order, then the older record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Collate

from chambre.core.actors import Actor
from chambre.registry.folding import fold, query_words
from chambre.registry.identifiers import SLUG
from chambre.registry.models import Agent, Licence, Place, Resource, Term, Wish
from chambre.registry.queries import ORGANISATIONS, open_wish, resources_visible_to

LONG = (
    "description",
    "genesis",
    "search_name",
    "search_terms",
    "search_text",
)
"""Columns that lists do not need."""

OPEN_LICENCES = (
    "cc0",
    "cc by",
    "creative commons by",
    "creative commons attribution",
    "gpl",
    "agpl",
    "lgpl",
    "mit",
    "apache",
    "bsd",
    "eupl",
    "cecill",
    "odbl",
    "cern ohl",
    "art libre",
    "lal",
    "fal",
    "mpl",
    "etalab",
    "licence ouverte",
    "domaine public",
    "public domain",
)
"""Beginnings of folded names of licences that let everybody use, change and share."""
NOT_OPEN = (" nc", " nd")
"""What takes a Creative Commons licence out of them."""


CHOICES: dict[str, Any] = {
    "kind": Resource.Kind,
    "standing": Resource.Standing,
    "stage": Resource.Stage,
    "commons_type": Resource.Type,
}
"""Filters that are one of a few answers; any other answer finds nothing."""


@dataclass(frozen=True, slots=True)
class ResourceQuery:
    """What somebody looks for. Every part that is not empty must hold.

    Attributes:
        words: Free words.
        kind: A :class:`Resource.Kind` value.
        standing: A :class:`Resource.Standing` value.
        stage: A :class:`Resource.Stage` value.
        commons_type: A :class:`Resource.Type` value.
        place: Name of a place, a postcode, an INSEE code, or a department (two or three digits).
        licence: Beginning of a licence's name; ``open`` for any open licence, ``none`` for none.
        need: ``any`` or a :class:`Wish.Category` value: it looks for that now.
        offer: The same for what it has to give.
        keyword: A keyword, theme or challenge, whole.
        agent: Short name of a structure that owns or keeps it.
        language: Code of a language.
    """

    words: str = ""
    kind: str = ""
    standing: str = ""
    stage: str = ""
    commons_type: str = ""
    place: str = ""
    licence: str = ""
    need: str = ""
    offer: str = ""
    keyword: str = ""
    agent: str = ""
    language: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular is looked for."""
        return self == ResourceQuery()


def by_name(field: str = "sort_name") -> Collate:
    """Folded names in the order of their characters, whatever the database's own order is."""
    return Collate(F(field), "C" if connection.vendor == "postgresql" else "BINARY")


def search_resources(by: Actor, query: ResourceQuery | None = None) -> QuerySet[Resource]:
    """The resources that somebody may see and looks for, the best first.

    Args:
        by: Who looks.
        query: What they look for; None: everything, by name.

    Returns:
        A queryset with ``score`` when there are words; owner and custodian come along.
    """
    query = query or ResourceQuery()
    found = resources_visible_to(by).select_related("owner", "custodian").defer(*LONG)
    for name, choices in CHOICES.items():
        if value := getattr(query, name):
            found = found.filter(**{name: value}) if value in choices.values else found.none()
    for condition in (
        _place(query.place),
        _licence(query.licence),
        _wish(Wish.Kind.NEED, query.need),
        _wish(Wish.Kind.OFFER, query.offer),
        _keyword(query.keyword),
        _language(query.language),
        _agent(query.agent),
    ):
        if condition is not None:
            found = found.filter(condition)
    words = query_words(query.words)
    if not words:
        # Punctuation alone finds nothing, as a word that is nowhere would.
        found = found.none() if query.words.strip() else found
        return found.order_by(by_name(), "pk")
    return _ranked(found, words)


def _ranked(found: QuerySet[Resource], words: list[str]) -> QuerySet[Resource]:
    score: Any = Value(0)
    for word in words:
        begins = f" {word}"
        found = found.filter(
            Q(search_name__contains=begins)
            | Q(search_terms__contains=begins)
            | Q(search_text__contains=begins)
        )
        score = score + Case(
            When(search_name__contains=f" {word} ", then=8),
            When(search_name__contains=begins, then=5),
            When(search_terms__contains=begins, then=3),
            default=1,
            output_field=IntegerField(),
        )
    return found.annotate(score=score).order_by("-score", by_name(), "pk")


def _rows(model: Any, condition: Q) -> Exists:
    return Exists(model.objects.filter(condition, resource=OuterRef("pk")))


def _place(text: str) -> Exists | Q | None:
    folded = fold(text)
    if not folded:
        return Q(pk__in=[]) if text.strip() else None
    code = folded.upper()
    condition = Q(folded__contains=folded)
    if code.replace("A", "0").replace("B", "0").isdigit() and len(code) in (2, 3, 5):
        condition |= Q(commune_code__startswith=code)
        condition |= Q(postcode__startswith="20" if code in ("2A", "2B") else code)
    return _rows(Place, condition)


def _licence(text: str) -> Any:
    if text == "none":
        return ~Exists(Licence.objects.filter(resource=OuterRef("pk")))
    if text == "open":
        condition = Q()
        for begins in OPEN_LICENCES:
            condition |= Q(folded=begins) | Q(folded__startswith=f"{begins} ")
        for part in NOT_OPEN:
            condition &= ~Q(folded__contains=part)
        return _rows(Licence, condition)
    folded = fold(text)
    if not folded:
        return Q(pk__in=[]) if text.strip() else None
    return _rows(Licence, Q(folded__startswith=folded))


def _wish(kind: str, category: str) -> Exists | None:
    if not category:
        return None
    condition = Q(kind=kind) & open_wish()
    if category != "any":
        known = category in Wish.Category.values
        condition &= Q(category=category) if known else Q(pk__in=[])
    return _rows(Wish, condition)


def _keyword(text: str) -> Exists | Q | None:
    if not text.strip():
        return None
    return _rows(Term, Q(folded=fold(text)) & ~Q(scheme=Term.Scheme.LANGUAGE))


def _language(code: str) -> Exists | None:
    if not code.strip():
        return None
    return _rows(Term, Q(folded=fold(code), scheme=Term.Scheme.LANGUAGE))


def _agent(slug: str) -> Q | None:
    if not slug:
        return None
    if not SLUG.fullmatch(slug):
        return Q(pk__in=[])
    found = Agent.objects.filter(slug=slug, kind__in=ORGANISATIONS).values("pk")
    return Q(owner__in=found) | Q(custodian__in=found)


def search_agents(agents: QuerySet[Agent], words: str) -> QuerySet[Agent]:
    """Those of some agents that are found by words, by name.

    Args:
        agents: From a query that takes the actor.
        words: Free words: parts of a name, a place, a SIREN (its spaces are ignored).
    """
    number = "".join(words.split())
    if number.isdigit() and len(number) in (9, 14):
        return agents.filter(Q(siren=number[:9]) | Q(siret=number)).order_by(by_name(), "pk")
    found = query_words(words)
    if words.strip() and not found:
        return agents.none()
    for word in found:
        agents = agents.filter(search__contains=f" {word}")
    return agents.order_by(by_name(), "pk")
