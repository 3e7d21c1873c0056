"""A row is matched once, booked once, undone whole; nothing happens when it is refused."""

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.core.jobs import execute, start_job
from chambre.core.models import Job, OutboxEvent
from chambre.ledger.models import JournalEntry
from chambre.registry import api as registry
from chambre.treasury.models import Match, MatchPart, MatchUndo, Proposal
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.bank import standing_of
from chambre.treasury.queries.matching import counts_of, match_of
from chambre.treasury.services.bank import create_account
from chambre.treasury.services.booking import change_rule
from chambre.treasury.services.matching import (
    AlreadyMatched,
    BookedPart,
    ItemPart,
    NotMatchable,
    NotWhole,
    ProposalGone,
    accept_proposal,
    cancel_rows,
    match_row,
    match_rows,
    undo_match,
)
from chambre.treasury.services.months import close_month

from .conftest import DAY, LAST, RF, booked, debt, gift, only_row, page, suspense

pytestmark = pytest.mark.django_db


def give(row, use, key="a", *, by):
    return match_row(row=row, parts=[BookedPart(row.amount, use=use)], key=key, by=by)


def test_what_is_certain_is_matched_when_the_statement_comes_in(account, bring, debts):
    debts.add(debt("1", reference=RF), debt("2", party_name="Paul Roux"))

    outcome = bring(page(gift(2500, texts=f"adhesion {RF}"), gift(777, texts="")))

    match = match_of(only_row(amount=2500))
    part = match.parts.get()
    assert (outcome.matching.matched, outcome.matching.proposed) == (1, 0)
    assert (match.how, part.item, part.label) == ("alone", "1", "Adhésion 1")
    assert booked(match.booking_key) == [("471000", 2500), ("411000", -2500)]
    assert suspense(account.book) == -777
    assert standing_of(account).equal
    assert OutboxEvent.objects.filter(name="treasury.row.matched").count() == 1


def test_many_rows_are_matched_by_a_job_each_once(account, bring, debts, by, monkeypatch):
    monkeypatch.setattr("chambre.treasury.services.matching.running.AT_ONCE", 1)
    debts.add(debt("1", reference=RF))

    outcome = bring(page(gift(2500, texts=RF), gift(900)))

    assert outcome.matching.matched == 0  # the answer does not wait for it
    job = execute(str(Job.objects.get(kind="treasury.match").pk))
    assert (job.state, job.params) == (Job.State.DONE, {"account": account.slug})
    assert match_of(only_row(amount=2500)).parts.get().item == "1"
    again = execute(str(start_job("treasury.match", by, account=account.slug).pk))
    assert (again.state, Match.objects.count()) == (Job.State.DONE, 1)
    assert standing_of(account).equal


def test_running_it_again_changes_nothing(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF), gift(900)))
    before = list(JournalEntry.objects.values_list("key", flat=True))

    again = match_rows(account, by)

    assert (again.matched, again.proposed, again.unmatched) == (0, 0, 2)  # the opening waits, too
    assert list(JournalEntry.objects.values_list("key", flat=True)) == before


def test_a_person_splits_a_row_on_an_item_a_use_and_an_account(account, bring, debts, by):
    debts.add(debt("1"))
    bring(page(gift(4000, texts="")))
    row = only_row()

    parts = [ItemPart("debt", "1", 2500), BookedPart(1000, use="donation"),
             BookedPart(500, account="758100", label="Divers")]  # fmt: skip
    match = match_row(row=row, parts=parts, key="k", by=by)

    assert match_row(row=row, parts=parts, key="k", by=by) == match
    assert sorted(booked(match.booking_key)) == [
        ("411000", -2500), ("471000", 4000), ("754110", -1000), ("758100", -500),
    ]  # fmt: skip
    assert [(p.kind, p.account) for p in match.parts.all()] == [
        ("debt", ""), ("use", "754110"), ("account", "758100"),
    ]  # fmt: skip
    assert suspense(account.book) == 0
    assert debts.items(account.book) == []


