"""Whose turn it is in an exchange: said on the first page of those who can do it, and of nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.ui.waiting import waiting_for
from chambre.registry import api as registry
from chambre.rooms.exchange.services import bouncing, depositing, disputing
from chambre.rooms.exchange.tests.conftest import DAY, SINCE, SYSTEM
from chambre.rooms.exchange.tests.test_disputing import UNTIL, disputed

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 6, 30)


def asked(world, who):
    return [(str(row.label), row.url, row.due) for row in waiting_for(world.by(who))]


def test_each_signs_for_whom_they_may(world):
    exchange = world.offered()
    url = f"/echanges/{exchange.slug}/"
    assert asked(world, world.bruno) == [("à signer", url, LAST)]
    assert asked(world, world.lou) == [("à signer", url, LAST)]
    assert asked(world, world.ines) == asked(world, world.ada) == []

    world.sign(exchange, world.vergers, world.bruno)
    assert asked(world, world.bruno) == []
    assert asked(world, world.lou) == [("à signer", url, LAST)]


def test_nothing_is_asked_about_a_draft(world):
    world.draft()
    assert asked(world, world.lou) == asked(world, world.bruno) == []


def test_each_leg_is_given_by_one_and_attested_by_another(world):
    """Apples by the orchards, kept by the chamber; a website for them; money by Lou."""
    exchange = world.opened()
    url = f"/echanges/{exchange.slug}/"

    def labels(who):
        found = asked(world, who)
        assert {each[1:] for each in found} <= {(url, LAST)}
        return sorted(label for label, _url, _due in found)

    assert labels(world.bruno) == ["à attester", "à donner"]  # the website, the apples
    assert labels(world.dris) == ["à donner"]
    assert labels(world.lou) == ["à déposer"]
    assert labels(world.ada) == ["à attester"]  # the apples, for the chamber that keeps them
    assert labels(world.ines) == []
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    assert (labels(world.bruno), labels(world.ada)) == (["à attester"], [])
    depositing.attest(leg=world.leg(exchange, "site"), by=world.by(world.bruno))
    assert labels(world.bruno) == labels(world.dris) == []
    assert labels(world.lou) == ["à déposer"]


def labels(world, who):
    return sorted(row[0] for row in asked(world, who))


def test_a_leg_that_comes_after_another_is_asked_for_once_its_turn_has_come(
    world, django_assert_num_queries
):
    """Lou's money comes after the apples; the website has nothing to wait for."""
    exchange = world.opened(conditions='after = ["pommes"]\n')
    assert labels(world, world.lou) == []
    assert labels(world, world.dris) == ["à donner"]

    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    assert labels(world, world.lou) == ["à déposer"]
    by = world.by(world.lou)
    waiting_for(by)  # what is known of them is kept for a moment
    with django_assert_num_queries(1):
        assert [str(row.label) for row in waiting_for(by)] == ["à déposer"]


def test_a_word_that_is_taken_back_takes_the_turn_back(world):
    exchange = world.opened(conditions=(
        f'after = ["mesure"]\n\n[[condition]]\nname = "mesure"\nkind = "inspector"\n'
        f'who = "{world.ines.slug}"\n'
    ))  # fmt: skip

    def tell(*, holds: bool) -> None:
        by = world.by(world.ines)
        depositing.tell(exchange=exchange, condition="mesure", holds=holds, by=by)

    assert labels(world, world.lou) == []
    tell(holds=True)
    assert labels(world, world.lou) == ["à déposer"]
    tell(holds=False)
    assert labels(world, world.lou) == []


def test_a_leg_that_waits_for_a_day_is_asked_for_from_that_day_on(world):
    world.opened(conditions=(
        'after = ["vendange"]\n\n[[condition]]\nname = "vendange"\nkind = "date"\n'
        "from = 2026-06-20\n"
    ))  # fmt: skip
    assert labels(world, world.lou) == []
    with clock.pretend(dt.date(2026, 6, 19)):
        assert labels(world, world.lou) == []
    with clock.pretend(dt.date(2026, 6, 20)):
        assert labels(world, world.lou) == ["à déposer"]


def test_an_inspector_is_asked_until_they_have_said_yes(world):
    exchange = world.opened(conditions=(
        f'\n[[condition]]\nname = "mesure"\nkind = "inspector"\nwho = "{world.ines.slug}"\n'
    ))  # fmt: skip
    assert [row[0] for row in asked(world, world.ines)] == ["à inspecter"]
    depositing.tell(exchange=exchange, condition="mesure", holds=False, by=world.by(world.ines))
    assert [row[0] for row in asked(world, world.ines)] == ["à inspecter"]
    depositing.tell(exchange=exchange, condition="mesure", holds=True, by=world.by(world.ines))
    assert asked(world, world.ines) == []


def test_who_has_not_spoken_about_a_later_day_is_asked(world):
    exchange = world.opened()
    row = disputing.propose_extension(
        exchange=exchange, agent=world.lou, until=UNTIL, by=world.by(world.lou)
    )
    assert "à répondre" in [label for label, _url, _due in asked(world, world.bruno)]
    disputing.speak(extension=row, agent=world.vergers, yes=True, by=world.by(world.bruno))
    assert "à répondre" not in [label for label, _url, _due in asked(world, world.bruno)]
    assert "à répondre" not in [label for label, _url, _due in asked(world, world.lou)]


def test_the_mediator_decides(world):
    exchange = disputed(world)
    assert asked(world, world.ines) == [
        ("à trancher", f"/echanges/{exchange.slug}/", exchange.decide_by)
    ]
    assert asked(world, world.bruno) == []


def test_money_that_a_bank_took_back_waits_for_a_second_person(world, client):
    """Of those who answer for the Chamber's money; not of who told it, nor of who gave or gets it."""
    exchange = world.opened()
    world.deposit_all(exchange)
    eve, max_ = world.person("eve"), world.person("max", treasurer=world.toile)
    with clock.pretend(SINCE):
        for person, kind in ((eve, "treasurer"), (max_, "administrator")):
            registry.grant_role(agent=person, kind=kind, scope=world.chamber, by=SYSTEM)
    everybody = (world.ada, eve, max_, world.lou, world.bruno)
    assert [asked(world, who) for who in everybody] == [[]] * 5

    told = bouncing.tell(
        leg=world.leg(exchange, "argent"), day=DAY, text="Chèque rejeté", by=world.by(world.ada)
    )
    waits = (
        "argent repris par une banque, à confirmer",
        f"/echanges/{exchange.slug}/#bounced",
        None,
    )
    assert [asked(world, who) for who in everybody] == [[], [waits], [], [], []]
    for who, offered in ((eve, True), (max_, False)):
        client.force_login(who.user)
        page = client.get(f"/echanges/{exchange.slug}/").content.decode()
        assert ("C’est bien cela" in page, "quelqu’un d’autre en décide" in page) == (
            offered, not offered,
        )  # fmt: skip

    bouncing.confirm(told=told, by=world.by(eve))
    assert waits not in asked(world, eve)


def test_what_was_refused_waits_no_longer(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    eve = world.person("eve")
    with clock.pretend(SINCE):
        registry.grant_role(agent=eve, kind="administrator", scope=world.chamber, by=SYSTEM)
    told = bouncing.tell(
        leg=world.leg(exchange, "argent"), day=DAY, text="Chèque rejeté", by=world.by(eve)
    )
    assert [row[0] for row in asked(world, world.ada)] == [
        "argent repris par une banque, à confirmer"
    ]
    bouncing.refuse(told=told, by=world.by(world.ada))
    assert asked(world, world.ada) == []
