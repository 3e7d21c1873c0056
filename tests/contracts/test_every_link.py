"""The demonstration, walked by its own people along its own links: few questions on every page."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contracts.conftest import GUIDES, ON_SQLITE
from tests.contracts.test_every_page import MOST_QUERIES
from tests.contracts.walking import journey

from chambre.project.demo.world import PEOPLE

WHO = [None, *(person.email for person in PEOPLE)] if ON_SQLITE else GUIDES


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("email", WHO, ids=lambda email: (email or "anonymous").split("@")[0])
def test_every_page_of_the_demonstration_asks_the_database_little(house: Any, email: str | None):
    wrong = []
    steps = journey(email)
    for step in steps:
        if step.status >= 400:
            wrong.append(f"{step.path} is linked and answers {step.status}")
        if step.queries > MOST_QUERIES:
            wrong.append(f"{step.path} asks the database {step.queries} times")
        if email and not step.queries:
            wrong.append(f"{step.path} was not counted")  # the session alone is one

    assert len({step.route for step in steps}) > 10
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
