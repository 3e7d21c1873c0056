"""Charts of accounts (*plans de comptes*) by year, French and English.

Two charts, each with its versions. A version is chosen by the day on which the financial year
opens, because a rule of the Autorité des normes comptables (ANC) applies to the years opened since
its date:

* ``pcg``: plan comptable général, règlement ANC 2014-03; ``pcg-2014`` for the years opened before
  1 January 2025, ``pcg-2025`` after, as changed by the règlement ANC 2022-06;
* ``associatif``: règlement ANC 2018-06 on top of the former (every account of the PCG can be used
  by an association); ``associatif-2018`` before 2025 and ``associatif-2025`` after.

The data are ``data/pcg.csv`` and ``data/associatif.csv``: code, first and last year of opening in
which the account stands (blank: always), French and English label. A row of ``associatif.csv``
covers the row of ``pcg.csv`` that has the same code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from .codes import bare, chart_of
from .links import LINK_ACCOUNT, LINK_LABEL, MEMO_LINK_ACCOUNT, MEMO_LINK_LABEL
from .texts import Text

ChartKind = Literal["pcg", "associatif"]
"""The charts of the house: companies and cooperatives, associations and foundations."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a chart.

    Attributes:
        code: Its number, 1 to 6 characters; one digit is a class.
        label: Its name in both languages.
    """

    code: str
    label: Text


class Chart:
    """One version of a chart of accounts: labels, known accounts and their tree.

    Iterating gives the accounts in the order of their codes; ``len``, ``in`` and ``[code]`` work
    as on a mapping of code to :class:`Account`.
    """

    def __init__(self, key: str, kind: ChartKind, name: Text, accounts: Mapping[str, Text]) -> None:
        self.key = key
        """``"pcg-2014"``, ``"pcg-2025"``, ``"associatif-2018"`` or ``"associatif-2025"``."""
        self.kind: ChartKind = kind
        """``"pcg"`` or ``"associatif"``."""
        self.name = name
        """What it is called, for people."""
        self._accounts = MappingProxyType(
            {code: Account(code, accounts[code]) for code in sorted(accounts)}
        )
        self._with_children = frozenset(code[:-1] for code in accounts if len(code) > 1)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def __len__(self) -> int:
        return len(self._accounts)

    def __contains__(self, code: object) -> bool:
        return code in self._accounts

    def __getitem__(self, code: str) -> Account:
        return self._accounts[code]

    def __repr__(self) -> str:
        return f"<Chart {self.key}: {len(self)} accounts>"

    def known(self, code: str) -> str:
        """Return the longest account of the chart with which ``code`` begins, or ``""``.

        ``known("512100")`` is ``"5121"``. A class (one digit) counts.
        """
        for length in range(len(code), 0, -1):
            if code[:length] in self._accounts:
                return code[:length]
        return ""

    def recognises(self, code: str) -> bool:
        """Whether an account number has its place in the chart.

        A structure may divide an account of the chart as it likes (``512100``, ``411DUPONT``)
        and pad it with zeros (``640000``); it may not invent one beside those that the chart
        gives at two or three digits (``669``, ``9…``).
        """
        found = self.known(code)
        if len(found) >= 3 or not code:
            return len(found) >= 3
        if len(found) < 2:
            return False
        return found == code.rstrip("0") or found == code or found not in self._with_children

    def label(self, code: str, lang: str = "fr") -> str:
        """Return the name of an account, or of the nearest account above it.

        Args:
            code: Any account number, known to the chart or divided further.
            lang: ``"fr"`` or ``"en"``.

        Returns:
            The label, or ``""`` for a number that begins no class of the chart.
        """
        found = self.known(code)
        return self._accounts[found].label.get(lang) if found else ""

    def parent(self, code: str) -> str | None:
        """Return the nearest account of the chart above ``code``; ``None`` for a class."""
        return self.known(code[:-1]) or None

    def children(self, code: str) -> tuple[Account, ...]:
        """Return the accounts of the chart directly under ``code``, in order.

        ``children("")`` gives the classes.
        """
        return tuple(
            account
            for account in self
            if account.code != code
            and account.code.startswith(code)
            and (self.parent(account.code) or "") == code
        )


_SPLIT = 2025
_NAMES: dict[str, tuple[ChartKind, int, Text]] = {
    "pcg-2014": (
        "pcg",
        _SPLIT - 1,
        Text(
            "Plan comptable général (ANC 2014-03), exercices ouverts avant 2025",
            "French general chart of accounts (ANC 2014-03), years opened before 2025",
        ),
    ),
    "pcg-2025": (
        "pcg",
        _SPLIT,
        Text(
            "Plan comptable général (ANC 2014-03 modifié par ANC 2022-06), depuis 2025",
            "French general chart of accounts (ANC 2014-03 as changed by 2022-06), since 2025",
        ),
    ),
    "associatif-2018": (
        "associatif",
        _SPLIT - 1,
        Text(
            "Plan comptable associatif (ANC 2018-06), exercices ouverts avant 2025",
            "French chart for associations (ANC 2018-06), years opened before 2025",
        ),
    ),
    "associatif-2025": (
        "associatif",
        _SPLIT,
        Text(
            "Plan comptable associatif (ANC 2018-06 modifié), depuis 2025",
            "French chart for associations (ANC 2018-06 as changed), since 2025",
        ),
    ),
}


def _rows(name: str, year: int) -> dict[str, Text]:
    """Read the accounts of one data file that stand for the years opened in ``year``."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return {
        row["code"]: Text(row["fr"], row["en"])
        for row in csv.DictReader(text.splitlines(), delimiter=";")
        if int(row["since"] or 0) <= year <= int(row["until"] or 9999)
    }


