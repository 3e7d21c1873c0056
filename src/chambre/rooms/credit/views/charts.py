"""Charts of the room: how one's own balance swings, and how a community's accounts lie around zero."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chambre.core.ui import figures
from chambre.lib.charts import Bar, Bars, ChartPair, Months, MonthSeries, draw_pair
from chambre.rooms.credit.models import Membership
from chambre.rooms.credit.queries.standing import Swing
from chambre.rooms.credit.queries.wording import units

MOST_BARS = 40


def swing_chart(swing: Swing, unit: str) -> ChartPair:
    """A balance at the end of each month, around zero."""
    return draw_pair(
        Months(
            title=_("Around zero"),
            description=_("What the account held at the end of each month."),
            empty=_("Nothing moved yet."),
            header=_("Month"),
            months=swing.months,
            series=[MonthSeries(_("Held"), swing.held, shape="area", tone=1)],
            format=lambda minor: units(minor, unit),
            format_month=lambda day: figures.day(day, "month"),
            short_month=lambda day: f"{day:%m}",
        ),
        prefix="swing",
    )


def spread_chart(members: Sequence[Membership], unit: str, *, names: bool) -> ChartPair:
    """All accounts from the one that holds most to the one that owes most."""
    rows = sorted(members, key=lambda row: -row.account.held)
    if len(rows) > MOST_BARS:
        rows = [*rows[: MOST_BARS // 2], *rows[-MOST_BARS // 2 :]]
    bars = [
        Bar(row.account.agent.name if names else row.account.code, row.account.held) for row in rows
    ]
    return draw_pair(
        Bars(
            title=_("Everybody around zero"),
            description=_("What each account holds; all together are zero."),
            empty=_("Nobody takes part yet."),
            header=(_("Account"), _("Held")),
            bars=bars,
            format=lambda minor: units(minor, unit),
        ),
        prefix="spread",
    )
