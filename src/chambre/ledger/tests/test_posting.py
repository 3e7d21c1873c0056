"""Posting: what balances is written once and as it was said; the rest leaves nothing behind."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.core.models import AuditEntry
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.ledger.tests.conftest import DAY

pytestmark = pytest.mark.django_db


def nothing_happened() -> bool:
    return not (
        Line.objects.exists()
        or JournalEntry.objects.exists()
        or AuditEntry.objects.filter(action="ledger.entries.posted").exists()
    )


def test_what_is_posted_is_kept_as_it_was_said(world):
    third = ledger.auxiliaries(world.book, {"C001": "Cantine"})["C001"]
    debit = world.line(
        "411000", 12_000, label="Facture « été »", auxiliary=third, piece="F-12",
        piece_day=dt.date(2024, 3, 1), lettering="AA", lettered_on=dt.date(2024, 4, 2),
        currency="USD", currency_amount="130,40", extra={"taux": "1,0867"},
    )  # fmt: skip
    draft = world.draft(
        debit, world.line("706000", -12_000), key="vente-1", number="VE12",
        validated_on=dt.date(2024, 3, 31), source="fec:7", event=None,
    )  # fmt: skip

    entry = ledger.post(draft, by=world.by)

    kept = JournalEntry.objects.get()
    assert (kept.pk, kept.day, kept.number, kept.label, kept.validated_on, kept.source) == (
        entry.pk, DAY, "VE12", "Essai", dt.date(2024, 3, 31), "fec:7",
    )  # fmt: skip
    assert kept.recorded_at == entry.recorded_at
    first, second = kept.lines.all()
    assert (first.amount, first.side, first.number, first.phase) == (12_000, "D", 1, 0)
    assert (second.amount, second.side, second.number) == (-12_000, "C", 2)
    assert (first.label, first.auxiliary_id, first.piece) == ("Facture « été »", third, "F-12")
    assert (first.piece_day, first.lettered_on) == (dt.date(2024, 3, 1), dt.date(2024, 4, 2))
    assert (first.currency, first.currency_amount) == ("USD", "130,40")
    assert first.extra == {"taux": "1,0867"}
    assert second.extra is None
    audit = AuditEntry.objects.get(action="ledger.entries.posted")
    assert (audit.data["entries"], audit.data["lines"]) == (1, 2)


def test_the_same_key_with_the_same_content_is_posted_once(world):
    first = ledger.post(world.sale(), by=world.by)

    again = ledger.post(world.sale(), by=world.by)

    assert again == first
    assert again.digest == first.digest
    assert JournalEntry.objects.count() == 1
    assert AuditEntry.objects.filter(action="ledger.entries.posted").count() == 1


def test_the_same_key_with_other_content_is_refused(world):
    ledger.post(world.sale(12_000), by=world.by)

    with pytest.raises(KeyReused):
        ledger.post(world.sale(12_001), by=world.by)

    assert Line.objects.count() == 2


def test_an_entry_balances_for_each_resource_and_not_only_as_a_whole(world):
    draft = world.draft(
        world.line("606000", 5_000, world.press), world.line("401000", -5_000), key="crossing"
    )

    with pytest.raises(ledger.Unbalanced) as refusal:
        ledger.post(draft, by=world.by)

    assert refusal.value.data["cells"] == [
        {"resource": world.press.pk, "unit": "EUR", "amount": 5_000},
        {"resource": None, "unit": "EUR", "amount": -5_000},
    ]
    assert nothing_happened()


def test_units_do_not_balance_each_other(world):
    draft = world.draft(world.line("864000", 60, unit="HUR"), world.line("870000", -60))

    with pytest.raises(ledger.Unbalanced):
        ledger.post(draft, by=world.by)

    assert nothing_happened()


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1.5}, {"amount": True}, {"amount": 2**63}, {"side": "X"}, {"day": "2024-03-14"},
        {"day": dt.datetime(2024, 3, 14)}, {"label": "a\0b"}, {"label": "x" * 1001},
        {"piece": "x" * 251}, {"unit": ""}, {"currency": "EURO"}, {"extra": {"taux": 1.5}},
        {"lettering": "x" * 33}, {"label": "\ud800"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(world, change):
    line = world.line("411000", 1)._replace(**change)

    with pytest.raises(Invalid):
        ledger.post(world.draft(line, world.line("706000", -1)), by=world.by)

    assert nothing_happened()


@pytest.mark.parametrize(
    "change",
    [
        {"key": ""}, {"key": "k" * 121}, {"lines": ()}, {"kind": "reversal"}, {"kind": "rumour"},
        {"about": 1}, {"source": "s" * 65}, {"label": "\0"}, {"day": None},
    ],
    ids=repr,
)  # fmt: skip
def test_an_entry_that_makes_no_sense_is_refused(world, change):
    with pytest.raises(Invalid):
        ledger.post(world.sale()._replace(**change), by=world.by)

    assert nothing_happened()


def test_an_account_of_another_book_is_refused(world):
    draft = world.draft(
        world.line("411000", 10, book=world.other), world.line("706000", -10), key="foreign"
    )

    with pytest.raises(Invalid):
        ledger.post(draft, by=world.by)

    assert nothing_happened()


def test_a_journal_of_another_book_is_refused(world):
    with pytest.raises(Invalid):
        ledger.post(world.sale(journal=world.other.journal), by=world.by)

    assert nothing_happened()


def test_many_are_posted_or_none(world):
    good = [world.sale(100 + n, key=f"k{n}") for n in range(30)]
    bad = world.draft(world.line("411000", 1), key="bad")

    with pytest.raises(ledger.Unbalanced):
        ledger.post_many([*good, bad], by=world.by, batch=7)

    assert nothing_happened()


def test_many_say_how_many_were_there_already(world):
    drafts = [world.sale(100 + n, key=f"k{n}") for n in range(30)]
    ledger.post_many(drafts[:11], book=world.book, by=world.by)
    done = []

    report = ledger.post_many(iter(drafts), by=world.by, batch=7, progress=done.append)

    assert (report.entries, report.lines, report.already) == (19, 38, 11)
    assert done == [7, 14, 21, 28, 30]
    assert JournalEntry.objects.count() == 30


def test_a_key_twice_in_one_posting_counts_once(world):
    report = ledger.post_many([world.sale(), world.sale()], by=world.by)

    assert (report.entries, report.already) == (1, 1)
    with pytest.raises(KeyReused):
        ledger.post_many([world.sale(5, key="a"), world.sale(6, key="a")], by=world.by)


def test_many_go_by_copy_as_few_do_by_insert(world):
    odd = "tab\tnewline\nbackslash\\ « é » \x1f"
    drafts = [
        world.draft(
            world.line("411000", n, label=odd, extra={"n": str(n)}), world.line("706000", -n),
            key=f"k{n}",
        )
        for n in range(1, 300)
    ]  # fmt: skip

    ledger.post_many(drafts, by=world.by)

    kept = Line.objects.get(amount=299)
    assert (kept.label, kept.extra, kept.piece_day) == (odd, {"n": "299"}, None)
    ids = list(Line.objects.order_by("pk").values_list("pk", flat=True))
    assert ids == list(range(ids[0], ids[0] + 598))


PARTS = 400
"""More entries than PostgreSQL is sent at once."""


def broken(drafts, world):
    """Drafts whose making fails after some were sent."""
    yield from drafts
    raise RuntimeError("pulled the plug")


def unbalanced(drafts, world):
    return [*drafts, world.draft(world.line("411000", 1), key="bad")]


def closed(drafts, world):
    """Refused by the database, in the first of several parts."""
    year = world.year(2023)
    ledger.close_year(book=world.book, year=year, by=world.by)
    return [world.sale(5, key="bad", day=dt.date(2023, 5, 5)), *drafts]


def taken(drafts, world):
    """Refused by a key of the table, in a later part."""
    return [*drafts, world.sale(5, key="k1")]


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (broken, RuntimeError),
        (unbalanced, ledger.Unbalanced),
        (closed, ledger.ClosedYear),
        (taken, KeyReused),
    ],
)
def test_what_goes_wrong_in_the_middle_of_many_leaves_nothing(world, spoil, refusal):
    drafts = [world.sale(100 + n, key=f"k{n}") for n in range(PARTS)]

    with pytest.raises(refusal):
        ledger.post_many(spoil(drafts, world), by=world.by)

    assert nothing_happened()
    assert ledger.post_many(drafts, by=world.by).entries == PARTS  # the connection is as before


def test_two_books_in_one_posting(world):
    drafts = [
        world.sale(700, key="here"),
        world.draft(
            world.line("606000", 700, book=world.other),
            world.line("401000", -700, book=world.other),
            key="there",
            book=world.other,
        ),
    ]

    assert ledger.post_many(drafts, by=world.by).entries == 2
    with pytest.raises(Invalid):
        ledger.post_many([drafts[1]], book=world.book, by=world.by)


def test_a_passer_by_posts_nothing(world, make_user):
    with pytest.raises(Forbidden):
        ledger.post(world.sale(), by=Actor.of(make_user()))

    assert nothing_happened()


def test_nothing_to_post_is_nothing(world):
    assert ledger.post_many([], by=world.by).entries == 0
    assert nothing_happened()


def test_a_line_of_nothing_is_kept(world):
    ledger.post(world.draft(world.line("411000", 0)), by=world.by)

    assert Line.objects.get().amount == 0


def test_posting_goes_on_while_queries_are_logged(world, django_assert_max_num_queries):
    drafts = [world.sale(100 + n, key=f"s{n}") for n in range(120)]

    with django_assert_max_num_queries(40):
        report = ledger.post_many(drafts, by=world.by)

    assert (report.entries, report.lines) == (120, 240)
