"""Every address of the house, walked by five people: what holds for all pages."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from dataclasses import asdict, dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count
from django.test import Client
from tests.contracts.addresses import addresses
from tests.contracts.conftest import SEE_LEAST_AND_MOST, VISITORS
from tests.contracts.demonstration import kept
from tests.contracts.walking import questions

pytestmark = pytest.mark.timeout(900)  # a walk through everything, also on a machine that is full

LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object|form)\b[^>]*?\b(?:src|srcset|data|action)=["']([^"']+)"""
    r"""|<link\b[^>]*?\bhref=["']([^"']+)""",
    re.IGNORECASE,
)
INLINE = re.compile(
    r"""\s(?:style|on[a-z]+)=["']|<style\b|<script(?![^>]*\b(?:src|type="application/(?:ld\+)?json"))"""
)
MOST_QUERIES = 15
COMPILED = {"/consigne/scan/decodeur.js": "'wasm-unsafe-eval'"}
"""The one worker that may run compiled code, and nothing else that is unsafe."""
OWN = ("/", "#", "?", "data:image/", "http://testserver/")


@dataclass(frozen=True)
class Seen:
    """What is remembered of asking for a page.

    Attributes:
        path: Its address.
        route: The pattern of the address.
        likely: Whether a page leads there.
        faults: What is wrong with the answer.
        written: Names of acts, jobs and events that it would have left behind.
    """

    path: str
    route: str
    likely: bool
    faults: list[str]
    written: list[str]


class Visitor:
    """Somebody's browser, which forgets what a page gave it."""

    def __init__(self, user: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
            self.client.get("/health/live")  # the session is there: its writing is not the page's
        self.brought: SimpleCookie = self.client.cookies
        self.before = _state()

    def visit(self, method: str, path: str) -> tuple[list[str], list[str]]:
        """Ask for a page and undo whatever that changed; what is wrong with it, and what it wrote."""
        self.client.cookies = deepcopy(self.brought)
        with transaction.atomic():
            with questions() as asked:
                answer = getattr(self.client, method)(path)
                if answer.streaming:
                    b"".join(answer.streaming_content)
            acted = any(sql.startswith("INSERT") for sql in asked)
            written = list(_state() - self.before) if acted and method == "get" else []
            transaction.set_rollback(True)
        return _faults(answer, len(asked), path), written


def _state() -> Counter[str]:
    """How much there is of what tells of acts."""
    from chambre.core.models import AuditEntry, Job, OutboxEvent

    # The file of an invoice is made when it is first asked for: the house keeps it, nobody else.
    acts = AuditEntry.objects.exclude(action="core.file.stored", actor="treasury")
    # Without the model's own order, which would make a group of each row.
    rows = acts.order_by().values_list("action").annotate(Count("pk"))
    return Counter({**dict(rows), "job": Job.objects.count(), "event": OutboxEvent.objects.count()})


def _faults(answer: Any, queries: int, path: str) -> list[str]:
    """What is wrong with a page."""
    found = []
    if answer.status_code >= 500:
        return [f"answers {answer.status_code}"]
    if "Content-Security-Policy" not in answer.headers:
        found.append("has no content security policy")
    elif "unsafe" in answer["Content-Security-Policy"].replace(COMPILED.get(path, "-"), ""):
        found.append("has a weak content security policy")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("may be sniffed")
    if answer.status_code == 200 and queries > MOST_QUERIES:
        found.append(f"asks the database {queries} times")
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return found
    html = answer.content.decode()
    if "<html" in html and not re.search(r'<html lang="(fr|en)"', html):
        found.append("does not say its language")
    outside = [a or b for a, b in LOADED.findall(html) if not (a or b).startswith(OWN)]
    outside += [url for url in (a or b for a, b in LOADED.findall(html)) if url.startswith("//")]
    if any(":" in url.split("/")[0] or url.startswith("//") for url in outside):
        found.append(f"loads from elsewhere: {outside[:3]}")
    if inline := INLINE.search(html):
        found.append(f"has code or style that the policy blocks: {inline[0]!r}")
    return found


def _walked(house: dict[str, Any], method: str, name: str) -> list[Seen]:
    """Every page as somebody finds it: walked once in a run, then remembered."""

    def find() -> list[dict[str, Any]]:
        visitor = Visitor(house[name])
        # Where nothing is, or something else, all get the same page or have to sign in: only those
        # who get the least and the furthest try such addresses.
        strange = name in SEE_LEAST_AND_MOST
        return [
            asdict(Seen(path, tried.route, path in tried.likely, *visitor.visit(method, path)))
            for tried in addresses()
            for path in tried.likely + (tried.strange if strange else [])
        ]

    return [Seen(**seen) for seen in kept(f"{method}-{name.replace(' ', '-')}", find)]


@pytest.mark.parametrize("name", VISITORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_answers_everybody_as_it_must(house, method, name):
    walked = _walked(house, method, name)

    assert len(walked) > 100
    wrong = [
        f"{method} {seen.path} ({seen.route}) for {name}: {fault}"
        for seen in walked
        for fault in seen.faults
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_pages_that_change_something_do_not_do_so_when_they_are_only_read(house):
    read = [
        seen
        for seen in _walked(house, "get", "administrator")
        if seen.likely and not seen.path.startswith("/compte/")
    ]

    assert len(read) > 100
    assert any(name.endswith(".read") for seen in read for name in seen.written)
    assert [
        (seen.path, name)
        for seen in read
        for name in seen.written
        if not name.endswith((".read", ".exported"))
    ] == []