@lru_cache
def _load(key: str) -> Chart:
    kind, year, name = _NAMES[key]
    accounts = _rows("pcg.csv", year)
    if kind == "associatif":
        accounts |= _rows("associatif.csv", year)
    accounts = {code: text for code, text in accounts.items() if text.fr}
    accounts[LINK_ACCOUNT] = LINK_LABEL
    accounts[MEMO_LINK_ACCOUNT] = MEMO_LINK_LABEL
    return Chart(key, kind, name, accounts)


def opening_year(opening: date | int) -> int:
    """Return the year in which a financial year opens, from its first day or the year itself."""
    return opening.year if isinstance(opening, date) else opening


def chart(kind: str, opening: date | int) -> Chart:
    """Return the version of a chart that applies to a financial year.

    Args:
        kind: ``"pcg"`` or ``"associatif"``.
        opening: First day of the financial year, or the year in which it opens.

    Raises:
        ValueError: No such chart.
    """
    for key, (its_kind, year, _) in _NAMES.items():
        if its_kind == kind and (year >= _SPLIT) == (opening_year(opening) >= _SPLIT):
            return _load(key)
    raise ValueError(f"no chart {kind!r}: 'pcg' or 'associatif'")


def account_label(account: str, kind: str, opening: date | int, lang: str = "fr") -> str:
    """Return the name of an account that may carry the chart that it belongs to.

    Args:
        account: An account number, or one made by :func:`qualify`.
        kind: The chart of the accounts that name none.
        opening: First day of the financial year, or the year in which it opens.
        lang: ``"fr"`` or ``"en"``.

    Raises:
        ValueError: No such chart.
    """
    own = chart_of(account) or kind
    its = CHARTS[own] if own in _NAMES else chart(own, opening)
    return its.label(bare(account), lang)


class _Charts(Mapping[str, Chart]):
    """The versions by key, each read when it is first asked for."""

    def __getitem__(self, key: str) -> Chart:
        if key not in _NAMES:
            raise KeyError(key)
        return _load(key)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


CHARTS: Mapping[str, Chart] = _Charts()
"""Every version of every chart, by key."""
