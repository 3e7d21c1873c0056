"""Mandates and collections: announced in time, drawn once, and what banks answer."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.files import open_file
from chambre.ledger.models import Line
from chambre.lib.orderstates import State
from chambre.lib.sepa.files import check_file
from chambre.treasury.models import Collection, Mandate, MandateAmendment, OrderFile
from chambre.treasury.openitems import open_items
from chambre.treasury.services import collecting as service
from chambre.treasury.services import mandates as paper
from chambre.treasury.services.collectionfiles import export_collections, plan_collections
from chambre.treasury.services.orders import NothingToSend, OrderNotNow, OrderRefused, state_of
from chambre.treasury.tests.payouts.conftest import OURS, THEIRS, match, unmatch

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 20)  # a Friday


@pytest.fixture
def clock(monkeypatch):
    """Set the day: ``clock(date)``; at first Monday 2 March 2026."""

    def at(day):
        monkeypatch.setattr("chambre.registry.api.today", lambda: day)

    at(dt.date(2026, 3, 2))
    return at


@pytest.fixture
def mandate(orchard, payee, bruno, clock):
    """A mandate for several collections."""
    paper.set_creditor_id(book=orchard, identifier="fr72 zzz 123456", by=bruno)
    return paper.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="m", by=bruno,
        reference="ADH-17",
    )  # fmt: skip


@pytest.fixture
def draw(mandate, bruno):
    """Plan a collection, and announce it unless told otherwise."""

    def make(key="one", amount=2_500, announced=True, **facts):
        given = {"mandate": mandate, "day": DUE, "reason": "Adhésion", "use": "membership"}
        row = service.plan_collection(key=key, amount=amount, by=bruno, **given | facts)
        if announced:
            service.announce_collection(collection=row, key="told", by=bruno)
        return row

    return make


def export(orchard, by, key="file", **facts):
    return export_collections(book=orchard, account=OURS, key=key, by=by, **facts)


def balance(orchard, code):
    return sum(line.amount for line in Line.objects.filter(book=orchard, account__code=code))


def test_a_collection_is_announced_before_it_is_sent(orchard, draw, bruno):
    row = draw(announced=False)

    with pytest.raises(NothingToSend):
        export(orchard, bruno)
    service.announce_collection(collection=row, key="told", by=bruno)
    file = export(orchard, bruno)

    assert state_of(row) is State.SENT
    with open_file(file.file) as content:
        written = content.read()
    assert check_file(written) == (1, 2_500)
    assert b"<MndtId>ADH-17</MndtId>" in written
    assert b"FR72ZZZ123456" in written


def test_the_debtor_is_told_in_time(draw, clock, bruno):
    with pytest.raises(service.TooSoon) as refused:
        draw(day=dt.date(2026, 3, 13))
    assert refused.value.data["earliest"] == "2026-03-16"
    row = draw("late", announced=False)
    clock(dt.date(2026, 3, 9))

    with pytest.raises(service.TooSoon):
        service.announce_collection(collection=row, key="told", by=bruno)
    assert (state_of(row), Collection.objects.count()) == (State.PLANNED, 1)


def test_a_debtor_may_agree_to_fewer_days(orchard, payee, bruno, draw):
    short = paper.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="s", by=bruno,
        notice_days=2,
    )  # fmt: skip

    assert draw(mandate=short, day=dt.date(2026, 3, 4)).day == dt.date(2026, 3, 4)


def test_a_day_on_which_banks_are_closed_is_moved(draw):
    assert draw(day=dt.date(2026, 4, 3)).day == dt.date(2026, 4, 7)  # Good Friday


def test_the_first_is_first_and_the_bank_is_told(orchard, draw, bruno):
    draw("one")
    draw("two", day=dt.date(2026, 4, 20))

    plan = plan_collections(orchard)

    assert [written.sequence for _row, written in plan.collections] == ["FRST", "RCUR"]
    assert plan.total == 5_000


def test_a_first_one_that_the_bank_rejected_leaves_the_next_the_first(orchard, draw, bruno):
    first = draw("one")
    export(orchard, bruno)
    service.note_bank_answer(collection=first, key="r", by=bruno, code="AM04")

    draw("two")

    assert state_of(first) is State.REJECTED
    assert [written.sequence for _row, written in plan_collections(orchard).collections] == ["FRST"]


def test_money_is_booked_when_the_statement_shows_it_and_given_back_within_eight_weeks(
    orchard, draw, bruno
):
    row = draw()
    export(orchard, bruno)
    (item,) = [each for each in open_items(orchard) if each.kind == "collection"]
    assert (item.direction, item.amount, item.reference) == ("in", 2_500, row.code)

    match(orchard, "collection", row.code, 2_500, 7, bruno)
    assert (state_of(row), balance(orchard, "756100")) == (State.PAID, -2_500)

    service.note_bank_answer(collection=row, key="r", by=bruno, code="MD06")
    (item,) = [each for each in open_items(orchard) if each.kind.startswith("collection")]
    assert (item.kind, item.direction) == ("collection-return", "out")
    match(orchard, "collection-return", row.code, 2_500, 8, bruno)

    assert (state_of(row), balance(orchard, "756100")) == (State.RETURNED, 0)
    assert balance(orchard, "471000") == 0
    unmatch(orchard, "collection-return", row.code, 2_500, 8, bruno)
    service.keep_collected(collection=row, key="k", by=bruno)
    assert state_of(row) is State.PAID


def test_all_of_a_day_come_as_one_movement(orchard, draw, bruno):
    rows = [draw("one"), draw("two", 700)]
    later = draw("later", 90, day=dt.date(2026, 4, 20))
    export(orchard, bruno)
    groups = [each for each in open_items(orchard) if each.kind == "collection-batch"]

    # The first one of a mandate is a group of its own for the bank.
    assert groups == []
    match(orchard, "collection", rows[0].code, 2_500, 7, bruno)
    match(orchard, "collection", rows[1].code, 700, 8, bruno)
    assert [state_of(each) for each in (*rows, later)] == [State.PAID, State.PAID, State.SENT]
    again = [draw("three"), draw("four", 800)]
    export(orchard, bruno, key="second")
    (group,) = [each for each in open_items(orchard) if each.kind == "collection-batch"]
    assert (group.amount, group.direction) == (3_300, "in")
    match(orchard, "collection-batch", group.key, 3_300, 9, bruno)
    assert [state_of(each) for each in again] == [State.PAID, State.PAID]


def test_no_mandate_says_the_bank_and_nothing_more_is_drawn(orchard, draw, mandate, bruno):
    row = draw()
    waits = draw("waits")
    export(orchard, bruno)

    service.note_bank_answer(collection=row, key="r", by=bruno, code="MD01")

    mandate.refresh_from_db()
    assert mandate.end.reason == "MD01 – absence de mandat"
    with pytest.raises(paper.MandateEnded):
        draw("three")
    assert state_of(waits) is State.SENT  # in the same file: the bank answers for itself


def test_an_ended_mandate_leaves_what_was_announced_out_of_the_file(orchard, draw, mandate, bruno):
    row = draw()
    paper.end_mandate(mandate=mandate, reason="A changé de banque", by=bruno)
    paper.end_mandate(mandate=mandate, reason="Une deuxième fois", by=bruno)

    plan = plan_collections(orchard)

    assert (plan.collections, [each for each, _why in plan.left]) == ([], [row])
    with pytest.raises(NothingToSend):
        export(orchard, bruno)
    assert mandate.end.reason == "A changé de banque"


def test_a_mandate_runs_out_and_one_for_one_collection_is_used_once(orchard, payee, bruno, draw):
    facts = {"book": orchard, "party": payee, "iban": THEIRS, "by": bruno}
    old = paper.note_mandate(**facts, signed_on=dt.date(2023, 3, 1), key="old")
    once = paper.note_mandate(
        **facts, signed_on=dt.date(2026, 1, 5), key="once", is_recurrent=False
    )

    with pytest.raises(paper.MandateEnded):
        draw(mandate=old)
    row = draw("once", mandate=once)
    with pytest.raises(paper.MandateEnded):
        draw("twice", mandate=once)
    assert [written.sequence for _r, written in plan_collections(orchard).collections] == ["OOFF"]
    service.withdraw_collection(collection=row, key="w", by=bruno)
    assert draw("anew", mandate=once).mandate == once


def test_what_is_too_near_stays_with_the_reason(orchard, draw, clock, bruno):
    row = draw()
    clock(dt.date(2026, 3, 20))

    plan = plan_collections(orchard)

    assert plan.collections == []
    assert plan.left[0][0] == row
    with pytest.raises(NothingToSend):
        export(orchard, bruno)
    assert not OrderFile.objects.exists()


def test_without_a_creditor_identifier_nothing_is_sent(clock, system):
    from chambre.ledger import api as ledger
    from chambre.registry import api as registry
    from chambre.treasury.services.parties import note_party

    book = ledger.open_book(
        structure=registry.create_structure(slug="autre", name="Autre", by=system), by=system
    )
    party = note_party(book=book, name="Zoé", by=system)
    other = paper.note_mandate(
        book=book, party=party, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="o", by=system
    )
    row = service.plan_collection(
        mandate=other, amount=100, day=DUE, reason="x", key="o1", by=system
    )
    service.announce_collection(collection=row, key="t", by=system)

    with pytest.raises(Conflict):
        export(book, system)
    with pytest.raises(OrderRefused):
        paper.set_creditor_id(book=book, identifier="FR00ZZZ123456", by=system)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iban": "FR76"}, "iban"),
        ({"signed_on": dt.date(2026, 3, 3)}, "signed_on"),
        ({"notice_days": 15}, "notice_days"),
        ({"reference": "n°17"}, "reference"),
        ({"reference": "ADH-17"}, "reference"),
    ],
)
def test_a_mandate_that_a_bank_would_not_take_is_refused(
    orchard, payee, bruno, mandate, change, field
):
    facts = {"iban": THEIRS, "signed_on": dt.date(2026, 1, 5), "key": "x", **change}

    with pytest.raises((Invalid, Conflict)) as refused:
        paper.note_mandate(book=orchard, party=payee, by=bruno, **facts)
    assert field in refused.value.data["fields"]
    assert Mandate.objects.count() == 1


def test_a_passer_by_draws_nothing(orchard, payee, draw, mandate, passer_by):
    row, by = draw(announced=False), Actor.of(passer_by)
    plan = {"mandate": mandate, "amount": 1, "day": DUE, "reason": "x", "key": "x", "by": by}

    for act in (
        lambda: service.plan_collection(**plan),
        lambda: service.announce_collection(collection=row, key="x", by=by),
        lambda: service.withdraw_collection(collection=row, key="x", by=by),
        lambda: paper.end_mandate(mandate=mandate, reason="x", by=by),
        lambda: paper.set_creditor_id(book=orchard, identifier="FR72ZZZ123456", by=by),
        lambda: export(orchard, by),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (Collection.objects.count(), state_of(row)) == (1, State.PLANNED)


def test_what_is_sent_is_not_withdrawn(orchard, draw, bruno):
    row = draw()
    export(orchard, bruno)

    with pytest.raises(OrderNotNow):
        service.withdraw_collection(collection=row, key="w", by=bruno)
    assert export(orchard, bruno).count == 1  # the same key: the same file


def test_the_bank_is_told_once_that_the_creditor_identifier_changed(orchard, draw, bruno):
    paper.set_creditor_id(book=orchard, identifier="DE98ZZZ09999999999", by=bruno)
    draw("one")
    first = export(orchard, bruno, key="first")
    draw("two")
    second = export(orchard, bruno, key="second")

    read = [open_file(file.file).read() for file in (first, second)]
    assert [b"FR72ZZZ123456" in each for each in read] == [True, False]
    assert [b"<AmdmntInd>true" in each for each in read] == [True, False]
    assert all(b"DE98ZZZ09999999999" in each for each in read)


OTHER = "FR1420041010050500013M02606"


def read(file):
    with open_file(file.file) as content:
        return content.read()


def test_a_debtor_who_changes_banks_keeps_the_mandate_and_the_bank_is_told_once(
    orchard, draw, mandate, bruno
):
    facts = {"mandate": mandate, "told_on": dt.date(2026, 2, 27), "by": bruno, "key": "amend"}
    first = draw("one")
    read(export(orchard, bruno, key="first"))
    made = paper.amend_mandate(iban=OTHER, **facts)
    assert paper.amend_mandate(iban=OTHER, **facts) == made
    (item,) = [each for each in open_items(orchard) if each.kind == "collection"]
    assert (item.key, item.iban) == (first.code, THEIRS)  # at the bank with the former account

    draw("two")
    second = read(export(orchard, bruno, key="second"))
    draw("three")
    third = read(export(orchard, bruno, key="third"))

    assert [OTHER.encode() in each for each in (second, third)] == [True, True]
    assert [THEIRS.encode() in each for each in (second, third)] == [False, False]
    assert [b"SMNDA" in each for each in (second, third)] == [True, False]
    assert b"<SeqTp>RCUR</SeqTp>" in second
    assert [row.iban for row in mandate.party.ibans.filter(confirmed=True)] == [THEIRS, OTHER]


def test_what_the_bank_rejected_told_it_nothing(orchard, draw, mandate, bruno):
    draw("one")
    export(orchard, bruno, key="first")
    paper.amend_mandate(
        mandate=mandate, iban=OTHER, told_on=dt.date(2026, 2, 27), by=bruno, key="a"
    )
    rejected = draw("two")
    export(orchard, bruno, key="second")
    service.note_bank_answer(collection=rejected, key="r", by=bruno, code="AM04")
    draw("three")
    draw("four")

    third = read(export(orchard, bruno, key="third"))

    assert third.count(b"SMNDA") == 1


def test_a_mandate_that_was_not_used_yet_has_nothing_to_tell(orchard, draw, mandate, bruno):
    paper.amend_mandate(
        mandate=mandate, iban=OTHER, told_on=dt.date(2026, 2, 27), by=bruno, key="a"
    )
    draw("one")

    written = read(export(orchard, bruno))

    assert (OTHER.encode() in written, b"AmdmntInd" in written) == (True, False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iban": "FR76"}, "iban"),
        ({"iban": THEIRS}, "iban"),
        ({"told_on": dt.date(2026, 3, 3)}, "told_on"),
        ({"told_on": dt.date(2026, 1, 4)}, "told_on"),
    ],
)
def test_an_account_that_a_bank_would_not_take_is_not_noted(mandate, bruno, change, field):
    facts = {"iban": OTHER, "told_on": dt.date(2026, 2, 27), "key": "a", **change}

    with pytest.raises(Invalid) as refused:
        paper.amend_mandate(mandate=mandate, by=bruno, **facts)
    assert field in refused.value.data["fields"]
    assert not MandateAmendment.objects.exists()


def test_an_ended_mandate_and_a_passer_by_amend_nothing(mandate, bruno, passer_by):
    facts = {"mandate": mandate, "iban": OTHER, "told_on": dt.date(2026, 2, 27), "key": "a"}
    with pytest.raises(Forbidden):
        paper.amend_mandate(by=Actor.of(passer_by), **facts)
    paper.end_mandate(mandate=mandate, reason="Révoqué", by=bruno)

    with pytest.raises(paper.MandateEnded):
        paper.amend_mandate(by=bruno, **facts)
    assert not MandateAmendment.objects.exists()
