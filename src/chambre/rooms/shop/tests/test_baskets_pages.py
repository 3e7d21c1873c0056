"""The pages of weekly baskets: they show what is, and do what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chambre.rooms.shop.models import Subscription
from chambre.rooms.shop.tests.baskets import Season, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: object) -> Season:
    return Season()


def page(name: str, *args: Any) -> str:
    return reverse(f"shop:{name}", args=["jardin", *args])


def text(answer: Any) -> str:
    """What stands there, with plain spaces."""
    return " ".join(answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def said(season: Season, **more: Any) -> dict[str, Any]:
    eggs = season.plan.complements.get()
    return {
        "size": season.small.pk, "place": season.place.pk, "rhythm": "weekly", "instalments": 4,
        f"complement-{eggs.pk}": 2, "key": "k1", "act": "quote", **more,
    }  # fmt: skip


def test_the_season_is_said_before_it_is_signed(season: Season, client: Client) -> None:
    assert "Saison" in text(client.get(page("baskets")))
    plan = page("basket_plan", season.plan.slug)
    assert client.get(plan).status_code == 200
    shown = text(client.post(plan, said(season)))
    assert "210,00 €" in shown and shown.count("52,50 €") == 4
    assert Subscription.objects.count() == 0

    signing = said(season, act="sign", name="Lou", email="lou@exemple.test")
    for _twice in range(2):
        answer = client.post(plan, signing)
        assert answer.status_code == 302
    made = Subscription.objects.get()
    assert answer["Location"] == page("subscription", made.public_id)
    assert "210,00 €" in text(client.get(answer["Location"]))


def test_what_is_missing_is_said_beside_its_field(season: Season, client: Client) -> None:
    plan = page("basket_plan", season.plan.slug)
    for wrong in ({"act": "sign"}, {"rhythm": "daily"}, {"size": "x"}):
        assert client.post(plan, said(season, **wrong)).status_code == 422
    assert Subscription.objects.count() == 0


def test_the_holder_announces_moves_and_leaves(
    season: Season, client: Client, django_assert_max_num_queries: Any
) -> None:
    lou = season.subscribes(partner="dan", instalments=4)
    here = page("subscription", lou.public_id)
    with django_assert_max_num_queries(15):
        shown = text(client.get(here))
    assert shown.count("Dan") >= 5  # they alternate

    def acts(**data: Any) -> int:
        return int(client.post(here, data).status_code)

    day = week(2).isoformat()
    assert acts(act="absence", first=day, last=day, key="a") == 302
    assert acts(act="absence", first=day, last=day, key="b") == 409  # no basket is left on it
    assert acts(act="present", absence=lou.absences.get().pk, key="c") == 302
    assert lou.absences.count() == 0
    moved = {"planned": week(3).isoformat(), "instead": week(4).isoformat()}
    assert acts(act="move", key="d", **moved) == 302
    assert lou.moves.count() == 1
    assert acts(act="unmove", planned=moved["planned"], key="e") == 302
    assert lou.moves.count() == 0
    assert acts(act="refuse", refused=[season.eggs.product_id], key="f") == 302
    assert [row.pk for row in lou.refused.all()] == [season.eggs.product_id]
    later = lou.instalments.get(number=4)
    assert acts(act="ask", instalment=later.pk) == 302
    later.refresh_from_db()
    assert later.payment.amount == 3_750

    told = client.post(here, {"act": "leaving", "last": week(5).isoformat(), "key": "g"})
    assert "75,00 €" in text(told)
    assert acts(act="leave", last=week(5).isoformat(), key="h") == 302
    lou.refresh_from_db()
    assert (lou.state, lou.amount) == ("left", 7_500)


def test_nobody_sees_a_subscription_without_its_address(season: Season, client: Client) -> None:
    season.subscribes()
    assert client.get(page("subscription", "nothing")).status_code == 404
