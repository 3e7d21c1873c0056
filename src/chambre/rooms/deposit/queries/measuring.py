"""How a scheme does: what comes back, how often, how long it stays out, what is lost.

Sums are made by the database, by day or by state, so that a year of a large scheme is a few thousand
rows. The indicators themselves are in :mod:`chambre.lib.deposits`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from chambre.lib.deposits import (
    Cohort,
    Corrected,
    Reason,
    Reuse,
    Rotations,
    corrected_rate,
    mean_stay,
    rate_in_period,
    return_rate,
    reuse_of_year,
    rotations,
    shifted_rate,
    stay_of_share,
)
from chambre.rooms.deposit.models import (
    Act,
    Case,
    Contract,
    Item,
    ItemType,
    Lot,
    Part,
    Refund,
    Scheme,
)

_YEAR = dt.timedelta(days=366)
_COUNTED = (Contract.State.OPEN, Contract.State.CLOSED, Contract.State.SOLD)
_PAID_OUT = (Act.Kind.RETURN, Act.Kind.CASE, Act.Kind.RECEIPT)


@dataclass(frozen=True, slots=True)
class MonthOfIssue:
    """What was issued in one month, and what became of it until now.

    Attributes:
        month: Its first day.
        cohort: The counts.
        rate: Share that came back until now; None: nothing was issued.
        corrected: Share that comes back, allowing for what has not had the time.
    """

    month: dt.date
    cohort: Cohort
    rate: float | None
    corrected: Corrected | None


@dataclass(slots=True)
class Flows:
    """Issues and returns of a period.

    Attributes:
        issued: Objects issued, by day.
        returned: Objects that came back, by day, whenever they were issued.
        stays: Of what came back: objects by days from issue to return.
        damaged: Objects that came back damaged.
        kept: Cents kept of what came back.
        sold: Objects counted as sold in the period: nobody brought them back.
    """

    issued: dict[dt.date, int] = field(default_factory=dict)
    returned: dict[dt.date, int] = field(default_factory=dict)
    stays: dict[int, int] = field(default_factory=dict)
    damaged: int = 0
    kept: int = 0
    sold: int = 0

    @property
    def went(self) -> int:
        """Objects issued."""
        return sum(self.issued.values())

    @property
    def came(self) -> int:
        """Objects brought back."""
        return sum(self.returned.values())


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything about one scheme and period.

    Attributes:
        first: First day.
        last: Last day.
        flows: Issues and returns.
        rate: Returns over issues of the period.
        shifted: Returns over issues one mean stay earlier.
        mean: Mean days that an object stayed out.
        median: Half of what came back did so within so many days.
        tail: Nine in ten did.
        breakage: Damaged objects over returned ones.
        loss: Objects sold or written off over those issued.
        lost: Objects written off as lost in the period.
    """

    first: dt.date
    last: dt.date
    flows: Flows
    rate: float | None
    shifted: float | None
    mean: float | None
    median: int | None
    tail: int | None
    breakage: float | None
    loss: float | None
    lost: int


@dataclass(frozen=True, slots=True)
class History:
    """What was issued and what ended around a period, counted by day.

    Attributes:
        first: First day of the period.
        last: Last day, within it.
        issues: Day of issue, state, objects, and how many of them have not come back; from a year before
            the period on.
        ends: Day of issue, day of the end, why, objects, cents kept; of what was issued or ended in the
            period.
    """

    first: dt.date
    last: dt.date
    issues: list[tuple[dt.date, str, int, int]]
    ends: list[tuple[dt.date, dt.date, str, int, int]]

    def within(self, day: dt.date) -> bool:
        """Whether a day is in the period."""
        return self.first <= day <= self.last


def history(scheme: Scheme, first: dt.date, last: dt.date) -> History:
    """Read the issues and ends around a period, in two questions."""
    contracts = Contract.objects.filter(
        scheme=scheme, state__in=_COUNTED, opened_on__range=(first - _YEAR, last)
    )
    refunds = Refund.objects.filter(
        Q(contract__opened_on__range=(first, last)) | Q(day__range=(first, last)),
        contract__scheme=scheme,
        contract__state__in=_COUNTED,
    )
    return History(
        first,
        last,
        list(
            contracts.order_by()
            .values_list("opened_on", "state")
            .annotate(many=Sum("quantity"), left=Sum(F("quantity") - F("back")))
        ),
        list(
            refunds.order_by()
            .values_list("contract__opened_on", "day", "reason")
            .annotate(many=Sum("quantity"), cents=Sum("kept"))
        ),
    )


