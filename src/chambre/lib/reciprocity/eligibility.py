"""Who is of which class on the last day of a span, and what a party may do."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from fractions import Fraction

from chambre.lib.money import account_unit
from chambre.lib.reciprocity.errors import ReciprocityRefusal
from chambre.lib.reciprocity.gathering import Gathered, Window
from chambre.lib.reciprocity.model import (
    EVERYONE,
    SCALE,
    Contract,
    Criterion,
    Party,
    PartyClass,
    Threshold,
    Use,
)
from chambre.lib.reciprocity.spans import add_months, next_day
from chambre.lib.reciprocity.steps import is_money


class Eligibility:
    """Classes of a contract over the parties that are known and those that facts name."""

    def __init__(
        self, contract: Contract, gathered: Gathered, parties: Iterable[Party] = ()
    ) -> None:
        """Know the parties.

        Raises:
            ReciprocityRefusal: A party is described twice, and not alike.
        """
        self.contract = contract
        self.gathered = gathered
        self.known: dict[str, Party] = {}
        for party in (*contract.parties, *parties):
            if self.known.setdefault(party.name, party) != party:
                raise ReciprocityRefusal("party-twice", name=party.name)
        self._classes = {each.name: each for each in contract.classes}
        self._members: dict[str, frozenset[str]] = {}
        self._reached: dict[tuple[str, Threshold], set[str]] = {}
        self._all: frozenset[str] | None = None

    def everyone(self) -> frozenset[str]:
        """Every party that is described, or that gave, bore, used, sold or declared something."""
        if self._all is None:
            named = {
                name
                for test_class in self.contract.classes
                for test in (*test_class.all, *test_class.any)
                if test.word == "named"
                for name in test.names
            }
            sellers = {
                party
                for unit in self.gathered.units_of("sale")
                for party in self.gathered.given("sale", unit, "ever")
                if party
            }
            self._all = frozenset({*self.known, *named, *sellers, *self.gathered.givers("ever")})
        return self._all

    def is_class(self, name: str) -> bool:
        """Whether a name is one of a class."""
        return name == EVERYONE or name in self._classes

    def members(self, name: str) -> frozenset[str]:
        """The members of a class; of a name that is no class, itself."""
        if name == EVERYONE:
            return self.everyone()
        if name not in self._classes:
            return frozenset((name,))
        if name not in self._members:
            tested = self._classes[name]
            self._members[name] = frozenset(
                party for party in self.everyone() if self._passes(party, tested)
            )
        return self._members[name]

    def among(self, names: Iterable[str]) -> set[str]:
        """Members of any of some classes, and the parties named."""
        return {party for name in names for party in self.members(name)}

    def _passes(self, party: str, tested: PartyClass) -> bool:
        return (
            all(self._meets(party, test) for test in tested.all)
            and (not tested.any or any(self._meets(party, test) for test in tested.any))
            and not any(self._meets(party, test) for test in tested.none)
        )

    def _meets(self, name: str, test: Criterion) -> bool:
        """Whether a party passes one test; what is not known does not pass."""
        if test.word == "named":
            return name in test.names
        if test.word == "class":
            return any(name in self.members(each) for each in test.names)
        if test.threshold is not None:
            kind = "contribution" if test.word == "contributed" else "use"
            return name in self._reaching(kind, test.threshold)
        party = self.known.get(name)
        return party is not None and self._described(party, test)

    def _described(self, party: Party, test: Criterion) -> bool:
        if test.word == "status":
            return not set(test.names).isdisjoint(party.status)
        if test.word == "territory":
            return bool(party.territory) and any(
                fnmatchcase(party.territory, pattern) for pattern in test.names
            )
        if test.word == "member_months":
            end = next_day(self.gathered.until)
            return party.since is not None and add_months(party.since, test.number) <= end
        if party.size is None:
            return False
        if test.word == "size_at_most":
            return party.size <= test.number
        return party.size >= test.number

    def _reaching(self, kind: str, threshold: Threshold) -> set[str]:
        """Parties whose facts reach a threshold."""
        key = (kind, threshold)
        if key not in self._reached:
            window: Window = threshold.months or "ever"
            units = [threshold.unit] if threshold.unit else self.gathered.units_of(kind)
            found: set[str] = set()
            for unit in units:
                parts = account_unit(unit).parts if is_money(unit) else SCALE
                least = (threshold.at_least or Fraction(0)) * parts
                for party, total in self.gathered.sums(kind, unit, window).items():
                    if total >= least:
                        found.add(party)
            self._reached[key] = found
        return self._reached[key]


def answer(contract: Contract, eligibility: Eligibility, party: str, kind: str) -> Use | None:
    """What a contract says to a party about one kind of use: the first entry that fits.

    Args:
        contract: The contract.
        eligibility: Of the same contract, on a day.
        party: Who asks.
        kind: ``study``, ``internal``, ``non-commercial``, ``commercial``, ``derivative``,
            ``service``.

    Returns:
        The entry, whose ``answer`` is free, owes, ask or refused; None: the contract says nothing.
    """
    for use in contract.uses:
        if kind in use.kinds and (EVERYONE in use.by or party in eligibility.among(use.by)):
            return use
    return None
