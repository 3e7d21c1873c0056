"""What the tests of the treasury share: a structure with a book, and its treasurer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.registry import api as registry

LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def orchard(db: Any, system: Actor) -> Any:
    """Les Vergers de la Lysse, an association with a book."""
    structure = registry.create_structure(
        slug="vergers", name="Les Vergers de la Lysse", by=system, legal_form="association"
    )
    return ledger.open_book(structure=structure, chart="associatif", by=system)


@pytest.fixture
def treasurer(orchard: Any, make_user: Any, system: Actor) -> Any:
    """The account of the orchard's treasurer."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=system)
    with clock.pretend(LONG_AGO):  # also on the days that a story pretends
        registry.grant_role(agent=person, kind="treasurer", scope=orchard.structure, by=system)
    return user


@pytest.fixture
def passer_by(make_user: Any) -> Any:
    """Somebody who answers for nothing."""
    return make_user("dris@exemple.test")
