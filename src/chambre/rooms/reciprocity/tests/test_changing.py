"""Changing a signed contract: by its own rule, then signed again; until then the old words hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from chambre.core import clock
from chambre.core.errors import Invalid
from chambre.rooms.reciprocity.models import Amendment, AmendmentVoice, Contract
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow
from chambre.rooms.reciprocity.queries.tallies import accepts
from chambre.rooms.reciprocity.services import changing, signing, using
from chambre.rooms.reciprocity.tests.conftest import Commons, words

DAY = dt.date(2026, 3, 1)
OTHER = words().replace("rate = 5000", "rate = 6000")


def proposed(commons: Commons, rule: str = "consent", text: str | None = "") -> Amendment:
    contract = commons.signed(more=f'[change]\nby = "{rule}"')
    if text == "":
        text = OTHER + f'[change]\nby = "{rule}"\n'
    with clock.pretend(DAY):
        return changing.propose(
            contract=contract, text=text, reason="Le prix monte", by=commons.by(commons.omar)
        )


def say(commons: Commons, row: Amendment, who: str, choice: str, reason: str = "") -> None:
    structure, person = {
        "school": (commons.school, commons.ines), "press": (commons.press, commons.omar),
    }[who]  # fmt: skip
    elector = row.electors.select_related("agent", "amendment__contract").get(agent=structure)
    with clock.pretend(DAY):
        changing.speak(elector=elector, choice=choice, reason=reason, by=commons.by(person))


def test_a_change_is_decided_then_signed_again_and_the_old_words_hold_until_then(
    commons: Commons,
) -> None:
    row = proposed(commons)
    contract = Contract.objects.get()
    assert (contract.number, contract.state) == (1, "in-force")
    say(commons, row, "press", "yes")
    say(commons, row, "school", "abstain")
    row.refresh_from_db()
    assert row.state == "accepted"

    commons.sign(contract, commons.school, commons.ines)
    contract.refresh_from_db()
    assert contract.number == 1
    commons.sign(contract, commons.press, commons.omar)

    contract.refresh_from_db()
    row.refresh_from_db()
    assert (contract.number, contract.state, row.state) == (2, "in-force", "done")
    assert "rate = 6000" in contract.current.text
    kinds = list(contract.turns.values_list("kind", "version__number"))
    assert kinds == [("offered", 1), ("in-force", 1), ("in-force", 2)]


def test_an_objection_refuses_by_consent_and_must_be_told(commons: Commons) -> None:
    row = proposed(commons)
    with pytest.raises(Invalid):
        say(commons, row, "school", "no")
    say(commons, row, "school", "no", "Trop cher pour les petites")
    say(commons, row, "press", "yes")
    row.refresh_from_db()
    assert row.state == "refused"
    assert Contract.objects.get().number == 1


def test_who_changes_their_mind_counts_once(commons: Commons) -> None:
    row = proposed(commons)
    say(commons, row, "school", "no", "Trop cher")
    say(commons, row, "school", "yes")
    say(commons, row, "press", "yes")
    row.refresh_from_db()
    assert row.state == "accepted"
    assert AmendmentVoice.objects.count() == 3


def test_silence_consents_on_the_last_day_but_is_no_voice_for_a_majority(commons: Commons) -> None:
    row = proposed(commons)
    with pytest.raises(NotNow), clock.pretend(DAY):
        changing.decide(amendment=row)
    with clock.pretend(row.until + dt.timedelta(days=1)):
        assert changing.decide_due() == 1
        assert changing.decide_due() == 0
    row.refresh_from_db()
    assert row.state == "accepted"


@pytest.mark.parametrize(
    ("rule", "yes", "no", "roll", "outcome"),
    [
        ("consent", 0, 0, 3, True), ("consent", 9, 1, 10, False),
        ("majority", 0, 0, 3, False), ("majority", 1, 1, 3, False), ("majority", 2, 1, 9, True),
        ("two-thirds", 2, 1, 9, True), ("two-thirds", 3, 2, 9, False), ("two-thirds", 0, 0, 9, False),
        ("unanimity", 2, 0, 3, False), ("unanimity", 3, 0, 3, True),
    ],
)  # fmt: skip
def test_rules_of_change(rule: str, yes: int, no: int, roll: int, outcome: bool) -> None:
    assert accepts(rule, yes=yes, no=no, roll=roll) is outcome


def test_ending_it_together(commons: Commons) -> None:
    row = proposed(commons, "unanimity", text=None)
    say(commons, row, "press", "yes")
    say(commons, row, "school", "yes")
    contract = Contract.objects.get()
    assert contract.state == "ended"
    assert "Le prix monte" in contract.turns.last().reason


def test_what_cannot_be_proposed(commons: Commons) -> None:
    contract = commons.signed()
    by = commons.by(commons.omar)
    with pytest.raises(NotForParty):
        changing.propose(contract=contract, text=OTHER, reason="…", by=commons.by(commons.lou))
    with pytest.raises(Invalid):  # the same words with a comment say the same
        changing.propose(contract=contract, text="# lu\n" + words(), reason="…", by=by)
    with pytest.raises(Invalid):
        changing.propose(contract=contract, text=OTHER, reason=" ", by=by)
    assert contract.versions.count() == 1
    changing.propose(contract=contract, text=OTHER, reason="…", by=by)
    with pytest.raises(NotNow):
        changing.propose(contract=contract, text=None, reason="…", by=by)
    assert Amendment.objects.count() == 1


def test_a_class_decides_as_it_is_on_that_day(commons: Commons) -> None:
    more = (
        '[[class]]\nname = "diffuseurs"\nall = [{ used = { at_least = "2", unit = "diffusion" } }]\n'
        '[change]\nby = "majority"\nroll = "diffuseurs"\n'
    )
    contract = commons.signed(more=more)
    by = commons.by(commons.omar)
    with pytest.raises(Invalid):  # nobody has used it so far
        changing.propose(contract=contract, text=OTHER + more, reason="…", by=by)
    using.tell_use(
        contract=contract, user=commons.press, quantity=Decimal(2), unit="diffusion", key="k", by=by
    )

    row = changing.propose(contract=contract, text=OTHER + more, reason="…", by=by)

    assert [elector.agent for elector in row.electors.all()] == [commons.press]


def test_who_may_speak_and_take_back(commons: Commons) -> None:
    row = proposed(commons)
    elector = row.electors.get(agent=commons.school)
    with pytest.raises(NotForParty):
        changing.speak(elector=elector, choice="yes", by=commons.by(commons.omar))
    with pytest.raises(NotForParty):
        changing.withdraw(amendment=row, by=commons.by(commons.lou))
    changing.withdraw(amendment=row, by=commons.by(commons.omar))
    with pytest.raises(NotNow):
        say(commons, row, "school", "yes")
    party = commons.party(row.contract, commons.school)
    with pytest.raises(NotNow):
        signing.new_code(party=party, by=commons.by(commons.ines))
