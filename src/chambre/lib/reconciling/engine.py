"""Deciding what each row of a bank statement is, or why that takes a person.

In this order, each step over all rows at once: rows that take others back; rows that name what
they pay; rows and items put together by who paid, how much, what for (:mod:`.assign`); several
rows for one item; habits. Whatever two possibilities stand against one another is left to a
person: a wrong match costs far more than a question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chambre.lib.reconciling import assign
from chambre.lib.reconciling.claims import Claim, claim, paid_before, settle
from chambre.lib.reconciling.evidence import COMPETES, Edge, edges, guard_families, likeness_of_item
from chambre.lib.reconciling.habits import SHIPPED, habit_proposals
from chambre.lib.reconciling.index import (
    OWN_ACTS,
    Index,
    Parties,
    View,
    in_window,
    months_differ,
    purposes_differ,
    rank,
)
from chambre.lib.reconciling.model import (
    Decision,
    Habit,
    Item,
    Part,
    Proposal,
    Reason,
    Row,
    reason,
)
from chambre.lib.reconciling.reversals import Back, reversals
from chambre.lib.reconciling.texts import first_of

SHOWN = 5
"""Proposals for a row at most."""
STANDS_IN_THE_WAY = 50
"""Score of an item's proposal from which on no habit decides alone."""


@dataclass
class _Run:
    """One run over all rows: what is open still, and what was decided."""

    index: Index
    views: list[View]
    left: dict[str, int]
    chosen: dict[str, Proposal] = field(default_factory=dict)
    offered: dict[str, list[Proposal]] = field(default_factory=lambda: defaultdict(list))
    why: dict[str, Reason] = field(default_factory=dict)

    def waiting(self) -> list[View]:
        """Rows that nothing was decided for."""
        return [view for view in self.views if view.row.key not in self.chosen]

    def open_items(self) -> list[Item]:
        """Items that somebody expects and of which nothing was taken."""
        return [
            item
            for item in self.index.items.values()
            if item.amount > 0 and not item.only_named and self.left[item.key] == item.amount
        ]


def reconcile(
    rows: Iterable[Row], items: Iterable[Item], habits: Iterable[Habit] = ()
) -> tuple[Decision, ...]:
    """Decide about rows; the order in which anything is given does not matter.

    Args:
        rows: Booked rows that are not matched, and matched ones (``settled``) of the last weeks,
            for those that take them back.
        items: What is open, and what was settled lately (``amount`` 0).
        habits: What was learned; :data:`~.habits.SHIPPED` are added.

    Returns:
        A decision for each row that was not settled, in order of day and key.
    """
    index = Index(items)
    ordered = sorted(rows, key=lambda row: (row.day, row.key))
    views = [index.read(row) for row in ordered]
    run = _Run(
        index,
        [view for view in views if not view.row.settled],
        {key: item.amount for key, item in index.items.items()},
    )
    _take_back(run, reversals(views))
    named = _take_named(run)
    _take_alike(run, named)
    _take_instalments(run, named)
    _take_numbered(run, named)
    _take_usual(run, [*habits, *SHIPPED])
    return tuple(_decision(run, view) for view in run.views)


def _take_back(run: _Run, backs: Sequence[Back]) -> None:
    """Rows that cancel each other settle nothing."""
    for back in backs:
        key = back.view.row.key
        if claim(back.view, run.index) is not None:
            continue  # it is open as such: what came back was noted before the bank's row came
        if back.block is not None:
            run.offered[key].append(back.proposal())
            run.why[key] = back.block
            continue
        run.chosen[key] = back.proposal()
        if not back.first.row.settled:
            reasons = (reason("was-reversed"), *back.reasons[1:])
            run.chosen[back.first.row.key] = Proposal(reverses=key, score=97, reasons=reasons)


def _take_named(run: _Run) -> set[str]:
    """Rows that name what they pay; the keys of all that name something, open or settled."""
    claims: list[Claim] = []
    naming: set[str] = set()
    for view in run.waiting():
        if view.row.key in run.why:
            continue
        made = claim(view, run.index)
        if made is not None:
            claims.append(made)
            naming.add(view.row.key)
        elif paid := paid_before(view, run.index):
            naming.add(view.row.key)
            run.why[view.row.key] = reason("already-paid", item=paid.key)
    for each in settle(claims, run.left):
        run.chosen[each.view.row.key] = each.proposal()
    for each in claims:
        if each.block is not None:
            run.offered[each.view.row.key].append(each.proposal())
            run.why[each.view.row.key] = each.block
    return naming


