"""Walking through the house as people do: from the first page, along the links that they see."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import lxml.html
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from tests.contracts.demonstration import kept

from chambre.core.models import User

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


@dataclass(frozen=True)
class Step:
    """What is remembered of a visit.

    Attributes:
        path: Address of the page.
        route: The pattern of the address.
        status: Of the answer.
        queries: How often it asked the database.
        leads_to: Addresses that it links to, sends forms to or fetches parts of itself from.
    """

    path: str
    route: str
    status: int
    queries: int
    leads_to: list[str]


LINKS = {"a": ("href",)}
LEADS = {
    "a": ("href",), "form": ("action",), "button": ("formaction",), "img": ("src",),
    "": ("hx-get", "hx-post"),
}  # fmt: skip
"""Attributes that name other addresses, by element; without one: of every element."""
PARSER = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def links(answer: Any, here: str, wanted: dict[str, tuple[str, ...]] = LINKS) -> list[str]:
    """The addresses of this site that a page leads to, without fragments; of a file, none."""
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return []
    if not answer.content.strip():
        return []
    everywhere = wanted.get("", ())
    found: dict[str, None] = {}  # a page of a table says some addresses hundreds of times
    for element in lxml.html.document_fromstring(answer.content, parser=PARSER).iter():
        for name in (*wanted.get(element.tag, ()), *everywhere):
            if value := element.get(name):
                found[value] = None
    return [path for address in found if (path := _of_this_site(address, here))]


def _of_this_site(address: str, here: str) -> str:
    """Path and query of an address as a page says it; empty when it leads elsewhere or to no page."""
    parts = urlsplit(urljoin(f"http://testserver{here}", address))
    if parts.netloc != "testserver" or parts.path.startswith(NOT_PAGES):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


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
    """Every page that can be reached, at most so many of one kind, breadth first.

    A page with one set of words in its query is seen once: there are dozens of such sets.
    """
    todo, seen, kinds = deque([START]), {START}, Counter[Any]()
    while todo:
        path = todo.popleft()
        words = parse_qsl(urlsplit(path).query)
        kind = (
            route_of(path),
            *sorted((name, value if name in TELLING else "") for name, value in words),
        )
        kinds[kind] += 1
        if kinds[kind] > (1 if words else most):
            continue
        made = visit(client, path)
        yield made
        for address in links(made.answer, path):
            if address not in seen:
                seen.add(address)
                todo.append(address)


def journey(email: str | None) -> list[Step]:
    """All that somebody sees of the demonstration: walked once in a run, then remembered."""

    def find() -> list[dict[str, Any]]:
        client = Client(raise_request_exception=False)
        with transaction.atomic():
            if email:
                client.force_login(User.objects.get(email=email))
                client.get("/health/live")  # the session is there: its writing is not the page's
            steps = [asdict(_step(made)) for made in walk(client)]
            transaction.set_rollback(True)
        return steps

    name = (email or "anonymous").split("@")[0]
    return [Step(**step) for step in kept(name, find)]


def _step(made: Visit) -> Step:
    leads = links(made.answer, made.path, LEADS)
    return Step(made.path, made.route, made.answer.status_code, len(made.queries), leads)
