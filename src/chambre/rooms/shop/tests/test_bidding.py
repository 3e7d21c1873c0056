"""Bidding rounds: what members offer, what is missing, and how prices follow."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chambre.core.errors import Conflict
from chambre.registry import api as registry
from chambre.rooms.shop.models import BasketPledge, BiddingRound
from chambre.rooms.shop.queries.errors import Ruled
from chambre.rooms.shop.services import bidding
from chambre.rooms.shop.services.basketorders import make_due_orders
from chambre.rooms.shop.tests.baskets import Season
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: object) -> Season:
    """Three members who signed ten baskets at 15.00 € each; the season must bring 480.00 €."""
    made = Season()
    made.members = [made.subscribes(name, instalments=4) for name in ("lou", "max", "zoe")]
    made.round = bidding.open_round(plan=made.plan, target=48_000, by=SYSTEM)
    return made


def test_a_round_misses_by_so_much_and_says_how_it_could_be_closed(season: Any) -> None:
    lou, max_, _zoe = season.members
    bidding.pledge(subscription=lou, price=1_200, by=ANYBODY)
    bidding.pledge(subscription=max_, price=1_600, most=2_400, by=ANYBODY)
    found = bidding.standing(season.round)
    assert (found.count.pledged, found.count.missing) == (12_000 + 16_000 + 15_000, 5_000)
    assert [each.by for each in found.headroom.raises] == [0, 5_000, 0]
    assert found.headroom.missing == 0
    assert [member.pledged for member in found.members] == [True, True, False]


def test_closing_it_changes_prices_and_instalments(season: Any) -> None:
    lou, max_, zoe = season.members
    season.pays(lou.instalments.get(number=1))  # 37.50 of 150.00
    bidding.pledge(subscription=lou, price=1_200, by=ANYBODY)
    bidding.pledge(subscription=max_, price=1_600, most=2_400, by=ANYBODY)
    with pytest.raises(Conflict):
        bidding.close_round(row=season.round, outcome="pledged", by=SYSTEM)
    for _twice in range(2):
        bidding.close_round(row=season.round, outcome="headroom", by=SYSTEM)
    for each in (lou, max_, zoe):
        each.refresh_from_db()
    assert [each.price for each in (lou, max_, zoe)] == [1_200, 2_100, 1_500]
    assert [each.amount for each in (lou, max_, zoe)] == [12_000, 21_000, 15_000]
    parts = lou.instalments.filter(dropped=False).values_list("amount", flat=True)
    assert list(parts) == [3_750, 2_750, 2_750, 2_750]
    season.distributes(1)
    assert make_due_orders() == (3, [])
    assert sorted(row.order.total for row in lou.basket_orders.all()) == [1_200]


def test_a_pledge_stays_within_its_bounds(season: Any) -> None:
    lou = season.members[0]
    for price, most in ((1_049, None), (3_001, None), (1_200, 3_001), (1_200, 1_100)):
        with pytest.raises(Ruled):
            bidding.pledge(subscription=lou, price=price, most=most, by=ANYBODY)
    assert BasketPledge.objects.count() == 0
    bidding.pledge(subscription=lou, price=1_050, by=ANYBODY)
    bidding.pledge(subscription=lou, price=3_000, by=ANYBODY)
    assert BasketPledge.objects.get().price == 3_000


def test_prices_stay_once_orders_were_made_and_when_it_is_dropped(season: Any) -> None:
    lou = season.members[0]
    bidding.pledge(subscription=lou, price=2_000, by=ANYBODY)
    season.distributes(1)
    make_due_orders()
    with pytest.raises(Conflict):
        bidding.close_round(row=season.round, outcome="pledged", by=SYSTEM, missing=48_000)
    bidding.close_round(row=season.round, outcome="dropped", by=SYSTEM)
    lou.refresh_from_db()
    assert (lou.price, lou.amount) == (1_500, 15_000)
    with pytest.raises(Conflict):
        bidding.pledge(subscription=lou, price=2_000, by=ANYBODY)


def test_members_offer_and_the_shop_closes_on_the_pages(
    season: Any, make_user: Any, client: Client
) -> None:
    lou = season.members[0]
    mine = reverse("shop:subscription", args=["jardin", lou.public_id])
    assert client.post(mine, {"act": "pledge", "price": "1,00"}).status_code == 409
    assert (
        client.post(mine, {"act": "pledge", "price": "25,00", "most": "30,00"}).status_code == 302
    )
    assert "25,00" in client.get(mine).content.decode()

    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=season.structure, by=SYSTEM)
    client.force_login(user)
    here = reverse("shop:keep_round", args=["jardin", season.plan.slug])
    assert "550,00" in client.get(here).content.decode()
    assert client.post(here, {"outcome": "pledged"}).status_code == 302
    assert BiddingRound.objects.get().outcome == "pledged"
    lou.refresh_from_db()
    assert lou.amount == 25_000
    asked = {"target": "500,00", "least_percent": 50, "most_percent": 300}
    assert client.post(here, {**asked, "least_percent": 101}).status_code == 422
    assert client.post(here, asked).status_code == 302
    assert BiddingRound.objects.filter(closed_at__isnull=True).count() == 1
