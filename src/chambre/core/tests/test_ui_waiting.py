"""What waits for somebody, from every room, in one question."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.core.ui import waiting
from chambre.core.ui.waiting import Act, Waits, add_waits, asked, waiting_for

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 10)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Only the rooms that a test adds."""
    monkeypatch.setattr(waiting, "_waits", {})
    act = Act("to greet", lambda pk: f"/people/{pk}/")
    begins = Act("begins", lambda pk: f"/days/{pk}/", is_late=False)

    def people(by: Actor) -> Any:
        others = User.objects.exclude(pk=by.user.pk) if by.user else User.objects.none()
        yield asked(others, "hall.greet", reference="pk", title="name", due="last_login")
        yield asked(others, "hall.begins", reference="pk", title="email", due="last_login")

    add_waits(Waits("hall", acts={"greet": act, "begins": begins}, rows=people))
    return people


def test_what_is_due_first_comes_first_and_only_what_is_to_be_done_is_late(
    rooms: Any, make_user: Any
) -> None:
    me = make_user("me@exemple.test")
    late, never = make_user("late@exemple.test"), make_user("never@exemple.test")
    User.objects.filter(pk=late.pk).update(
        name="Late", last_login=dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    )
    User.objects.filter(pk=never.pk).update(name="Never", last_login=None)

    with clock.pretend(DAY):
        found = [
            (row.label, row.title, row.url, row.due, row.late) for row in waiting_for(Actor.of(me))
        ]

    first = dt.date(2026, 6, 1)
    assert found == [
        ("to greet", "Late", f"/people/{late.pk}/", first, True),
        ("begins", "late@exemple.test", f"/days/{late.pk}/", first, False),
        ("to greet", "Never", f"/people/{never.pk}/", None, False),
        ("begins", "never@exemple.test", f"/days/{never.pk}/", None, False),
    ]


def test_a_room_more_is_no_question_more(
    rooms: Any, make_user: Any, django_assert_num_queries: Any
) -> None:
    me = Actor.of(make_user("me@exemple.test"))
    make_user("you@exemple.test")
    with django_assert_num_queries(1):
        assert len(waiting_for(me)) == 2
    add_waits(Waits("yard", acts={"greet": Act("hello", str)}, rows=lambda by: [
        asked(User.objects.exclude(pk=by.user.pk), "yard.greet", reference="pk", title="email")
    ]))  # fmt: skip
    with django_assert_num_queries(1):
        assert len(waiting_for(me)) == 3


def test_nobody_is_asked_nothing(
    rooms: Any, db: Any, rf: Any, django_assert_num_queries: Any
) -> None:
    waiting._waits["hall"] = Waits("hall", acts={}, rows=lambda by: [])
    request = rf.get("/")
    request.actor = Actor.of(None)
    with django_assert_num_queries(0):
        assert waiting.panel(request) == ""


def test_the_panel_shows_eight_and_says_how_many_more(rooms: Any, make_user: Any, rf: Any) -> None:
    request = rf.get("/")
    request.actor = Actor.of(make_user("me@exemple.test"))
    for number in range(5):
        make_user(f"u{number}@exemple.test")
    shown = waiting.panel(request)
    assert shown.count("<li>") == 8
    assert "2" in shown.rsplit("<p", 1)[1]
