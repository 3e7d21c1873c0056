"""Every address of the house: where the demonstration's people are led, and where nothing is."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch
from tests.contracts.conftest import GUIDES
from tests.contracts.demonstration import kept
from tests.contracts.walking import journey, route_of

MOST = 2
"""Addresses of either kind that are tried for one pattern."""
ENOUGH = 40
"""Combinations of the parts of an address, of which those are taken."""


@dataclass(frozen=True)
class Tried:
    """The addresses that are tried for one pattern.

    Attributes:
        route: The pattern.
        likely: Where a page of the demonstration leads; where none does, made up of what is there.
        strange: Made up of what is there but is something else, and of what is not there.
    """

    route: str
    likely: list[str]
    strange: list[str]


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the house with its whole route, but those of the REST interface."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not route.startswith("api/") or "ninja" not in str(entry.app_name):
                yield from patterns(entry, route)
        else:
            yield route, entry


def _values(name: str, converter: str) -> list[Any]:
    """Values for one part of an address: things that are there, and one that is not."""
    from chambre.core.models import Job, StoredFile
    from chambre.ledger.models import Account, Book, JournalEntry, Line
    from chambre.registry.models import Agent, Resource
    from chambre.rooms.lens import models as lens

    def some(model: Any, field: str) -> list[Any]:
        return list(model.objects.order_by("pk").values_list(field, flat=True)[:2])

    if converter == "UUIDConverter":
        return [*some(Job, "pk")[:1], *some(StoredFile, "pk")[:1], uuid.UUID(int=1)]
    if converter == "IntConverter":
        models = [JournalEntry, Line, Book, Account]
        models += [one for one in vars(lens).values() if hasattr(one, "objects")]
        return [2024, *{key for model in models for key in some(model, "pk")[:1]}, 999_999]
    structures = list(
        Agent.objects.filter(kind=Agent.Kind.STRUCTURE).values_list("slug", flat=True)[:1]
    )
    people = list(Agent.objects.filter(kind=Agent.Kind.PERSON).values_list("slug", flat=True)[:1])
    if name in ("serial", "rest"):
        from chambre.rooms.deposit.models import Item

        return [*some(Item, "serial")[:1], "03760123456786JAR-1", "nope"]
    return [*structures, *some(Resource, "slug")[:1], *people, *some(Account, "code")[:1], "nope"]


def addresses() -> list[Tried]:
    """For each pattern, addresses that match it; put together once in a run."""

    def find() -> list[dict[str, Any]]:
        led = _led_to()
        return [asdict(_tried(route, pattern, led[route])) for route, pattern in patterns()]

    return [Tried(**tried) for tried in kept("addresses", find)]


def _led_to() -> dict[str, list[str]]:
    """Addresses, by pattern, that the pages lead to that our guides see."""
    led: dict[str, list[str]] = defaultdict(list)
    for email in GUIDES:
        for step in journey(email):
            for address in (step.path, *step.leads_to):
                path = urlsplit(address).path
                if path not in led[route := route_of(path)]:
                    led[route].append(path)
    return led


def _tried(route: str, pattern: URLPattern, led: list[str]) -> Tried:
    converters = getattr(pattern.pattern, "converters", {})
    names = list(converters) or list(pattern.pattern.regex.groupindex)
    choices = [
        _values(name, type(converters[name]).__name__ if name in converters else "str")
        for name in names
    ]
    made: dict[str, None] = {}
    for values in itertools.islice(itertools.product(*choices), ENOUGH):
        if path := _fill(route, pattern, dict(zip(names, values, strict=True))):
            made[path] = None
    likely = led[:MOST] or list(made)[:MOST]
    rest = [path for path in made if path not in likely]
    return Tried(route, likely, [*rest[:1], *rest[-1:]][:MOST] if len(rest) > 1 else rest)


def _fill(route: str, pattern: URLPattern, values: dict[str, Any]) -> str:
    """The route with its parts in place; empty when it does not resolve to this pattern."""
    from django.urls import Resolver404, resolve

    path = "/" + route
    for name, converter in getattr(pattern.pattern, "converters", {}).items():
        for kind in ("uuid", "int", "slug", "str", "path"):
            path = path.replace(f"<{kind}:{name}>", converter.to_url(values[name]))
        path = path.replace(f"<{name}>", str(values[name]))
    if "(?P" in path:  # allauth's keys by regular expression
        return ""
    path = path.replace("^", "").replace("$", "").replace("\\Z", "")
    try:
        return path if resolve(path).route else ""
    except (Resolver404, NoReverseMatch):
        return ""
