"""Reading many books by resource and by structure, year after year."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.consolidation import (
    Collapsed,
    Flow,
    Gap,
    Sums,
    Years,
    apply_eliminations,
    difference_between,
    eliminate,
    group_figures,
    read_books,
    read_resources,
)

VERGER, PRESSE = 7, 8
Y = Years((dt.date(2024, 1, 1), dt.date(2025, 1, 1)))
FIRST = dt.date(2025, 1, 1)


def row(account, amount, *, resource=None, segment=0, before=True, opening=False, book=1):
    debit, credit = (amount, 0) if amount > 0 else (0, -amount)
    return Sums(book, resource, account, segment, before, opening, debit, credit)


def figures(cells, resource=None, book=1):
    return {account: tuple(f) for account, f in sorted(cells[book, resource].items()) if any(f)}


YEAR_ONE = [
    row("512", 1000, opening=True),
    row("1013", -1000, opening=True),
    row("512", 300),
    row("701", -300, resource=VERGER),
    row("181RES", 300, resource=VERGER),
    row("181RES", -300),
    row("864", 40, resource=VERGER),
    row("875", -40, resource=VERGER),
]
OPENING_TWO = [
    row("512", 1300, segment=1, before=False, opening=True),
    row("1013", -1000, segment=1, before=False, opening=True),
    row("120", -300, segment=1, before=False, opening=True),
]


def test_an_opening_entry_that_repeats_the_year_before_is_not_counted_twice():
    cells, gaps = read_books([*YEAR_ONE, *OPENING_TWO], {1: Y}, FIRST)

    assert gaps == []
    assert figures(cells) == {
        "1013": (-1000, 0, 0),
        "181RES": (-300, 0, 0),
        "512": (1300, 0, 0),
    }
    assert figures(cells, VERGER) == {"120": (-300, 0, 0), "181RES": (300, 0, 0)}


def test_without_the_year_before_the_opening_entry_is_the_opening():
    only = Years((dt.date(2025, 1, 1),))
    rows = [each._replace(segment=0) for each in OPENING_TWO]

    cells, gaps = read_books(rows, {1: only}, FIRST)

    assert gaps == []
    assert figures(cells) == {"1013": (-1000, 0, 0), "120": (-300, 0, 0), "512": (1300, 0, 0)}


def test_an_opening_that_says_otherwise_wins_for_the_structure_and_is_told():
    changed = [*OPENING_TWO[:2], row("110", -300, segment=1, before=False, opening=True)]

    cells, gaps = read_books([*YEAR_ONE, *changed], {1: Y}, FIRST)

    assert gaps == [Gap(1, FIRST, "110", -300), Gap(1, FIRST, "120", 300)]
    assert figures(cells, VERGER) == {"120": (-300, 0, 0), "181RES": (300, 0, 0)}
    assert figures(cells)["110"] == (-300, 0, 0)
    assert figures(cells)["120"] == (300, 0, 0)


def test_without_an_opening_the_result_goes_to_120():
    rows = [row("601", 500, resource=PRESSE), row("512", -500, resource=PRESSE)]

    cells, _gaps = read_books(rows, {1: Y}, FIRST)

    assert figures(cells, PRESSE) == {"120": (500, 0, 0), "512": (-500, 0, 0)}


def test_one_resource_alone_reads_as_in_the_whole():
    mine = [each for each in YEAR_ONE if each.resource == VERGER]
    renamed = [*OPENING_TWO[:2], OPENING_TWO[2]._replace(account="120000")]

    alone, gaps = read_books([*mine, renamed[2]], {1: Y}, FIRST, whole=False)
    whole, _gaps = read_books([*YEAR_ONE, *renamed], {1: Y}, FIRST)

    assert gaps == []
    assert figures(alone, VERGER) == figures(whole, VERGER)
    assert figures(alone, VERGER)["120000"] == (-300, 0, 0)


def test_a_period_over_two_years_keeps_the_income_of_both():
    within = [each._replace(before=False) for each in YEAR_ONE if not each.opening]
    second = [
        row("512", 50, segment=1, before=False),
        row("701", -50, segment=1, before=False),
    ]
    cells, gaps = read_books(
        [*YEAR_ONE[:2], *within, *OPENING_TWO, *second], {1: Y}, dt.date(2024, 1, 1)
    )

    assert gaps == []
    assert figures(cells)["512"] == (1000, 350, 0)
    assert figures(cells, VERGER)["701"] == (0, 0, 300)
    assert figures(cells)["701"] == (0, 0, 50)


def test_totals_balance_and_count_the_period_only():
    rows = [
        row("512", 300),
        row("701", -300),
        row("512", 80, before=False),
        row("701", -100, before=False),
        row("606", 20, before=False),
    ]
    cells, _gaps = read_books(rows, {1: Years((dt.date(2024, 1, 1),))}, dt.date(2024, 7, 1))
    totals = group_figures(cells, key=lambda cell: cell[0])[1].totals()

    assert (totals.assets, totals.equity, totals.income, totals.expenses) == (380, 300, 100, 20)
    assert totals.balances


def test_what_two_structures_say_of_each_other_is_taken_out_up_to_the_smaller():
    flows = [
        Flow(1, 2, VERGER, "701", stock=False, amount=-500),
        Flow(2, 1, VERGER, "601", stock=False, amount=460),
        Flow(1, 2, VERGER, "411", stock=True, amount=120),
        Flow(2, 1, VERGER, "401", stock=True, amount=-120),
        Flow(1, 2, PRESSE, "701", stock=False, amount=-70),
    ]
    found = [(e.book, e.account, e.stock, e.amount) for e in eliminate(flows)]

    assert found == [
        (2, "601", False, 460),
        (1, "701", False, -460),
        (1, "411", True, 120),
        (2, "401", True, -120),
    ]


ACCOUNTS = st.sampled_from(["1013", "164", "2154", "411", "401", "512", "601", "641", "701", "74"])
RESOURCES = st.sampled_from([None, VERGER, PRESSE])
LEG = st.tuples(ACCOUNTS, RESOURCES, st.integers(-(10**9), 10**9))
ENTRY = st.tuples(st.integers(1, 3), st.integers(0, 2), st.lists(LEG, min_size=1, max_size=5))


def lines_of(history):
    """Balanced entries, linked in every cell, as (book, resource, account, segment, amount)."""
    for book, segment, legs in history:
        legs = [*legs, ("512", None, -sum(amount for _a, _r, amount in legs))]
        sums = {}
        for account, resource, amount in legs:
            yield book, resource, account, segment, amount
            sums[resource] = sums.get(resource, 0) + amount
        for resource, amount in sums.items():
            yield book, resource, "181RES", segment, -amount


def openings(lines, book, segment):
    """The opening entry that the structure's own accounts would bring."""
    balances, result = {}, 0
    for b, _resource, account, s, amount in lines:
        if b == book and s < segment:
            if account[0] in "67":
                result += amount
            elif account != "181RES":
                balances[account] = balances.get(account, 0) + amount
    if result:
        balances["120"] = result
    return balances


