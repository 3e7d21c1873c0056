"""Contracts to sign and changes to speak about are on the first page of whom they bind."""

from __future__ import annotations

from typing import Any

from chambre.core import clock
from chambre.core.ui.waiting import waiting_for
from chambre.rooms.reciprocity.services import powers
from chambre.rooms.reciprocity.tests.conftest import SYSTEM, Commons
from chambre.rooms.reciprocity.tests.test_changing import DAY, proposed, say


def asked(commons: Commons, who: Any) -> list[tuple[str, str]]:
    return [(str(row.label), row.url) for row in waiting_for(commons.by(who))]


def test_a_contract_waits_for_who_may_still_sign_it(commons: Commons) -> None:
    contract = commons.offered()
    wanted = [("contrat à signer", f"/contrats/{contract.slug}/")]
    assert asked(commons, commons.ines) == asked(commons, commons.omar) == wanted
    assert asked(commons, commons.lou) == []
    commons.sign(contract, commons.school, commons.ines)
    assert asked(commons, commons.ines) == []
    assert asked(commons, commons.omar) == wanted


def test_a_power_to_sign_one_contract_asks_for_that_one_alone(commons: Commons) -> None:
    first = commons.offered()
    commons.offered(slug="autre")
    powers.give_power(
        structure=commons.press, person=commons.lou, evidence="Bureau du 2 mai", contract=first,
        by=SYSTEM,
    )  # fmt: skip
    assert asked(commons, commons.lou) == [("contrat à signer", f"/contrats/{first.slug}/")]
    assert len(asked(commons, commons.omar)) == 2


def test_a_change_waits_for_voices_and_then_for_signatures(commons: Commons) -> None:
    row = proposed(commons)
    url = f"/contrats/{row.contract.slug}/"
    with clock.pretend(DAY):
        assert asked(commons, commons.ines) == [("modification à répondre", url)]
    say(commons, row, "school", "yes")
    with clock.pretend(DAY):
        assert asked(commons, commons.ines) == []
    say(commons, row, "press", "yes")
    assert asked(commons, commons.ines) == [("contrat à signer", url)]
