"""Every address of the house, walked by five people: what holds for all pages."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.contracts.addresses import addresses
from tests.contracts.conftest import SEE_LEAST_AND_MOST, VISITORS
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


class Visitor:
    """Somebody's browser, which forgets what a page gave it."""

    def __init__(self, user: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
            self.client.get("/health/live")  # the session is there: its writing is not the page's
        self.brought: SimpleCookie = self.client.cookies

    def visit(self, method: str, path: str) -> tuple[Any, int]:
        """Ask for a page and undo whatever that changed; the answer and the number of queries."""
        self.client.cookies = deepcopy(self.brought)
        with transaction.atomic():
            with questions() as asked:
                answer = getattr(self.client, method)(path)
                if answer.streaming:
                    b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        return answer, len(asked)


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


@pytest.mark.parametrize("name", VISITORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_answers_everybody_as_it_must(house, method, name):
    # Where nothing is, or something else, all get the same page or have to sign in: only those who
    # get the least and the furthest try such addresses.
    walked, wrong = 0, []
    visitor = Visitor(house[name])
    for tried in addresses():
        for path in tried.likely + (tried.strange if name in SEE_LEAST_AND_MOST else []):
            answer, queries = visitor.visit(method, path)
            walked += 1
            wrong += [
                f"{method} {path} ({tried.route}) for {name}: {fault}"
                for fault in _faults(answer, queries, path)
            ]

    assert walked > 100
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_pages_that_change_something_do_not_do_so_when_they_are_only_read(house):
    from chambre.core.models import AuditEntry, Job, OutboxEvent

    def state():
        # The file of an invoice is made when it is first asked for: the house keeps it, nobody else.
        acts = AuditEntry.objects.exclude(action="core.file.stored", actor="treasury")
        counts = Counter(acts.values_list("action", flat=True))
        counts["job"], counts["event"] = Job.objects.count(), OutboxEvent.objects.count()
        return counts

    before = state()
    client = Client(raise_request_exception=False)
    client.force_login(house["administrator"])
    for tried in addresses():
        for path in tried.likely:
            if not path.startswith("/compte/"):
                client.get(path)

    written = state() - before
    assert [name for name in written if not name.endswith((".read", ".exported"))] == []