THREE = Years((dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)))


@given(history=st.lists(ENTRY, max_size=12), first=st.integers(0, 2), with_openings=st.booleans())
def test_both_readings_agree_and_every_cell_balances(history, first, with_openings):
    lines = list(lines_of(history))
    day = THREE.starts[first]
    rows = [
        row(account, amount, resource=resource, segment=s, before=s < first, book=book)
        for book, resource, account, s, amount in lines
    ]
    if with_openings:
        for book in (1, 2, 3):
            for segment in (1, 2):
                rows += [
                    row(
                        account,
                        amount,
                        segment=segment,
                        before=segment < first,
                        opening=True,
                        book=book,
                    )
                    for account, amount in openings(lines, book, segment).items()
                ]
    years = dict.fromkeys((1, 2, 3), THREE)
    cells, gaps = read_books(rows, years, day)
    whole, _ = read_books([each._replace(resource=None) for each in rows], years, day)

    by_resource = group_figures(cells, key=lambda cell: cell[1])
    by_structure = group_figures(cells, key=lambda cell: cell[0])
    alone = group_figures(whole, key=lambda cell: cell[0])
    assert difference_between(by_resource.values(), by_structure.values()) == {}
    if with_openings:
        assert gaps == []
    for book, group in alone.items():
        assert difference_between([by_structure[book]], [group]) == {}
    for group in (*by_resource.values(), *by_structure.values()):
        assert sum(figures.closing for figures in group.accounts.values()) == 0
        assert group.totals().balances


