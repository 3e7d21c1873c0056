"""What happened to a resource or a structure: on a line of time, and month by month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.ui import figures
from chambre.lib.charts import ChartPair, Moment, Months, MonthSeries, Timeline, draw_pair
from chambre.rooms.lens.queries import looking
from chambre.rooms.lens.queries.looking import View

RECORD, BROUGHT, SHARED, MONEY = 1, 2, 4, 3
"""Colours of the kinds of moments."""
SHOWN = 5
"""Changes of the record that are shown, those of a day together: the first, and the latest."""


def context(request: HttpRequest, view: View) -> dict[str, Any]:
    """The line of time and the months."""
    return {"chart": _timeline(view), "second": _months(view)}


def _timeline(view: View) -> ChartPair:
    moments = [*_record(view), *_imports(view), *_attributions(view), *_biggest(view)]
    return draw_pair(
        Timeline(
            title=_("What happened"),
            description=_(
                "The record, what was brought in, what was attributed, and the entries of the"
                " period that weigh most."
            ),
            empty=_("Nothing has happened yet."),
            header=(_("Day"), _("Until"), _("What"), _("More")),
            moments=moments,
            format_day=lambda day: figures.day(day, "short"),
        ),
        prefix="time",
    )


def _record(view: View) -> list[Moment]:
    """The versions of the resource's record: the first and the latest."""
    if view.resource is None:
        return []
    rows = list(view.resource.revisions.defer("record").order_by("number"))
    days: dict[tuple[dt.date, str], list[int]] = {}
    for row in rows:
        key = (timezone.localdate(row.at), str(row.get_action_display()))
        days.setdefault(key, []).append(row.number)
    kept = list(days.items())
    if len(kept) > SHOWN:
        kept = [kept[0], *kept[-SHOWN + 1 :]]
    return [
        Moment(
            day,
            what if len(numbers) == 1 else f"{what} ({len(numbers)})",
            detail=_("version %(number)d") % {"number": numbers[-1]},
            href=reverse("registry:version", args=[view.resource.slug, numbers[-1]]),
            tone=RECORD,
        )
        for (day, what), numbers in kept
    ]


def _imports(view: View) -> list[Moment]:
    return [
        Moment(
            timezone.localdate(record.at),
            _("accounts %(year)s of %(name)s")
            % {"year": record.year.end.year, "name": record.book.structure.name},
            detail=record.name,
            href=reverse("lens:import", args=[record.book.structure.slug, record.pk]),
            tone=BROUGHT,
        )
        for record in looking.imports(view)
    ]


def _attributions(view: View) -> list[Moment]:
    return [
        Moment(
            day,
            ngettext("%(n)s share attributed", "%(n)s shares attributed", count)
            % {"n": figures.integer(count)},
            tone=SHARED,
        )
        for day, count in looking.attributions(view)
    ]


def _biggest(view: View) -> list[Moment]:
    return [
        Moment(
            line.day,
            f"{line.label or line.entry.label or line.entry.number} : {figures.money(-net)}",
            detail=line.book.structure.name,
            href=reverse("lens:entry", args=[line.entry_id]),
            tone=MONEY,
        )
        for line, net in looking.biggest(view)
    ]


def _months(view: View) -> ChartPair:
    found = looking.months(view)
    days = list(found)
    return draw_pair(
        Months(
            title=_("Received and spent, month by month"),
            description=_("Income and expenses of each month of the period."),
            empty=_("Nothing was received or spent in this period."),
            header=_("Month"),
            months=days,
            series=[
                MonthSeries(_("received"), [found[day][0] for day in days], "line", 3),
                MonthSeries(_("spent"), [found[day][1] for day in days], "line", 1),
            ],
            format=figures.money,
            format_month=lambda day: figures.day(day, "month"),
            short_month=lambda day: date_format(day, "M"),
        ),
        prefix="months",
    )
