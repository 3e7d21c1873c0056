"""The pages of weekly baskets: they show what is, and do what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chambre.registry import api as registry
from chambre.rooms.shop.models import BasketOrder, BasketPlan, Subscription
from chambre.rooms.shop.queries.composition import baskets_for
from chambre.rooms.shop.services import announcing
from chambre.rooms.shop.tests.baskets import Season, week
from chambre.rooms.shop.tests.conftest import SYSTEM

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


@pytest.fixture
def keeper(season: Season, make_user: Any, client: Client) -> Client:
    """Somebody who keeps the shop's money, signed in."""
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=season.structure, by=SYSTEM)
    client.force_login(user)
    return client


def test_a_season_is_planned_on_the_page(season: Season, keeper: Client) -> None:
    data = {
        "name": "Printemps", "product": season.product.pk, "places": [season.place.pk],
        "first": "2027-03-01", "last": "2027-03-31", "weekday": ["1"], "without": "2027-03-09",
        "rhythms": ["weekly"], "absences": 1, "absent": "credit", "absent_percent": 100,
        "notice": 3, "turns": "taken", "refusals": 0, "instalments": 3, "minimum_baskets": 0,
        "minimum_amount": "0", "is_open": "on",
    }  # fmt: skip
    assert keeper.post(page("keep_plans"), {**data, "without": "demain"}).status_code == 422
    assert keeper.post(page("keep_plans"), data).status_code == 302
    made = BasketPlan.objects.get(slug="printemps")
    assert [row.day.day for row in made.days.all()] == [2, 16, 23, 30]
    assert "Printemps" in text(keeper.get(page("keep_plans")))

    rules = page("keep_rules", made.slug)
    assert keeper.get(rules).status_code == 200
    changed = {**data, "act": "rules", "notice": 5, "order_days": 4}
    assert keeper.post(rules, changed).status_code == 302
    made.refresh_from_db()
    assert (made.notice, made.order_days) == (5, 4)
    besides = {"act": "complement", "variant": season.eggs.pk, "rhythm": "monthly", "most": 2}
    assert keeper.post(rules, besides).status_code == 302
    assert made.complements.get().variant == season.eggs


def test_who_subscribed_who_is_absent_and_what_goes_in(
    season: Season, keeper: Client, django_assert_max_num_queries: Any
) -> None:
    lou, max_ = season.subscribes(), season.subscribes("max", size=season.large.pk)
    season.subscribes("zoe")
    announcing.announce_absence(subscription=max_, first=week(2), last=week(2), key="a", by=SYSTEM)
    distribution = season.distributes(1)
    season.distributes(2)
    with django_assert_max_num_queries(15):
        shown = text(keeper.get(page("keep_plan", season.plan.slug)))
    assert "Max" in shown and "150,00 €" in shown and "240,00 €" in shown

    here = page("composition", distribution.pk)
    leek, turnip = season.sells("Poireaux", 300).product, season.sells("Navets", 250).product
    for product, grams in ((leek, 6_000), (turnip, 9_000)):
        noted = {
            "product": product.pk, "quantity": grams, "unit": "g", "price": "3,00", "step": 100,
        }  # fmt: skip
        assert keeper.post(here, noted).status_code == 302
    announcing.refuse(subscription=lou, products=(leek.pk,), key="r", by=SYSTEM)
    assert keeper.post(here, {"act": "orders"}).status_code == 302
    assert BasketOrder.objects.filter(day=week(1)).count() == 3
    with django_assert_max_num_queries(15):
        shown = text(keeper.get(here))
    found = baskets_for(distribution, "fr")
    assert [(size.baskets, size.value) for size in found.sizes] == [(2, 1_500), (1, 2_400)]
    assert [(each.name, each.out[0].product) for each in found.personal] == [("Lou", leek)]
    assert shown.count("Poireaux") >= 4
    assert keeper.get(here + "?format=csv").status_code == 200


def test_the_shop_lets_somebody_leave_and_gives_money_back(season: Season, keeper: Client) -> None:
    lou = season.subscribes()
    season.pays(lou.instalments.get())
    here = page("keep_subscription", lou.public_id)
    assert (
        keeper.post(here, {"act": "leave", "last": week(1).isoformat(), "key": "l"}).status_code
        == 302
    )
    back = {"act": "back", "amount": "135,00", "iban": "FR7630006000011234567890189", "key": "b"}
    assert keeper.post(here, {**back, "amount": "135,01"}).status_code == 422
    assert keeper.post(here, back).status_code == 302
    lou.refresh_from_db()
    assert lou.amount == 1_500
    assert "15,00 €" in text(keeper.get(here))


def test_the_pages_of_the_shop_are_not_for_others(season: Season, client: Client) -> None:
    lou, distribution = season.subscribes(), season.distributes(1)
    for address in (
        page("keep_plans"), page("keep_plan", season.plan.slug),
        page("keep_subscription", lou.public_id), page("composition", distribution.pk),
        page("keep_rules", season.plan.slug),
    ):  # fmt: skip
        assert client.get(address).status_code in (302, 403)