def test_vat_that_a_rule_names_stands_on_its_own_line(account, bring, debts, by):
    change_rule(book=account.book, use="sale.goods", account="707000", vat=550, by=by)
    change_rule(book=account.book, use="purchase", account="606000", vat=2000, by=by)
    bring(page(gift(1055, texts="panier"), gift(-1200, texts="fournitures")))

    sold = give(only_row(amount=1055), "sale.goods", "a", by=by)
    bought = give(only_row(amount=-1200), "purchase", "b", by=by)

    assert booked(sold.booking_key) == [("471000", 1055), ("707000", -1000), ("445710", -55)]
    assert booked(bought.booking_key) == [("471000", -1200), ("606000", 1000), ("445660", 200)]


def test_a_resource_is_booked_with_its_part(account, bring, debts, by, system):
    verger = registry.create_resource(slug="verger", name="Verger", by=system)
    bring(page(gift(1000, texts="")))

    parts = [BookedPart(1000, use="donation", resource=verger)]
    match = match_row(row=only_row(), key="a", by=by, parts=parts)

    assert match.parts.get().resource == verger
    assert ("754110", -1000) in booked(match.booking_key)
    assert suspense(account.book) == 0


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [BookedPart(999, use="donation")],
        [BookedPart(2000, use="donation"), BookedPart(-1000, use="fee")],
        [BookedPart(1000, use="donation"), BookedPart(0, use="fee")],
    ],
)
def test_parts_that_are_not_the_row_are_refused(account, bring, debts, by, parts):
    bring(page(gift(1000, texts="")))

    with pytest.raises(NotWhole):
        match_row(row=only_row(), parts=parts, key="a", by=by)
    assert not Match.objects.exists()
    assert suspense(account.book) == -1000


def test_more_than_is_open_is_refused_and_nothing_happens(account, bring, debts, by):
    debts.add(debt("1"))
    bring(page(gift(2600, texts="")))

    for part, refusal in (
        (ItemPart("debt", "1", 2600), Conflict),
        (ItemPart("debt", "9", 2600), Conflict),
        (BookedPart(2600, use="no.such"), Invalid),
        (BookedPart(2600, account="12'"), Invalid),
    ):
        with pytest.raises(refusal):
            match_row(row=only_row(), parts=[part], key="a", by=by)
    assert not Match.objects.exists()
    assert suspense(account.book) == -2600


def test_one_key_is_one_act_and_one_row_has_one_match(account, bring, debts, by):
    bring(page(gift(1000, texts=""), gift(1100, texts="")))
    row, other = only_row(amount=1000), only_row(amount=1100)
    give(row, "donation", by=by)

    with pytest.raises(KeyReused):
        give(row, "membership", by=by)
    with pytest.raises(KeyReused):
        give(other, "donation", by=by)
    with pytest.raises(AlreadyMatched):
        give(row, "membership", "b", by=by)
    assert Match.objects.count() == 1


def test_undoing_opens_everything_again_and_the_row_can_be_matched_anew(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF)))
    row = only_row()
    match = match_of(row)

    undone = undo_match(match=match, key="u", by=by, reason="C’était un don.")

    assert undo_match(match=match, key="u", by=by) == undone
    assert debts.released == [f"match:{row.pk}:1:1"]
    assert [item.key for item in debts.items(account.book)] == ["1"]
    assert suspense(account.book) == -2500
    assert standing_of(account).equal
    again = give(row, "donation", "b", by=by)
    assert (again.number, suspense(account.book)) == (2, 0)


def test_what_cannot_be_opened_again_stays_matched(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF)))
    debts.refuse_release = True

    with pytest.raises(Conflict):
        undo_match(match=match_of(only_row()), key="u", by=by)
    assert not MatchUndo.objects.exists()
    assert suspense(account.book) == 0


