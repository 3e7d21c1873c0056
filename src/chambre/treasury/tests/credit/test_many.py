"""Many moves of units in one commit: each on what those before it left, nobody beyond a limit."""

import datetime as dt
import threading

import pytest
from django.db import connection

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Conflict, Forbidden, Invalid, KeyReused
from chambre.core.models import AuditEntry
from chambre.ledger.models import JournalEntry
from chambre.registry import api as registry
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.credit import accounts_for, credit_account, differing
from chambre.treasury.services import credit as service
from chambre.treasury.services.credit_many import Outcome, UnitsMove, move_many
from chambre.treasury.services.credit_moving import move_units
from chambre.treasury.services.credit_terms import agree_bounds, mark_busy

DAY = dt.date(2026, 3, 4)
SYSTEM = Actor.system("test")


class Market:
    """A chamber with some people who have an account, and a stall that all of them pay."""

    def __init__(self, people: int = 4, limit: int = 1_000) -> None:
        self.chamber = registry.home_chamber()
        self.people = [self.account(f"p{n}", limit) for n in range(people)]
        self.stall = self.account("etal", 0)

    def account(self, name: str, limit: int, unit: str = "CRD") -> CreditAccount:
        agent = registry.create_person(email=f"{name}@exemple.test", name=name, by=SYSTEM)
        return service.open_credit(agent=agent, limit=limit, by=SYSTEM, unit=unit)

    def moves(self, *amounts: int, key: str = "m") -> list[UnitsMove]:
        return [
            UnitsMove(
                self.people[n % len(self.people)].pk, self.stall.pk, cents, "Pommes", f"{key}{n}"
            )
            for n, cents in enumerate(amounts)
        ]

    def do(self, moves: list[UnitsMove], **more: object) -> list[Outcome]:
        facts: dict = {"chamber": self.chamber, "day": DAY, "by": SYSTEM, **more}
        return move_many(moves=moves, **facts)

    def stands(self) -> list[int]:
        """What people and stall hold, having asked the ledger and added all up."""
        assert differing(self.chamber) == {}
        rows = CreditAccount.objects.filter(chamber=self.chamber)
        assert sum(rows.values_list("held", flat=True)) == 0
        held = dict(rows.values_list("pk", "held"))
        return [held[each.pk] for each in (*self.people, self.stall)]


@pytest.fixture
def market(db) -> Market:
    return Market()


@pytest.mark.parametrize("busy", [False, True])
def test_moves_of_one_commit_are_made_once_and_in_order(market, busy):
    mark_busy(account=market.stall, busy=busy, by=SYSTEM)
    moves = market.moves(100, 200, 300, 400, 50)

    done = market.do(moves)
    again = market.do(moves)

    assert market.stands() == [-150, -200, -300, -400, 1_050]
    assert [each.made for each in done] == [True] * 5
    assert [each.made for each in again] == [False] * 5
    assert [each.move for each in done] == [each.move for each in again]
    assert list(CreditMove.objects.order_by("pk").values_list("key", flat=True)) == [
        move.key for move in moves
    ]
    assert all(
        move.entry.key == f"credit:{market.chamber.pk}:{move.key}"
        for move in CreditMove.objects.select_related("entry")
    )
    assert AuditEntry.objects.filter(action="treasury.credit.moved").count() == 1


def test_one_gives_on_what_the_move_before_brought(market):
    first, second = market.people[:2]
    done = market.do(
        [
            UnitsMove(first.pk, second.pk, 1_000, "Foin", "a"),
            UnitsMove(second.pk, market.stall.pk, 2_000, "Miel", "b"),
        ]
    )
    assert [each.made for each in done] == [True, True]
    assert market.stands() == [-1_000, -1_000, 0, 0, 2_000]


def test_what_cannot_be_is_left_out_and_said(market):
    moves = [*market.moves(100, 1_001, 1_000), UnitsMove(market.people[0].pk, 0, 5, "x", "none")]
    done = market.do(moves, whole=False)

    assert [each.refusal and each.refusal.code for each in done] == [
        None, "treasury.credit.not-so-much", None, "conflict",
    ]  # fmt: skip
    assert market.stands() == [-100, 0, -1_000, 0, 1_100]
    with pytest.raises(service.NotEnoughUnits):
        market.do(market.moves(100, 1_001, key="w"))
    with pytest.raises(KeyReused):
        market.do(market.moves(99))
    assert market.stands() == [-100, 0, -1_000, 0, 1_100]  # and nothing happened
    assert JournalEntry.objects.filter(source="treasury.credit").count() == 2


