"""Random contracts and histories, and a slow reading of the language to compare with.

The reference follows ``docs/contract-language.md`` sentence by sentence, with fractions and loops
that anybody can check; it shares no code with the engine but the model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from chambre.lib.reciprocity import Contract, Fact, Outcome, read_data
from chambre.lib.reciprocity.model import (
    SCALE,
    Step,
)

SINCE, UNTIL = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
PEOPLE = ["ana", "bo", "chloe", "dris", "eva", "ferme"]
UNITS = {"h": 2500, "kg": "0.5", "nuit": "33.333333"}
CLASSES = [
    {"name": "actifs", "all": [{"contributed": {"at_least": "1.5", "unit": "h", "months": 12}}]},
    {"name": "ess", "any": [{"status": "ess"}, {"named": "ana"}], "none": [{"size_at_least": 50}]},
    {"name": "deux", "all": [{"class": ["actifs", "ess"]}]},
    {"name": "personne", "all": [{"status": "nowhere"}]},
]
PARTIES = [
    {"name": "ana", "status": ["ess"], "size": 60},
    {"name": "bo", "status": ["ess"], "size": 10},
    {"name": "chloe", "size": 3, "since": dt.date(2024, 5, 1)},
]
METHODS = ["fixed", "contribution", "equal", "need", "declared", "costs", "claims", "fund"]
METHODS += ["upstream", "keep", "fixed", "contribution"]


def some(random: Random, chance: float) -> bool:
    return random.random() < chance


def amount(random: Random, most: int = 3000) -> int:
    return random.choice([0, 1, 2, 3, 7, 10, 99, 100, 1000, random.randint(0, most)])


def weights(random: Random, names: list[str], least: int = 1) -> dict[str, int]:
    chosen = random.sample(names, random.randint(1, min(4, len(names))))
    return {name: random.choice([least, 1, 2, 3, 50, random.randint(1, 10**6)]) for name in chosen}


def counts(random: Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for unit in random.sample([*UNITS, "EUR"], random.randint(1, 3)):
        kind = random.choice(["contribution", "contribution", "cost", "use", "sale"])
        rate = UNITS.get(unit, 1)
        found.append({"kind": kind, "unit": unit, "rate": rate})
    return found


def step_data(random: Random, number: int) -> dict[str, Any]:
    how = random.choice(METHODS)
    data: dict[str, Any] = {"name": f"s{number}", "how": how}
    if some(random, 0.85):
        data["share"] = random.choice(["50%", "12.5%", "1/3", "2/7", "99.9%", "100%"])
    if some(random, 0.3):
        data["of"] = "income"
    if some(random, 0.25):
        data["at_least"] = amount(random)
    if some(random, 0.25):
        data["at_most"] = data.get("at_least", 0) + amount(random)
    if some(random, 0.2):
        data["cap"] = amount(random, 9000)
    who = [*PEOPLE, *(each["name"] for each in CLASSES), "everyone"]
    if how == "fixed" or (how == "need" and some(random, 0.5)):
        data["to"] = weights(random, who)
    if how in ("contribution", "equal", "declared", "costs", "claims") and some(random, 0.3):
        data["to"] = random.sample(who, random.randint(1, 3))
    if how in ("contribution", "claims"):
        data["count"] = counts(random)
    if how in ("need", "declared", "claims") and some(random, 0.5):
        data["amounts"] = weights(random, PEOPLE, 0)
    if how in ("contribution", "equal", "need", "declared", "costs") and some(random, 0.4):
        data["months"] = random.choice(["period", "ever", 3, 18])
    if how == "contribution" and "months" not in data and some(random, 0.5):
        data["lasting"] = random.choice(["once", "until-paid", "forever"])
    if how == "declared" and some(random, 0.6):
        data["over"] = random.choice(["pro-rata", "level", "hold"])
    if how == "fund":
        data["to"] = random.choice(["reserve", "caisse"])
        if some(random, 0.7):
            data["target"] = amount(random, 9000)
    if how == "upstream":
        data["to"] = weights(random, ["amont", "source"])
    if how not in ("fund", "upstream", "keep"):
        if some(random, 0.25):
            data["each_at_most"] = random.choice([amount(random), weights(random, PEOPLE, 0)])
        if some(random, 0.2):
            data["smallest"] = random.choice([2, 10, 150])
    return data


def random_contract(random: Random, rounding: str = "") -> Contract:
    """A contract of one to six steps, over five people and four classes."""
    data: dict[str, Any] = {
        "slug": "hasard",
        "resources": ["verger"],
        "rounding": rounding
        or random.choice(["largest-remainder", "largest-remainder", "cumulative", "rotating"]),
        "period": random.choice(["month", "quarter", "year"]),
        "party": PARTIES,
        "class": CLASSES,
        "step": [step_data(random, number) for number in range(random.randint(1, 6))],
    }
    if some(random, 0.5):
        data["counterpart"] = [
            {
                "name": "redevance",
                "trigger": random.choice(["use", "sale", "margin", "period"]),
                "exempt": random.choice([["ess"], ["ana"]]),
                "rate": 700,
                "above": random.choice([0, 2]),
                "cap": 5000,
            },
            {
                "name": "temps",
                "kind": "hours",
                "of": "nuit",
                "steps": [{"above": 0, "rate": "0.5"}, {"above": 4, "rate": 1}],
            },
        ]
    if some(random, 0.2):
        data["term"] = {"since": dt.date(2025, 3, 1), "until": dt.date(2025, 10, 31)}
    return read_data(data)


def random_facts(random: Random, contract: Contract, most: int = 25) -> list[Fact]:
    """What happened in three years around the span."""
    kinds = ["sale"] * 2 + ["contribution"] * 6 + ["fee", "royalty", "cost", "cost", "use", "use"]
    kinds += ["declaration", "declaration", "repayment", "transfer"]
    clauses = ["", *(step.name for step in contract.steps)]
    found = []
    if some(random, 0.9):
        day = SINCE + dt.timedelta(days=random.randint(60, 300))
        minor = random.randint(1, 30_000)
        found.append(Fact("vente", day, "sale", "verger", "ferme", "", minor, "EUR"))
    for number in range(random.randint(0, most)):
        kind = random.choice(kinds)
        unit, minor, quantity = "EUR", amount(random, 20_000), 0
        if kind in ("sale", "fee") and some(random, 0.1):
            minor = -minor
        if kind in ("contribution", "use") and some(random, 0.7):
            unit, minor = random.choice(list(UNITS)), 0
            quantity = random.choice([1, 500_000, SCALE, 3 * SCALE, random.randint(1, 10**8)])
        takers = [*PEOPLE, "verger", "hasard", "reserve", "caisse", "amont"]
        found.append(
            Fact(
                id=f"f{random.randint(0, 10**6)}-{number}",
                date=SINCE + dt.timedelta(days=random.randint(-300, 380)),
                kind=kind,
                resource=random.choice(["verger", "verger", "verger", "", "autre"]),
                giver=random.choice(PEOPLE if some(random, 0.8) else ["reserve", "gus"]),
                taker=random.choice(takers if kind == "transfer" else PEOPLE),
                amount=minor,
                unit=unit,
                quantity=quantity,
                note=random.choice(clauses) if kind in ("repayment", "declaration") else "",
            )
        )
    return found


class Reference:
    """The language, read slowly."""

    def __init__(self, contract: Contract, facts: list[Fact]) -> None:
        self.contract = contract
        self.facts = [
            fact
            for fact in facts
            if fact.date <= UNTIL
            and (
                contract.covers(fact.resource)
                or (fact.kind == "transfer" and fact.taker == contract.slug)
            )
        ]
        self.known = {party.name: party for party in contract.parties}

    def comes_in(self, fact: Fact) -> bool:
        if fact.kind == "transfer":
            return fact.taker == self.contract.slug or bool(
                fact.resource and fact.taker == fact.resource
            )
        return fact.kind in ("sale", "fee", "royalty")

    def income(self) -> int:
        term = self.contract.term
        since, until = max(SINCE, term.since or SINCE), min(UNTIL, term.until or UNTIL)
        return sum(f.amount for f in self.facts if self.comes_in(f) and since <= f.date <= until)

    def window(self, months: int | str) -> dt.date:
        """First day; the tests know these windows only."""
        return {
            "period": SINCE,
            "ever": dt.date.min,
            3: dt.date(2025, 10, 1),
            12: SINCE,
            18: dt.date(2024, 7, 1),
        }[months]

    def given(self, name: str, kind: str, unit: str, months: int | str) -> Fraction:
        first = self.window(months)
        chosen = [
            f
            for f in self.facts
            if (f.giver, f.kind, f.unit) == (name, kind, unit) and f.date >= first
        ]
        return sum((Fraction(f.amount) + Fraction(f.quantity, SCALE) for f in chosen), Fraction(0))

    def active(self, months: int | str) -> set[str]:
        first = self.window(months)
        found = set()
        for f in self.facts:
            if f.date >= first:
                if f.kind in ("contribution", "cost", "use"):
                    found.add(f.giver)
                if f.kind == "declaration":
                    found.add(f.taker)
        return found

    def everyone(self) -> set[str]:
        sellers = {f.giver for f in self.facts if f.kind == "sale"}
        return {"ana", "bo", "chloe"} | self.active("ever") | sellers

    def members(self, name: str) -> set[str]:
        every = self.everyone()
        ess = {"bo"}  # ana has the status too, and is too large
        actifs = {p for p in every if self.given(p, "contribution", "h", 12) >= Fraction(3, 2)}
        return {
            "everyone": every,
            "actifs": actifs,
            "ess": ess,
            "deux": actifs | ess,
            "personne": set(),
        }.get(name, {name})

    def among(self, step: Step) -> Callable[[str], bool]:
        wanted = {each for share in step.to for each in self.members(share.name)}
        return lambda name: not step.to or name in wanted

    def claims(self, step: Step) -> dict[str, Fraction]:
        """What a debt step owes, before anything is repaid."""
        found = {share.name: Fraction(share.weight) for share in step.amounts}
        people = {f.giver for f in self.facts}
        for name in people:
            if step.how == "costs":
                worth = self.given(name, "cost", "EUR", step.months)
            else:
                worth = sum(
                    (self.given(name, c.kind, c.unit, step.months) * c.rate for c in step.count),
                    Fraction(0),
                )
            if worth >= 1:
                found[name] = found.get(name, Fraction(0)) + worth.__floor__()
        return {name: claim for name, claim in found.items() if self.among(step)(name)}

    def declared(self, step: Step) -> dict[str, Fraction]:
        found = {share.name: Fraction(share.weight) for share in step.amounts}
        first = self.window(step.months)
        for f in self.facts:
            if f.kind == "declaration" and f.date >= first and f.note in ("", step.name):
                found[f.taker] = found.get(f.taker, Fraction(0)) + f.amount
        return found

    def payees(self, step: Step) -> set[str]:
        if step.lasting == "until-paid":
            return set(self.claims(step))
        if step.to:
            return {each for share in step.to for each in self.members(share.name)}
        needs, weighed, _part = self.wants(step, {})
        return {n for n, v in needs.items() if v} | {n for n, v in weighed.items() if v}

    def paid(self, step: Step) -> dict[str, int]:
        names = {each.name for each in self.contract.steps}
        found: dict[str, int] = {}
        for f in self.facts:
            if f.kind == "repayment":
                clause = f.note
                if clause not in names:
                    clause = next(
                        (
                            each.name
                            for each in self.contract.steps
                            if (each.lasting == "until-paid" or each.cap is not None)
                            and f.taker in self.payees(each)
                        ),
                        "",
                    )
            elif f.kind == "transfer" and not self.comes_in(f):
                clause = f.note if step.how in ("fund", "upstream") else ""
            else:
                continue
            if clause == step.name:
                found[f.taker] = found.get(f.taker, 0) + f.amount
        return found

    def wants(
        self, step: Step, paid: dict[str, int]
    ) -> tuple[dict[str, Fraction], dict[str, Fraction], Fraction]:
        """Needs served first, weights for what remains, and the part of it that they are about."""
        nothing: dict[str, Fraction] = {}
        whole = Fraction(1)
        if step.lasting == "until-paid":
            left = {n: max(c - paid.get(n, 0), Fraction(0)) for n, c in self.claims(step).items()}
            return left, nothing, whole
        if step.how in ("fixed", "need"):
            weighed: dict[str, Fraction] = {}
            total = sum(share.weight for share in step.to)
            there = 0
            for share in step.to:
                members = self.members(share.name)
                there += share.weight if members else 0
                for name in members:
                    part = Fraction(share.weight, len(members))
                    weighed[name] = weighed.get(name, Fraction(0)) + part
            needs = self.declared(step) if step.how == "need" else nothing
            return needs, weighed, Fraction(there, total) if total else whole
        if step.how == "contribution":
            people = {f.giver for f in self.facts}
            value = {
                name: sum(
                    (self.given(name, c.kind, c.unit, step.months) * c.rate for c in step.count),
                    Fraction(0),
                )
                for name in people
                if self.among(step)(name)
            }
            return nothing, {n: v for n, v in value.items() if v > 0}, whole
        if step.how == "equal":
            active = self.active(step.months)
            named = {s.name for s in step.to if self.members(s.name) == {s.name}} & set(PEOPLE)
            chosen = {n for n in active if self.among(step)(n)} | named
            return nothing, dict.fromkeys(chosen, whole), whole
        if step.how == "declared":
            return {n: v for n, v in self.declared(step).items() if self.among(step)(n)}, {}, whole
        if step.how == "costs":
            people = {f.giver for f in self.facts if self.among(step)(f.giver)}
            return {n: self.given(n, "cost", "EUR", step.months) for n in people}, nothing, whole
        if step.how == "fund":
            name = step.to[0].name
            level = 0
            for f in self.facts:
                if f.kind == "transfer" and not self.comes_in(f):
                    level += f.amount * ((f.taker == name) - (f.giver == name))
            if step.target is None:
                return nothing, {name: whole}, whole
            return {name: Fraction(max(step.target - level, 0))}, nothing, whole
        if step.how == "upstream":
            return nothing, {s.name: Fraction(s.weight) for s in step.to}, whole
        return nothing, {step.name: whole}, whole  # keep

    def flow(self) -> tuple[dict[tuple[str, str], int], int]:
        """Amounts by (clause, name), and what is kept. Not for turns."""
        income = self.income()
        rest = income
        given: dict[tuple[str, str], int] = {}
        if income <= 0:
            return {}, income
        for step in self.contract.steps:
            paid = self.paid(step)
            budget = step.share * (rest if step.of == "rest" else income)
            budget = max(budget, Fraction(step.at_least or 0))
            bounds = [Fraction(rest)]
            if step.at_most is not None:
                bounds.append(Fraction(step.at_most))
            if step.cap is not None:
                bounds.append(Fraction(max(step.cap - sum(paid.values()), 0)))
            budget = min([budget, *bounds])
            amounts = self.amounts(step, budget, *self.wants(step, paid))
            for name, minor in amounts.items():
                rest -= minor
                if minor and step.how != "keep":
                    given[step.name, name] = minor
        return given, income - sum(given.values())

    def amounts(
        self,
        step: Step,
        budget: Fraction,
        needs: dict[str, Fraction],
        weighed: dict[str, Fraction],
        part: Fraction,
    ) -> dict[str, int]:
        if step.over == "hold" and sum(needs.values()) > budget:
            return {}
        own = {share.name: share.weight for share in step.each_caps}
        most = {
            n: Fraction(own.get(n, step.each_at_most or 0))
            for n in {*needs, *weighed}
            if n in own or step.each_at_most is not None
        }
        names = sorted(n for n in {*needs, *weighed} if needs.get(n) or weighed.get(n))
        small = step.smallest or 0
        names = [n for n in names if n not in most or most[n] >= small]
        order: list[str] = []
        while True:
            exact = self.shared(step, budget, names, needs, weighed, part, most)
            if not small or all(exact[n] >= small for n in names):
                return self.rounded({n: exact[n] for n in names})
            if not order:  # who gets least goes first, of equals the last name
                order = sorted(names, key=lambda n: (exact[n], -names.index(n)))
            names.remove(order.pop(0))
            if not names:
                return {}

    def shared(
        self,
        step: Step,
        budget: Fraction,
        names: list[str],
        needs: dict[str, Fraction],
        weighed: dict[str, Fraction],
        part: Fraction,
        most: dict[str, Fraction],
    ) -> dict[str, Fraction]:
        has = dict.fromkeys(names, Fraction(0))
        wanted = {
            n: min(needs.get(n, Fraction(0)), most.get(n, needs.get(n, Fraction(0)))) for n in names
        }
        by = {
            n: Fraction(bool(needs.get(n))) if step.over == "level" else needs.get(n, Fraction(0))
            for n in names
        }
        pour(has, budget, by, wanted)
        left = (budget - sum(has.values())) * part
        more = dict.fromkeys(names, Fraction(0))
        room = {n: most[n] - has[n] for n in names if n in most}
        pour(more, left, {n: weighed.get(n, Fraction(0)) for n in names}, room)
        return {n: has[n] + more[n] for n in names}

    def rounded(self, exact: dict[str, Fraction]) -> dict[str, int]:
        names = sorted(exact)
        total = sum(exact.values(), Fraction(0)).__floor__()
        if self.contract.rounding == "cumulative":
            found, reached, given = {}, Fraction(0), 0
            for name in names:
                reached += exact[name]
                found[name] = reached.__floor__() - given
                given += found[name]
            return found
        found = {name: exact[name].__floor__() for name in names}
        while sum(found.values()) < total:
            name = max(reversed(names), key=lambda n: exact[n] - found[n])
            name = min(n for n in names if exact[n] - found[n] == exact[name] - found[name])
            found[name] += 1
        return found


def pour(
    has: dict[str, Fraction],
    budget: Fraction,
    by: dict[str, Fraction],
    most: dict[str, Fraction],
) -> None:
    """Pour a budget by weights: whoever is full first stops, and the others go on."""
    open_names = [n for n in has if by[n] and (n not in most or most[n] > 0)]
    while budget and open_names:
        level = budget / sum(by[n] for n in open_names)
        for n in open_names:
            if n in most:
                level = min(level, (most[n] - has[n]) / by[n])
        for n in open_names:
            has[n] += level * by[n]
            budget -= level * by[n]
        open_names = [n for n in open_names if n not in most or has[n] < most[n]]


def short(outcome: Outcome) -> list[tuple[str, str, int]]:
    """The lines without their reasons."""
    return [(line.clause, line.to, line.amount) for line in outcome.lines]