def test_a_matched_row_that_the_bank_takes_back_opens_its_item_again(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF, end_to_end_id="C0000000042"), last=DAY))

    bring(page(gift(-2500, day=LAST, reversal=True, end_to_end_id="C0000000042"),
               opening=102_500, first=LAST, number=2))  # fmt: skip

    first, back = only_row(amount=2500), only_row(amount=-2500)
    assert match_of(first).cancels == back
    assert match_of(back).cancels == first
    assert [item.key for item in debts.items(account.book)] == ["1"]
    assert suspense(account.book) == 0
    assert (balance_of(account.book, "411000"), standing_of(account).equal) == (0, True)
    undo_match(match=match_of(back), key="u", by=by)
    assert match_of(first) is None
    assert match_of(back) is None


def test_only_opposite_rows_of_one_account_cancel_each_other(account, bring, debts, by):
    bring(page(gift(2500, texts=""), gift(-2400, texts="")))

    with pytest.raises(NotWhole):
        cancel_rows(row=only_row(amount=-2400), other=only_row(amount=2500), key="a", by=by)
    assert not Match.objects.exists()


def test_a_proposal_is_taken_with_one_click(account, bring, debts, by):
    debts.add(debt("1"), debt("2"))
    bring(page(gift(2500, texts="", party_name="MARTIN MARIE")))
    row = only_row()
    proposals = list(Proposal.objects.filter(row=row))

    assert (row.note.why[0], len(proposals)) == ("tie", 2)
    match = accept_proposal(row=row, proposal=proposals[1].pk, key="a", by=by)

    assert accept_proposal(row=row, proposal=proposals[1].pk, key="a", by=by) == match
    assert (match.how, match.parts.get().item) == ("person", proposals[1].parts[0][1])
    assert not Proposal.objects.filter(row=row).exists()
    with pytest.raises(ProposalGone):
        accept_proposal(row=row, proposal=proposals[0].pk, key="b", by=by)


def test_a_proposal_that_leaves_something_over_is_not_taken_as_it_is(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2700, texts=RF)))
    row = only_row()
    proposal = Proposal.objects.get(row=row)

    assert (proposal.rest, row.note.why) == (200, ["over-by", {"excess": 200}])
    with pytest.raises(ProposalGone):
        accept_proposal(row=row, proposal=proposal.pk, key="a", by=by)
    assert not Match.objects.exists()


def test_money_between_own_accounts_is_on_its_way(account, bring, debts, by, orchard):
    other = "FR1420041010050500013M02606"
    create_account(book=orchard, slug="livret", name="Livret", iban=other, by=by)

    bring(page(gift(-30_000, texts="VERS LIVRET", party_iban=other)))

    assert booked(match_of(only_row()).booking_key) == [("471000", -30_000), ("580000", 30_000)]


def test_a_row_of_a_closed_month_is_matched_today(account, bring, debts, by):
    bring(page(gift(1000, texts="")))
    close_month(book=account.book, month=DAY, by=by)

    match = give(only_row(), "donation", by=by)

    assert match.day == registry.today()
    assert balance_of(account.book, "471000", LAST) == -101_000
    assert suspense(account.book) == 0


def test_rows_that_are_not_booked_are_not_matched(account, bring, debts, by):
    bring(page(gift(1000, texts="", status="pending")))

    with pytest.raises(NotMatchable):
        give(only_row(), "donation", by=by)
    assert counts_of(account).unmatched == 1  # the opening balance


def test_only_those_who_answer_for_the_money_match_and_undo(account, bring, debts, by, passer_by):
    stranger = Actor.of(passer_by)
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF), gift(900, texts="")))
    row, match = only_row(amount=900), match_of(only_row(amount=2500))

    for act in (
        lambda: give(row, "donation", by=stranger),
        lambda: accept_proposal(row=row, proposal=1, key="a", by=stranger),
        lambda: undo_match(match=match, key="u", by=stranger),
        lambda: match_rows(account, stranger),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Match.objects.count() == 1
    assert not MatchUndo.objects.exists()


def test_what_an_item_was_stays_readable_and_explains_who_pays_twice(account, bring, debts):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF), gift(2500, day=LAST, texts=RF)))

    second = only_row(day=LAST)
    assert MatchPart.objects.get().references == [RF]
    assert match_of(second) is None
    assert second.note.why[0] == "already-paid"
    assert second.note.labels == {"debt:1": "Adhésion 1"}