def _take_alike(run: _Run, named: set[str]) -> None:
    """Rows and items put together by likeness, all at once."""
    parties = Parties(run.open_items())
    found: dict[str, list[Edge]] = {}
    for view in run.waiting():
        if some := edges(view, parties, run.index):
            found[view.row.key] = some
    guard_families(found, parties)
    free = {key: some for key, some in found.items() if key not in named and key not in run.why}
    competing = {
        key: [edge for edge in some if edge.score >= COMPETES] for key, some in free.items()
    }
    _first_come(competing)
    taken: list[Edge] = []
    for group in assign.groups([some for some in competing.values() if some]):
        taken += _choose(group)
    for edge in taken:
        for item in edge.items:
            run.left[item.key] = 0
        run.chosen[edge.view.row.key] = _as_proposal(edge)
    for key, some in found.items():
        if key not in run.chosen:
            run.offered[key] += [_as_proposal(edge) for edge in some]
            best = some[0].block
            if best is not None:
                run.why.setdefault(key, best)
    _offer_amounts(run, parties)


def _first_come(competing: dict[str, list[Edge]]) -> None:
    """Among rows that stand equal before the same item, the earliest has it.

    Only rows that can be about nothing else; those of one day are equal and left to a person.
    """
    before: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key, some in competing.items():
        if len(some) == 1:
            items = tuple(item.key for item in some[0].items)
            before[items, some[0].evidence].append(key)
    for keys in before.values():
        days = sorted(competing[key][0].view.row.day for key in keys)
        if len(keys) == 1:
            continue
        for key in keys:
            edge = competing[key][0]
            if edge.view.row.day > days[0]:
                edge.block, edge.rule = reason("later-row"), ""
                competing[key] = []
            elif days[1] == days[0]:
                edge.block, edge.rule = reason("tie", count=days.count(days[0])), ""


def _choose(group: Sequence[Sequence[Edge]]) -> list[Edge]:
    """The edges of a group that are certain; the others get their ``block``."""
    try:
        solved = assign.solve(group)
    except assign.TooMany:
        for some in group:
            for edge in some:
                edge.block, edge.rule = edge.block or reason("too-many"), ""
        return []
    certain = []
    for edge, cost in solved:
        if edge.rule and cost >= assign.MARGIN:
            certain.append(edge)
        elif edge.rule:
            edge.block, edge.rule = reason("tie", count=len(group)), ""
    chosen = {id(edge) for edge in certain}
    for some in group:
        for edge in some:
            if id(edge) not in chosen:
                edge.block, edge.rule = edge.block or reason("tie", count=max(2, len(some))), ""
    return certain


def _as_proposal(edge: Edge) -> Proposal:
    parts = tuple(Part(item.key, item.amount) for item in edge.items)
    if edge.rule:
        return Proposal(
            parts, score=edge.score, reasons=(reason("rule-" + edge.rule), *edge.reasons)
        )
    return Proposal(parts, score=min(edge.score, 94), reasons=edge.reasons)


def _offer_amounts(run: _Run, parties: Parties) -> None:
    """For rows without any better idea: what is open of that amount, or of that party."""
    for view in run.waiting():
        key = view.row.key
        for party in parties.alike(view):
            for item in party.items[:SHOWN]:
                if item.amount != view.amount:
                    run.offered[key].append(_unequal(view, item))
        if not run.offered.get(key):
            same = parties.by_amount.get((view.row.direction, view.amount), [])
            near = [item for item in same if in_window(item, view.row.day)]
            if 0 < len(near) <= SHOWN:
                run.offered[key] += [
                    Proposal((Part(item.key, item.amount),), score=30, reasons=(reason("amount"),))
                    for item in near
                ]
                run.why.setdefault(key, reason("amount-only"))


