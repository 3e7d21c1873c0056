"""Which rows are new: nothing twice, nothing lost, in whatever order and cut files come."""

import datetime as dt
from collections import Counter

from bank_support import DAY, gift, page
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.bankfiles import Kept, Merger, Statement, entry_key, read, sketch, squeezed
from chambre.lib.bankfiles.writing import Page, camt, row

FIRST = dt.date(2026, 3, 1)


class Keeper:
    """Keeps what a merger says is new, as a database would."""

    def __init__(self):
        self.rows, self.entries, self.statements = {}, [], {}

    def bring(self, content, format_="camt.053"):
        with read(content) as file:
            kind = file.statements[0].kind
            merger = Merger(format_, kind, self.entries, self.statements, self.rows.get)
            new = 0
            for number, statement in enumerate(file.statements):
                new += self._one(merger, file, number, statement, format_)
        return new

    def _one(self, merger, file, number, statement, format_):
        if merger.is_known(statement):
            return 0
        batches = [rows for rows in file.entries(number) if rows[0].status == "booked"]
        decisions = merger.decide(
            -1 - number, statement, [sketch(rows) for rows in batches],
            lambda wanted: {place: batches[place][0] for place in wanted},
        )  # fmt: skip
        name = len(self.statements) + 1
        self.statements[name] = statement
        new = 0
        for rows, decision in zip(batches, decisions, strict=True):
            if decision.what == "new":
                self._keep(rows, decision, name, statement, format_)
                new += len(rows)
        return new

    def _keep(self, rows, decision, name, statement, format_):
        pk = len(self.rows) + 1
        first = rows[0]
        self.rows[pk] = first
        reference = squeezed(first.account_reference)
        self.entries.append(
            Kept(pk, entry_key(first), decision.occurrence, first.day, first.entry_amount,
                 len(rows), reference, format_, statement.kind, name)
        )  # fmt: skip

    @property
    def amounts(self):
        return Counter((each.day, each.entry_amount, each.texts) for each in self.rows.values())


def written(pages):
    return "".join(camt(pages)).encode()


MOVEMENTS = st.lists(
    st.builds(
        lambda day, amount, text, reference: row(
            FIRST + dt.timedelta(day), amount, texts=text, reference=reference,
            account_reference=reference,
        ),
        st.integers(0, 9), st.sampled_from([500, -500, 1000]), st.sampled_from(["Don", "Panier"]),
        st.sampled_from(["", "", "R1", "R2"]),
    ),
    max_size=14,
)  # fmt: skip


def whole(rows):
    """What an account has in truth, and the statement over some of its days."""
    ordered = sorted(rows, key=lambda each: each.day)

    def over(first, last):
        start, end = FIRST + dt.timedelta(first), FIRST + dt.timedelta(last)
        opening = 10_000 + sum(each.amount for each in ordered if each.day < start)
        inside = [each for each in ordered if start <= each.day <= end]
        return Page("FR7630006000011234567890189", first * 10 + last, start, end, opening, inside)

    return ordered, over


@given(rows=MOVEMENTS, spans=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=5))
@settings(max_examples=60)
def test_files_over_any_days_in_any_order_bring_each_row_once(rows, spans):
    ordered, over = whole(rows)
    keeper = Keeper()
    for one, other in [*spans, (0, 9)]:
        keeper.bring(written([over(min(one, other), max(one, other))]))

    assert keeper.amounts == Counter((each.day, each.amount, each.texts) for each in ordered)
    for one, other in spans:
        assert keeper.bring(written([over(min(one, other), max(one, other))])) == 0


@given(rows=MOVEMENTS, cut=st.integers(0, 14))
@settings(max_examples=60)
def test_a_day_cut_in_two_keeps_all_of_its_rows(rows, cut):
    today = [each._replace(day=DAY, value_day=DAY) for each in rows]
    left, right = today[:cut], today[cut:]
    middle = 10_000 + sum(each.amount for each in left)
    first = page(*left, opening=10_000, last=DAY, number=1)
    second = page(*right, opening=middle, last=DAY, number=2)
    # A half that changes nothing could be the other one again: balances cannot tell.
    if not left or not right or not sum(r.amount for r in left) or not sum(r.amount for r in right):
        return
    for order in ([first, second], [second, first]):
        keeper = Keeper()
        for each in order:
            keeper.bring(written([each]))
        assert keeper.amounts == Counter((each.day, each.amount, each.texts) for each in today)
        assert [keeper.bring(written([each])) for each in order] == [0, 0]


@given(rows=MOVEMENTS)
@settings(max_examples=30)
def test_another_format_of_the_same_days_brings_nothing_new(rows):
    ordered, over = whole(rows)
    keeper = Keeper()
    keeper.bring(written([over(0, 9)]))
    bare = [each._replace(reference="", account_reference="", texts="x") for each in ordered]
    other = over(0, 9)
    copy = Page(other.iban, 77, other.first_day, other.last_day, other.opening, bare)

    assert keeper.bring(written([copy]), "mt940") == 0


def test_statements_that_repeat_each_other_in_one_file_bring_each_row_once():
    one = page(gift(100), gift(100))
    keeper = Keeper()
    assert keeper.bring(written([one, page(gift(100), gift(100), number=2)])) == 2
    assert isinstance(keeper.statements[1], Statement)
