"""An economic model on paper: four pages for somebody who might fund the resource.

The resource and its need; the model in figures; the simulation with its drawings and tables; who
gets what, and what is asked. Everything printed is in :func:`paper_data`; the template only sets
it. The same model, result and time give the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any

from chambre.lib.exports.pdf import compile_paper, frame_data
from chambre.lib.modelling import wording
from chambre.lib.modelling.explaining import explain, lever_name
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.outcome import Result, Year
from chambre.lib.modelling.papershare import asked, shared
from chambre.lib.modelling.papertables import Cells, column, picture, row, table
from chambre.lib.modelling.paperwords import say
from chambre.lib.modelling.picturing import (
    MOST_LEVERS,
    cash_chart,
    flows_chart,
    levers_chart,
)
from chambre.lib.modelling.sharing import Comparison
from chambre.lib.modelling.tables import rows
from chambre.lib.modelling.wording import tidy

MOST_YEARS = 12
"""Most rows of the table of years."""


def present(
    model: Model,
    result: Result,
    comparison: Comparison | None = None,
    *,
    language: str = "fr",
    issued: datetime,
    issuer: str = "",
) -> bytes:
    """Make the presentation as a PDF, tagged for screen readers.

    Args:
        model: The model.
        result: What its simulation says.
        comparison: Who gets what under which contract; without it page 4 shows the surplus alone.
        language: ``fr`` or ``en``.
        issued: When it was made, with its time zone.
        issuer: Who presents it.

    Raises:
        ExportError: The paper could not be set.
    """
    data = paper_data(model, result, comparison, language=language, issued=issued, issuer=issuer)
    return compile_paper(_template(), data, issued=issued)[0]


def pictures(
    model: Model,
    result: Result,
    comparison: Comparison | None = None,
    *,
    language: str = "fr",
    issued: datetime,
    ppi: float = 100,
) -> list[bytes]:
    """The pages as PNG pictures, to look at before printing.

    Raises:
        ExportError: As :func:`present`.
    """
    data = paper_data(model, result, comparison, language=language, issued=issued)
    return compile_paper(_template(), data, issued=issued, output="png", ppi=ppi)


def _template() -> str:
    return (files("chambre.lib.modelling") / "presentation.typ").read_text(encoding="utf-8")


def paper_data(
    model: Model,
    result: Result,
    comparison: Comparison | None = None,
    *,
    language: str,
    issued: datetime,
    issuer: str = "",
) -> dict[str, Any]:
    """What the template reads: every word and figure as it will be printed."""
    frame = frame_data(
        model.title.in_language(language), say("kicker", language), issued=issued, language=language
    )
    frame["words"] = {**frame["words"], "part": say("part", language)}
    texts = [
        {
            "title": say(code, language),
            "text": tidy(getattr(model, code).in_language(language), language),
        }
        for code in ("resource", "need", "summary")
        if getattr(model, code)
    ]
    sentences = explain(model, result, language)
    return {
        **frame,
        "issuer": issuer,
        "kicker": issuer or say("kicker", language),
        "subtitle": _subtitle(model, result, language),
        "texts": texts,
        "boxes": _boxes(model, result, language),
        "flows": _flows(model, language),
        "figures": _figures(model, language, sentences.get("assumptions", "")),
        "simulation": _simulation(model, result, language, sentences),
        "sharing": shared(model, result, comparison, language),
        "asked": asked(model, result, language),
    }


def _subtitle(model: Model, result: Result, language: str) -> str:
    first = wording.month(model.month(1), language)
    first = first[0].upper() + first[1:]
    last = wording.month(model.month(model.horizon), language)
    return say("subtitle", language, first=first, last=last, runs=f"{result.runs:,}")


def _boxes(model: Model, result: Result, language: str) -> list[dict[str, str]]:
    def money(cents: int) -> str:
        return wording.money(cents, model.unit, language)

    last, even, risk = result.cash[-1], result.break_even, result.below_zero
    start = wording.month(model.month(even.p50), language) if even.p50 else say("never", language)
    need = sum(grant.amount.likely for grant in model.grants)
    need += sum(loan.amount.likely for loan in model.loans)
    return [
        {"label": say("box-need", language), "value": money(need),
         "note": say("box-need-note", language)},
        {"label": say("box-even", language), "value": start,
         "note": say("box-even-note", language,
                     share=wording.permille(even.share, language))},
        {"label": say("box-end", language), "value": money(last.p50),
         "note": say("box-end-note", language, p10=money(last.p10), p90=money(last.p90))},
        {"label": say("box-risk", language), "value": wording.permille(risk.share, language),
         "note": say("box-risk-note", language)},
    ]  # fmt: skip


def _flows(model: Model, language: str) -> dict[str, Any]:
    spec = flows_chart(model, language)
    chart = spec.draw(prefix="flows")
    sides: tuple[list[Cells], list[Cells]] = ([], [])
    total = [0, 0]
    for link, cells in zip(spec.links, chart.table.rows, strict=True):
        at = 0 if link.target == "resource" else 1
        sides[at].append(row(cells[at].text, cells[2].text))
        total[at] += link.value
    made = [
        table(
            [column(say(code, language), 1), column(say("amount", language))],
            [*side, row(say("total", language), spec.format(total[at]), strong=True)],
        )
        for at, (code, side) in enumerate(zip(("comes", "goes"), sides, strict=True))
    ]
    return {"picture": picture(chart, spec.description), "left": made[0], "right": made[1]}


def _figures(model: Model, language: str, counted: str) -> dict[str, Any]:
    listed: list[Cells] = []
    mark = say("assumption", language)
    for section, found in rows(model, language):
        if section.many:
            listed.append(row(section.label.in_language(language), strong=True))
        for each in found:
            between = " ; " if language.startswith("fr") else "; "
            source = between.join(filter(None, [each.source, mark * each.assumption]))
            listed.append(
                row(each.name, each.figures, tidy(source, language), lead=not section.many)
            )
    return {
        "title": say("figures", language),
        "lead": " ".join(filter(None, [say("figures-lead", language), counted])),
        "table": table(
            [column(say("what", language), 26), column(say("how-much", language), 40),
             column(say("source", language), 30)],
            listed,
        ),
        "note": say("figures-note", language),
    }  # fmt: skip


def _simulation(
    model: Model, result: Result, language: str, sentences: dict[str, str]
) -> dict[str, Any]:
    kept = ("cash", "known", "never-below", "below", "below-start", "even", "even-sure", "even-rarely",
            "even-never", "deposits", "upkeep")  # fmt: skip
    cash = cash_chart(model, result, language)
    levers = levers_chart(result, language)
    return {
        "title": say("simulation", language),
        "sentences": [sentences[code] for code in kept if code in sentences],
        "cash": picture(cash.draw(prefix="cash", width=820), cash.description),
        "years": _years(result, language),
        "lever-picture": picture(levers.draw(prefix="levers", width=600), levers.description),
        "levers": _levers(result, language),
        "note": say("simulation-note", language, seed=result.seed, runs=f"{result.runs:,}"),
    }


def _years(result: Result, language: str) -> dict[str, Any]:
    def money(cents: int) -> str:
        return wording.money(cents, result.unit, language)

    heads = ("p10", "p50", "p90")
    columns = [column(say(code, language)) for code in ("year", *heads, *heads, "loss")]
    groups = [("", 1), (say("cash-group", language), 3), (say("own-group", language), 3), ("", 1)]
    listed = [
        row(
            str(year.number),
            *(money(getattr(year.cash, code)) for code in heads),
            *(money(getattr(year.surplus, code)) for code in heads),
            wording.permille(year.own_loss, language),
        )
        for year in _some(result.years)
    ]
    return table(columns, listed, groups=groups)


def _some(years: tuple[Year, ...]) -> list[Year]:
    """All years, or of many some at equal distances up to the last."""
    step = -(-len(years) // MOST_YEARS)
    return list(years[::-1][::step][::-1])


def _levers(result: Result, language: str) -> dict[str, Any]:
    def money(cents: int) -> str:
        return wording.money(cents, result.unit, language)

    columns = [column(say("range", language), 1), column(say("at-lowest", language)),
               column(say("at-highest", language))]  # fmt: skip
    listed = [
        row(lever_name(lever, language), money(lever.low), money(lever.high))
        for lever in result.levers[:MOST_LEVERS]
    ]
    return table(columns, listed, groups=[("", 1), (say("lever-group", language), 2)])