@pytest.mark.parametrize("busy", [False, True])
def test_nobody_holds_more_than_the_ceiling(market, busy):
    agree_bounds(account=market.stall, limit=0, ceiling=500, by=SYSTEM)
    mark_busy(account=market.stall, busy=busy, by=SYSTEM)

    done = market.do(market.moves(300, 300, 200), whole=False)

    assert [each.refusal and each.refusal.code for each in done] == [
        None, "treasury.credit.too-much", None,
    ]  # fmt: skip
    assert market.stands() == [-300, 0, -200, 0, 500]
    with pytest.raises(service.TooManyUnits):
        market.do(market.moves(1, key="more"))
    with pytest.raises(service.TooManyUnits) as refused:
        move_units(
            source=market.people[0], target=market.stall, amount=1, reason="x", day=DAY, key="one",
            by=SYSTEM,
        )  # fmt: skip
    assert refused.value.data["room"] == 0


def test_bounds_are_put_where_an_account_stands_already(market):
    market.do(market.moves(800))
    row = agree_bounds(account=market.people[0], limit=500, ceiling=2_000, by=SYSTEM)
    assert (row.limit, row.ceiling) == (800, 2_000)
    assert agree_bounds(account=market.stall, limit=0, ceiling=100, by=SYSTEM).ceiling == 800


def test_hours_are_hours_and_units_are_units(market):
    hours = [market.account(name, 120, "HUR") for name in ("h1", "h2")]
    market.do([UnitsMove(hours[0].pk, hours[1].pk, 90, "Taille", "t")])
    hours[0].refresh_from_db()
    assert (hours[0].held, hours[0].unit, hours[0].left) == (-90, "HUR", 30)
    assert differing(market.chamber, "HUR") == {}
    assert credit_account(hours[0].agent) is None
    assert credit_account(hours[0].agent, "HUR") == hours[0]
    with pytest.raises(Conflict):
        market.do([UnitsMove(hours[1].pk, market.stall.pk, 10, "Non", "mix")])
    assert market.stands() == [0, 0, 0, 0, 0]


def test_only_who_may_give_for_every_source(market, make_user):
    one = make_user("passe@exemple.test")
    with pytest.raises(Forbidden):
        market.do(market.moves(1), by=Actor.of(one))
    with pytest.raises(Invalid):
        market.do(market.moves(*[1] * 5_001))
    assert not CreditMove.objects.exists()


def test_books_of_holders_follow_once_for_each_commit(market, orchard):
    theirs = service.open_credit(agent=orchard.structure, limit=5_000, by=SYSTEM)
    one = market.people[0]
    market.do(
        [
            UnitsMove(one.pk, theirs.pk, 700, "Cidre", "a"),
            UnitsMove(one.pk, theirs.pk, 200, "Jus", "b"),
            UnitsMove(theirs.pk, one.pk, 100, "Foin", "c"),
        ]
    )
    assert balance_of(orchard, "458000") == 800
    assert balance_of(orchard, "411000") == -900
    assert balance_of(orchard, "401000") == 100


def test_a_partner_is_nobody_who_spends_here(market, make_user):
    other = registry.create_structure(slug="autre", name="Autre", kind="chamber", by=SYSTEM)
    row = service.open_partner(
        chamber=market.chamber, partner=other, limit=100, ceiling=200, by=SYSTEM
    )
    assert (row.kind, row.agent, row.chamber) == ("partner", other, market.chamber)
    assert credit_account(other) is None
    assert row not in accounts_for(Actor.of(make_user("x@exemple.test")))
    with pytest.raises(Invalid):
        service.open_partner(
            chamber=market.chamber, partner=market.chamber, limit=1, ceiling=1, by=SYSTEM
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("busy", [False, True])
def test_four_writers_and_an_account_that_all_pay_never_cross_a_limit(busy, transactional_db):
    market = Market(people=6, limit=500)
    agree_bounds(account=market.stall, limit=0, ceiling=2_000, by=SYSTEM)
    mark_busy(account=market.stall, busy=busy, by=SYSTEM)
    barrier, made = threading.Barrier(4), []

    def write(writer: int) -> None:
        try:
            barrier.wait()
            for n in range(6):
                moves = [
                    UnitsMove(person.pk, market.stall.pk, 70, "Pommes", f"{writer}-{n}-{person.pk}")
                    for person in market.people
                ]
                # and the other way, so that who is paid pays too
                back = UnitsMove(
                    market.people[writer].pk,
                    market.people[writer + 1].pk,
                    10,
                    "Sac",
                    f"b{writer}-{n}",
                )
                for each in market.do([*moves, back], whole=False):
                    made.append(each.made)
        except ChambreError as refusal:
            made.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not [each for each in made if isinstance(each, ChambreError)]
    held = market.stands()
    assert all(each >= -500 for each in held[:-1])
    assert held[-1] == 2_000 // 70 * 70  # as much as there is room for, and no more
    assert CreditMove.objects.count() == made.count(True)