def _unequal(view: View, item: Item) -> Proposal:
    """An item of the party with another amount: a part of it, or more than is open."""
    like = likeness_of_item(view, item)
    given = min(view.amount, item.amount)
    fits = "part" if view.amount < item.amount else "over"
    score = 15 + 20 * like.account + 15 * (like.name or like.text)
    if purposes_differ(view.purposes, item) or item.kind in OWN_ACTS:
        score -= 15
    return Proposal((Part(item.key, given),), view.amount - given, score=max(score, 1),
                    reasons=(reason("party"), reason(fits, open=item.amount, paid=view.amount)))  # fmt: skip


def _take_numbered(run: _Run, named: set[str]) -> None:
    """Rows that say they are the first of so many instalments, when the amount says so, too."""
    parties = Parties(run.open_items())
    for view in run.waiting():
        count = first_of(view.row.texts)
        if not count or view.row.key in named or view.row.key in run.why or view.found.foreign:
            continue
        fits = [
            item
            for party in parties.alike(view)
            for item in party.items
            if item.partial
            and not _is_against(view, item)
            and abs(item.amount - count * view.amount) < count
        ]
        if len(fits) == 1 and run.left[fits[0].key] == fits[0].amount:
            run.left[fits[0].key] -= view.amount
            run.chosen[view.row.key] = _instalment(view, fits[0], reason("rule-numbered"))


def _take_instalments(run: _Run, named: set[str]) -> None:
    """Several rows of one party that together are all that it has open, to the cent."""
    parties = Parties(run.open_items())
    rows: dict[int, list[View]] = defaultdict(list)
    unsure: set[int] = set()
    for view in run.waiting():
        strong = [
            party for party in parties.alike(view) if likeness_of_item(view, party.items[0]).strong
        ]
        for party in strong:
            rows[id(party)].append(view)
            if len(strong) > 1 or view.row.key in named or view.found.foreign:
                unsure.add(id(party))
    for party in parties.all:
        views, item = rows.get(id(party), []), party.items[0]
        if len(party.items) > 1 or id(party) in unsure or not item.partial:
            continue
        if 2 <= len(views) <= 6 and sum(view.amount for view in views) == item.amount:
            _instalments(run, item, views)


def _instalments(run: _Run, item: Item, views: Sequence[View]) -> None:
    if any(_is_against(view, item) for view in views):
        return
    run.left[item.key] = 0
    for view in views:
        run.chosen[view.row.key] = _instalment(
            view, item, reason("rule-instalments", count=len(views))
        )


def _instalment(view: View, item: Item, rule: Reason) -> Proposal:
    fits = reason("part", open=item.amount, paid=view.amount)
    return Proposal((Part(item.key, view.amount),), score=80, reasons=(rule, reason("party"), fits))


def _is_against(view: View, item: Item) -> bool:
    """Whether anything speaks against a row being a part of an item."""
    like = likeness_of_item(view, item)
    return (
        not like.strong
        or not in_window(item, view.row.day)
        or purposes_differ(view.purposes, item)
        or months_differ(view.months, item)
        or (view.row.direction == "out" and like.other_account)
    )


def _take_usual(run: _Run, habits: Sequence[Habit]) -> None:
    """Rows that come again and that no item stands in the way of."""
    for view in run.waiting():
        key = view.row.key
        certain, proposals = habit_proposals(view, habits)
        best = max((each.score for each in run.offered.get(key, ())), default=0)
        if certain is not None and best < STANDS_IN_THE_WAY:
            run.chosen[key] = certain
        elif proposals:
            run.offered[key] += proposals


def _decision(run: _Run, view: View) -> Decision:
    key = view.row.key
    if key in run.chosen:
        return Decision(key, "certain", choice=run.chosen[key])
    offered: dict[tuple[object, ...], Proposal] = {}
    for each in sorted(run.offered.get(key, ()), key=lambda p: -p.score):
        offered.setdefault((each.parts, each.habit, each.reverses), each)
    best = tuple(
        sorted(offered.values(), key=lambda p: (-p.score, [_rank(run, part) for part in p.parts],
                                                p.habit, p.reverses))
    )[:SHOWN]  # fmt: skip
    why = run.why.get(key) or reason("only-a-guess" if best else "nothing-like-it")
    return Decision(key, "probable" if best else "open", proposals=best, why=why)


def _rank(run: _Run, part: Part) -> tuple[object, ...]:
    return rank(run.index.items[part.item])