@given(
    st.lists(
        st.builds(
            Flow,
            book=st.integers(1, 3),
            partner=st.integers(1, 3),
            resource=st.sampled_from([VERGER, PRESSE]),
            account=st.sampled_from(["401", "411", "601", "701"]),
            stock=st.booleans(),
            amount=st.integers(-1000, 1000),
        ),
        max_size=12,
    )
)
def test_eliminations_cancel_and_never_exceed_what_is_there(flows):
    taken = eliminate(flows)

    for resource in (VERGER, PRESSE):
        for stock in (True, False):
            kept = [e for e in taken if e.resource == resource and e.stock == stock]
            assert sum(e.amount for e in kept) == 0
            for book in (1, 2, 3):
                for partner in (1, 2, 3):
                    for account in ("401", "411", "601", "701"):
                        said = sum(
                            f.amount
                            for f in flows
                            if (f.book, f.partner, f.resource, f.account, f.stock)
                            == (book, partner, resource, account, stock)
                        )
                        off = sum(
                            e.amount
                            for e in kept
                            if (e.book, e.partner, e.account) == (book, partner, account)
                        )
                        assert abs(off) <= abs(said)
                        assert off * said >= 0


def test_elimination_leaves_the_balance_of_a_group_alone():
    rows = [
        row("411", 120, resource=VERGER, before=False),
        row("701", -120, resource=VERGER, before=False),
        row("601", 120, resource=VERGER, before=False, book=2),
        row("401", -120, resource=VERGER, before=False, book=2),
    ]
    years = {1: Y, 2: Y}
    cells, _gaps = read_books(rows, years, dt.date(2024, 1, 1))
    groups = group_figures(cells, key=lambda cell: cell[1])
    flows = [
        Flow(1, 2, VERGER, "701", stock=False, amount=-120),
        Flow(2, 1, VERGER, "601", stock=False, amount=120),
        Flow(1, 2, VERGER, "411", stock=True, amount=120),
        Flow(2, 1, VERGER, "401", stock=True, amount=-120),
    ]
    apply_eliminations(groups, eliminate(flows))

    assert groups[VERGER].listed() == []


def test_accounts_named_like_the_classes_of_an_ended_year_stay_themselves():
    """Only sums of an ended year stand for its classes; they bear a day."""
    ended, first = dt.date(2023, 6, 1), dt.date(2024, 1, 1)
    years = {1: Years((dt.date(2023, 1, 1), first))}
    rows = [
        Collapsed(VERGER, "67", 0, None, opening=False, before=False, debit=30, credit=0),
        Collapsed(VERGER, "8", 0, None, opening=False, before=False, debit=5, credit=0),
        Collapsed(VERGER, "67", 1, ended, opening=False, before=True, debit=7, credit=0),
        Collapsed(VERGER, "8", 1, ended, opening=False, before=True, debit=0, credit=9),
    ]

    group = read_resources(rows, years, {}, [], first)[VERGER]

    figures = {each.account: (each.opening, each.debit) for each in group.listed()}
    assert figures == {"120": (7, 0), "471": (-9, 0), "67": (0, 30), "8": (0, 5)}
