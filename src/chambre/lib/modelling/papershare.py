"""Page 4 of the presentation: who gets what under which contract, and what is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chambre.lib.modelling import wording
from chambre.lib.modelling.model import Grant, Loan, Model
from chambre.lib.modelling.outcome import Result
from chambre.lib.modelling.papertables import Cells, column, picture, row, table
from chambre.lib.modelling.paperwords import say
from chambre.lib.modelling.picturing import sharing_chart, years_chart
from chambre.lib.modelling.sharing import CASES, Comparison, Sharing, surpluses
from chambre.lib.modelling.wording import tidy

_SHOWN = CASES[:3]
MOST_RECEIVERS = 7
"""Longest list of receivers of a contract on paper; the smallest are put together."""


def shared(
    model: Model, result: Result, comparison: Comparison | None, language: str
) -> dict[str, Any]:
    """Who gets what: sentences, drawing, a table for each contract."""
    write = _writer(model, language)
    years = years_chart(model, result, language)
    drawn = picture(years.draw(prefix="years", width=880), years.description)
    if comparison is None:
        return {
            "title": say("sharing", language),
            "sentences": [f"{say('sharing-lead', language)} {say('sharing-alone', language)}"],
            "picture": None,
            "years": drawn,
            "tables": [_surplus(result, write, language)],
        }
    titles = [each.title.in_language(language) or each.contract for each in comparison.of("p50")]
    code = "sharing-one" if len(titles) == 1 else "sharing-several"
    named = ", ".join(say("quoted", language, title=title) for title in titles)
    spec = sharing_chart(comparison, model.unit, language)
    lead = f"{say('sharing-lead', language)} {say(code, language, named=named)}"
    return {
        "title": say("sharing", language),
        "sentences": [f"{lead} {say('sharing-hours', language)}"],
        "picture": picture(spec.draw(prefix="sharing"), spec.description),
        "years": drawn,
        "tables": [_contract(cases, write, language) for cases in comparison.contracts],
    }


def _writer(model: Model, language: str) -> Callable[[int], str]:
    return lambda cents: wording.money(cents, model.unit, language)


def _surplus(result: Result, write: Callable[[int], str], language: str) -> Cells:
    cases = [surpluses(result, case) for case in _SHOWN]
    columns = [{**column(say("year", language)), "numeric": True}]
    columns += [column(say(code, language)) for code in ("low", "middle", "high")]
    listed = [row(str(at + 1), *(write(case[at]) for case in cases)) for at in range(len(cases[0]))]
    return table(columns, listed, say("surplus-table", language))


def _contract(cases: tuple[Sharing, ...], write: Callable[[int], str], language: str) -> Cells:
    """A table of one contract: receivers by case."""
    low, middle, high = cases[:3]
    sums: dict[tuple[str, str], list[int]] = {}
    for at, case in enumerate((low, middle, high)):
        for receiver in case.receivers:
            key = (
                receiver.label.in_language(language),
                receiver.clause_label.in_language(language),
            )
            sums.setdefault(key, [0, 0, 0])[at] += receiver.total
    listed = [row(*key, *map(write, amounts)) for key, amounts in _most(sums, language)]
    kept = [sum(case.kept) for case in (low, middle, high)]
    if any(kept):
        listed.append(row(say("stays", language), "", *map(write, kept)))
    whole = [sum(case.surplus) for case in (low, middle, high)]
    listed.append(row(say("surplus", language), "", *map(write, whole), strong=True))
    columns = [column(say("receiver", language), 10), column(say("clause", language), 12)]
    columns += [column(say(code, language)) for code in ("low", "middle", "high")]
    title = middle.title.in_language(language) or middle.contract
    years = len(middle.surplus)
    return table(columns, listed, say("contract-table", language, title=title, years=years))


def _most(
    sums: dict[tuple[str, str], list[int]], language: str
) -> list[tuple[tuple[str, str], list[int]]]:
    """The receivers of a contract; beyond the limit those with least in one row."""
    if len(sums) <= MOST_RECEIVERS:
        return list(sums.items())
    order = sorted(sums, key=lambda key: -sums[key][1])
    kept = set(order[: MOST_RECEIVERS - 1])
    rest = [amounts for key, amounts in sums.items() if key not in kept]
    others = (say("others", language, count=len(rest)), "")
    return [
        *((key, amounts) for key, amounts in sums.items() if key in kept),
        (others, [sum(column) for column in zip(*rest, strict=True)]),
    ]


def asked(model: Model, result: Result, language: str) -> dict[str, Any]:
    """What is asked: words, each grant and loan with its terms, what would be safer."""
    columns = [column(say("from-whom", language), 12), column(say("amount", language)),
               column(say("when", language), 5), column(say("terms", language), 10)]  # fmt: skip
    listed = [_grant(model, each, language) for each in model.grants]
    listed += [_loan(model, each, language) for each in model.loans]
    sentences = []
    if result.shortfall:
        more = -(-result.shortfall // 10_000) * 10_000
        sentences.append(say("without", language, amount=_writer(model, language)(more)))
    sentences.append(say("returns", language))
    return {
        "title": say("asked", language),
        "text": tidy(model.ask.in_language(language), language),
        "table": table(columns, listed),
        "sentences": sentences,
    }


def _grant(model: Model, grant: Grant, language: str) -> Cells:
    terms = say("gift", language)
    if grant.chance.low < 1_000_000:
        share = wording.figure(grant.chance, model.unit, language)
        terms += f", {say('chance', language, share=share)}"
    return _money_row(model, grant, terms, language)


def _loan(model: Model, loan: Loan, language: str) -> Cells:
    rate = wording.figure(loan.rate, model.unit, language)
    code = "lent-end" if loan.how == "at-the-end" else "lent"
    terms = say(code, language, rate=rate, months=loan.months + (loan.how != "equal") * loan.grace)
    if loan.grace and loan.how == "equal":
        terms += f", {say('grace', language, months=loan.grace)}"
    return _money_row(model, loan, terms, language)


def _money_row(model: Model, given: Grant | Loan, terms: str, language: str) -> Cells:
    amount = wording.figure(given.amount, model.unit, language)
    when = wording.month(model.month(given.month), language)
    return row(given.name.in_language(language), amount, when, terms)