def cohorts(known: History, today: dt.date) -> list[MonthOfIssue]:
    """Return rates by month of issue, oldest first; months without issues are left out.

    Args:
        known: What was issued in the period, and how it ended until now.
        today: The day on which this is asked.
    """
    back: dict[dt.date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    out: dict[dt.date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    gone: dict[dt.date, int] = defaultdict(int)
    for issued, day, reason, many, _kept in known.ends:
        if known.within(issued) and reason != Refund.UNCLAIMED:
            back[issued.replace(day=1)][max((day - issued).days, 0)] += many
    for issued, state, _many, left in known.issues:
        if not left or not known.within(issued):
            continue
        month = issued.replace(day=1)
        if state == Contract.State.OPEN:
            out[month][max((today - issued).days, 0)] += left
        else:
            gone[month] += left
    return [_month(month, back, out, gone) for month in sorted({*back, *out, *gone})]


def _month(
    month: dt.date,
    back: Mapping[dt.date, Mapping[int, int]],
    out: Mapping[dt.date, Mapping[int, int]],
    gone: Mapping[dt.date, int],
) -> MonthOfIssue:
    cohort = Cohort(dict(back.get(month, {})), dict(out.get(month, {})), gone.get(month, 0))
    return MonthOfIssue(month, cohort, return_rate(cohort), corrected_rate(cohort))


def whole_cohort(months: list[MonthOfIssue]) -> MonthOfIssue | None:
    """All months as one; None: there is none."""
    if not months:
        return None
    back: dict[int, int] = defaultdict(int)
    out: dict[int, int] = defaultdict(int)
    for each in months:
        for day, many in each.cohort.back.items():
            back[day] += many
        for day, many in each.cohort.out.items():
            out[day] += many
    cohort = Cohort(back, out, sum(each.cohort.gone for each in months))
    return MonthOfIssue(months[0].month, cohort, return_rate(cohort), corrected_rate(cohort))


def flows(known: History) -> Flows:
    """Issues and returns of the period."""
    found = Flows()
    issued: dict[dt.date, int] = defaultdict(int)
    returned: dict[dt.date, int] = defaultdict(int)
    stays: dict[int, int] = defaultdict(int)
    for day, _state, many, _left in known.issues:
        if known.within(day):
            issued[day] += many
    for begun, day, reason, many, kept in known.ends:
        if not known.within(day):
            continue
        if reason == Refund.UNCLAIMED:
            found.sold += many
            continue
        returned[day] += many
        stays[max((day - begun).days, 0)] += many
        found.damaged += many if reason == Reason.DAMAGED else 0
        found.kept += kept
    found.issued, found.returned, found.stays = dict(issued), dict(returned), dict(stays)
    return found


def measures(scheme: Scheme, known: History) -> Measures:
    """The indicators of a period."""
    period, first, last = flows(known), known.first, known.last
    mean = mean_stay(period.stays)
    shifted = None
    if mean is not None and (lag := round(mean)) <= _YEAR.days:
        earlier: dict[dt.date, int] = defaultdict(int)
        for day, _state, many, _left in known.issues:
            earlier[day] += many
        shifted = shifted_rate(earlier, period.returned, first, last, lag)
    lost = Item.objects.filter(
        scheme=scheme, state=Item.State.LOST, moved_at__date__range=(first, last)
    ).count()
    went, came = period.went, period.came
    return Measures(
        first,
        last,
        period,
        rate=rate_in_period(came, went),
        shifted=shifted,
        mean=mean,
        median=stay_of_share(period.stays, 0.5),
        tail=stay_of_share(period.stays, 0.9),
        breakage=period.damaged / came if came else None,
        loss=(period.sold + lost) / went if went else None,
        lost=lost,
    )


@dataclass(frozen=True, slots=True)
class Fleet:
    """The objects of a scheme in four groups.

    Attributes:
        active: Used at least once and still in service.
        unused: In service and never issued.
        retired: Taken out of service, or recalled.
        lost: Written off.
    """

    active: int
    unused: int
    retired: int
    lost: int


@dataclass(frozen=True, slots=True)
class Stock:
    """All objects of a scheme.

    Attributes:
        rotations: How often they went round, summed up.
        counts: How many objects did so how often.
        groups: Active, never used, retired, lost: each object is in one of them.
        places: Objects by place (None: nobody knows) and state.
    """

    rotations: Rotations
    counts: dict[int, int]
    groups: Fleet
    places: dict[tuple[int | None, str], int]


def stock(scheme: Scheme) -> Stock:
    """Count all objects, in two questions."""
    items = Item.objects.filter(scheme=scheme).order_by()
    rows = items.values_list("place", "state", "rotations").annotate(many=Count("pk"))
    issued = Contract.objects.filter(item=OuterRef("pk")).exclude(state=Contract.State.VOID)
    once = dict(
        items.filter(Exists(issued), rotations=0).values_list("state").annotate(many=Count("pk"))
    )
    counts: dict[int, int] = defaultdict(int)
    places: dict[tuple[int | None, str], int] = defaultdict(int)
    states: dict[str, int] = defaultdict(int)
    fresh: dict[str, int] = defaultdict(int)
    for place, state, times, many in rows:
        counts[times] += many
        places[place, state] += many
        states[state] += many
        fresh[state] += many if times == 0 else 0
    gone = (Item.State.RETIRED.value, Item.State.RECALLED.value)
    lost = states[Item.State.LOST.value]
    retired = sum(states[state] for state in gone)
    unused = sum(
        many - once.get(state, 0)
        for state, many in fresh.items()
        if state not in (*gone, Item.State.LOST.value)
    )
    active = sum(states.values()) - lost - retired - unused
    return Stock(
        rotations(counts, sum(once.values())),
        dict(counts),
        Fleet(active, unused, retired, lost),
        dict(places),
    )


def refunds_by_way(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, int]:
    """Cents paid out by each way."""
    rows = Part.objects.filter(
        act__scheme=scheme,
        act__kind__in=_PAID_OUT,
        act__at__date__range=(first, last),
        amount__gt=0,
    )
    return dict(rows.order_by().values_list("channel").annotate(total=Sum("amount")))


def cases_by_kind(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, tuple[int, int]]:
    """Cases that began in the period, and how many of them nobody has decided, by kind."""
    rows = Case.objects.filter(scheme=scheme, at__date__range=(first, last)).order_by()
    return {
        kind: (many, waiting)
        for kind, many, waiting in rows.values_list("kind").annotate(
            many=Count("pk"), waiting=Count("pk", filter=Q(decision__isnull=True))
        )
    }


def reuse(scheme: Scheme, year: int) -> Iterator[tuple[ItemType, Reuse]]:
    """What the yearly duty to report reuse asks for, by type of packaging.

    Of objects with codes, the first use is the first issue of each. Of those that are only counted, the
    objects put in service in the year are taken to be used for the first time in it.
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    real = Contract.objects.filter(scheme=scheme).exclude(state=Contract.State.VOID).order_by()
    within = real.filter(opened_on__range=(first, last))
    uses = dict(within.values_list("type").annotate(many=Sum("quantity")))
    before = real.filter(item=OuterRef("item"), opened_on__lt=first)
    fresh = within.filter(~Exists(before), item__isnull=False)
    begun = dict(fresh.values_list("type").annotate(many=Count("item", distinct=True)))
    types = list(ItemType.objects.filter(scheme=scheme, equipment=False))
    lots: dict[int, int] = {}
    if any(type_.counting == ItemType.Counting.CLASS for type_ in types):
        rows = Lot.objects.filter(type__scheme=scheme, at__date__range=(first, last)).order_by()
        lots = dict(rows.values_list("type").annotate(many=Sum("count")))
    for type_ in types:
        count = uses.get(type_.pk, 0)
        new = lots if type_.counting == ItemType.Counting.CLASS else begun
        yield type_, reuse_of_year(count, min(count, new.get(type_.pk, 0)))
