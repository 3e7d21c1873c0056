"""Balances: what the account held before the first statement, and what is missing between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from chambre.ledger import api as ledger
from chambre.treasury.models import BankAccount, BankRow, BankStatement, RowReplacement
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.bank import entry_of, standing_rows, sum_of
from chambre.treasury.services.bank.keeping import SYSTEM, Booker
from chambre.treasury.services.bank.matching import states_of
from chambre.treasury.services.booking import unbook
from chambre.treasury.services.months import refuse_closed

_DAY = dt.timedelta(days=1)


def first_statement(account: BankAccount) -> BankStatement | None:
    """The earliest statement whose balances were stated.

    Of several that begin on one day, the one that goes on from no other of them.
    """
    rows = BankStatement.objects.filter(account=account, kind="statement", stated=True)
    first = list(rows.order_by("first_day", "id")[:20])
    starts: list[BankStatement] = [each for each in first if each.first_day == first[0].first_day]
    for each in starts:
        if not any(
            other is not each and other.closing == each.opening and other.last_day == each.first_day
            for other in starts
        ):
            return each
    return starts[0] if starts else None


def known_before(account: BankAccount, day: dt.date) -> int:
    """Balance that the bank must have shown at the end of the day before, as far as is known."""
    first = first_statement(account)
    if first is None or day < first.first_day:
        return balance_of(account.book, account.code, day - _DAY)
    return first.opening + _moved(account, first.first_day, day - _DAY)


def _moved(account: BankAccount, first: dt.date, last: dt.date) -> int:
    """Sum of what was on the account on some days."""
    rows = standing_rows(account).filter(
        kind=BankRow.Kind.ROW, status=BankRow.Status.BOOKED, day__range=(first, last)
    )
    return sum_of(rows)


def settle_opening(booker: Booker) -> int:
    """Book what the account held before its first statement and the ledger does not know.

    It becomes a row of its own, open like any other. When an earlier statement came, the former
    one is taken back; if it is matched already, only the difference is added.

    Returns:
        The amount booked now, in cents; 0 when the ledger knew.
    """
    account = booker.account
    first = first_statement(account)
    if first is None:
        return 0
    day = max(first.first_day, account.since or first.first_day)
    target = first.opening + _moved(account, first.first_day, day - _DAY)
    openings = list(
        standing_rows(account).filter(kind=BankRow.Kind.OPENING).select_related("account__book")
    )
    before = sum(each.amount for each in openings if each.day < day)
    needed = target - (balance_of(account.book, account.code, day - _DAY) - before)
    if needed == sum(each.amount for each in openings):
        return 0
    states = states_of([each.pk for each in openings])
    kept = 0
    for each in openings:
        if each.pk in states and states[each.pk].matched:
            kept += each.amount
        else:
            _take_back(each)
    amount = needed - kept
    if amount:
        _book(booker, first, day, amount)
    return amount


def _take_back(row: BankRow) -> None:
    entry = entry_of(row)
    if entry is not None:
        refuse_closed(row.account.book, row.day)
        unbook(entry=entry, key=f"{row.booking_key}:earlier")
    RowReplacement.objects.create(row=row, why=RowReplacement.Why.OPENING)


def _book(booker: Booker, statement: BankStatement, day: dt.date, amount: int) -> None:
    account = booker.account
    refuse_closed(account.book, day)
    number = BankRow.objects.filter(account=account, kind=BankRow.Kind.OPENING).count() + 1
    with translation.override("fr"):
        label = _("Balance before the first statement")
    row = BankRow.objects.create(
        account=account,
        statement=statement,
        kind=BankRow.Kind.OPENING,
        status=BankRow.Status.BOOKED,
        is_booked=True,
        key="opening",
        occurrence=number,
        day=day,
        value_day=day,
        amount=amount,
        entry_amount=amount,
        info=label,
        code="opening",
    )
    ledger.post(
        booker.draft(
            amount=amount, day=day, key=row.booking_key, label=label, piece=statement.number
        ),
        by=SYSTEM,
        book=account.book,
    )


def find_gaps(
    account: BankAccount, fresh: Sequence[tuple[BankStatement, int]]
) -> list[dict[str, Any]]:
    """What does not fit between the new statements and those around them.

    Args:
        account: Whose.
        fresh: New statements, each with the sum of its rows on days strictly inside it.

    Returns:
        Notices: ``gap`` (balances of two statements that follow each other differ) and ``differs``
        (the account has other rows on its days than the statement), amounts in cents.
    """
    notices: list[dict[str, Any]] = []
    seen: set[tuple[int, int]] = set()
    for statement, inside in fresh:
        if not statement.stated:
            continue
        for left, right in _pairs(account, statement):
            amount = right.opening - left.closing
            if amount and left.last_day == right.first_day:  # both have that day
                amount += _moved(account, right.first_day, right.first_day)
            if not amount or (left.pk, right.pk) in seen:
                continue
            seen.add((left.pk, right.pk))
            notices.append(
                {
                    "code": "gap",
                    "after": left.last_day.isoformat(),
                    "before": right.first_day.isoformat(),
                    "amount": amount,
                }
            )
        found = _moved(account, statement.first_day + _DAY, statement.last_day - _DAY)
        if found != inside:
            notices.append(
                {
                    "code": "differs",
                    "after": statement.first_day.isoformat(),
                    "before": statement.last_day.isoformat(),
                    "amount": found - inside,
                }
            )
    return notices


def _pairs(
    account: BankAccount, statement: BankStatement
) -> list[tuple[BankStatement, BankStatement]]:
    """The statement with the one before and the one after, where they do not overlap."""
    others = BankStatement.objects.filter(account=account, kind="statement", stated=True).exclude(
        pk=statement.pk
    )
    left = list(
        others.filter(
            last_day__lte=statement.first_day, first_day__lte=statement.first_day
        ).order_by("-last_day", "-id")[:20]
    )
    right = list(
        others.filter(first_day__gte=statement.last_day, last_day__gte=statement.last_day).order_by(
            "first_day", "id"
        )[:20]
    )
    pairs = []
    for near, joint in (
        ([each for each in left if each.last_day == left[0].last_day], "opening"),
        ([each for each in right if each.first_day == right[0].first_day], "closing"),
    ):
        if not near or _overlapped(others, statement, joint):
            continue
        fits = [
            each
            for each in near
            if (each.closing if joint == "opening" else each.opening) == getattr(statement, joint)
        ]
        other = (fits or near)[0]
        pairs.append((other, statement) if joint == "opening" else (statement, other))
    return pairs


def _overlapped(others: Any, statement: BankStatement, joint: str) -> bool:
    """Whether another statement reaches over that end of it, so that nothing is missing there."""
    if joint == "opening":
        return bool(
            others.filter(
                first_day__lt=statement.first_day, last_day__gt=statement.first_day
            ).exists()
        )
    return bool(
        others.filter(first_day__lt=statement.last_day, last_day__gt=statement.last_day).exists()
    )
