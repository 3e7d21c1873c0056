"""Drawings of a model and of its simulation, each with the table of its numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from chambre.lib.charts import (
    Bar,
    Bars,
    Months,
    MonthSeries,
    Part,
    Sankey,
    SankeyLink,
    SankeyNode,
    Stack,
    Stacked,
)
from chambre.lib.exports.wording import MINUS
from chambre.lib.modelling import wording
from chambre.lib.modelling.explaining import lever_name
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.outcome import Result
from chambre.lib.modelling.plain import Month, walk
from chambre.lib.modelling.sharing import Comparison, Sharing
from chambre.lib.money import account_unit
from chambre.lib.units.decimals import NO_BREAK, format_scaled, is_french

MOST_LEVERS = 6
_MOST_PARTS = 7

_WORDS: dict[str, tuple[str, str]] = {
    "empty": ("Nothing to show.", "Rien à montrer."),
    "month": ("Month", "Mois"),
    "cash": ("Cash, month by month", "La trésorerie, mois par mois"),
    "cash-why": (
        "Three lines: one run in ten is below the lowest, half are below the middle one, one in "
        "ten is above the highest. After {months} months: {p10}, {p50}, {p90}.",
        "Trois courbes : une simulation sur dix est sous la plus basse, la moitié sous celle du "
        "milieu, une sur dix au-dessus de la plus haute. Après {months} mois : {p10}, {p50}, {p90}.",
    ),
    "p90": ("One in ten is above", "Une sur dix au-dessus"),
    "p50": ("Middle case", "Cas médian"),
    "p10": ("One in ten is below", "Une sur dix en dessous"),
    "flows": ("A year of the resource: year {year}", "Une année de la ressource : la {year}ᵉ"),
    "flows-first": ("A year of the resource: the first", "Une année de la ressource : la première"),
    "flows-why": (
        "What users pay, on the left, and what it goes to, on the right, at the likely values.",
        "Ce que paient les usagers, à gauche, et ce à quoi cela sert, à droite, aux valeurs les "
        "plus vraisemblables.",
    ),
    "from": ("From", "De"),
    "to": ("To", "Vers"),
    "amount": ("Amount", "Montant"),
    "resource": ("The resource", "La ressource"),
    "kept": ("Deposits not claimed", "Consignes non rendues"),
    "upkeep": ("Upkeep", "Entretien"),
    "objects": ("New objects", "Objets remplacés"),
    "wear": ("Wear of equipment", "Usure de l’équipement"),
    "interest": ("Interest", "Intérêts"),
    "surplus": ("Surplus", "Surplus"),
    "missing": ("Missing", "Ce qui manque"),
    "others": ("{count} others", "{count} autres"),
    "levers": ("What moves the closing cash most", "Ce qui change le plus la trésorerie finale"),
    "levers-why": (
        "For each range, how much the median closing cash changes from its lowest fifth to its "
        "highest fifth of values.",
        "Pour chaque fourchette, de combien change la trésorerie finale médiane entre le cinquième "
        "le plus bas et le cinquième le plus haut de ses valeurs.",
    ),
    "range": ("Range", "Fourchette"),
    "change": ("Change", "Écart"),
    "sharing": ("Who gets what over {years} years, middle case",
                "Qui reçoit quoi en {years} ans, cas médian"),
    "sharing-why": (
        "The same surplus under each contract.",
        "Le même surplus sous chaque contrat.",
    ),
    "contract": ("Contract", "Contrat"),
    "receiver": ("Receiver", "Qui reçoit"),
    "share": ("Share", "Part"),
    "stays": ("Stays with the resource", "Reste à la ressource"),
    "other-receivers": ("Others", "Autres"),
    "years": ("What each year brings without grants", "Ce que chaque année rapporte, sans subvention"),
    "years-why": (
        "The result of each year without grants: middle case as columns, one run in ten below the "
        "lower line, one in ten above the upper one.",
        "Le résultat de chaque année sans subvention : le cas médian en colonnes, une simulation "
        "sur dix sous la ligne basse, une sur dix au-dessus de la ligne haute.",
    ),
    "year": ("Year", "Année"),
}  # fmt: skip


def word(code: str, language: str, **data: object) -> str:
    """A word of the drawings in a language."""
    return wording.tidy(_WORDS[code][1 if is_french(language) else 0].format(**data), language)


def _writer(unit: str, language: str) -> Callable[[int], str]:
    return lambda cents: wording.money(cents, unit, language)


def _short(unit: str, language: str) -> Callable[[int], str]:
    """An amount at an axis: in thousands from ten thousand on."""

    def write(cents: int) -> str:
        if abs(cents) < 1_000_000 or cents % 10_000:
            return wording.money(cents, unit, language)
        number = format_scaled(cents // 10_000, decimals=1, language=language, least=0)
        symbol = account_unit(unit).symbol
        if is_french(language):
            return f"{number}{NO_BREAK}k{symbol}".replace("-", MINUS)
        sign = MINUS if cents < 0 else ""
        return f"{sign}{symbol}{number.removeprefix('-')}k"

    return write


def cash_chart(model: Model, result: Result, language: str = "fr") -> Months:
    """Cash month by month: low, middle and high."""
    last = result.cash[-1]
    write = _writer(result.unit, language)
    description = word(
        "cash-why", language, months=result.months, p10=write(last.p10), p50=write(last.p50),
        p90=write(last.p90),
    )  # fmt: skip
    tones = {"p90": 3, "p50": 1, "p10": 4}
    return Months(
        title=word("cash", language),
        description=description,
        empty=word("empty", language),
        header=word("month", language),
        months=[model.month(number) for number in range(1, result.months + 1)],
        series=[
            MonthSeries(word(code, language), [getattr(band, code) for band in result.cash],
                        "area" if code == "p50" else "line", tone)
            for code, tone in tones.items()
        ],
        format=write,
        format_short=_short(result.unit, language),
        format_month=lambda day: wording.month(day, language),
        short_month=_quarter,
    )  # fmt: skip


def _quarter(day: dt.date) -> str:
    """No names of months at the axis: the years under it are enough."""
    return ""


def years_chart(model: Model, result: Result, language: str = "fr") -> Months:
    """What each year brings without grants."""
    bands = [year.surplus for year in result.years]
    shapes = (("p50", "column", 1), ("p90", "line", 3), ("p10", "line", 4))
    return Months(
        title=word("years", language),
        description=word("years-why", language),
        empty=word("empty", language),
        header=word("year", language),
        months=[model.month(year.number * 12 - 11) for year in result.years],
        series=[
            MonthSeries(word(code, language), [getattr(band, code) for band in bands], shape, tone)  # type: ignore[arg-type]
            for code, shape, tone in shapes
        ],
        format=_writer(result.unit, language),
        format_short=_short(result.unit, language),
        format_month=lambda day: wording.month(day, language),
        short_month=_quarter,
    )


def levers_chart(result: Result, language: str = "fr", most: int = MOST_LEVERS) -> Bars:
    """The ranges that move the closing cash most."""
    return Bars(
        title=word("levers", language),
        description=word("levers-why", language),
        empty=word("empty", language),
        header=(word("range", language), word("change", language)),
        bars=[Bar(lever_name(lever, language), lever.swing) for lever in result.levers[:most]],
        format=_writer(result.unit, language),
        format_short=_short(result.unit, language),
    )


def usual_year(model: Model) -> tuple[int, tuple[Month, ...]]:
    """The year that a drawing shows: the middle one, and its twelve months at likely values."""
    whole = max(model.horizon // 12, 1)
    year = (whole + 1) // 2
    return year, walk(model)[(year - 1) * 12 : year * 12]


def flows_chart(model: Model, language: str = "fr") -> Sankey:
    """Where the money of a usual year comes from and what it goes to, without grants and loans."""
    year, months = usual_year(model)
    nodes = [SankeyNode("resource", word("resource", language), keep=True)]
    links: list[SankeyLink] = []

    def come(key: str, label: str, amount: int) -> None:
        if amount > 0:
            nodes.append(SankeyNode(f"in-{key}", label))
            links.append(SankeyLink(f"in-{key}", "resource", amount))

    def go(key: str, label: str, amount: int) -> None:
        if amount > 0:
            nodes.append(SankeyNode(f"out-{key}", label))
            links.append(SankeyLink("resource", f"out-{key}", amount))

    for price in model.prices:
        come(price.slug, price.name.in_language(language),
             sum(month.prices.get(price.slug, 0) for month in months))  # fmt: skip
    come("kept", word("kept", language), sum(month.deposits_kept for month in months))
    for cost in model.costs:
        go(cost.slug, cost.name.in_language(language),
           sum(month.costs.get(cost.slug, 0) for month in months))  # fmt: skip
    for code in ("upkeep", "objects", "wear", "interest"):
        go(f"-{code}", word(code, language), sum(getattr(month, code) for month in months))
    own = sum(month.own_result for month in months)
    go("-surplus", word("surplus", language), own)
    come("-missing", word("missing", language), -own)
    title = word("flows", language, year=year) if year > 1 else word("flows-first", language)
    return Sankey(
        title=title,
        description=word("flows-why", language),
        empty=word("empty", language),
        header=(word("from", language), word("to", language), word("amount", language)),
        nodes=nodes,
        links=links,
        format=_writer(model.unit, language),
        others=word("others", language, count="{count}"),
        limit=9,
    )


def sharing_chart(
    comparison: Comparison, unit: str, language: str = "fr", case: str = "p50"
) -> Stacked:
    """Who gets what under each contract."""
    shared = comparison.of(case)
    names = _names(shared, language)
    stays = word("stays", language)
    rows = [_amounts(each, names, language) for each in shared]
    parts = [Part(name) for name in names]
    return Stacked(
        title=word("sharing", language, years=len(shared[0].surplus)),
        description=word("sharing-why", language),
        empty=word("empty", language),
        header=(word("contract", language), word("receiver", language),
                word("amount", language), word("share", language)),
        parts=[*parts, Part(stays, rest=True)],
        stacks=[
            Stack(each.title.in_language(language) or each.contract, [*amounts, sum(each.kept)])
            for each, amounts in zip(shared, rows, strict=True)
        ],
        format=_writer(unit, language),
        format_share=lambda share: wording.permille(share, language),
    )  # fmt: skip


def _names(shared: tuple[Sharing, ...], language: str) -> list[str]:
    """Labels of all receivers, the greatest first; the smallest put together."""
    sums: dict[str, int] = {}
    for sharing in shared:
        for receiver in sharing.receivers:
            label = receiver.label.in_language(language)
            sums[label] = sums.get(label, 0) + receiver.total
    names = sorted(sums, key=lambda name: -sums[name])
    if len(names) <= _MOST_PARTS:
        return names
    return [*names[: _MOST_PARTS - 1], word("other-receivers", language)]


def _amounts(sharing: Sharing, names: list[str], language: str) -> list[int]:
    found = dict.fromkeys(names, 0)
    for receiver in sharing.receivers:
        label = receiver.label.in_language(language)
        found[label if label in found else names[-1]] += receiver.total
    return list(found.values())
