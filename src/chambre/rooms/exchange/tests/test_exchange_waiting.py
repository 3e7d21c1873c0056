"""Whose turn it is in an exchange: said on the first page of those who can do it, and of nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.ui.waiting import waiting_for
from chambre.rooms.exchange.services import depositing, disputing
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
