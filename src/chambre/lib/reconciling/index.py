"""Open items found by reference, party, amount; rows read once.

Two items of one party and amount stay two: a row that does not say which it pays is a person's to
decide. Items are offered in the order of article 1342-10 of the code civil (:func:`rank`): the
debts due first, and among them the oldest.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from chambre.lib.reconciling.model import Direction, Item, Row
from chambre.lib.reconciling.names import LONG_ENOUGH, family, name_words, named_in, near_word
from chambre.lib.reconciling.references import Found, ReferenceIndex, is_rf
from chambre.lib.reconciling.texts import REMEMBERED, compact, months, purposes, words

OWN_ACTS = frozenset(
    {"payout", "payout-batch", "refund", "collection", "collection-batch", "cheque-deposit", "cash-deposit",
     "provider-transfer"}
)  # fmt: skip
"""Kinds that the house itself set going: the bank answers within days, and with the whole sum."""
EARLY, LATE_OWN, LATE = dt.timedelta(days=5), dt.timedelta(days=14), dt.timedelta(days=400)
FEW = 20
"""Items of one amount up to which they are simply gone through."""
_UNMISTAKABLE = frozenset({"donation", "refund", "guarantee", "salary", "membership", "rent"})
"""Who says one of these does not mean an item that says nothing of its purpose."""


@dataclass(eq=False)
class Party:
    """Who items are open with.

    Attributes:
        name: As the caller knows it.
        words: How many words it has.
        ibans: Known accounts, compact.
        items: Its open items, in the order of :func:`rank`.
    """

    name: str
    words: int
    ibans: set[str] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class View:
    """A row, read once.

    Attributes:
        row: The row.
        amount: Its cents without sign.
        spoken: All its words, each once.
        found: References that it names.
        purposes: What its free texts say it is for.
        months: Months that its free texts name.
    """

    row: Row
    amount: int
    spoken: tuple[str, ...]
    found: Found
    purposes: frozenset[str]
    months: frozenset[int]

    @property
    def iban(self) -> str:
        """The other party's account, compact."""
        return compact(self.row.iban)


def due_of(item: Item) -> dt.date:
    """When it is due."""
    return item.due or item.day


def rank(item: Item) -> tuple[dt.date, dt.date, str]:
    """The order in which debts are paid when nobody says which."""
    return due_of(item), item.day, item.key


def in_window(item: Item, day: dt.date) -> bool:
    """Whether a movement of that day can be about the item at all."""
    if item.kind in OWN_ACTS:
        first = min(item.day, due_of(item))
        return first - EARLY <= day <= max(item.day, due_of(item)) + LATE_OWN
    return item.day - EARLY <= day <= due_of(item) + LATE


def item_purposes(item: Item) -> frozenset[str]:
    """What an item is for, as far as its words say."""
    found = purposes(item.texts)
    return found | {"refund"} if item.kind == "refund" else found


def purposes_differ(spoken: frozenset[str], item: Item) -> bool:
    """Whether the row says that it is for something else."""
    mine = item_purposes(item)
    return bool(spoken) and (not spoken & mine if mine else bool(spoken & _UNMISTAKABLE))


def months_differ(spoken: frozenset[int], item: Item) -> bool:
    """Whether the row names other months than the item's words do."""
    mine = months(item.texts)
    return bool(spoken and mine) and not spoken & mine


class Index:
    """All items, found by what a row may say of them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.references = ReferenceIndex()
        self.by_reference: dict[str, list[Item]] = defaultdict(list)
        self.references_of: dict[str, tuple[str, ...]] = {}
        self.items: dict[str, Item] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        for item in sorted(items, key=rank):
            self.items[item.key] = item
            known = [self.references.add(each) for each in item.references]
            self.references_of[item.key] = tuple(each for each in known if each)
            for each in self.references_of[item.key]:
                self.by_reference[each].append(item)
            if family(item.name):
                self._names[family(item.name)].add(item.name)
        self._open: list[Item] = [
            item for item in self.items.values() if item.amount > 0 and not item.only_named
        ]
        self.same_amount: dict[tuple[Direction, int], list[Item]] = defaultdict(list)
        self.of_party: dict[tuple[object, ...], list[Item]] = defaultdict(list)
        for item in self._open:
            self.same_amount[item.direction, item.amount].append(item)
            self.of_party[item.direction, *party_key(item)].append(item)

    def named(self, view: View) -> list[Item]:
        """Items of the row's direction that it names by an exact reference, settled ones too."""
        found = {
            item.key: item
            for reference in view.found.exact
            for item in self.by_reference[reference]
            if item.direction == view.row.direction
        }
        return sorted(found.values(), key=rank)

    def names_other(self, name: str, view: View) -> bool:
        """Whether the row's free texts name in full somebody else who is known."""
        return any(
            other != name and set(name_words(other)) != set(name_words(name))
            and named_in(other, view.row.texts)
            for word in view.spoken
            for other in self._names.get(word, ())
        )  # fmt: skip

    def is_shared(self, reference: str) -> bool:
        """Whether a reference is that of several open items: it tells whose they are, not which."""
        known = self.by_reference[reference]
        return sum(item.amount > 0 and not item.only_named for item in known) > 1

    def proves(self, item: Item, view: View) -> bool:
        """Whether what names the item proves itself.

        A creditor reference does by its check digits; of what the house itself set going, so does
        its number in a field of its own: it comes back as it was sent.
        """
        structured = {compact(each) for each in view.row.references}
        return any(
            is_rf(each) or (item.kind in OWN_ACTS and each in structured)
            for each in self.references_of[item.key]
            if each in view.found.exact
        )

    def read(self, row: Row) -> View:
        """A row, read once."""
        said = (word for text in (row.name, *row.texts) for word in words(text))
        spoken = tuple(dict.fromkeys(said))  # a set of them would weigh seven times as much
        found = self.references.find(row.references, row.texts)
        amount = abs(row.amount)
        return View(row, amount, spoken, found, purposes(row.texts), months(row.texts))


