"""What the ledger says of a resource month by month, for a model that begins with real figures."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.real import RealLine, model_from_accounts
from chambre.lib.modelling.wording import month as month_name
from chambre.lib.reciprocity import Text
from chambre.registry.models import Resource

LIVING = Q(account__code__startswith="6") | Q(account__code__startswith="7")
"""Accounts of expense and of income."""
LEFT_OUT = ("68", "69", "74", "77", "78", "79")
"""Wear, taxes on profits, grants, exceptional income, what is taken back: funding and equipment are
for people to describe, and what was given once is nothing to live from."""
MOST = 15
"""Most accounts of a side; the smallest are put together."""


def model_of(resource: Resource, *, last: dt.date, count: int = 24, horizon: int = 60) -> Model:
    """A model of a resource out of all books that concern it.

    Who may read the books is the caller's business.

    Args:
        resource: The resource.
        last: A day of the last month that is read.
        count: Months that are read at most; of them those from the first to the last in which
            something happened, since books that are not written yet say nothing.
        horizon: Months that the model looks ahead.
    """
    months = _months(last, count)
    sums, codes = _sums(resource, months[0], _end(months[-1]))
    there = [month for _name, month in sums] or months[-1:]
    months = [month for month in months if min(there) <= month <= max(there)]
    source = Text(
        f"Comptes de {month_name(months[0], 'fr')} à {month_name(months[-1], 'fr')}",
        f"Accounts of {month_name(months[0], 'en')} to {month_name(months[-1], 'en')}",
    )
    return model_from_accounts(
        slug=resource.slug[:60],
        title=Text(resource.name, resource.name),
        months=months,
        lines=[*_lines(sums, codes, months, "7"), *_lines(sums, codes, months, "6")],
        opening=_cash(resource, months[-1]),
        horizon=horizon,
        source=source,
    )


def _months(last: dt.date, count: int) -> list[dt.date]:
    at = last.year * 12 + last.month - 1
    return [dt.date(each // 12, each % 12 + 1, 1) for each in range(at - count + 1, at + 1)]


def _end(month: dt.date) -> dt.date:
    return dt.date(month.year + month.month // 12, month.month % 12 + 1, 1) - dt.timedelta(days=1)


Key = tuple[str, str]
"""Class of the account (6 or 7) and its label: structures number their accounts each their way."""


def _sums(
    resource: Resource, first: dt.date, last: dt.date
) -> tuple[dict[tuple[Key, dt.date], int], dict[Key, str]]:
    """Cents by account and month, positive as income or expense; and the number of each account."""
    rows = Line.objects.filter(
        LIVING, resource=resource, unit="EUR", phase=0, day__range=(first, last)
    )
    for prefix in LEFT_OUT:
        rows = rows.exclude(account__code__startswith=prefix)
    found: dict[tuple[Key, dt.date], int] = {}
    codes: dict[Key, str] = {}
    grouped = (
        rows.annotate(month=TruncMonth("day"))
        .values_list("account__code", "account__label", "month")
        .annotate(sum=Sum("amount"))
        .order_by("account__code", "month", "account__label")
    )
    for code, label, month, amount in grouped:
        key = (code[0], label or code)
        sign = -1 if code.startswith("7") else 1
        found[key, month] = found.get((key, month), 0) + sign * amount
        codes.setdefault(key, code)
    return found, codes


def _lines(
    sums: dict[tuple[Key, dt.date], int],
    codes: dict[Key, str],
    months: list[dt.date],
    kind: str,
) -> list[RealLine]:
    """The accounts of a side, the greatest first; those beyond the limit as one."""
    rows = {
        key: tuple(sums.get((key, month), 0) for month in months) for key in codes if key[0] == kind
    }
    order = sorted(rows, key=lambda key: (-sum(rows[key]), key))
    kept = order if len(order) <= MOST else order[: MOST - 1]
    taken = [codes[key].lower() for key in kept]
    found = [
        # Two books may use one number for two things.
        RealLine(
            f"c{taken[at]}" if taken[at] not in taken[:at] else f"c{taken[at]}-{at}",
            Text(key[1], key[1]),
            kind == "7",
            rows[key],
        )
        for at, key in enumerate(kept)
    ]
    if rest := order[len(kept) :]:
        together = tuple(map(sum, zip(*(rows[key] for key in rest), strict=True)))
        found.append(RealLine(f"c{kind}-rest", Text("Autres", "Others"), kind == "7", together))
    return found


def _cash(resource: Resource, month: dt.date) -> int:
    """Cash of the resource at the end of a month.

    That is its accounts of class 5, and what structures hold for it (its link accounts, class 18):
    their bank accounts are mostly not attributed.
    """
    statement = ledger.statement(by="resource", first=month, last=_end(month), resources=[resource])
    return sum(
        figures.closing
        for group in statement.groups
        if group.key == resource.slug
        for code, figures in group.figures.accounts.items()
        if code.startswith(("5", "18"))
    )
