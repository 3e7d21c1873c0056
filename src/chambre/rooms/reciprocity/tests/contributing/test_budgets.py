"""Contributive budgets, the procedure when more is asked than is there, and contributions in kind."""

import datetime as dt

import pytest
from django.urls import reverse

from chambre.core import clock
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Budget, InKind, OverrunAct, OverrunOutcome, Retribution
from chambre.rooms.reciprocity.queries.contributing.budgets import (
    books_of,
    budgets_visible_to,
    state_of,
)
from chambre.rooms.reciprocity.queries.contributing.errors import (
    BookedAlready,
    BudgetClosed,
    NotBookable,
    NotCounted,
    Replaced,
    Ruled,
)
from chambre.rooms.reciprocity.services.contributing import (
    budgets,
    circle,
    givenwork,
    inkind,
    overruns,
    recording,
)
from chambre.rooms.reciprocity.tests.contributing.conftest import NAMES, SYSTEM

ASKED = {"ada": 450_000, "bruno": 400_000, "chloe": 350_000, "dris": 200_000, "eve": 100_000}
"""15,000 € in all."""


def test_people_ask_in_the_open_and_the_budget_warns(orchard):
    budget = orchard.budget(500_000)
    budgets.allot(budget=budget, minor=200_000, part="Site", key="p", by=orchard.by("bruno"))
    orchard.asks(budget, "chloe", 250_000, part="Site")
    row = orchard.asks(budget, "dris", 260_000, key="d")
    assert orchard.asks(budget, "dris", 260_000, key="d") == row
    with pytest.raises(KeyReused):
        orchard.asks(budget, "dris", 1, key="d")
    standing = books_of(budget).standing
    assert (standing.total, standing.asked, standing.over) == (500_000, 510_000, 10_000)
    assert [str(kind) for kind, _part in standing.warnings] == ["over", "part-over"]
    less = budgets.change_ask(
        retribution=row, minor=200_000, key="l", by=orchard.by("dris"), why="Assez"
    )
    with pytest.raises(Replaced):
        budgets.change_ask(retribution=row, minor=1, key="m", by=orchard.by("dris"))
    with pytest.raises(Forbidden):
        budgets.change_ask(retribution=less, minor=1, key="m", by=orchard.by("eve"))
    assert books_of(budget).standing.left == 50_000
    budgets.note_paid(retribution=less, minor=150_000, key="p1", by=orchard.by("bruno"))
    with pytest.raises(Invalid):
        budgets.note_paid(retribution=less, minor=50_001, key="p2", by=orchard.by("bruno"))
    with pytest.raises(Ruled):
        budgets.change_ask(retribution=less, minor=149_999, key="n", by=orchard.by("dris"))
    more = budgets.change_ask(retribution=less, minor=150_000, key="o", by=orchard.by("dris"))
    assert books_of(budget).paid == {more.pk: 150_000}


def test_who_keeps_the_money_fills_the_budget_and_only_its_circle_reads_it(orchard):
    budget = orchard.budget(100_000, circle="resource")
    for name in ("chloe", ""):
        with pytest.raises(Forbidden):
            budgets.allot(budget=budget, minor=1, key="x", by=orchard.by(name))
        with pytest.raises(Forbidden):
            orchard.asks(budget, name, 1) if name else budgets.ask(
                budget=budget, minor=1, what="x", key="x", by=orchard.by("")
            )
        assert not budgets_visible_to(orchard.by(name)).exists()
    orchard.gives("chloe")
    assert budgets_visible_to(orchard.by("chloe")).get() == budget
    orchard.asks(budget, "chloe", 1)
    with pytest.raises(Ruled) as over:
        budgets.allot(budget=budget, minor=100_001, part="a", key="y", by=orchard.by("bruno"))
    assert over.value.code == "reciprocity.envelopes-over"
    with pytest.raises(Ruled):
        budgets.allot(budget=budget, minor=-100_001, key="z", by=orchard.by("bruno"))
    assert books_of(budget).standing.total == 100_000


def test_a_contribution_is_asked_for_once(orchard):
    budget = orchard.budget()
    row = orchard.gives("chloe")
    first = orchard.asks(budget, "chloe", 5_000, contribution=row)
    with pytest.raises(Invalid):
        orchard.asks(budget, "chloe", 5_000, contribution=row)
    with pytest.raises(Invalid):
        orchard.asks(budget, "dris", 5_000, contribution=row)
    budgets.change_ask(retribution=first, minor=0, key="gone", by=orchard.by("chloe"))
    again = orchard.asks(budget, "chloe", 4_000, contribution=row)
    assert books_of(budget).rows == [again]


