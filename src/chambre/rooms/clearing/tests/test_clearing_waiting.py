"""Debts to accept and rounds to answer are on the first page of whom they concern."""

from __future__ import annotations

import datetime as dt

from chambre.core.ui.waiting import waiting_for
from chambre.rooms.clearing.services import obligations
from chambre.rooms.clearing.services.lending import Lending


def asked(town, who):
    return [(str(row.label), row.title, row.due) for row in waiting_for(town.by(who))]


def test_a_debt_that_somebody_else_says_waits_for_its_debtor(town):
    due = dt.date(2026, 9, 1)
    row = obligations.propose(
        debtor=town.mill, creditor=town.bakery, amount=500, reference="F9", key="k9", due=due,
        by=town.by(town.bakery),
    )  # fmt: skip
    assert asked(town, town.mill) == [("dette à reconnaître", "Le Fournil", due)]
    assert asked(town, town.bakery) == asked(town, town.lou) == []
    obligations.accept(obligation=row, by=town.by(town.mill))
    assert asked(town, town.mill) == []


def test_a_round_waits_for_each_whom_it_concerns_until_they_answer(town):
    town.ring()
    row = town.opens()
    wanted = [("compensation à répondre", "Automne", row.answer_by)]
    assert asked(town, town.mill) == asked(town, town.grocer) == wanted
    assert asked(town, town.school) == []
    town.says(row, town.mill)
    assert asked(town, town.mill) == []
    assert asked(town, town.grocer) == wanted


def test_a_pot_is_asked_of_who_lends_and_of_who_leaves(town):
    town.owes(town.mill, town.bakery, 10_000)
    town.owes(town.bakery, town.school, 8_000)
    row = town.opens(lending=Lending(town.grocer, 6_000))
    wanted = [("compensation à répondre", "Automne", row.answer_by)]
    for agent in (town.mill, town.bakery, town.grocer, town.school):
        assert asked(town, agent) == wanted
        town.says(row, agent)
        assert asked(town, agent) == []
