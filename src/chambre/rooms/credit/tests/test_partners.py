"""Agreements with other chambers on their page and over REST: both sides, in force only when the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chambre.registry import api as registry
from chambre.rooms.credit.models import Partner
from chambre.rooms.credit.queries.partners import standings_of
from chambre.rooms.credit.services import crossing
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.rooms.credit.tests.conftest import SYSTEM
from chambre.rooms.credit.tests.test_pages import text

pytestmark = pytest.mark.django_db
MOST = 15


class Two:
    """Two chambers, each with a community and somebody who looks after it."""

    def __init__(self, village: Any, make_user: Any) -> None:
        self.here = village.community
        other = registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
        rules = RulesIn(floor=1_000, ceiling=6_000)
        self.there = open_community(chamber=other, unit="CRD", rules=rules, by=SYSTEM)
        self.users = {}
        for name, chamber in (("bruno", village.chamber), ("dris", other)):
            user = make_user(f"{name}@exemple.test")
            agent = registry.create_person(email=user.email, name=name.title(), by=SYSTEM)
            registry.grant_role(agent=agent, kind="treasurer", scope=chamber, by=SYSTEM)
            self.users[name] = user

    def page(self, community: Any) -> str:
        return reverse("credit:partners", args=[community.chamber.slug, "CRD"])

    def states(self) -> list[str]:
        return [each.state for row in (self.here, self.there) for each in standings_of(row)]


@pytest.fixture
def two(village, make_user):
    return Two(village, make_user)


def test_one_asks_and_the_other_agrees_to_the_same_on_the_page(two, client):
    client.force_login(two.users["bruno"])
    page = two.page(two.here)
    assert "Aucun accord" in text(client.get(page))
    sent = client.post(page, {"partner": "aval", "owes": "50", "owed": "80"})
    assert (sent.status_code, sent["Location"]) == (302, page)
    assert two.states() == ["waits", "asked"]

    client.force_login(two.users["dris"])
    there = text(client.get(two.page(two.there)))
    assert "80,00" in there
    assert "l’autre côté attend votre accord" in there
    client.post(two.page(two.there), {"chamber": two.here.chamber.slug, "act": "same"})

    assert two.states() == ["force", "force"]
    row = Partner.objects.get(community=two.there)
    assert (row.owes, row.owed) == (8_000, 5_000)
    assert crossing.other_side(row) == Partner.objects.get(community=two.here)


def test_other_limits_stop_it_until_both_say_the_same_again(two, client):
    client.force_login(two.users["bruno"])
    for owes in ("50", "60"):
        client.post(two.page(two.here), {"partner": "aval", "owes": owes, "owed": "80"})
        if owes == "50":
            crossing.agree(
                community=two.there, partner=two.here.chamber, owes=8_000, owed=5_000, by=SYSTEM
            )
    assert two.states() == ["differs", "differs"]
    assert "pas convenu la même chose" in text(client.get(two.page(two.here)))
    client.post(two.page(two.here), {"chamber": "aval", "act": "same"})
    assert two.states() == ["force", "force"]

    client.post(two.page(two.here), {"chamber": "aval", "act": "end"})
    assert two.states() == ["ended", "waits"]
    client.post(two.page(two.here), {"chamber": "aval", "act": "again"})
    assert two.states() == ["force", "force"]


def test_who_does_not_look_after_the_credit_sees_it_and_changes_nothing(two, village, client):
    crossing.agree(community=two.here, partner=two.there.chamber, owes=1, owed=1, by=SYSTEM)
    client.force_login(village.people["ada"].user)
    page = two.page(two.here)
    assert "Aval" in text(client.get(page))
    assert 'name="partner"' not in text(client.get(page))
    for sent in ({"partner": "aval", "owes": "9", "owed": "9"}, {"chamber": "aval", "act": "end"}):
        assert client.post(page, sent).status_code == 403
    assert client.get(two.page(two.there)).status_code == 403
    assert two.states() == ["waits", "asked"]


@pytest.mark.parametrize(
    "sent",
    [{"partner": "aval", "owes": "-1", "owed": "8"}, {"partner": "rien", "owes": "1", "owed": "8"},
     {"partner": "aval", "owes": "", "owed": "8"}],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it(two, client, sent):
    client.force_login(two.users["bruno"])
    assert client.post(two.page(two.here), sent).status_code == 422
    assert client.post(two.page(two.here), {"chamber": "rien", "act": "same"}).status_code == 404
    assert not Partner.objects.exists()


def test_what_went_over_is_shown_and_the_page_asks_little(two, village, client):
    for row, other, owes, owed in (
        (two.here, two.there.chamber, 5_000, 8_000), (two.there, two.here.chamber, 8_000, 5_000),
    ):  # fmt: skip
        crossing.agree(community=row, partner=other, owes=owes, owed=owed, by=SYSTEM)
    shop = registry.create_structure(
        slug="echoppe", name="L’Échoppe", chamber=two.there.chamber, by=SYSTEM
    )
    target = join(community=two.there, agent=shop, by=SYSTEM).account
    crossing.send(
        source=village.account("ada"), partner=Partner.objects.get(community=two.here),
        target=target.code, amount=4_000, reason="Farine", key="a", by=village.by("ada"),
    )  # fmt: skip
    client.force_login(two.users["bruno"])
    with CaptureQueriesContext(connection) as questions:
        page = text(client.get(two.page(two.here)))
    assert "nous devons 40,00" in page
    assert "Ada" in page
    assert len(questions) <= MOST


def test_machines_agree_and_read_how_it_stands(two, client):
    api = f"/api/credit/{two.here.chamber.slug}/CRD/partners"
    client.force_login(two.users["bruno"])
    for _twice in range(2):
        said = client.put(
            f"{api}/aval", {"owes": 5_000, "owed": 8_000}, content_type="application/json"
        )
        assert (said.status_code, said.json()["state"]) == (200, "waits")
    client.force_login(two.users["dris"])
    other = "/api/credit/aval/CRD/partners"
    (asked,) = client.get(other).json()
    assert (asked["state"], asked["owes"], asked["owed"]) == ("asked", 8_000, 5_000)
    assert client.put(
        f"{other}/{two.here.chamber.slug}", {"owes": 8_000, "owed": 5_000},
        content_type="application/json",
    ).json()["in_force"]  # fmt: skip
    assert (
        client.put(
            f"{api}/aval", {"owes": 1, "owed": 1}, content_type="application/json"
        ).status_code
        == 403
    )
    assert two.states() == ["force", "force"]