def overrun(orchard):
    budget = orchard.budget(1_000_000)
    for name, minor in ASKED.items():
        orchard.asks(budget, name, minor)
    return budget, overruns.begin(budget=budget, by=orchard.by("bruno"))


def act(orchard, row, name, kind, **more):
    return overruns.act(
        row=row, kind=kind, key=more.pop("key", orchard.key()), by=orchard.by(name), **more
    )


def up_to_proposals(orchard, row):
    act(orchard, row, "bruno", "go-on")
    for name in NAMES:
        act(orchard, row, name, "feel", words="Fatigue et envie de trouver")
    act(orchard, row, "bruno", "go-on")
    act(orchard, row, "bruno", "go-on")
    keeps = {"ada": (300_000, "carry"), "bruno": (250_000, "give"), "chloe": (250_000, "waive"),
             "dris": (200_000, "waive"), "eve": (0, "give")}  # fmt: skip
    for name, (minor, rest) in keeps.items():
        act(orchard, row, name, "position", keeps=minor, rest=rest, rule="lowered")
    act(orchard, row, "bruno", "go-on")


def test_fifteen_thousand_asked_and_ten_thousand_there_end_by_consent(orchard):
    budget, row = overrun(orchard)
    assert overruns.begin(budget=budget, by=orchard.by("bruno")) == row
    with pytest.raises(BudgetClosed):
        orchard.asks(budget, "eve", 1)
    up_to_proposals(orchard, row)
    act(orchard, row, "ada", "propose", rule="lowered")
    for name in NAMES:
        act(orchard, row, name, "consent")
    paid = {each.agent.slug: each.paid for each in OverrunOutcome.objects.select_related("agent")}
    assert paid == {"ada": 300_000, "bruno": 250_000, "chloe": 250_000, "dris": 200_000, "eve": 0}
    for name in NAMES:
        act(orchard, row, name, "practice", words="Regarder chaque trimestre")
    act(orchard, row, "bruno", "go-on")
    budget.refresh_from_db()
    assert budget.state == Budget.State.CLOSED
    with pytest.raises(BudgetClosed):
        overruns.begin(budget=budget, by=orchard.by("bruno"))
    later = orchard.budget(600_000, slug="suite", name="Suite")
    for _again in range(2):
        made = overruns.carry_over(row=row, into=later, by=orchard.by("bruno"))
    assert [(each.agent.slug, each.minor) for each in made] == [("ada", 150_000)]
    assert Retribution.objects.filter(budget=later).count() == 1


def test_the_part_that_was_given_is_booked_once_as_volunteer_work(orchard):
    orchard.book()
    _budget, row = overrun(orchard)
    with pytest.raises(NotBookable):
        givenwork.book_given_work(row=row, by=orchard.by("bruno"))
    up_to_proposals(orchard, row)
    act(orchard, row, "ada", "propose", rule="lowered")
    for name in NAMES:
        act(orchard, row, name, "consent")
    given = sum(OverrunOutcome.objects.values_list("given", flat=True))
    assert given > 0
    with pytest.raises(Forbidden):
        givenwork.book_given_work(row=row, by=orchard.by("chloe"))
    assert not JournalEntry.objects.exists()
    one = givenwork.book_given_work(row=row, by=orchard.by("bruno"))
    assert givenwork.book_given_work(row=row, by=orchard.by("bruno")) == one
    sums: dict[str, int] = {}
    for line in Line.objects.filter(entry=one).select_related("account"):
        sums[line.account.code] = sums.get(line.account.code, 0) + line.amount
    assert sums == {"864000": given, "875000": -given}
    assert ledger.verify().ok


def test_its_page_says_what_will_be_written_and_books_it(orchard, client):
    orchard.book()
    budget, row = overrun(orchard)
    up_to_proposals(orchard, row)
    act(orchard, row, "ada", "propose", rule="lowered")
    for name in NAMES:
        act(orchard, row, name, "consent")
    page = reverse("reciprocity:overrun", args=[budget.slug, row.number])
    address = reverse("reciprocity:overrun_given", args=[budget.slug, row.number])
    client.force_login(orchard.by("chloe").user)
    assert address not in client.get(page).content.decode()
    assert client.post(address).status_code == 403
    client.force_login(orchard.by("bruno").user)
    assert address in client.get(page).content.decode()
    assert client.get(address).status_code == 200
    assert not JournalEntry.objects.exists()
    assert client.post(address).status_code == 302
    assert JournalEntry.objects.count() == 1
    assert address not in client.get(page).content.decode()


