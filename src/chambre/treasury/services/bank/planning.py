"""What an import will do, decided before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from chambre.lib import bankfiles
from chambre.lib.bankfiles.merging import NEAR
from chambre.treasury.models import BankAccount, BankRow, BankStatement
from chambre.treasury.services.bank.errors import AccountDiffers
from chambre.treasury.services.bank.matching import states_of


@dataclass(slots=True)
class PlannedStatement:
    """A statement of the file, and what is to be done with each of its entries.

    Attributes:
        place: Its place in the file.
        statement: What the file says of it.
        known: It is kept already, whole: nothing is to be done.
        decisions: For each booked entry, in order.
        already: Rows that are kept already.
        new: Rows that are not.
        inside: Sum of its booked rows on days strictly inside it, in cents.
        keys: Of its booked entries, in order.
        months: First days of the months in which something is new.
    """

    place: int
    statement: bankfiles.Statement
    known: bool = False
    decisions: list[bankfiles.Decision] = field(default_factory=list)
    already: int = 0
    new: int = 0
    inside: int = 0
    keys: list[str] = field(default_factory=list)
    months: set[dt.date] = field(default_factory=set)


def choose(
    account: BankAccount, file: bankfiles.BankFile
) -> tuple[list[int], list[dict[str, str]]]:
    """The statements of a file that are of an account, in the order of their days.

    Returns:
        Their places in the file, and a notice for each account that was passed over.

    Raises:
        AccountDiffers: None is.
    """
    mine: list[int] = []
    others: dict[str, None] = {}
    for place, statement in enumerate(file.statements):
        same = bankfiles.same_account(statement.account, account.iban)
        if same is False:
            others[statement.account] = None
        elif statement.currency and statement.currency != account.currency:
            others[f"{statement.account} {statement.currency}"] = None
        else:
            mine.append(place)
    if not mine:
        raise AccountDiffers(
            _("This file is of another account (%(found)s); the one here is %(own)s.")
            % {"found": ", ".join(others) or "–", "own": account.iban},
            accounts=list(others),
            own=account.iban,
        )
    late = dt.date.max
    mine.sort(key=lambda place: (file.statements[place].first_day or late, place))
    return mine, [{"code": "other-account", "account": each} for each in others]


def plan(
    account: BankAccount, file: bankfiles.BankFile, places: Sequence[int]
) -> list[PlannedStatement]:
    """Decide for every statement of the file that is of this account."""
    days = [
        day
        for place in places
        for day in (file.statements[place].first_day, file.statements[place].last_day)
        if day is not None
    ]
    kept = _kept(account, min(days), max(days)) if days else iter(())
    kind = file.statements[places[0]].kind
    merger = bankfiles.Merger(file.format, kind, kept, _statements(account, days), look)
    return [
        _planned(file, merger, place, -1 - number, more=number + 1 < len(places))
        for number, place in enumerate(places)
    ]


def look(row: int) -> bankfiles.Row:
    """A kept row as it was read."""
    return BankRow.objects.get(pk=row).as_read()


def _kept(account: BankAccount, first: dt.date, last: dt.date) -> Iterator[bankfiles.Kept]:
    """The entries that are kept, around some days."""
    rows = BankRow.objects.filter(
        account=account,
        kind=BankRow.Kind.ROW,
        status=BankRow.Status.BOOKED,
        part=0,
        replaced__isnull=True,
        day__range=(first - NEAR, last + NEAR),
    )
    columns = (
        "pk", "key", "occurrence", "day", "entry_amount", "parts", "account_reference",
        "statement__file__format", "statement__kind", "statement_id",
    )  # fmt: skip
    for values in rows.order_by("pk").values_list(*columns).iterator(chunk_size=5000):
        row, key, occurrence, day, amount, parts, reference, *rest = values
        squeezed = bankfiles.squeezed(reference)
        yield bankfiles.Kept(row, key, occurrence, day, amount, parts, squeezed, *rest)


def _statements(account: BankAccount, days: Sequence[dt.date]) -> dict[int, bankfiles.Statement]:
    """The statements that are kept, around some days."""
    if not days:
        return {}
    rows = BankStatement.objects.filter(
        account=account, last_day__gte=min(days), first_day__lte=max(days)
    )
    return {
        each.pk: bankfiles.Statement(
            account="",
            currency="",
            kind="statement" if each.kind == "statement" else "notification",
            number=each.number,
            first_day=each.first_day,
            last_day=each.last_day,
            opening=each.opening if each.stated else None,
            closing=each.closing if each.stated else None,
            proved=each.proved,
            booked=each.booked,
            rows=each.rows,
            pending=each.pending,
        )
        for each in rows
    }


def _planned(
    file: bankfiles.BankFile, merger: bankfiles.Merger, place: int, number: int, *, more: bool
) -> PlannedStatement:
    statement = file.statements[place]
    planned = PlannedStatement(place, statement)
    if merger.is_known(statement):
        planned.known = True
        planned.already = statement.rows
        return planned
    sketches: list[bankfiles.Sketch] = []
    for rows in booked_entries(file, place):
        sketches.append(bankfiles.sketch(rows))
        if statement.first_day != rows[0].day != statement.last_day:
            planned.inside += rows[0].entry_amount
    decisions = merger.decide(
        number, statement, sketches, lambda wanted: _rows_at(file, place, wanted), more=more
    )
    planned.decisions = [_possible(each) for each in decisions]
    for sketch, decision in zip(sketches, planned.decisions, strict=True):
        planned.keys.append(sketch.key)
        if decision.what == "new":
            planned.new += sketch.parts
            planned.months.add(sketch.day.replace(day=1))
        else:
            planned.already += sketch.parts
    return planned


def _possible(decision: bankfiles.Decision) -> bankfiles.Decision:
    """A batch that is matched as a whole stays whole when its parts come."""
    if decision.what == "parts" and decision.row is not None:
        state = states_of([decision.row]).get(decision.row)
        if state is not None and state.matched:
            return decision._replace(what="known")
    return decision


def booked_entries(file: bankfiles.BankFile, place: int) -> Iterator[list[bankfiles.Row]]:
    """The entries of a statement that are on the account."""
    return (rows for rows in file.entries(place) if rows[0].status == "booked")


def _rows_at(file: bankfiles.BankFile, place: int, wanted: set[int]) -> dict[int, bankfiles.Row]:
    """The first rows of some booked entries."""
    return {
        number: rows[0]
        for number, rows in enumerate(booked_entries(file, place))
        if number in wanted
    }
