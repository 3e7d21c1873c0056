"""Bank accounts: what they hold by their statements and by the ledger, and their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.ledger.models import Book, JournalEntry
from chambre.lib.bankfiles import minor_of
from chambre.treasury.models import BankAccount, BankRow, BankStatement
from chambre.treasury.queries.balances import lines_of


def account_named(slug: str, by: Actor, permission: str = "treasury.read") -> BankAccount:
    """A bank account by its short name.

    Raises:
        NotFound: There is none.
        Forbidden: ``by`` does not answer for its structure's money.
    """
    rows = BankAccount.objects.select_related("book__structure")
    account: BankAccount | None = rows.filter(slug=slug).first()
    if account is None:
        raise NotFound
    authorize(by, permission, account)
    return account


def accounts_of(book: Book) -> QuerySet[BankAccount]:
    """The bank accounts of a book, by account number."""
    return BankAccount.objects.filter(book=book).order_by("code")


def standing_rows(account: BankAccount) -> QuerySet[BankRow]:
    """Rows that count: those that no other replaced."""
    return BankRow.objects.filter(account=account, replaced__isnull=True)


def booked_rows(account: BankAccount) -> QuerySet[BankRow]:
    """Rows that are in the ledger and stand: what there is to match."""
    return standing_rows(account).filter(is_booked=True)


def last_statements(accounts: Iterable[BankAccount]) -> dict[int, BankStatement]:
    """The statement that says what each account holds, by the account's id: the last by its days.

    Of several that end on one day, the one that no other of them goes on from.
    """
    rows = BankStatement.objects.filter(kind="statement")
    newest = rows.filter(account=OuterRef("account")).order_by("-last_day").values("last_day")[:1]
    ends: dict[int, list[BankStatement]] = {}
    listed = rows.filter(account__in=[each.pk for each in accounts], last_day=Subquery(newest))
    for each in listed.order_by("-id"):
        ends.setdefault(each.account_id, []).append(each)
    return {account: _end_of_chain(found) for account, found in ends.items()}


def _end_of_chain(ends: list[BankStatement]) -> BankStatement:
    stated = [each for each in ends if each.stated]
    for each in stated:
        if not any(
            other is not each and other.opening == each.closing and other.first_day == each.last_day
            for other in stated
        ):
            return each
    return ends[0]


def last_statement(account: BankAccount) -> BankStatement | None:
    """The statement that says what an account holds; see :func:`last_statements`."""
    return last_statements([account]).get(account.pk)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a bank account holds, in cents, by its last statement and by the ledger.

    Attributes:
        day: Last day of that statement; none before the first one.
        statement: Its closing balance.
        ledger: Balance of the account in the ledger on that day.
    """

    day: dt.date | None
    statement: int
    ledger: int

    @property
    def equal(self) -> bool:
        """Whether both say the same."""
        return self.statement == self.ledger


def standing_of(account: BankAccount) -> Standing:
    """What an account holds by its last statement and by the ledger, on the same day."""
    return standings_of(account.book, [account])[account.pk]


def standings_of(book: Book, accounts: Sequence[BankAccount]) -> dict[int, Standing]:
    """What accounts of one book hold, by their ids, in three questions whatever their number."""
    if not accounts:
        return {}
    last = last_statements(accounts)
    wanted = {}
    for each in accounts:
        lines = Q(account__code=each.code, unit="EUR")
        if each.pk in last:
            lines &= Q(day__lte=last[each.pk].last_day)
        wanted[f"a{each.pk}"] = Sum("amount", filter=lines, default=0)
    codes = [each.code for each in accounts]
    ledger = lines_of(book).filter(account__code__in=codes).aggregate(**wanted)
    return {
        each.pk: Standing(
            last[each.pk].last_day if each.pk in last else None,
            last[each.pk].closing if each.pk in last else 0,
            ledger[f"a{each.pk}"],
        )
        for each in accounts
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """Days between two statements whose balances differ, by an amount in cents."""

    after: dt.date
    before: dt.date
    amount: int


def gaps_of(account: BankAccount) -> list[Gap]:
    """Where statements of an account are missing, in order; one question."""
    rows = BankStatement.objects.filter(account=account, kind="statement", stated=True)
    found: list[Gap] = []
    reached: BankStatement | None = None
    for each in rows.order_by("first_day", "last_day", "id"):
        if reached is not None and each.first_day > reached.last_day:
            if each.opening != reached.closing:
                amount = each.opening - reached.closing
                found.append(Gap(reached.last_day, each.first_day, amount))
            reached = each
        elif reached is None or each.last_day >= reached.last_day:
            reached = each
    return found


def sum_of(rows: QuerySet[BankRow]) -> int:
    """Sum of the amounts of rows, in cents."""
    total: int = rows.aggregate(total=Sum("amount", default=0))["total"]
    return total


def entry_of(row: BankRow) -> JournalEntry | None:
    """The entry that a row was booked with."""
    chamber = row.account.book.chamber_id
    return JournalEntry.objects.filter(chamber=chamber, key=row.booking_key).first()


def find_rows(
    account: BankAccount,
    *,
    text: str = "",
    first: dt.date | None = None,
    last: dt.date | None = None,
    show: str = "",
) -> QuerySet[BankRow]:
    """Rows of an account that stand, newest first.

    Args:
        account: Whose.
        text: Words in the name, the texts or the references; or an amount, whatever its sign.
        first: From this day.
        last: To this day.
        show: ``in``, ``out``, ``pending``, or what is on the account.
    """
    rows = standing_rows(account)
    if show == "pending":
        rows = rows.exclude(status=BankRow.Status.BOOKED)
    else:
        rows = rows.filter(status=BankRow.Status.BOOKED)
        rows = rows.filter(amount__gt=0) if show == "in" else rows
        rows = rows.filter(amount__lt=0) if show == "out" else rows
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    for word in text.split():
        rows = rows.filter(_says(word))
    return rows.order_by("-day", "-id")


_SAID = ("party_name", "texts", "info", "creditor_reference", "end_to_end_id", "reference")


def _says(word: str) -> Q:
    """Whether a word stands in what is said of a row, or is its amount."""
    found = Q()
    for name in _SAID:
        found |= Q(**{f"{name}__icontains": word})
    try:
        cents = abs(minor_of(word, "EUR", "," if "," in word else "."))
    except ValueError:
        return found
    return found | Q(amount__in=[cents, -cents])
