"""Distributions in a browser: computed, proposed, opened down to the movement, agreed to, booked."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.browser.harness import assert_accessible, shoot

from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Distribution
from chambre.rooms.reciprocity.tests.house import SYSTEM, House

HOME = "/contrats/presse/repartitions/"


@pytest.fixture
def house(transactional_db):
    house = House()
    house.sells(845_00, dt.date(2025, 3, 1))
    house.sells(1_210_50, dt.date(2025, 9, 20))
    return house


@pytest.fixture
def treasurer(house, make_user):
    user = make_user("bruno@exemple.test")
    person = registry.create_person(email=user.email, name="Bruno Tellier", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.holder, by=SYSTEM)
    return user


def test_from_what_came_in_to_the_books(visitor, house, treasurer):
    page = visitor.open(HOME, user=treasurer, width=390)
    shoot(page, "distributions-empty")
    assert_accessible(page)

    page.goto(HOME + "nouvelle/")
    page.fill("[name=since]", "2025-01-01")
    page.fill("[name=until]", "2025-12-31")
    page.locator("form[method=get] button").click()
    shoot(page, "distributions-try")
    assert_accessible(page)
    assert Distribution.objects.count() == 0

    page.fill("[name=objection_days]", "0")
    page.locator("form[method=post] button", has_text="Proposer").click()
    shoot(page, "distributions-proposed")
    assert_accessible(page)
    made = Distribution.objects.get()
    assert (made.income, made.distributed, made.kept) == (2_055_50, 1_788_28, 267_22)

    page.locator("td a", has_text="267,21").first.click()
    shoot(page, "distributions-line")
    assert_accessible(page)
    page.locator("td a", has_text="1\u202f210,50").click()
    assert "/comptes/ecritures/" in page.url

    page.goto(HOME + "1/")
    for act in ("Accepter", "Comptabiliser"):
        page.locator(".page-head a", has_text=act).click()
        shoot(page, f"distributions-{act.lower()}")
        page.locator("main form button").first.click()
    shoot(page, "distributions-booked")
    assert_accessible(page)
    made.refresh_from_db()
    assert made.state == Distribution.State.BOOKED
    assert made.entry is not None
    assert ledger.verify().ok

    page.goto(HOME + "1/faits/")
    assert_accessible(page)
    page.goto("/mes-parts/")
    shoot(page, "distributions-mine")
    assert_accessible(page)
