"""What becomes of a signed contract: breaches, the mediator, the term, the review."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from chambre.core import clock
from chambre.core.errors import Forbidden, Invalid
from chambre.rooms.reciprocity.models import ContractLetter, Turn
from chambre.rooms.reciprocity.queries.contracts import party_states
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow
from chambre.rooms.reciprocity.services import letters, standing
from chambre.rooms.reciprocity.services.offering import Bound
from chambre.rooms.reciprocity.tests.conftest import Commons

BREACH = """
[breach]
delay_days = 30
suspension_days = 60
then = "end"

[mediator]
name = "Alix"
contact = "alix@mediation.test"
"""
DAY = dt.date(2026, 3, 1)


def breach(commons: Commons, more: str = BREACH):
    contract = commons.signed(more=more)
    with clock.pretend(DAY):
        turn = standing.note_breach(
            contract=contract, about=commons.press, reason="Rien n’est payé",
            by=commons.by(commons.ines),
        )  # fmt: skip
    return contract, turn


def kinds(contract) -> list[str]:
    return list(contract.turns.order_by("id").values_list("kind", flat=True))[2:]


def test_a_breach_runs_its_course(commons: Commons) -> None:
    contract, turn = breach(commons)
    assert turn.until == dt.date(2026, 3, 31)
    with clock.pretend(dt.date(2026, 3, 31)):
        assert standing.move_on(contract=contract) == []

    with clock.pretend(dt.date(2026, 4, 1)):
        (suspended,) = standing.move_on(contract=contract)
        assert standing.move_on(contract=contract) == []
    contract.refresh_from_db()
    assert suspended.until == dt.date(2026, 5, 31)
    assert contract.state == "suspended"  # of two parties, one is left

    with clock.pretend(dt.date(2026, 6, 1)):
        standing.watch_all()
        standing.watch_all()
    contract.refresh_from_db()
    assert contract.state == "ended"
    assert kinds(contract) == ["breach", "suspended", "suspended", "ended", "ended"]


def test_among_three_the_others_go_on(commons: Commons) -> None:
    contract = commons.offered(
        Bound(commons.school), Bound(commons.press), Bound(commons.lou),
        more='[breach]\ndelay_days = 5\nthen = "end"',
    )  # fmt: skip
    for agent, signer in (
        (commons.school, commons.ines), (commons.press, commons.omar), (commons.lou, commons.lou),
    ):  # fmt: skip
        commons.sign(contract, agent, signer)
    with clock.pretend(DAY):
        standing.note_breach(
            contract=contract, about=commons.press, reason="…", by=commons.by(commons.lou)
        )
    with clock.pretend(DAY + dt.timedelta(days=6)):
        standing.watch_all()

    contract.refresh_from_db()
    assert contract.state == "in-force"
    assert party_states(contract)[commons.press.pk].kind == "ended"


def test_mended_in_time(commons: Commons) -> None:
    contract, _turn = breach(commons)
    with pytest.raises(NotForParty):  # its own word does not count
        standing.remedy(
            contract=contract, about=commons.press, reason="Payé", by=commons.by(commons.omar)
        )
    standing.remedy(
        contract=contract, about=commons.press, reason="Payé", by=commons.by(commons.ines)
    )

    with clock.pretend(dt.date(2027, 1, 1)):
        assert standing.move_on(contract=contract) == []
    assert kinds(contract) == ["breach", "remedied"]


def test_mended_after_the_suspension_began(commons: Commons) -> None:
    contract, _turn = breach(commons)
    with clock.pretend(dt.date(2026, 4, 1)):
        standing.watch_all()
    standing.remedy(
        contract=contract, about=commons.press, reason="Payé", by=commons.by(commons.ines)
    )

    contract.refresh_from_db()
    assert contract.state == "in-force"
    assert kinds(contract) == ["breach", "suspended", "suspended", "resumed", "resumed"]


def test_the_mediator_gets_a_letter(commons: Commons) -> None:
    breach(commons)
    letters.LETTERS.send_waiting()
    told = [mail for mail in mail.outbox if mail.to == ["alix@mediation.test"]]
    assert len(told) == 1
    assert told[0].subject == "On vous demande une médiation\u00a0: Cours"
    assert "La Presse libre" in told[0].body
    assert "Rien n’est payé" in told[0].body


def test_given_to_the_mediator_and_no_day_runs_any_more(commons: Commons) -> None:
    more = BREACH.replace('then = "end"', 'then = "mediation"')
    contract, _turn = breach(commons, more)
    for day in (dt.date(2026, 4, 1), dt.date(2026, 6, 1), dt.date(2026, 6, 2), dt.date(2027, 1, 1)):
        with clock.pretend(day):
            standing.watch_all()
    contract.refresh_from_db()
    assert contract.state == "suspended"
    assert kinds(contract) == ["breach", "suspended", "suspended", "mediation"]


def test_without_words_on_breaches_nothing_follows_by_itself(commons: Commons) -> None:
    contract, turn = breach(commons, "")
    assert turn.until is None
    with clock.pretend(dt.date(2036, 1, 1)):
        standing.watch_all()
    assert kinds(contract) == ["breach"]


def test_who_may_note_a_breach_and_of_whom(commons: Commons) -> None:
    contract = commons.signed()
    with pytest.raises(NotForParty):
        standing.note_breach(
            contract=contract, about=commons.press, reason="…", by=commons.by(commons.lou)
        )
    by = commons.by(commons.omar)
    with pytest.raises(Invalid):
        standing.note_breach(contract=contract, about=commons.lou, reason="…", by=by)
    with pytest.raises(Invalid):
        standing.note_breach(contract=contract, about=commons.school, reason=" ", by=by)
    standing.note_breach(contract=contract, about=commons.school, reason="…", by=by)
    with pytest.raises(NotNow):
        standing.note_breach(contract=contract, about=commons.school, reason="…", by=by)
    assert kinds(contract) == ["breach"]


def test_the_term_ends_it_and_the_review_is_reminded_once(commons: Commons) -> None:
    contract = commons.signed(
        more="[term]\nsince = 2026-01-01\nuntil = 2026-12-31\nreview = 2026-06-01"
    )
    for day in (dt.date(2026, 5, 31), dt.date(2026, 6, 1), dt.date(2026, 6, 9)):
        with clock.pretend(day):
            standing.watch_all()
    assert ContractLetter.objects.filter(kind="review").count() == 2
    with clock.pretend(dt.date(2026, 12, 31)):
        standing.watch_all()
    contract.refresh_from_db()
    assert contract.state == "in-force"
    with clock.pretend(dt.date(2027, 1, 1)):
        standing.watch_all()
    contract.refresh_from_db()
    assert contract.state == "ended"


def test_only_a_draft_is_given_up(commons: Commons) -> None:
    contract = commons.signed()
    by = commons.by(commons.ines)
    with pytest.raises(NotNow):
        standing.drop(contract=contract, by=by)
    draft = commons.draft("brouillon")
    with pytest.raises(Forbidden):
        standing.drop(contract=draft, by=commons.by(commons.lou))
    standing.drop(contract=draft, by=by, reason="Doublon")
    assert draft.state == "ended"
    assert Turn.objects.get(contract=draft).reason == "Doublon"
