"""The demonstration, walked by its own people along its own links: few questions on every page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.contracts.conftest import ON_SQLITE
from tests.contracts.test_every_page import MOST_QUERIES
from tests.contracts.walking import walk

from chambre.project.demo.world import PEOPLE

WHO = [None, *(person.email for person in PEOPLE)] if ON_SQLITE else [PEOPLE[0].email]


@pytest.mark.slow
@pytest.mark.parametrize("email", WHO, ids=lambda email: (email or "anonymous").split("@")[0])
def test_every_page_of_the_demonstration_asks_the_database_little(house: Any, email: str | None):
    from chambre.core.models import User

    client = Client(raise_request_exception=False)
    if email:
        client.force_login(User.objects.get(email=email))
        client.get("/health/live")  # the session is there: its writing is not the page's
    wrong, walked = [], set()
    for made in walk(client):
        walked.add(made.route)
        if made.answer.status_code >= 400:
            wrong.append(f"{made.path} is linked and answers {made.answer.status_code}")
        if len(made.queries) > MOST_QUERIES:
            wrong.append(f"{made.path} asks the database {len(made.queries)} times")

        if email and not made.queries:
            wrong.append(f"{made.path} was not counted")  # the session alone is one

    assert len(walked) > 10
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
