"""A model begun from what really happened: each number names the account and the year it is from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils.text import slugify

from chambre.core.actors import Actor, authorize
from chambre.lib.accounting import chart
from chambre.lib.modelling import (
    Cost,
    Deposit,
    Figure,
    Grant,
    Kind,
    Model,
    Price,
    Segment,
    Upkeep,
    Volunteer,
    write_model,
)
from chambre.lib.modelling.model import EVERY_MONTH
from chambre.lib.reciprocity.model import Text
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.queries.simulating.books import YearRead, books_about, last_years
from chambre.rooms.reciprocity.services.simulating.keeping import begin

HORIZON = 60
GROUPS = ("60", "61", "62", "63", "64", "65", "66", "681")
"""Groups of costs that come back every year: what is exceptional (67) and tax on profits are not."""
UPKEEP = "615"
WEAR = "681"
OTHER = ("73", "75", "76")
"""Groups of income that is neither sold nor given once."""
GIVEN = "74"
HOUR = 15_00
"""What an hour given is valued at where the books do not say, in cents; marked as an assumption."""
_LIMIT = 10  # a month of more than ten times the ordinary one is no season
USERS = "usagers"


def begin_from_ledger(
    *, resource: Resource, by: Actor, key: str, name: str = "", public: bool = False
) -> Simulation:
    """Begin the model of a resource with its last whole year in the books that one may read.

    Sums by group of accounts become readable to whoever may read the model: by default the members
    of the chamber.

    Raises:
        Forbidden: ``by`` is no member.
        NothingInBooks: No readable book says anything of the resource.
    """
    authorize(by, "reciprocity.draft_model", resource)
    model, years = read_from_ledger(resource=resource, by=by)
    return begin(
        text=write_model(model), by=by, key=key, origin=Simulation.Origin.LEDGER, name=name,
        resource=resource, public=public,
        note=f"{', '.join(years[0].structures)} : {years[0].year}"[:500],
    )  # fmt: skip


def read_from_ledger(
    *, resource: Resource, by: Actor, year: int | None = None, horizon: int = HORIZON
) -> tuple[Model, list[YearRead]]:
    """The model of a resource as its last whole year went, of the books that one may read.

    Nothing is kept; see :func:`begin_from_ledger` for that.

    Args:
        resource: Whose.
        by: Who reads: the command line reads every book.
        year: Another calendar year than the last one that says something.
        horizon: Months that the model looks ahead.

    Returns:
        The model, and the years that it was read from, the last one first.

    Raises:
        NothingInBooks: No readable book says anything of the resource, or of that year.
    """
    years = last_years(resource, books_about(resource, by), year)
    return model_of_years(resource, years, horizon), years


def model_of_years(resource: Resource, years: Sequence[YearRead], horizon: int = HORIZON) -> Model:
    """The model that goes on as the last year went; two years that differ give its ranges.

    Args:
        resource: Whose.
        years: The last year, and the one before it when there is one.
        horizon: Months that it looks ahead.
    """
    last = years[0]
    prices = tuple(_prices(years))
    return Model(
        slug=slugify(resource.slug)[:40] or "ressource",
        title=Text(f"{resource.name}, à partir de {last.year}", f"{resource.name}, from {last.year} on"),
        resource=Text(resource.summary, resource.summary),
        summary=Text(
            f"Comme en {last.year}, d’après les comptes de {_and(last.structures, 'et')}. "
            "Ce qui doit changer reste à écrire.",
            f"As in {last.year}, by the accounts of {_and(last.structures, 'and')}. "
            "What is to change is still to be written.",
        ),
        starts=dt.date(last.year + 1, 1, 1),
        horizon=horizon,
        opening=_opening(last),
        segments=(_users(years),),
        prices=prices,
        costs=tuple(_costs(years)),
        upkeep=_upkeep(years),
        deposits=tuple(_deposits(last)),
        volunteers=tuple(_volunteers(last)),
        grants=tuple(_grants(last)),
    )  # fmt: skip


def _and(names: Sequence[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _label(prefix: str, year: int) -> Text:
    books = chart("pcg", year)
    short = [books.label(prefix, language).partition(" (")[0] for language in ("fr", "en")]
    return Text(*short)


def _source(years: Sequence[YearRead], *prefixes: str) -> Text:
    """``comptes 6061, 6068, 2025 et 2024``: where a number is from."""
    last = years[0]
    codes = [code.rstrip("0") or code for prefix in prefixes for code in last.accounts(prefix)]
    named = ", ".join(dict.fromkeys(codes[:8]))
    if len(codes) > 8:
        named += "…"
    fr, en = ("compte", "account") if len(codes) < 2 else ("comptes", "accounts")
    both = len(years) > 1
    return Text(
        f"{fr} {named}, {last.year}" + f" et {last.year - 1}" * both,
        f"{en} {named}, {last.year}" + f" and {last.year - 1}" * both,
    )


def _ranged(kind: Kind, likely: int, other: int | None, source: Text) -> Figure:
    """A number of the last year, with that of the year before as the other end of its range."""
    ends = sorted((likely, likely if other is None else other))
    if ends[0] == ends[1]:
        return replace(Figure.of(kind, likely), source=source)
    return Figure(kind, ends[0], likely, ends[1], "triangle", source=source)


def _month(cents: int) -> int:
    return (2 * cents + 12) // 24


def _monthly(years: Sequence[YearRead], *prefixes: str, sign: int = 1, less: str = "") -> Figure:
    """A twelfth of what some accounts cost (or brought, with sign −1); never below zero."""

    def amount(year: YearRead) -> int:
        return max(_month(sign * (year.of(*prefixes) - (year.of(less) if less else 0))), 0)

    before = amount(years[1]) if len(years) > 1 else None
    return _ranged(Kind.MONEY, amount(years[0]), before, _source(years, *prefixes))


def _opening(last: YearRead) -> Figure:
    """What lay there at the end of the year; an assumption where the books say nothing."""
    source = Text(f"comptes 5 et 18 au 31 décembre {last.year}",
                  f"accounts 5 and 18 on 31 December {last.year}")  # fmt: skip
    found = replace(Figure.of(Kind.MONEY, last.cash), source=source)
    if last.cash:
        return found
    note = Text("Rien dans les comptes : la trésorerie qui est là pour cette ressource, à écrire.",
                "Nothing in the books: the cash that is there for this resource, to be written.")  # fmt: skip
    return replace(found, assumption=True, note=note)


def _upkeep(years: Sequence[YearRead]) -> Upkeep:
    amount = _monthly(years, UPKEEP)
    return Upkeep(amount=amount) if amount.high else Upkeep()


def _users(years: Sequence[YearRead]) -> Segment:
    """Who pays: as many as the books name, buying as often as they did."""
    last = years[0]
    users = max(last.customers, 1)
    uses = max(last.sales * 1_000 // (12 * users), 1)
    before = None
    if len(years) > 1 and last.of("70") < 0:
        before = max(uses * max(-years[1].of("70"), 0) // -last.of("70"), 1)
    counted = Text(
        f"{last.sales} écritures de vente en {last.year}", f"{last.sales} entries of sales in {last.year}"
    )  # fmt: skip
    told = Text(
        f"comptes de clients en {last.year}" if last.customers
        else "les comptes ne nomment pas les clients : tous ensemble",
        f"accounts of customers in {last.year}" if last.customers
        else "the books do not name customers: all of them together",
    )  # fmt: skip
    return Segment(
        slug=USERS,
        name=Text("Usagers", "Users"),
        start=replace(Figure.of(Kind.COUNT, users * 1_000), source=told,
                      assumption=not last.customers),
        uses=_ranged(Kind.COUNT, uses, before, counted),
        season=_season(last.months),
    )  # fmt: skip


def _season(months: Sequence[int]) -> tuple[int, ...]:
    """Percent of an ordinary month, January first; none where it says nothing."""
    total = sum(months)
    if total <= 0 or min(months) < 0:
        return EVERY_MONTH
    shares = tuple((1_200 * each + total // 2) // total for each in months)
    return shares if max(shares) <= 100 * _LIMIT else EVERY_MONTH


def _prices(years: Sequence[YearRead]) -> Iterator[Price]:
    last = years[0]
    sold = -last.of("70")
    if sold > 0:
        users = max(last.customers, 1)
        uses = max(last.sales * 1_000 // (12 * users), 1) * users * 12  # thousandths in the year
        yield Price(
            slug="ventes",
            name=Text("Une vente, en moyenne", "A sale, on average"),
            amount=replace(Figure.of(Kind.MONEY, max(sold * 1_000 // uses, 1)),
                           source=_source([last], "70")),
        )  # fmt: skip
    users = max(last.customers, 1)
    for prefix in OTHER:
        if (brought := -last.of(prefix)) > 0:
            yield Price(
                slug=f"produits-{prefix}",
                name=_label(prefix, last.year),
                amount=replace(Figure.of(Kind.MONEY, _month(brought) // users),
                               source=_source([last], prefix)),
                per="month",
            )  # fmt: skip


def _costs(years: Sequence[YearRead]) -> Iterator[Cost]:
    last = years[0]
    for prefix in GROUPS:
        less = UPKEEP if UPKEEP.startswith(prefix) else ""
        amount = _monthly(years, prefix, less=less)
        if not amount.high:
            continue
        if prefix == WEAR:
            amount = replace(
                amount, note=Text("mis de côté chaque mois, au rythme de l’usure",
                                  "put aside each month, as fast as things wear out"),
            )  # fmt: skip
        name = _label(prefix, last.year)
        if prefix == WEAR:
            name = Text("Usure de l’équipement", "Wear of equipment")
        yield Cost(slug=f"charges-{prefix}", name=name, kind="fixed", amount=amount)


def _deposits(last: YearRead) -> Iterator[Deposit]:
    """Deposits go out with each sale, as much as was taken on average, and come back as they did."""
    if last.taken <= 0 or not last.sales:
        return
    lost = max((last.taken - last.returned) * 1_000_000 // last.taken, 0)
    source = Text(f"compte 4196, {last.year}", f"account 4196, {last.year}")
    yield Deposit(
        slug="consignes",
        name=Text("Consignes d’une vente", "Deposits of a sale"),
        amount=replace(Figure.of(Kind.MONEY, max(last.taken // last.sales, 1)), source=source),
        loss=replace(
            Figure.of(Kind.SHARE, min(lost, 1_000_000)), source=source, assumption=True,
            note=Text("prises moins rendues dans l’année : une partie est encore dehors",
                      "taken less given back in the year: some is still out"),
        ),
    )  # fmt: skip


def _volunteers(last: YearRead) -> Iterator[Volunteer]:
    """Hours of recognised contributions; else what class 86 says, at a rate that is to be set."""
    minutes, source = last.minutes // 12, Text(
        f"contributions reconnues, {last.year}", f"recognised contributions, {last.year}"
    )  # fmt: skip
    if not minutes:
        minutes = max(last.of("864"), 0) * 60 // HOUR // 12
        source = _source([last], "864")
    if minutes:
        yield Volunteer(
            slug="benevoles",
            name=Text("Bénévoles", "Volunteers"),
            hours=replace(Figure.of(Kind.HOURS, minutes), source=source),
            rate=replace(Figure.of(Kind.MONEY, HOUR), assumption=True),
        )


def _grants(last: YearRead) -> Iterable[Grant]:
    given = -last.of(GIVEN)
    if given <= 0:
        return ()
    note = Text(f"reçue en {last.year} ; rien ne dit qu’elle reviendra",
                f"received in {last.year}; nothing says that it will come again")  # fmt: skip
    return (
        Grant(
            slug="subventions",
            name=_label(GIVEN, last.year),
            amount=replace(Figure.of(Kind.MONEY, given), source=_source([last], GIVEN)),
            month=6,
            chance=Figure(Kind.SHARE, 500_000, 500_000, 500_000, assumption=True, note=note),
        ),
    )
