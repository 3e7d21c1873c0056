"""What speaks for a row being about some items, and what forbids deciding it without a person.

An **edge** is a row and the items it may pay whole. It carries a score, which only orders
proposals and weighs one possibility against another, and either the **rule** by which it may be
matched alone or the reason why it may not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from chambre.lib.reconciling.index import (
    OWN_ACTS,
    Index,
    Parties,
    Party,
    View,
    in_window,
    months_differ,
    purposes_differ,
    rank,
)
from chambre.lib.reconciling.model import Item, Reason, reason
from chambre.lib.reconciling.names import named_in, names_payer, names_relative, shares_family
from chambre.lib.reconciling.texts import NEUTRAL, compact, months, says, strange_words, words

COMPETES = 35
"""Score from which on a possibility stands in the way of another one."""
MOST_SUMMED = 12
"""Open items of a party up to which their sums are tried."""
AMOUNT, SUM, ACCOUNT, NAME, TEXT, FAMILY, NEAR, SHARED, BANK = 30, 25, 30, 25, 22, 10, 30, 25, 25
AGREES, DIFFERS, OUTSIDE, UNKNOWN = 6, 30, 20, 15


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a row's other party and a party are alike.

    Attributes:
        account: The account is known to be the party's.
        other_account: The party has known accounts, and the row's is another one.
        name: The account's name is the party's.
        text: The free text names the party in full.
        family: The family name is there.
    """

    account: bool = False
    other_account: bool = False
    name: bool = False
    text: bool = False
    family: bool = False

    @property
    def strong(self) -> bool:
        """Whether it is the party as far as a bank row can say."""
        return self.account or self.name or self.text


@dataclass(eq=False)
class Edge:
    """A row and the items that it may pay whole."""

    view: View
    items: tuple[Item, ...]
    score: int
    reasons: tuple[Reason, ...]
    rule: str = ""
    block: Reason | None = None

    @property
    def evidence(self) -> tuple[object, ...]:
        """What two rows have in common that stand equal before the same items."""
        return (self.score, self.rule, tuple(each.code for each in self.reasons))


def likeness(view: View, name: str, ibans: Collection[str], kind: str = "") -> Likeness:
    """How the other party of a row and a party with its known accounts are alike."""
    account = bool(view.iban) and view.iban in ibans
    alone = kind == "provider-transfer"
    return Likeness(
        account,
        bool(view.iban and ibans) and not account,
        names_payer(name, view.row.name, alone=alone),
        named_in(name, view.row.texts)
        or (alone and any(names_payer(name, text, alone=True) for text in view.row.texts)),
        shares_family(name, (view.row.name, *view.row.texts)),
    )


def likeness_of_item(view: View, item: Item) -> Likeness:
    """How the other party of a row and that of an item are alike."""
    return likeness(view, item.name, frozenset(map(compact, item.ibans)), item.kind)


def edges(view: View, parties: Parties, index: Index) -> list[Edge]:
    """All that a row may pay whole, best first."""
    strong = parties.alike(view)
    singles = {
        item.key: item for party in strong for item in party.items if item.amount == view.amount
    }
    singles |= {item.key: item for item in parties.of_family(view)}
    singles |= {item.key: item for item in _without_party(view, parties, index)}
    found = [
        _edge(view, _like(view, item, parties), (item,), index)
        for item in sorted(singles.values(), key=rank)
    ]
    for party in strong:
        found += _sums(view, party, index)
    found.sort(key=lambda edge: (-edge.score, [rank(item) for item in edge.items]))
    return found


def _like(view: View, item: Item, parties: Parties) -> Likeness:
    return likeness(view, item.name, parties.of[item.key].ibans, item.kind)


def _without_party(view: View, parties: Parties, index: Index) -> Iterator[Item]:
    """Items of the amount that the row names nearly or that the bank's own words speak of."""
    written = view.found.near | view.found.exact
    for item in parties.by_amount.get((view.row.direction, view.amount), ()):
        if says(item.kind, view.spoken) or not written.isdisjoint(index.references_of[item.key]):
            yield item


def _sums(view: View, party: Party, index: Index) -> Iterator[Edge]:
    """The row pays several items of one party at once."""
    some = [
        item for item in party.items if item.amount < view.amount and in_window(item, view.row.day)
    ]
    if not 2 <= len(some) <= MOST_SUMMED:
        return
    like = likeness(view, party.name, party.ibans)
    if not like.strong:
        return
    ways = list(islice(_ways(some, view.amount), 4))
    for way in ways:
        edge = _edge(view, like, way, index)
        if len(ways) > 1:
            edge.block, edge.rule = edge.block or reason("several-sums", count=len(ways)), ""
        yield edge


