"""The figures of a scheme as tiles, drawings and tables; page and files show the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core import clock
from chambre.core.ui import figures as written
from chambre.lib.charts import Bar, Bars, ChartPair, Months, MonthSeries, draw_pair
from chambre.lib.deposits import Reuse
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.deposit.models import Case, Item, ItemType, Part, Place, Scheme
from chambre.rooms.deposit.queries import measuring
from chambre.rooms.deposit.queries.holding import Held, holding

RETURNS, OBJECTS, MONEY = "retours", "parc", "paiements"
PARTS = (RETURNS, OBJECTS, MONEY)
"""The parts of the page, as its address names them."""


@dataclass(slots=True)
class Found:
    """What is shown of a scheme and period; what was not asked for is empty."""

    scheme: Scheme
    first: dt.date
    last: dt.date
    held: Held | None = None
    months: list[measuring.MonthOfIssue] = field(default_factory=list)
    measures: measuring.Measures | None = None
    stock: measuring.Stock | None = None
    places: dict[int, str] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    cases: dict[str, tuple[int, int]] = field(default_factory=dict)
    reuse: list[tuple[ItemType, Reuse]] = field(default_factory=list)


def gather(scheme: Scheme, first: dt.date, last: dt.date, part: str) -> Found:
    """Ask for one part."""
    found = Found(scheme, first, last)
    if part == RETURNS:
        known = measuring.history(scheme, first, last)
        found.held = holding(scheme)
        found.months = measuring.cohorts(known, clock.today())
        found.measures = measuring.measures(scheme, known)
    if part == OBJECTS:
        found.stock = measuring.stock(scheme)
        found.places = dict(Place.objects.filter(scheme=scheme).values_list("pk", "name"))
        found.reuse = list(measuring.reuse(scheme, last.year))
    if part == MONEY:
        found.ways = measuring.refunds_by_way(scheme, first, last)
        found.cases = measuring.cases_by_kind(scheme, first, last)
    return found


def permille(share: float | None) -> int | None:
    """A share as thousandths, as tables hold it."""
    return None if share is None else round(share * 1000)


def percent(thousandths: int | None) -> str:
    """Thousandths as a percentage with one decimal, in the language of the reader."""
    if thousandths is None:
        return "–"
    whole, rest = divmod(abs(thousandths), 10)
    sign = "−" if thousandths < 0 else ""
    mark, space = (",", "\u202f") if written.is_french() else (".", "")
    return f"{sign}{whole}{mark}{rest}{space}%"


def tenths(value: int) -> str:
    """Tenths with one decimal, in the language of the reader."""
    sign = "−" if value < 0 else ""
    whole, rest = divmod(abs(value), 10)
    return f"{sign}{written.integer(whole)}{',' if written.is_french() else '.'}{rest}"


def _decimal(value: float | None) -> str:
    if value is None:
        return "–"
    text = f"{value:.1f}"
    return text.replace(".", ",") if written.is_french() else text


def _days(value: float | None) -> str:
    if value is None:
        return "–"
    return ngettext("%(n)s day", "%(n)s days", round(value)) % {"n": _decimal(value)}


Tile = tuple[str, str, str]


def tiles(found: Found) -> list[Tile]:
    """The figures at the top: what, how much, and what it means."""
    made: list[Tile] = []
    if found.held is not None and found.measures is not None:
        made += _tiles_of_returns(found, found.held, found.measures)
    if found.stock is not None:
        turns = found.stock.rotations
        made += [
            (_("Objects"), written.integer(turns.objects), ""),
            (
                _("Rotations"),
                _decimal(turns.reuse_rate),
                _("per object that was used; the most: %(n)d") % {"n": turns.most},
            ),
        ]
    return made


def _tiles_of_returns(found: Found, held: Held, measures: measuring.Measures) -> list[Tile]:
    whole = measuring.whole_cohort(found.months)
    corrected = whole.corrected if whole else None
    known = ""
    if corrected:
        known = ngettext(
            "within %(n)s day of the issue", "within %(n)s days of the issue", corrected.days
        ) % {"n": corrected.days}
    count = held.open_contracts
    agree = _("equal to account 4196") if held.equal else _("account 4196 says something else")
    return [
        (_("Deposits held"), written.money(held.held), agree),
        (
            _("With people"),
            written.integer(count),
            ngettext("open contract", "open contracts", count),
        ),
        (_("Come back"), percent(permille(corrected.rate if corrected else None)), known),
        (_("Days with people"), _days(measures.mean), _("mean of what came back")),
        (
            _("Lost"),
            percent(permille(measures.loss)),
            _("sold or written off, of what was issued in the period"),
        ),
    ]


def charts(found: Found) -> list[ChartPair]:
    """Issues and returns by month, and how often objects went round."""
    drawn = []
    if found.measures is not None:
        drawn += _flow_chart(found.measures.flows)
    if found.stock is not None and found.stock.rotations.loops:
        drawn.append(
            draw_pair(
                Bars(
                    title=_("How often objects went round"),
                    description=_("Objects by the number of their rotations."),
                    empty=_("No object has come back yet."),
                    header=(_("Rotations"), _("Objects")),
                    bars=[Bar(label, many) for label, many in _steps(found.stock.counts)],
                    format=written.integer,
                ),
                prefix="turns",
            )
        )
    return drawn


def _flow_chart(flows: measuring.Flows) -> list[ChartPair]:
    months = sorted({day.replace(day=1) for day in (*flows.issued, *flows.returned)})
    if not months:
        return []
    series = [
        MonthSeries(_("Handed out"), _by_month(flows.issued, months), "column"),
        MonthSeries(_("Brought back"), _by_month(flows.returned, months)),
    ]
    return [
        draw_pair(
            Months(
                title=_("Issued and brought back"),
                description=_("Objects by month, whenever they were issued."),
                empty=_("Nothing was issued in this period."),
                header=_("Month"),
                months=months,
                series=series,
                format=written.integer,
                format_month=lambda month: date_format(month, "F Y"),
                short_month=lambda month: date_format(month, "M"),
            ),
            prefix="flow",
        )
    ]


def _by_month(days: dict[dt.date, int], months: list[dt.date]) -> list[int]:
    sums = dict.fromkeys(months, 0)
    for day, many in days.items():
        sums[day.replace(day=1)] += many
    return list(sums.values())


MOST_STEPS = 12


def _steps(counts: dict[int, int]) -> Iterator[tuple[str, int]]:
    """At most a dozen bars: wider steps when objects went round more often."""
    top = max(counts)
    width = top // MOST_STEPS + 1
    for low in range(0, top + 1, width):
        many = sum(count for times, count in counts.items() if low <= times < low + width)
        yield (str(low) if width == 1 else f"{low}–{low + width - 1}"), many


def tables(found: Found) -> list[Table]:
    """Every figure, in tables; those without rows are left out."""
    made = [_cohorts(found), _refunds(found), _cases(found), _reuse(found)]
    if found.measures is not None:
        made.insert(1, _period(found.measures))
    if found.stock is not None:
        made += [_objects(found.stock.groups), _stock(found.stock, found.places)]
    return [table for table in made if table.rows]


def _many(key: str, title: str) -> Column:
    return Column(key, title, Kind.QUANTITY)


def _cohorts(found: Found) -> Table:
    rows = [
        Row(
            (
                date_format(each.month, "F Y"), each.cohort.issued, each.cohort.returned,
                sum(each.cohort.out.values()), each.cohort.gone, permille(each.rate),
                permille(each.corrected.rate if each.corrected else None),
            )
        )
        for each in found.months
    ]  # fmt: skip
    return Table(
        "cohorts",
        _("Return rate by month of issue"),
        [
            Column("month", _("Month")), _many("issued", _("Handed out")), _many("back", _("Came home")),
            _many("out", _("With people")), _many("gone", _("Sold or lost")),
            Column("rate", _("Until now"), Kind.SHARE),
            Column("corrected", _("Corrected"), Kind.SHARE),
        ],
        rows,
        notes=[
            _(
                "Corrected: objects that are still out count for the days that they have had, so that a"
                " young month does not look worse than it is (Kaplan and Meier)."
            )
        ],
    )  # fmt: skip


def _period(measures: measuring.Measures) -> Table:
    flows = measures.flows
    rows = [
        (_("Handed out"), written.integer(flows.went)),
        (_("Brought back"), written.integer(flows.came)),
        (_("Brought back over issued"), percent(permille(measures.rate))),
        (_("Brought back over issued one mean stay earlier"), percent(permille(measures.shifted))),
        (_("Mean time with people"), _days(measures.mean)),
        (_("Half came back within"), _days(measures.median)),
        (_("Nine in ten came back within"), _days(measures.tail)),
        (_("Damaged, of what came back"), percent(permille(measures.breakage))),
        (_("Kept of damaged or late objects"), written.money(flows.kept)),
        (_("Counted as sold: nobody claimed them"), written.integer(flows.sold)),
        (_("Written off as lost"), written.integer(measures.lost)),
    ]
    return Table(
        "period",
        _("The period"),
        [Column("what", _("What")), Column("figure", _("Figure"))],
        [Row(row) for row in rows],
    )


def _objects(groups: measuring.Fleet) -> Table:
    rows = [
        (_("Used and in service"), groups.active),
        (_("Never used"), groups.unused),
        (_("Out of service or recalled"), groups.retired),
        (_("Lost"), groups.lost),
    ]
    return Table(
        "objects",
        _("Objects"),
        [Column("group", _("Which")), _many("count", _("How many"))],
        [Row(row) for row in rows if row[1]],
    )


def _stock(stock: measuring.Stock, places: dict[int, str]) -> Table:
    unknown = _("nobody knows")
    labels: dict[str, object] = dict(Item.State.choices)
    rows = sorted(
        (
            unknown if place is None else places.get(place, unknown),
            str(labels.get(state, state)),
            many,
        )
        for (place, state), many in stock.places.items()
    )
    return Table(
        "stock",
        _("Where objects are, or were seen last"),
        [Column("place", _("Place")), Column("state", _("State")), _many("count", _("How many"))],
        [Row(row) for row in rows],
    )


def _refunds(found: Found) -> Table:
    labels = dict(Part.Channel.choices)
    rows = sorted((str(labels.get(way, way)), cents) for way, cents in found.ways.items())
    return Table(
        "refunds",
        _("How deposits were paid back"),
        [Column("way", _("How")), Column("amount", _("Amount"), Kind.AMOUNT)],
        [Row(row) for row in rows],
    )


def _cases(found: Found) -> Table:
    labels = dict(Case.Kind.choices)
    rows = sorted(
        (str(labels.get(kind, kind)), many, waiting)
        for kind, (many, waiting) in found.cases.items()
    )
    return Table(
        "cases",
        _("What did not fit"),
        [Column("kind", _("What")), _many("count", _("Cases")), _many("open", _("Not decided"))],
        [Row(row) for row in rows],
    )


def _reuse(found: Found) -> Table:
    return Table(
        "reuse",
        _("Reuse in %(year)d, as the yearly duty asks for it") % {"year": found.last.year},
        [
            Column("type", _("Type")), _many("uses", _("Uses")),
            _many("first", _("Of these, first uses")), _many("again", _("Of these, reuses")),
            Column("share", _("Reused"), Kind.SHARE), Column("material", _("Made of")),
            _kilos("first_mass", _("First uses, in kg")), _kilos("again_mass", _("Reuses, in kg")),
        ],
        [
            Row((type_.name, year.uses, year.first, year.again, permille(year.proportion),
                 type_.material or None, *_masses(type_, year)))
            for type_, year in found.reuse
            if year.uses
        ],
        notes=[
            _(
                "The first use of a new reusable packaging is no reuse (code de l’environnement, art."
                " R. 543-43). Add the single-use packagings that you put on the market."
            ),
            *_unweighed(found),
        ],
    )  # fmt: skip


def _kilos(key: str, title: str) -> Column:
    return Column(key, title, Kind.QUANTITY, decimals=3)


def _masses(type_: ItemType, year: Reuse) -> tuple[int | None, int | None]:
    """What first uses and reuses weigh, in grams; None: nobody said what one weighs."""
    if not type_.grams:
        return None, None
    return year.first * type_.grams, year.again * type_.grams


def _unweighed(found: Found) -> list[str]:
    """Of which types the mass is missing."""
    names = [type_.name for type_, year in found.reuse if year.uses and not type_.grams]
    if not names:
        return []
    return [_("Nobody said what one weighs of: %(types)s.") % {"types": ", ".join(names)}]
