"""What a model would come to: sentences first, then drawings with their numbers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.lib.charts import draw_pair
from chambre.lib.modelling import Model, Result, wording
from chambre.lib.modelling.explaining import explain, lever_name
from chambre.lib.modelling.picturing import cash_chart, flows_chart, levers_chart, years_chart
from chambre.rooms.reciprocity.views.frame import key_of, language, page_of
from chambre.rooms.reciprocity.views.simulating.frame import ONE, Shown, head, shown_for
from chambre.rooms.reciprocity.views.simulating.listing import parts_of, texts_of


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The result of a model."""
    shown = shown_for(request, slug)
    model, result = shown.model, shown.result
    charts = [
        draw_pair(spec, prefix=prefix)
        for prefix, spec in (
            ("cash", cash_chart(model, result, language())),
            ("years", years_chart(model, result, language())),
            ("levers", levers_chart(result, language())),
            ("flows", flows_chart(model, language())),
        )
    ]
    return render(
        request,
        "reciprocity/simulating/show.html",
        {
            **head(request, shown, "result"),
            "key": key_of(request),
            "runs": shown.runs,
            "next_seed": shown.seed % 1_000 + 1,
            "sentences": list(explain(model, result, language()).values()),
            "stats": stats(model, result),
            "cash": charts[0],
            "charts": charts[1:],
            "levers": _levers(result),
            "years": _years(model, result),
        },
    )


def stats(model: Model, result: Result) -> list[tuple[str, str, str]]:
    """``(label, figure, remark)`` of what is looked for first."""
    last, low, even = result.cash[-1], result.lowest, result.break_even
    money = _money(result)
    month = result.lowest_month.p50
    when = wording.month(model.month(month), language()) if month else _("at the start")
    found = [
        (_("Cash at the end"), money(last.p50),
         _("from %(low)s to %(high)s, eight times in ten")
         % {"low": money(last.p10), "high": money(last.p90)}),
        (_("Lowest cash"), money(low.p50), when),
        (_("Pays for itself"),
         wording.month(model.month(even.p50), language()) if even.p50 else _("not yet"),
         _("in %(share)s of the runs") % {"share": wording.permille(even.share, language())}),
        (_("Falls below zero"), wording.permille(result.below_zero.share, language()),
         _("of the runs, at some time")),
    ]  # fmt: skip
    if result.upkeep_months is not None:
        years = wording.tenths(result.upkeep_months.p50 // 12, language())
        found.append((_("Upkeep covered"), _("%(years)s years") % {"years": years},
                      _("by the cash at the end")))  # fmt: skip
    return found


def _money(result: Result) -> Callable[[int], str]:
    """Amounts in whole units: cents say nothing of years to come."""
    return lambda cents: wording.money(cents, result.unit, language())


def _levers(result: Result) -> list[tuple[str, str, str]]:
    money = _money(result)
    return [
        (lever_name(each, language()), money(each.low), money(each.high))
        for each in result.levers[:8]
    ]


def _years(model: Model, result: Result) -> list[dict[str, str]]:
    """Each year: what comes in and what is left in the middle case, and cash in three cases."""
    money = _money(result)
    return [
        {
            "number": str(year.number),
            "month": f"{model.month(year.number * 12 - 11):%m/%Y}",
            "income": money(year.lines["income"].p50),
            "surplus": money(year.surplus.p50),
            "result": money(year.result.p50),
            "p10": money(year.cash.p10),
            "p50": money(year.cash.p50),
            "p90": money(year.cash.p90),
            "loss": wording.permille(year.own_loss, language()),
        }
        for year in result.years
    ]


@require_safe
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """All numbers of a model, each with where it comes from."""
    shown = shown_for(request, slug)
    context = {
        **head(request, shown, "numbers"),
        "texts": texts_of(shown.model),
        "parts": parts_of(shown.model),
        "counted": _counted(shown),
    }
    return render(request, "reciprocity/simulating/numbers.html", context)


def _counted(shown: Shown) -> dict[str, int]:
    figures = [each.figure for each in shown.model.figures() if each.figure.high]
    return {
        "all": len(figures),
        "ranges": sum(not figure.fixed for figure in figures),
        "sources": sum(bool(figure.source) for figure in figures),
        "assumptions": sum(figure.assumption for figure in figures),
    }


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of a model, the last one first."""
    shown = shown_for(request, slug)
    found = shown.simulation.versions.defer("text").order_by("-number")
    context = {**head(request, shown, "versions"), "rows": page_of(request, found)}
    return render(request, "reciprocity/simulating/versions.html", context)


SHOWING = [
    path(ONE, show, name="model"),
    path(ONE + "chiffres/", numbers, name="model_numbers"),
    path(ONE + "versions/", versions, name="model_versions"),
]
