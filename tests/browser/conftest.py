"""A browser for the tests that need one."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page
from tests.browser.harness import Kind, Visitor, find_chromium, start_chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is marked ``browser``."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium; without one the test is skipped, or fails where ``CHAMBRE_NO_SKIP`` is set."""
    executable = find_chromium()
    if executable is None:
        reason = "No Chromium on this machine (Debian and Ubuntu: apt install chromium)."
        if os.environ.get("CHAMBRE_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    with start_chromium(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def idle(chromium: Any) -> dict[Kind, list[Page]]:
    """Screens that nobody sits at, by their kind."""
    return defaultdict(list)


@pytest.fixture
def visitor(chromium: Any, live_server: Any, idle: dict[Kind, list[Page]]) -> Iterator[Visitor]:
    """Somebody who visits the running Chamber; nothing may go wrong meanwhile."""
    cache.clear()  # how often somebody tried to come in is remembered there
    visiting = Visitor(chromium, live_server.url, idle)
    yield visiting
    visiting.close()
    assert not visiting.troubles, "\n".join(visiting.troubles)


@pytest.fixture
def demo(settings: Any) -> None:
    """The Chamber shows itself as a demonstration."""
    settings.CHAMBRE_DEMO = True
