"""How a scheme does: what comes back, how often, how long it stays out, what is lost.

Sums are made by the database, by day or by state, so that a year of a large scheme is a few thousand
rows. The indicators themselves are in :mod:`chambre.lib.deposits`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from chambre.lib.deposits import (
    Cohort,
    Corrected,
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

_DAY = dt.timedelta(days=1)
_ENDED_BACK = (Contract.State.OPEN, Contract.State.CLOSED, Contract.State.SOLD)
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


def _contracts(scheme: Scheme) -> QuerySet[Contract]:
    return Contract.objects.filter(scheme=scheme, state__in=_ENDED_BACK).order_by()


def _refunds(scheme: Scheme) -> QuerySet[Refund]:
    """What came back; a deposit that nobody claimed did not."""
    rows = Refund.objects.filter(contract__scheme=scheme, contract__state__in=_ENDED_BACK)
    return rows.exclude(reason=Refund.UNCLAIMED).order_by()


def cohorts(scheme: Scheme, first: dt.date, last: dt.date, today: dt.date) -> list[MonthOfIssue]:
    """Return rates by month of issue, oldest first; months without issues are left out.

    Args:
        scheme: Which one.
        first: First day of issue.
        last: Last day of issue, within it.
        today: The day on which this is asked.
    """
    back: dict[dt.date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    out: dict[dt.date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    gone: dict[dt.date, int] = defaultdict(int)
    rows = _refunds(scheme).filter(contract__opened_on__range=(first, last))
    for issued, day, many in rows.values_list("contract__opened_on", "day").annotate(
        many=Sum("quantity")
    ):
        back[issued.replace(day=1)][max((day - issued).days, 0)] += many
    left = _contracts(scheme).filter(opened_on__range=(first, last), quantity__gt=F("back"))
    for issued, state, many in left.values_list("opened_on", "state").annotate(
        many=Sum(F("quantity") - F("back"))
    ):
        month = issued.replace(day=1)
        if state == Contract.State.OPEN:
            out[month][max((today - issued).days, 0)] += many
        else:
            gone[month] += many
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


def flows(scheme: Scheme, first: dt.date, last: dt.date) -> Flows:
    """Issues and returns from ``first`` to ``last``, both within."""
    found = Flows()
    rows = _contracts(scheme).filter(opened_on__range=(first, last))
    found.issued = dict(rows.values_list("opened_on").annotate(many=Sum("quantity")))
    returned: dict[dt.date, int] = defaultdict(int)
    stays: dict[int, int] = defaultdict(int)
    back = _refunds(scheme).filter(day__range=(first, last))
    for day, issued, reason, many, kept in back.values_list(
        "day", "contract__opened_on", "reason"
    ).annotate(many=Sum("quantity"), kept=Sum("kept")):
        returned[day] += many
        stays[max((day - issued).days, 0)] += many
        found.damaged += many if reason == "damaged" else 0
        found.kept += kept
    found.returned, found.stays = dict(returned), dict(stays)
    sold = Refund.objects.filter(
        contract__scheme=scheme, reason=Refund.UNCLAIMED, day__range=(first, last)
    )
    found.sold = sold.aggregate(many=Sum("quantity", default=0))["many"]
    return found


def measures(scheme: Scheme, first: dt.date, last: dt.date) -> Measures:
    """The indicators of a period, both days within."""
    period = flows(scheme, first, last)
    mean = mean_stay(period.stays)
    shifted = None
    if mean is not None:
        lag = round(mean)
        earlier = dict(
            _contracts(scheme)
            .filter(opened_on__range=(first - lag * _DAY, last - lag * _DAY))
            .values_list("opened_on")
            .annotate(many=Sum("quantity"))
        )
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


def fleet(scheme: Scheme, type_: ItemType | None = None) -> tuple[Rotations, dict[int, int]]:
    """How often objects went round: summed up, and how many objects did so how often."""
    items = Item.objects.filter(scheme=scheme).order_by()
    if type_ is not None:
        items = items.filter(type=type_)
    counts = dict(items.values_list("rotations").annotate(many=Count("pk")))
    once = items.filter(rotations=0, contracts__isnull=False).distinct().count()
    return rotations(counts, once), counts


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


def groups(scheme: Scheme) -> Fleet:
    """Active, never used, retired, lost: each object is in one of them."""
    gone = Q(state__in=(Item.State.RETIRED, Item.State.RECALLED))
    lost = Q(state=Item.State.LOST)
    never = Q(rotations=0) & ~Q(pk__in=Contract.objects.filter(scheme=scheme).values("item"))
    found = Item.objects.filter(scheme=scheme).aggregate(
        active=Count("pk", filter=~gone & ~lost & ~never),
        unused=Count("pk", filter=~gone & ~lost & never),
        retired=Count("pk", filter=gone),
        lost=Count("pk", filter=lost),
    )
    return Fleet(**found)


def stock(scheme: Scheme) -> dict[tuple[int | None, str], int]:
    """Objects by place (None: nobody knows) and state."""
    rows = Item.objects.filter(scheme=scheme).order_by().values_list("place", "state")
    return {(place, state): many for place, state, many in rows.annotate(many=Count("pk"))}


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
    lots = dict(
        Lot.objects.filter(type__scheme=scheme, at__date__range=(first, last))
        .order_by()
        .values_list("type")
        .annotate(many=Sum("count"))
    )
    for type_ in ItemType.objects.filter(scheme=scheme, equipment=False):
        count = uses.get(type_.pk, 0)
        new = lots if type_.counting == ItemType.Counting.CLASS else begun
        yield type_, reuse_of_year(count, min(count, new.get(type_.pk, 0)))


def years(scheme: Scheme) -> list[int]:
    """Years in which something was issued, newest first."""
    edges = Contract.objects.filter(scheme=scheme).aggregate(a=Min("opened_on"), z=Max("opened_on"))
    if edges["a"] is None:
        return []
    return list(range(edges["z"].year, edges["a"].year - 1, -1))
