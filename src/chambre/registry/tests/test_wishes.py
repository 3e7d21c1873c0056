"""Needs and offers."""

import datetime as dt

import pytest

from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.registry import api
from chambre.registry.models import Wish
from chambre.registry.tests.conftest import TODAY
from chambre.registry.versions import latest_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(verger, steward):
    """The orchard needs hands."""
    return api.add_wish(
        resource=verger, kind="need", category="time", title="Bras pour tailler", by=steward
    )


def test_a_need_is_part_of_the_record(verger, need):
    verger.refresh_from_db()

    assert verger.version == 2
    assert verger.revisions.get(number=2).changed == ["wishes"]
    assert latest_record(verger)["wishes"] == [
        {
            "kind": "need",
            "category": "time",
            "title": "Bras pour tailler",
            "description": "",
            "since": TODAY.isoformat(),
            "expires": "",
            "closed": "",
            "outcome": "",
            "number": 1,
        }
    ]


def test_it_is_changed_closed_and_stays(verger, need, steward):
    changed = api.change_wish(
        wish=need, expires=TODAY + dt.timedelta(days=9), description="En mars", by=steward
    )
    closed = api.close_wish(wish=changed, outcome="six personnes sont venues", by=steward)

    assert (closed.closed, closed.outcome, closed.position) == (
        TODAY,
        "six personnes sont venues",
        1,
    )
    verger.refresh_from_db()
    assert verger.version == 4
    for act in (
        lambda: api.close_wish(wish=closed, outcome="encore", by=steward),
        lambda: api.change_wish(wish=closed, title="Autre", by=steward),
    ):
        with pytest.raises(Conflict):
            act()
    second = api.add_wish(
        resource=verger, kind="offer", category="material", title="Greffons", by=steward
    )
    assert second.position == 2


def test_the_same_again_changes_nothing(verger, need, steward):
    api.change_wish(wish=need, title="Bras pour tailler", by=steward)

    verger.refresh_from_db()
    assert verger.version == 2


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"kind": "wish"}, "kind"),
        ({"category": "gold"}, "category"),
        ({"title": ""}, "title"),
        ({"expires": TODAY - dt.timedelta(days=1)}, "expires"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_what_is_wrong_is_said(verger, steward, fields, where):
    values = {"kind": "need", "category": "time", "title": "T", **fields}

    with pytest.raises(Invalid) as refusal:
        api.add_wish(resource=verger, by=steward, **values)

    assert list(refusal.value.data["fields"]) == [where]
    assert not Wish.objects.exists()


def test_closing_says_what_came_of_it(need, steward):
    with pytest.raises(Invalid):
        api.close_wish(wish=need, outcome=" ", by=steward)
    need.refresh_from_db()
    assert need.closed is None


def test_only_those_who_care_for_the_resource(verger, need, member, stranger, treasurer, anonymous):
    for by in (member, stranger, treasurer, anonymous):
        with pytest.raises(Forbidden):
            api.add_wish(resource=verger, kind="need", category="time", title="T", by=by)
        with pytest.raises(Forbidden):
            api.change_wish(wish=need, title="T", by=by)
        with pytest.raises(Forbidden):
            api.close_wish(wish=need, outcome="T", by=by)
    need.refresh_from_db()
    assert (Wish.objects.count(), need.title, need.closed) == (1, "Bras pour tailler", None)