def test_without_consent_the_agreed_rule_closes_it(orchard):
    _budget, row = overrun(orchard)
    up_to_proposals(orchard, row)
    act(orchard, row, "ada", "propose", rule="cap")
    act(orchard, row, "chloe", "object", words="Trop peu pour qui en vit")
    with pytest.raises(Ruled) as early:
        act(orchard, row, "bruno", "fallback")
    assert early.value.code == "reciprocity.too-early"
    with pytest.raises(Forbidden):
        act(orchard, row, "chloe", "fallback")
    with clock.pretend(registry.today() + dt.timedelta(days=30)):
        act(orchard, row, "bruno", "fallback", key="f")
        act(orchard, row, "bruno", "fallback", key="f")
    state = state_of(type(row).objects.get(pk=row.pk))
    assert state.by_rule and sum(each.paid for each in state.outcomes) == 1_000_000
    assert OverrunOutcome.objects.count() == 5


def test_acts_that_do_not_fit_leave_no_trace(orchard):
    budget, row = overrun(orchard)
    before = OverrunAct.objects.count()
    for name, kind, more in (
        ("ada", "feel", {"words": "x"}), ("ada", "consent", {}), ("bruno", "excuse", {}),
    ):  # fmt: skip
        with pytest.raises(Ruled):
            act(orchard, row, name, kind, **more)
    for kind, more in (("magic", {}), ("feel", {}), ("propose", {"rule": "x"}), ("propose", {})):
        with pytest.raises(Invalid):
            act(orchard, row, "ada", kind, **more)
    with pytest.raises(Forbidden):
        act(orchard, row, "chloe", "go-on")
    assert OverrunAct.objects.count() == before
    assert budget.overruns.count() == 1


def counted(orchard, **more):
    circle.set_terms(place=orchard.resource, needed=0, silence_days=0, by=orchard.by("ada"))
    return orchard.gives("chloe", **more)


def books(orchard, row, **more):
    return inkind.book_in_kind(
        contribution=row, structure=orchard.structure, by=orchard.by("bruno"), **more
    )


def test_volunteer_time_is_booked_once_in_the_cell_of_the_resource(orchard):
    orchard.book()
    row = counted(orchard, minutes=150)
    one = books(orchard, row, hourly=1_200)
    assert books(orchard, row, hourly=9_999) == one
    lines = Line.objects.filter(entry=one.entry).order_by("pk")
    assert [(line.account.code, line.amount, line.resource) for line in lines] == [
        ("864000", 3_000, orchard.resource), ("875000", -3_000, orchard.resource),
    ]  # fmt: skip
    with pytest.raises(BookedAlready):
        recording.withdraw(contribution=row, key="w", by=orchard.by("chloe"))
    back = inkind.unbook(contribution=row, structure=orchard.structure, by=orchard.by("bruno"))
    assert back == inkind.unbook(
        contribution=row, structure=orchard.structure, by=orchard.by("bruno")
    )
    assert sum(line.amount for line in Line.objects.filter(account__code="864000")) == 0
    again = books(orchard, row, minor=2_500)
    assert (again.number, InKind.objects.count(), JournalEntry.objects.count()) == (3, 3, 3)
    assert inkind.differences() == []
    assert ledger.verify().ok


def test_goods_loans_and_services_have_their_accounts(orchard):
    orchard.book()
    for kind, used, received in (
        ("goods", "860000", "870000"), ("loan", "861000", "871000"),
        ("service", "862000", "871000"), ("care", "864000", "875000"),
    ):  # fmt: skip
        entry = books(orchard, counted(orchard, kind=kind), minor=500).entry
        codes = (
            Line.objects.filter(entry=entry).order_by("pk").values_list("account__code", flat=True)
        )
        assert list(codes) == [used, received]


def test_what_is_not_booked_in_kind(orchard):
    row = orchard.gives("chloe")
    with pytest.raises(NotCounted):
        books(orchard, row, minor=1)
    for given in ({"kind": "money", "cents": 500}, {"asked": 500}):
        with pytest.raises(NotBookable):
            books(orchard, counted(orchard, **given), minor=1)
    row = counted(orchard)
    with pytest.raises(NotBookable):  # no book yet
        books(orchard, row, minor=1)
    ledger.open_book(structure=orchard.structure, chart="pcg", by=SYSTEM)
    with pytest.raises(NotBookable):  # not an association's chart
        books(orchard, row, minor=1)
    with pytest.raises(Invalid):
        books(orchard, row)
    with pytest.raises(Forbidden):
        inkind.book_in_kind(
            contribution=row, structure=orchard.structure, by=orchard.by("chloe"), minor=1
        )
    assert not InKind.objects.exists() and not JournalEntry.objects.exists()
