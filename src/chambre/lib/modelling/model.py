"""What a resource lives from, described: users, prices, costs, upkeep, equipment, funding.

Amounts are whole cents without VAT, months are counted from 1, the month in which the model
starts. A number may be a range: it has one true value that nobody knows yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from chambre.lib.modelling.figures import NO_WORDS, Figure, Kind, Uncertain, figures_of
from chambre.lib.reciprocity.model import Text

EVERY_MONTH = (100,) * 12
"""A year without seasons: every month counts 100 %."""


_NO_MONEY = Figure.of(Kind.MONEY, 0)
_NO_SHARE = Figure.of(Kind.SHARE, 0)
_NO_COUNT = Figure.of(Kind.COUNT, 0)
_NO_MONTHS = Figure.of(Kind.MONTHS, 0)
_ONE = Figure.of(Kind.COUNT, 1_000)
_SURE = Figure.of(Kind.SHARE, 1_000_000)
_MANY_USERS = Figure.of(Kind.COUNT, 1_000_000_000)
_MANY_TIMES = Figure.of(Kind.COUNT, 20_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """People or organisations of one kind who use the resource.

    Attributes:
        slug: Short name in the file.
        name: What they are called.
        start: How many there are in their first month, in thousandths.
        arrivals: How many join in each later month, in thousandths.
        growth: Growth of those who are there, a month, in millionths.
        churn: Share of those who are there that leave in a month, in millionths.
        at_most: More than that there never are, in thousandths.
        uses: How often one of them uses the resource in an ordinary month, in thousandths.
        season: Uses of each month from January to December, in percent of an ordinary one.
        first: Month in which they begin.
    """

    slug: str
    name: Text
    start: Figure
    arrivals: Figure = _NO_COUNT
    growth: Figure = _NO_SHARE
    churn: Figure = _NO_SHARE
    at_most: Figure = _MANY_USERS
    uses: Figure = _ONE
    season: tuple[int, ...] = EVERY_MONTH
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What users pay.

    Attributes:
        slug: Short name in the file.
        name: What it is called.
        amount: Cents.
        per: For each ``use``, for each user and ``month``, or once a ``year`` for each user.
        segments: Who pays it; empty for everybody.
        month: Calendar month (1 to 12) in which a yearly price falls due.
        paid_after: Months until the money comes.
        indexed: Whether it follows the yearly rise of prices.
        first: First month in which it is asked.
        last: Last month, or 0 for no end.
    """

    slug: str
    name: Text
    amount: Figure
    per: str = "use"
    segments: tuple[str, ...] = ()
    month: int = 1
    paid_after: int = 0
    indexed: bool = True
    first: int = 1
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What is spent.

    Attributes:
        slug: Short name in the file.
        name: What it is called.
        kind: ``fixed`` each month; ``per-unit`` for each use; ``stepwise`` each month for each
            ``every`` uses or users begun; ``yearly`` once a year in ``month``.
        amount: Cents.
        every: Size of a step, in thousandths.
        counts: What steps count: ``uses`` of the month, or ``users``.
        segments: Whose uses or users count; empty for everybody's.
        month: Calendar month (1 to 12) in which a yearly cost is paid.
        first: First month.
        last: Last month, or 0 for no end.
        indexed: Whether it follows the yearly rise of costs.
    """

    slug: str
    name: Text
    kind: str
    amount: Figure
    every: Figure = _ONE
    counts: str = "uses"
    segments: tuple[str, ...] = ()
    month: int = 1
    first: int = 1
    last: int = 0
    indexed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What keeps the resource in good condition.

    Attributes:
        amount: Cents spent each month.
        reserve: Months of upkeep that should lie in reserve.
    """

    amount: Figure = _NO_MONEY
    reserve: Figure = _NO_MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A thing that is bought, wears out and is bought again.

    Attributes:
        slug: Short name in the file.
        name: What it is called.
        cost: Cents.
        lifetime: Months that it lasts.
        month: Month in which it is bought.
        renew: Whether it is bought again when it is worn out.
    """

    slug: str
    name: Text
    cost: Figure
    lifetime: Figure
    month: int = 1
    renew: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Objects handed out with each use against a deposit, and brought back later.

    Attributes:
        slug: Short name in the file.
        name: What it is called.
        amount: Cents of deposit for an object.
        segments: With whose uses objects go out; empty for everybody's.
        loss: Share of the objects that never come back; their deposit is kept, in millionths.
        delay: Months until the others come back.
        rotations: How often an object can go out before it is worn out, in thousandths.
        object_cost: Cents of a new object, for each one lost or worn out.
    """

    slug: str
    name: Text
    amount: Figure
    segments: tuple[str, ...] = ()
    loss: Figure = _NO_SHARE
    delay: int = 1
    rotations: Figure = _MANY_TIMES
    object_cost: Figure = _NO_MONEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """Work given. It costs nothing and is told beside the accounts, as in classes 86 and 87.

    Attributes:
        slug: Short name in the file.
        name: Who gives it.
        hours: Minutes a month.
        rate: Cents that an hour is valued at.
        first: First month.
        last: Last month, or 0 for no end.
    """

    slug: str
    name: Text
    hours: Figure
    rate: Figure
    first: int = 1
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Money given for the resource.

    Attributes:
        slug: Short name in the file.
        name: Who gives it, for what.
        amount: Cents.
        month: Month in which it comes.
        chance: How likely it is to come at all, in millionths.
        spread: Months over which the results take it in, as equipment wears out; 0 at once.
    """

    slug: str
    name: Text
    amount: Figure
    month: int = 1
    chance: Figure = _SURE
    spread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """Money lent, and paid back.

    Attributes:
        slug: Short name in the file.
        name: Who lends it.
        amount: Cents.
        month: Month in which it comes.
        rate: Interest a year, in millionths; paid each month on what is still owed.
        months: Instalments of capital; the first falls due the month after the grace.
        grace: Months after the money came in which only interest is paid.
        how: ``equal`` parts of capital each month, or all of it ``at-the-end``.
    """

    slug: str
    name: Text
    amount: Figure
    month: int = 1
    rate: Figure = _NO_SHARE
    months: int = 60
    grace: int = 0
    how: str = "equal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexing:
    """How costs and prices rise, once a year.

    Attributes:
        costs: Rise of the costs a year, in millionths; also of upkeep, equipment and objects.
        prices: Rise of the prices a year, in millionths.
    """

    costs: Figure = _NO_SHARE
    prices: Figure = _NO_SHARE


_NO_INDEXING = Indexing()
_NO_UPKEEP = Upkeep()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The economic model of a resource.

    Attributes:
        slug: Short name.
        title: What the model is called.
        resource: The resource itself, in a sentence or two.
        need: What is missing today.
        summary: How the resource is to live.
        ask: What is asked of whoever reads the presentation.
        unit: Currency of the amounts.
        starts: First day of the first month.
        horizon: Months that are looked ahead.
        opening: Cents in hand at the start.
        indexing: The rise of costs and prices.
        segments: Who uses it.
        prices: What they pay.
        costs: What is spent.
        upkeep: What keeps it in good condition.
        equipment: What is bought and wears out.
        deposits: What goes out and comes back.
        volunteers: Work given.
        grants: Money given.
        loans: Money lent.
    """

    slug: str
    title: Text
    resource: Text = NO_WORDS
    need: Text = NO_WORDS
    summary: Text = NO_WORDS
    ask: Text = NO_WORDS
    unit: str = "EUR"
    starts: dt.date
    horizon: int
    opening: Figure = _NO_MONEY
    indexing: Indexing = _NO_INDEXING
    segments: tuple[Segment, ...] = ()
    prices: tuple[Price, ...] = ()
    costs: tuple[Cost, ...] = ()
    upkeep: Upkeep = _NO_UPKEEP
    equipment: tuple[Equipment, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    grants: tuple[Grant, ...] = ()
    loans: tuple[Loan, ...] = ()

    @property
    def years(self) -> int:
        """Years of twelve months from the start; the last one may be shorter."""
        return -(-self.horizon // 12)

    def month(self, number: int) -> dt.date:
        """First day of a month of the model, counted from 1."""
        at = self.starts.year * 12 + self.starts.month - 1 + number - 1
        return dt.date(at // 12, at % 12 + 1, 1)

    def figures(self) -> Iterator[Uncertain]:
        """Every number of the model with its place, ranges and known ones alike."""
        yield Uncertain("opening", self.opening, Text(), "model.opening")
        for word, single in (("indexing", self.indexing), ("upkeep", self.upkeep)):
            for name, figure in figures_of(single):
                yield Uncertain(f"{word}.{name}", figure, Text(), f"{word}.{name}")
        for word, things in self._lists():
            for thing in things:
                for name, figure in figures_of(thing):
                    yield Uncertain(
                        f"{word}.{thing.slug}.{name}", figure, thing.name, f"{word}.{name}"
                    )

    def ranges(self) -> Iterator[Uncertain]:
        """The numbers that are ranges, and grants that may not come."""
        for each in self.figures():
            if not each.figure.fixed or (
                each.field == "grant.chance" and 0 < each.figure.low < 1_000_000
            ):
                yield each

    def _lists(self) -> Iterator[tuple[str, tuple[Named, ...]]]:
        yield "segment", self.segments
        yield "price", self.prices
        yield "cost", self.costs
        yield "equipment", self.equipment
        yield "deposit", self.deposits
        yield "volunteer", self.volunteers
        yield "grant", self.grants
        yield "loan", self.loans


Named = Segment | Price | Cost | Equipment | Deposit | Volunteer | Grant | Loan
"""What has a slug and a name."""
