"""Every address of the house, with values that make sense for its parts."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch

MOST = 6
"""Addresses tried for one pattern."""


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


def addresses() -> Iterator[tuple[str, list[str]]]:
    """For each pattern, addresses that match it."""
    for route, pattern in patterns():
        converters = getattr(pattern.pattern, "converters", {})
        names = list(converters) or list(pattern.pattern.regex.groupindex)
        choices = [
            _values(name, type(converters[name]).__name__ if name in converters else "str")
            for name in names
        ]
        found = []
        for values in itertools.islice(itertools.product(*choices), 40):
            path = _fill(route, pattern, dict(zip(names, values, strict=True)))
            if path and path not in found:
                found.append(path)
        yield route, found[:MOST] if len(names) < 2 else found[: 2 * MOST]


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
