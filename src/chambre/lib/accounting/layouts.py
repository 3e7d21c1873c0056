"""The models of the balance sheet and income statement, as data.

Four models, chosen like the charts by kind and by the day on which the financial year opens:
associations (règlement ANC 2018-06, articles 421-1 and 422-1) and PCG (règlement ANC 2014-03,
système de base, *en liste*), each for the years opened before 2025 and since (ANC 2022-06).

The data are ``data/balance_*.csv`` and ``data/income_*.csv``, one row per line of the model:

* ``accounts`` (and ``less``, for what is taken off): account prefixes. ``41(D)`` takes only the
  accounts whose balance is in debit, ``41(C)`` in credit. Of all the prefixes of a statement the
  **longest** that fits takes the account, so a finer row is an exception to a wider one and no
  account can stand in two rows. Every class has a prefix of one digit, and ``*`` takes what fits
  nowhere else, so no account can be lost.
* ``pcg:756`` and ``associatif-2018:757`` apply only to accounts that come from a book kept with
  another chart or an older version (see :func:`qualify`): the same number does not mean the same.
* ``sum``: the rows that a total adds up, ``-`` before those that it takes off.

The regulation lets a model be more detailed than it asks (ANC 2018-06, article 410-2); rows that
it does not have (link accounts, a result waiting to be allocated) are there only when they hold
something.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from .charts import CHARTS, ChartKind, chart
from .codes import bare, chart_of, qualify
from .rows import Column, RowKind
from .texts import Text

_OTHERWISE = "*"
_SIGNS = {"(D)": (True,), "(C)": (False,)}


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One row of a model, before any amount.

    Attributes:
        key: Stable name in the statement.
        kind: Heading, line, total or result.
        section: ``"assets"``, ``"liabilities"``; ``"income"``, ``"expenses"``, ``"results"``,
            ``"memo_received"``, ``"memo_used"``, ``"outside"``.
        level: 0 (widest) to 3 (finest).
        label: Wording of the regulation.
        plain: Plain words.
        accounts: Prefixes of the accounts that it adds up, as written in the data.
        less: Prefixes of the accounts that it takes off.
        terms: For a total, the keys that it adds (+1) or takes off (-1).
    """

    key: str
    kind: RowKind
    section: str
    level: int
    label: Text
    plain: Text
    accounts: tuple[str, ...]
    less: tuple[str, ...]
    terms: tuple[tuple[int, str], ...]

    @property
    def sign(self) -> int:
        """By what debit − credit is multiplied to read as a positive amount in this section."""
        return -1 if self.section in ("liabilities", "income", "memo_received") else 1


class Model:
    """The rows of one statement and the way from an account to its row."""

    def __init__(self, rows: tuple[LayoutRow, ...]) -> None:
        self.rows = rows
        self._by_key = {row.key: row for row in rows}
        self._route: dict[tuple[str, bool], tuple[str, Column]] = {}
        self._find = lru_cache(maxsize=1 << 14)(self._search)
        for row in rows:
            for prefixes, column in ((row.accounts, Column.GROSS), (row.less, Column.ALLOWANCE)):
                for prefix in prefixes:
                    self._add(prefix, row.key, column)

    def _add(self, prefix: str, key: str, column: Column) -> None:
        debits = _SIGNS.get(prefix[-3:], (True, False))
        stem = prefix[:-3] if len(debits) == 1 else prefix
        for debit in debits:
            if (stem, debit) in self._route:
                raise ValueError(f"{prefix} stands in {key} and in {self._route[stem, debit][0]}")
            self._route[stem, debit] = (key, column)

    def __getitem__(self, key: str) -> LayoutRow:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def route(self, account: str, amount: int) -> tuple[str, Column] | None:
        """Say in which row and column an account stands, given its balance.

        Args:
            account: Account number, with its chart before it when it comes from another.
            amount: Debit − credit; zero counts as a debit.

        Returns:
            The key of the row and the column; ``None`` when the account belongs to the other
            statement.
        """
        return self._find(account, amount >= 0)

    def _search(self, account: str, debit: bool) -> tuple[str, Column] | None:
        code, version = bare(account), chart_of(account)
        charts = (
            [qualify(name, "") for name in (version, version.partition("-")[0])] if version else []
        )
        for length in range(len(code), 0, -1):
            for before in (*charts, ""):
                if found := self._route.get((before + code[:length], debit)):
                    return found
        return self._route.get((_OTHERWISE, debit))


@dataclass(frozen=True)
class Layout:
    """The models of both statements for one chart and its years.

    Attributes:
        key: That of the chart: ``"associatif-2025"`` and so on.
        kind: ``"pcg"`` or ``"associatif"``.
        balance_sheet: The rows of the balance sheet, what is owned first.
        income_statement: The rows of the income statement, then contributions in kind.
    """

    key: str
    kind: ChartKind
    balance_sheet: Model
    income_statement: Model


def _terms(text: str, present: set[str], known: set[str]) -> tuple[tuple[int, str], ...]:
    terms = tuple((-1 if item[0] == "-" else 1, item.lstrip("-")) for item in text.split())
    if unknown := {key for _, key in terms} - known:
        raise ValueError(f"a total adds rows that do not exist: {sorted(unknown)}")
    return tuple(term for term in terms if term[1] in present)


def _model(name: str, year: int) -> Model:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    data = list(csv.DictReader(text.splitlines(), delimiter=";"))
    now = [row for row in data if int(row["since"] or 0) <= year <= int(row["until"] or 9999)]
    known, present = {row["key"] for row in data}, {row["key"] for row in now}
    return Model(
        tuple(
            LayoutRow(
                key=row["key"],
                kind=RowKind(row["kind"]),
                section=row["section"],
                level=int(row["level"]),
                label=Text(row["fr"], row["en"]),
                plain=Text(row["plain_fr"], row["plain_en"]),
                accounts=tuple(row["accounts"].split()),
                less=tuple(row["less"].split()),
                terms=_terms(row["sum"], present, known),
            )
            for row in now
        )
    )


@lru_cache
def _load(key: str) -> Layout:
    kind = CHARTS[key].kind
    year = int(key.rpartition("-")[2])
    return Layout(
        key, kind, _model(f"balance_{kind}.csv", year), _model(f"income_{kind}.csv", year)
    )


def layout(kind: str, opening: date | int) -> Layout:
    """Return the models that apply to a financial year.

    Args:
        kind: ``"pcg"`` or ``"associatif"``.
        opening: First day of the financial year, or the year in which it opens.

    Raises:
        ValueError: No such chart.
    """
    return _load(chart(kind, opening).key)


class _Layouts(Mapping[str, Layout]):
    """The layouts by the key of their chart, each read when it is first asked for."""

    def __getitem__(self, key: str) -> Layout:
        return _load(CHARTS[key].key)

    def __iter__(self) -> Iterator[str]:
        return iter(CHARTS)

    def __len__(self) -> int:
        return len(CHARTS)


LAYOUTS: Mapping[str, Layout] = _Layouts()
"""The layouts of every version of every chart, by its key."""
