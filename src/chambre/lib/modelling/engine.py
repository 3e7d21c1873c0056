"""Thousands of runs of a model at once: :mod:`plain`, over arrays of whole numbers.

Every array holds one 64-bit integer for each run, and figures that are no range stay single
numbers. Rounding is that of :func:`plain.rounded`, done so that no product leaves 64 bits; the
bounds of a model (:mod:`bounds`) see to the rest. A test compares both, run by run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chambre.lib.modelling.drawing import Ints, Values
from chambre.lib.modelling.model import Cost, Deposit, Equipment, Grant, Loan, Model, Price
from chambre.lib.modelling.plain import MILLION

Number = Any
"""A whole number, or an array with one for each run."""

YEARLY = (
    "income",
    "deposits_kept",
    "grants_taken",
    "costs",
    "upkeep",
    "objects",
    "wear",
    "interest",
    "own_result",
    "result",
    "hours",
    "hours_value",
    "grants_in",
    "loans_in",
    "capital",
    "bought",
)
"""What is summed by year, in the order of a statement."""

MONTHLY = (
    "cash",
    "held",
    "cash_in",
    "cash_out",
    "own_result",
    "reserve",
    "upkeep",
    "users",
    "uses",
    "owed",
)
"""What is kept of every month."""


@dataclass(slots=True, kw_only=True)
class Runs:
    """All runs. Arrays by month have a row for each month, arrays by year one for each year.

    Attributes:
        cash: Cash at the end of each month.
        held: Deposits of others in it.
        cash_in: Money that came in each month.
        cash_out: Money that went out each month.
        own_result: What each month brought without grants.
        reserve: What should lie in reserve each month.
        upkeep: What upkeep costs each month.
        yearly: The sums of each year, by the words of :data:`YEARLY`.
        users: Users at the end of each month.
        uses: Uses in each month.
        owed: What is still owed to lenders at the end of each month.
    """

    cash: Ints
    held: Ints
    cash_in: Ints
    cash_out: Ints
    own_result: Ints
    reserve: Ints
    upkeep: Ints
    yearly: dict[str, Ints]
    users: Ints
    uses: Ints
    owed: Ints


def rounded(amount: Number, factor: Number, parts: Number) -> Number:
    """:func:`plain.rounded` on arrays: exact as long as the result fits into 64 bits."""
    if _none(amount) or _none(factor):
        return 0
    whole = amount // parts
    return whole * factor + ((amount - whole * parts) * factor + parts // 2) // parts


def run(model: Model, values: Values, runs: int) -> Runs:
    """Run a model for all runs at once.

    Args:
        model: What is run.
        values: Its figures, from :func:`drawing.drawn`.
        runs: How many runs they were drawn for.
    """
    return _Engine(model, values, runs).all()


class _Engine:
    def __init__(self, model: Model, values: Values, runs: int) -> None:
        self.model = model
        self.values = values
        self.costs_index: Number = MILLION
        self.prices_index: Number = MILLION
        self.users: dict[str, Number] = {}
        self.uses: dict[str, Number] = {}
        self.due: dict[int, Number] = {}
        self.back: dict[int, list[tuple[Number, Number, Number, Number]]] = {}
        self.bought_at: dict[str, Number] = {}
        self.now: dict[str, Number] = {}
        shape = (model.horizon, runs)
        self.made = Runs(
            **{word: np.zeros(shape, np.int64) for word in MONTHLY},
            yearly={word: np.zeros((model.years, runs), np.int64) for word in YEARLY},
        )

    def all(self) -> Runs:
        cash: Number = self.values["opening"]
        held: Number = 0
        owed: Number = 0
        for number in range(1, self.model.horizon + 1):
            self.month(number)
            now, made, at = self.now, self.made, number - 1
            cash = cash + now["in"] - now["out"]
            held = held + now["deposits_in"] - now["deposits_back"] - now["deposits_kept"]
            owed = owed + now["loans_in"] - now["capital"]
            made.cash[at], made.held[at], made.owed[at] = cash, held, owed
            made.cash_in[at], made.cash_out[at] = now["in"], now["out"]
            made.own_result[at], made.reserve[at] = now["own_result"], now["reserve"]
            made.upkeep[at] = now["upkeep"]
            made.users[at] = sum(self.users.values())
            made.uses[at] = sum(self.uses.values())
            for word in YEARLY:
                if not _none(now[word]):
                    made.yearly[word][at // 12] += now[word]
        return self.made

    def month(self, number: int) -> None:
        self.now = dict.fromkeys((*YEARLY, "deposits_in", "deposits_back", "received"), 0)
        if number > 1 and number % 12 == 1:
            rise = self.values["indexing.costs"] + MILLION
            self.costs_index = rounded(self.costs_index, rise, MILLION)
            rise = self.values["indexing.prices"] + MILLION
            self.prices_index = rounded(self.prices_index, rise, MILLION)
        self.use(number)
        for price in self.model.prices:
            self.earn(number, price)
        self.now["received"] = self.due.pop(number, 0)
        for cost in self.model.costs:
            self.spend(number, cost)
        self.now["upkeep"] = self.risen(self.values["upkeep.amount"])
        self.now["reserve"] = self.now["upkeep"] * self.values["upkeep.reserve"]
        for thing in self.model.equipment:
            self.equip(number, thing)
        for deposit in self.model.deposits:
            self.hand_out(number, deposit)
        self.take_back(number)
        self.give(number)
        for grant in self.model.grants:
            self.grant(number, grant)
        for loan in self.model.loans:
            self.lend(number, loan)
        self.close()

    def use(self, number: int) -> None:
        season = self.model.month(number).month - 1
        for segment in self.model.segments:
            key = f"segment.{segment.slug}."
            most = self.values[key + "at_most"]
            if number < segment.first:
                users: Number = 0
            elif number == segment.first:
                users = np.minimum(self.values[key + "start"], most)
            else:
                growth, churn = self.values[key + "growth"], self.values[key + "churn"]
                stays = np.maximum(MILLION + growth - churn, 0)
                users = rounded(self.users[segment.slug], stays, MILLION)
                users = np.minimum(users + self.values[key + "arrivals"], most)
            self.users[segment.slug] = users
            ordinary = rounded(users, self.values[key + "uses"], 1000)
            self.uses[segment.slug] = rounded(ordinary, segment.season[season], 100)

    def earn(self, number: int, price: Price) -> None:
        if not _between(number, price.first, price.last):
            return
        if price.per == "year" and self.model.month(number).month != price.month:
            return
        amount: Number = self.values[f"price.{price.slug}.amount"]
        if price.indexed:
            amount = rounded(amount, self.prices_index, MILLION)
        counted = self.uses if price.per == "use" else self.users
        earned = rounded(_counted(counted, price.segments), amount, 1000)
        self.now["income"] = self.now["income"] + earned
        at = number + price.paid_after
        self.due[at] = self.due.get(at, 0) + earned

    def spend(self, number: int, cost: Cost) -> None:
        if not _between(number, cost.first, cost.last):
            return
        if cost.kind == "yearly" and self.model.month(number).month != cost.month:
            return
        amount: Number = self.values[f"cost.{cost.slug}.amount"]
        if cost.indexed:
            amount = self.risen(amount)
        if cost.kind == "per-unit":
            amount = rounded(_counted(self.uses, cost.segments), amount, 1000)
        elif cost.kind == "stepwise":
            counted = _counted(self.uses if cost.counts == "uses" else self.users, cost.segments)
            amount = amount * -(-counted // self.values[f"cost.{cost.slug}.every"])
        self.now["costs"] = self.now["costs"] + amount

    def equip(self, number: int, thing: Equipment) -> None:
        key = f"equipment.{thing.slug}."
        lasts: Number = self.values[key + "lifetime"]
        age = number - thing.month
        if age < 0:
            return
        alive: Number = True if thing.renew else age < lasts
        age = age % lasts if thing.renew else np.minimum(age, lasts - 1)
        price = self.risen(self.values[key + "cost"])
        new = (age == 0) & alive
        before = self.bought_at.get(thing.slug, 0)
        if np.any(new):
            self.bought_at[thing.slug] = before = np.where(new, price, before)
        self.now["bought"] = self.now["bought"] + np.where(new, price, 0)
        self.now["wear"] = self.now["wear"] + np.where(alive, _part(before, age, lasts), 0)

    def hand_out(self, number: int, deposit: Deposit) -> None:
        key = f"deposit.{deposit.slug}."
        amount: Number = self.values[key + "amount"]
        objects = _counted(self.uses, deposit.segments)
        taken = rounded(objects, amount, 1000)
        self.now["deposits_in"] = self.now["deposits_in"] + taken
        lost = rounded(objects, self.values[key + "loss"], MILLION)
        refund = np.minimum(rounded(objects - lost, amount, 1000), taken)
        worn = rounded(objects - lost, 1000, self.values[key + "rotations"])
        self.back.setdefault(number + deposit.delay, []).append(
            (taken, refund, lost + worn, self.values[key + "object_cost"])
        )

    def take_back(self, number: int) -> None:
        for taken, refund, gone, each in self.back.pop(number, []):
            self.now["deposits_back"] = self.now["deposits_back"] + refund
            self.now["deposits_kept"] = self.now["deposits_kept"] + taken - refund
            self.now["objects"] = self.now["objects"] + rounded(gone, self.risen(each), 1000)

    def give(self, number: int) -> None:
        for volunteer in self.model.volunteers:
            if _between(number, volunteer.first, volunteer.last):
                hours: Number = self.values[f"volunteer.{volunteer.slug}.hours"]
                rate = self.values[f"volunteer.{volunteer.slug}.rate"]
                self.now["hours"] = self.now["hours"] + hours
                self.now["hours_value"] = self.now["hours_value"] + rounded(hours, rate, 60)

    def grant(self, number: int, grant: Grant) -> None:
        amount: Number = self.values[f"grant.{grant.slug}.amount"]
        comes = self.values[f"grant.{grant.slug}.chance"]
        amount = np.where(np.asarray(comes) * 2 >= MILLION, amount, 0)
        age = number - grant.month
        if age == 0:
            self.now["grants_in"] = self.now["grants_in"] + amount
        if 0 <= age < max(grant.spread, 1):
            taken = _part(amount, age, max(grant.spread, 1))
            self.now["grants_taken"] = self.now["grants_taken"] + taken

    def lend(self, number: int, loan: Loan) -> None:
        amount: Number = self.values[f"loan.{loan.slug}.amount"]
        age = number - loan.month
        if age == 0:
            self.now["loans_in"] = self.now["loans_in"] + amount
        if age <= 0:
            return
        paid = age - 1 - loan.grace
        left = amount - _repaid(amount, paid, loan)
        interest = rounded(left, self.values[f"loan.{loan.slug}.rate"], 12 * MILLION)
        self.now["interest"] = self.now["interest"] + interest
        self.now["capital"] = (
            self.now["capital"] + left - (amount - _repaid(amount, paid + 1, loan))
        )

    def close(self) -> None:
        now = self.now
        now["in"] = now["received"] + now["deposits_in"] + now["grants_in"] + now["loans_in"]
        now["out"] = (
            now["costs"] + now["upkeep"] + now["objects"] + now["bought"]
            + now["deposits_back"] + now["interest"] + now["capital"]
        )  # fmt: skip
        used = now["costs"] + now["upkeep"] + now["objects"] + now["wear"] + now["interest"]
        now["own_result"] = now["income"] + now["deposits_kept"] - used
        now["result"] = now["own_result"] + now["grants_taken"]

    def risen(self, amount: Number) -> Number:
        """An amount at today's costs."""
        return rounded(amount, self.costs_index, MILLION)


def _none(number: Number) -> bool:
    """Whether a number is a plain zero, for every run."""
    return isinstance(number, int) and number == 0


def _repaid(amount: Number, paid: int, loan: Loan) -> Number:
    if loan.how == "at-the-end":
        return amount if paid >= loan.months else 0
    return amount * min(max(paid, 0), loan.months) // loan.months


def _between(number: int, first: int, last: int) -> bool:
    return first <= number and (not last or number <= last)


def _counted(numbers: dict[str, Number], segments: tuple[str, ...]) -> Number:
    if not segments:
        return sum(numbers.values())
    return sum(numbers[slug] for slug in dict.fromkeys(segments))


def _part(amount: Number, age: Number, parts: Number) -> Number:
    return amount * (age + 1) // parts - amount * age // parts