def _ways(items: list[Item], amount: int) -> Iterator[tuple[Item, ...]]:
    """Which items make up the amount, two at least."""
    rest = list(accumulate((item.amount for item in reversed(items)), initial=0))[::-1]

    def walk(n: int, left: int, taken: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
        if left == 0 and len(taken) > 1:
            yield taken
        if left <= 0 or n == len(items) or left > rest[n]:
            return
        yield from walk(n + 1, left - items[n].amount, (*taken, items[n]))
        yield from walk(n + 1, left, taken)

    yield from walk(0, amount, ())


def _edge(view: View, like: Likeness, items: tuple[Item, ...], index: Index) -> Edge:
    """An edge with its score, its reasons, and the rule or what forbids it."""
    known = {each for item in items for each in index.references_of[item.key]}
    near, shared = bool(view.found.near & known), bool(view.found.exact & known)
    bank = says(items[0].kind, view.spoken)
    score, reasons = _weigh(view, like, items, near=near, shared=shared, bank=bank)
    block = _blocked(view, like, items, index, near=near)
    rule = ""
    if near and (like.strong or shared):
        rule = "near-reference"
    elif shared:
        rule = "shared-reference"
    elif like.account:
        rule = "account"
    elif like.name:
        rule = "name"
    elif like.text:
        rule = "text-name"
    elif bank and not view.row.name and len(items) == 1:
        rule = "bank-words"
    elif block is None:
        block = reason("near-only" if near else "family-only" if like.family else "amount-only")
    return Edge(view, items, max(0, min(score, 99)), tuple(reasons), "" if block else rule, block)


def _weigh(
    view: View, like: Likeness, items: Sequence[Item], *, near: bool, shared: bool, bank: bool
) -> tuple[int, list[Reason]]:
    """The score of an edge and what speaks for it and against it."""
    fits = reason("amount") if len(items) == 1 else reason("sum", count=len(items))
    weights: list[tuple[bool, int, Reason]] = [
        (True, AMOUNT if len(items) == 1 else SUM, fits),
        (near, NEAR, reason("near-reference")),
        (shared, SHARED, reason("shared-reference")),
        (like.account, ACCOUNT, reason("account")),
        (like.name, NAME, reason("name")),
        (like.text and not like.name, TEXT, reason("text-name")),
        (like.family and not like.strong, FAMILY, reason("family")),
        (bank, BANK, reason("bank-words")),
        (any(view.months & months(item.texts) for item in items), AGREES, reason("month")),
        (
            bool(view.purposes) and not any(purposes_differ(view.purposes, each) for each in items),
            AGREES,
            reason("purpose"),
        ),
        (all(purposes_differ(view.purposes, each) for each in items), -DIFFERS,
         reason("purpose-differs")),
        (all(months_differ(view.months, each) for each in items), -DIFFERS,
         reason("month-differs")),
        (not all(in_window(each, view.row.day) for each in items), -OUTSIDE,
         reason("outside-window")),
        (bool(view.found.foreign) and not near, -UNKNOWN, _foreign(view)),
    ]  # fmt: skip
    counted = [(weight, why) for holds, weight, why in weights if holds]
    return sum(weight for weight, _why in counted), [why for _weight, why in counted]


def _foreign(view: View) -> Reason:
    return reason("foreign-reference", reference=next(iter(view.found.foreign), ""))


def _blocked(
    view: View, like: Likeness, items: Sequence[Item], index: Index, *, near: bool
) -> Reason | None:
    """What forbids matching it alone, whatever speaks for it."""
    if not all(in_window(item, view.row.day) for item in items):
        return reason("outside-window")
    if any(purposes_differ(view.purposes, item) for item in items):
        return reason("purpose-differs")
    if any(months_differ(view.months, item) for item in items):
        return reason("month-differs")
    if view.found.foreign and not near:
        return _foreign(view)
    if view.found.near and not near:
        return reason("near-another")
    other = [item for item in index.named(view) if item.key not in {each.key for each in items}]
    if any(
        not (
            index.is_shared(each) or each in {r for i in items for r in index.references_of[i.key]}
        )
        for each in view.found.exact
        if any(item in other for item in index.by_reference[each])
    ):
        return reason("other-reference", item=other[0].key)
    if view.row.direction == "out" and like.other_account:
        return reason("other-account")
    return _meant_otherwise(view, like, items, index) if not near else None


def _meant_otherwise(
    view: View, like: Likeness, items: Sequence[Item], index: Index
) -> Reason | None:
    """The account is the party's, but the free text is about somebody else, or may be."""
    name = items[0].name
    if like.text or not (like.account or like.name) or items[0].kind in OWN_ACTS:
        return None
    if names_relative(name, view.row.texts, NEUTRAL) or index.names_other(name, view):
        return reason("names-another")
    known = {word for text in (name, view.row.name) for word in words(text)}
    known |= {word for item in items for text in item.texts for word in words(text)}
    strange = strange_words(view.row.texts, known)
    return reason("says-more", words=" ".join(strange)) if strange else None


def guard_families(found: Mapping[str, Sequence[Edge]], parties: Parties) -> None:
    """Who pays for a relative looks like paying for themselves: then a person decides.

    A row may be matched by account or name only if no item of the same amount is open for
    somebody else of that family. Two things are enough to tell: a text that names one in full,
    unless the payer has such an item, too; a row of that relative's own for that relative's item.
    """
    own: dict[str, set[str]] = defaultdict(set)
    for key, some in found.items():
        for edge in some:
            if edge.rule in {"account", "name"} and len(edge.items) == 1:
                own[edge.items[0].key].add(key)
    for key, some in found.items():
        for edge in some:
            if edge.rule in {"account", "name", "text-name"}:
                relative = _relative(key, edge, parties, own)
                if relative is not None:
                    edge.block, edge.rule = reason("relative", name=relative.name), ""


def _relative(key: str, edge: Edge, parties: Parties, own: Mapping[str, set[str]]) -> Item | None:
    """An item of the same amount that the row may be about as well, of somebody of the family."""
    view = edge.view
    mine = parties.of[edge.items[0].key]
    for item in parties.of_family(view):
        if parties.of[item.key] is mine or not in_window(item, view.row.day):
            continue
        strong = _like(view, item, parties).strong
        if not strong and (own[item.key] - {key} or named_in(mine.name, view.row.texts)):
            continue
        return item
    return None