class Parties:
    """Open items by party and amount, made anew for what a first pass has left."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.all: list[Party] = []
        self.of: dict[str, Party] = {}
        self.by_amount: dict[tuple[Direction, int], list[Item]] = defaultdict(list)
        self._by_iban: dict[tuple[Direction, str], list[Party]] = defaultdict(list)
        self._by_word: dict[tuple[Direction, str], list[Party]] = defaultdict(list)
        self._by_family: dict[tuple[Direction, int, str], list[Item]] = defaultdict(list)
        self._heard: dict[tuple[Direction, str], tuple[Party, ...]] = {}
        known: dict[tuple[object, ...], Party] = {}
        for item in sorted(items, key=rank):
            who = (item.direction, *party_key(item))
            if who not in known:
                known[who] = self._party(item)
            party = self.of[item.key] = known[who]
            party.items.append(item)
            for iban in map(compact, item.ibans):
                if iban not in party.ibans:
                    party.ibans.add(iban)
                    self._by_iban[item.direction, iban].append(party)
            self.by_amount[item.direction, item.amount].append(item)
            last = family(item.name)
            for form in _forms(last) if last else ():
                self._by_family[item.direction, item.amount, form].append(item)

    def _party(self, item: Item) -> Party:
        party = Party(item.name, max(1, len(name_words(item.name))))
        self.all.append(party)
        for word in set(name_words(item.name)):
            for form in _forms(word):
                self._by_word[item.direction, form].append(party)
        return party

    def alike(self, view: View) -> list[Party]:
        """Parties whose account it is, or all of whose words stand somewhere in the row."""
        found = {id(party): party for party in self._of_account(view)}
        hits: dict[int, int] = defaultdict(int)
        for word in view.spoken:
            for party in self._with_word(view.row.direction, word):
                hits[id(party)] += 1
                if hits[id(party)] >= party.words:
                    found[id(party)] = party
        return sorted(found.values(), key=lambda party: rank(party.items[0]))

    def _of_account(self, view: View) -> list[Party]:
        return self._by_iban.get((view.row.direction, view.iban), []) if view.iban else []

    def _with_word(self, direction: Direction, word: str) -> tuple[Party, ...]:
        """Parties with a word, or with one that is nearly it; looked up once for each word."""
        known = self._heard.get((direction, word))
        if known is None:
            some = {
                id(party): party
                for form in _forms(word)
                for party in self._by_word.get((direction, form), ())
            }
            known = self._heard[direction, word] = tuple(some.values())
        return known

    def of_family(self, view: View) -> list[Item]:
        """Items of the row's amount of parties whose family name stands in the row."""
        same = self.by_amount.get((view.row.direction, view.amount), ())
        if not same:
            return []
        if len(same) <= FEW:
            return [
                item
                for item in same
                if any(near_word(family(item.name), word) for word in view.spoken)
            ]
        found = {
            item.key: item
            for word in view.spoken
            for form in _forms(word)
            for item in self._by_family.get((view.row.direction, view.amount, form), ())
            if near_word(family(item.name), word)
        }
        return sorted(found.values(), key=rank)


def party_key(item: Item) -> tuple[object, ...]:
    """Whose it is: the caller's word, else the name with its accounts, else nobody's but its own."""
    if item.party:
        return ("party", item.party)
    if item.name:
        return ("name", frozenset(name_words(item.name)), frozenset(map(compact, item.ibans)))
    return ("item", item.key)


@lru_cache(maxsize=REMEMBERED)
def _forms(word: str) -> tuple[str, ...]:
    """The word and, if it is long enough to be misspelt, each form with a letter left out."""
    if len(word) < LONG_ENOUGH:
        return (word,)
    return (word, *sorted({word[:n] + word[n + 1 :] for n in range(len(word))} - {word}))
