"""Walking through the house as people do: from the first page, along the links that they see."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

START = "/"
NOT_PAGES = ("/static/", "/api/", "/i18n/")
TELLING = {"format", "tab", "by"}
"""Words of a query whose value makes another page of it."""
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Visit:
    """One page as somebody got it.

    Attributes:
        path: Its address.
        route: The pattern of the address.
        answer: The response.
        queries: What it asked the database.
        seconds: How long the server took.
    """

    path: str
    route: str
    answer: Any
    queries: list[str]
    seconds: float


class _Links(HTMLParser):
    """The links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (address := dict(attrs).get("href")):
            self.found.append(address)


def links(html: str, here: str) -> list[str]:
    """The addresses of this site that a page leads to, without fragments."""
    reader = _Links()
    reader.feed(html)
    found = []
    for address in reader.found:
        parts = urlsplit(urljoin(f"http://testserver{here}", address))
        if parts.netloc == "testserver" and not parts.path.startswith(NOT_PAGES):
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def route_of(path: str) -> str:
    """The pattern that an address belongs to; empty when there is none."""
    try:
        return str(resolve(urlsplit(path).path).route)
    except Resolver404:
        return ""


@contextmanager
def questions() -> Iterator[list[str]]:
    """What is asked of the database meanwhile, but for the bookkeeping of transactions.

    As ``CaptureQueriesContext``, without writing each parameter into its query: on SQLite that
    asks the database once more for each question.
    """
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(BOOKKEEPING):
            asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def visit(client: Client, path: str) -> Visit:
    """Get a page; whatever it streams is read to its end."""
    with questions() as asked:
        started = time.perf_counter()
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        seconds = time.perf_counter() - started
    return Visit(path, route_of(path), answer, asked, seconds)


def walk(client: Client, most: int = 3) -> Iterator[Visit]:
    """Every page that can be reached, at most so many of one kind, breadth first."""
    todo, seen, kinds = deque([START]), {START}, Counter[Any]()
    while todo:
        path = todo.popleft()
        words = parse_qsl(urlsplit(path).query)
        kind = (
            route_of(path),
            *sorted((name, value if name in TELLING else "") for name, value in words),
        )
        kinds[kind] += 1
        if kinds[kind] > most:
            continue
        made = visit(client, path)
        yield made
        if made.answer.streaming or "html" not in made.answer.headers.get("Content-Type", ""):
            continue
        for address in links(made.answer.content.decode(), path):
            if address not in seen:
                seen.add(address)
                todo.append(address)
