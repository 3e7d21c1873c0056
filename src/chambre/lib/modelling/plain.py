"""A model walked through month by month, once, in plain integers: what every figure is made of.

This is the definition of a model. The fast engine does the same for thousands of runs at once and
has to agree to the cent. One walk also shows where a figure comes from, line by line.

**Rounding.** Every share of an amount (a price times uses, an index, interest) is rounded to the
nearest cent, half a cent up, where it arises (:func:`rounded`); what is paid in parts (capital,
wear, a spread grant) is the difference of two rounded-down cumulative sums, so that the parts add
up to the whole. Users and uses are kept in thousandths.

**Order within a month.** Indices rise (from the second year on, each twelfth month), users come
and go, they use and owe, costs and upkeep are paid, equipment is bought, objects go out and come
back, grants and loans come, interest and capital are paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chambre.lib.modelling.figures import Figure
from chambre.lib.modelling.model import Cost, Deposit, Equipment, Grant, Loan, Model, Price

MILLION = 1_000_000
Pick = Callable[[str, Figure], int]
"""Says which value a figure has, by its place in the model."""


def likely(_key: str, figure: Figure) -> int:
    """The pick of the most likely values."""
    return figure.likely


def rounded(amount: int, factor: int, parts: int) -> int:
    """``amount × factor / parts``, to the nearest whole, halves up. Nothing is negative."""
    return (amount * factor + parts // 2) // parts


@dataclass(slots=True)
class Month:
    """What happened in a month, in cents; users and uses in thousandths, hours in minutes.

    Attributes:
        number: Which month, from 1.
        users: Users at the end of the month, by segment.
        uses: Uses in the month, by segment.
        prices: Earned, by price.
        received: Money from users that came in, also for earlier months.
        costs: Spent, by cost.
        upkeep: Spent on upkeep.
        objects: Spent on new objects for those lost and worn out.
        bought: Spent on equipment.
        wear: Loss of value of the equipment.
        deposits_in: Deposits taken.
        deposits_back: Deposits given back.
        deposits_kept: Deposits of objects that will not come back.
        grants_in: Grants that came in.
        grants_taken: Part of them that belongs to this month.
        loans_in: Borrowed.
        interest: Paid to lenders.
        capital: Paid back to lenders.
        hours: Work given, in minutes.
        hours_value: What it is valued at.
        cash: In hand at the end of the month.
        held: Deposits of others in that cash.
        owed_by_users: Earned and not received yet.
        owed_to_lenders: Borrowed and not paid back yet.
        equipment: What the equipment is still worth.
        grants_ahead: Grants received for months to come.
        reserve: What should lie in reserve.
    """

    number: int
    users: dict[str, int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)
    received: int = 0
    costs: dict[str, int] = field(default_factory=dict)
    upkeep: int = 0
    objects: int = 0
    bought: int = 0
    wear: int = 0
    deposits_in: int = 0
    deposits_back: int = 0
    deposits_kept: int = 0
    grants_in: int = 0
    grants_taken: int = 0
    loans_in: int = 0
    interest: int = 0
    capital: int = 0
    hours: int = 0
    hours_value: int = 0
    cash: int = 0
    held: int = 0
    owed_by_users: int = 0
    owed_to_lenders: int = 0
    equipment: int = 0
    grants_ahead: int = 0
    reserve: int = 0

    @property
    def income(self) -> int:
        """Earned from users in the month."""
        return sum(self.prices.values())

    @property
    def spent(self) -> int:
        """Running costs of the month, without upkeep."""
        return sum(self.costs.values())

    @property
    def cash_in(self) -> int:
        """All money that came in."""
        return self.received + self.deposits_in + self.grants_in + self.loans_in

    @property
    def cash_out(self) -> int:
        """All money that went out."""
        running = self.spent + self.upkeep + self.objects + self.bought
        return running + self.deposits_back + self.interest + self.capital

    @property
    def own_result(self) -> int:
        """What the month brought without grants: earned less used up."""
        used = self.spent + self.upkeep + self.objects + self.wear + self.interest
        return self.income + self.deposits_kept - used

    @property
    def result(self) -> int:
        """The result of the month, with its part of the grants."""
        return self.own_result + self.grants_taken


def walk(model: Model, pick: Pick = likely) -> tuple[Month, ...]:
    """Walk through a model once.

    Args:
        model: What is walked through.
        pick: The value of each figure; by default the most likely one.

    Returns:
        One :class:`Month` for each month of the horizon.
    """
    values = {each.key: pick(each.key, each.figure) for each in model.figures()}
    return _Walk(model, values).all()


class _Walk:
    def __init__(self, model: Model, values: dict[str, int]) -> None:
        self.model = model
        self.values = values
        self.costs_index = self.prices_index = MILLION
        self.users: dict[str, int] = {}
        self.due: dict[int, int] = {}
        self.back: dict[int, list[tuple[int, int, int, int]]] = {}
        self.bought_at: dict[str, int] = {}
        self.cash = values["opening"]
        self.before = Month(0, cash=self.cash)

    def all(self) -> tuple[Month, ...]:
        months = []
        for number in range(1, self.model.horizon + 1):
            self.before = self.month(number)
            months.append(self.before)
        return tuple(months)

    def month(self, number: int) -> Month:
        now = Month(number)
        if number > 1 and number % 12 == 1:
            rise = MILLION + self.values["indexing.costs"]
            self.costs_index = rounded(self.costs_index, rise, MILLION)
            rise = MILLION + self.values["indexing.prices"]
            self.prices_index = rounded(self.prices_index, rise, MILLION)
        self.use(now)
        for price in self.model.prices:
            self.earn(now, price)
        now.received = self.due.pop(number, 0)
        for cost in self.model.costs:
            self.spend(now, cost)
        self.keep_up(now)
        for thing in self.model.equipment:
            self.equip(now, thing)
        for deposit in self.model.deposits:
            self.hand_out(now, deposit)
        self.take_back(now)
        self.give(now)
        for grant in self.model.grants:
            self.grant(now, grant)
        for loan in self.model.loans:
            self.lend(now, loan)
        return self.close(now)

    def use(self, now: Month) -> None:
        season = self.model.month(now.number).month - 1
        for segment in self.model.segments:
            value = self.of("segment", segment.slug)
            if now.number < segment.first:
                users = 0
            elif now.number == segment.first:
                users = min(value("start"), value("at_most"))
            else:
                users = self.users[segment.slug]
                stays = max(MILLION + value("growth") - value("churn"), 0)
                users = rounded(users, stays, MILLION) + value("arrivals")
                users = min(users, value("at_most"))
            self.users[segment.slug] = now.users[segment.slug] = users
            ordinary = rounded(users, value("uses"), 1000)
            now.uses[segment.slug] = rounded(ordinary, segment.season[season], 100)

    def earn(self, now: Month, price: Price) -> None:
        if not _between(now.number, price.first, price.last):
            return
        if price.per == "year" and self.model.month(now.number).month != price.month:
            return
        amount = self.values[f"price.{price.slug}.amount"]
        if price.indexed:
            amount = rounded(amount, self.prices_index, MILLION)
        counted = now.uses if price.per == "use" else now.users
        earned = rounded(_counted(counted, price.segments), amount, 1000)
        now.prices[price.slug] = earned
        at = now.number + price.paid_after
        self.due[at] = self.due.get(at, 0) + earned

    def spend(self, now: Month, cost: Cost) -> None:
        if not _between(now.number, cost.first, cost.last):
            return
        if cost.kind == "yearly" and self.model.month(now.number).month != cost.month:
            return
        amount = self.values[f"cost.{cost.slug}.amount"]
        if cost.indexed:
            amount = self.risen(amount)
        if cost.kind == "per-unit":
            amount = rounded(_counted(now.uses, cost.segments), amount, 1000)
        elif cost.kind == "stepwise":
            counted = _counted(now.uses if cost.counts == "uses" else now.users, cost.segments)
            amount *= -(-counted // self.values[f"cost.{cost.slug}.every"])
        now.costs[cost.slug] = amount

    def keep_up(self, now: Month) -> None:
        now.upkeep = self.risen(self.values["upkeep.amount"])
        now.reserve = now.upkeep * self.values["upkeep.reserve"]

    def equip(self, now: Month, thing: Equipment) -> None:
        value = self.of("equipment", thing.slug)
        lasts = value("lifetime")
        age = now.number - thing.month
        if age < 0 or (age >= lasts and not thing.renew):
            return
        age %= lasts
        if age == 0:
            self.bought_at[thing.slug] = self.risen(value("cost"))
            now.bought += self.bought_at[thing.slug]
        now.wear += _part(self.bought_at[thing.slug], age, lasts)

    def hand_out(self, now: Month, deposit: Deposit) -> None:
        value = self.of("deposit", deposit.slug)
        objects = _counted(now.uses, deposit.segments)
        taken = rounded(objects, value("amount"), 1000)
        now.deposits_in += taken
        lost = rounded(objects, value("loss"), MILLION)
        refund = min(rounded(objects - lost, value("amount"), 1000), taken)
        worn = rounded(objects - lost, 1000, value("rotations"))
        self.back.setdefault(now.number + deposit.delay, []).append(
            (taken, refund, lost + worn, value("object_cost"))
        )

    def take_back(self, now: Month) -> None:
        for taken, refund, gone, each in self.back.pop(now.number, []):
            now.deposits_back += refund
            now.deposits_kept += taken - refund
            now.objects += rounded(gone, self.risen(each), 1000)

    def give(self, now: Month) -> None:
        for volunteer in self.model.volunteers:
            if _between(now.number, volunteer.first, volunteer.last):
                value = self.of("volunteer", volunteer.slug)
                now.hours += value("hours")
                now.hours_value += rounded(value("hours"), value("rate"), 60)

    def grant(self, now: Month, grant: Grant) -> None:
        """A chance below one counts as won here from one half on; see :func:`drawn`."""
        value = self.of("grant", grant.slug)
        if value("chance") * 2 < MILLION:
            return
        age = now.number - grant.month
        if age == 0:
            now.grants_in += value("amount")
        if 0 <= age < max(grant.spread, 1):
            now.grants_taken += _part(value("amount"), age, max(grant.spread, 1))

    def lend(self, now: Month, loan: Loan) -> None:
        value = self.of("loan", loan.slug)
        age = now.number - loan.month
        if age < 0:
            return
        if age == 0:
            now.loans_in += value("amount")
            return
        paid = age - 1 - loan.grace
        now.interest += rounded(
            value("amount") - repaid(value("amount"), paid, loan), value("rate"), 12 * MILLION
        )
        now.capital += repaid(value("amount"), paid + 1, loan) - repaid(value("amount"), paid, loan)

    def close(self, now: Month) -> Month:
        before = self.before
        now.cash = before.cash + now.cash_in - now.cash_out
        now.held = before.held + now.deposits_in - now.deposits_back - now.deposits_kept
        now.owed_by_users = before.owed_by_users + now.income - now.received
        now.owed_to_lenders = before.owed_to_lenders + now.loans_in - now.capital
        now.equipment = before.equipment + now.bought - now.wear
        now.grants_ahead = before.grants_ahead + now.grants_in - now.grants_taken
        return now

    def of(self, word: str, slug: str) -> Callable[[str], int]:
        """Reads the figures of one part by name."""
        return lambda name: self.values[f"{word}.{slug}.{name}"]

    def risen(self, amount: int) -> int:
        """An amount at today's costs."""
        return rounded(amount, self.costs_index, MILLION)


def repaid(amount: int, paid: int, loan: Loan) -> int:
    """Capital paid back after so many instalments of a loan."""
    if loan.how == "at-the-end":
        return amount if paid >= loan.months else 0
    return amount * min(max(paid, 0), loan.months) // loan.months


def _between(number: int, first: int, last: int) -> bool:
    return first <= number and (not last or number <= last)


def _counted(numbers: dict[str, int], segments: tuple[str, ...]) -> int:
    if not segments:
        return sum(numbers.values())
    return sum(numbers[slug] for slug in dict.fromkeys(segments))


def _part(amount: int, age: int, parts: int) -> int:
    """One part of an amount, so that all parts add up to it."""
    return amount * (age + 1) // parts - amount * age // parts
