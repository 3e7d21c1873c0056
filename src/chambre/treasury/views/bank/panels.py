"""What the bank shows on a structure's treasury page, and asks before a month is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from chambre.ledger.models import Book
from chambre.treasury.cards import Check
from chambre.treasury.models import BankAccount, BankRow, BankStatement
from chambre.treasury.queries import bank as queries


def bank_card(request: HttpRequest, book: Book) -> str:
    """The accounts with what they hold, and what came in last."""
    accounts = [each for each in queries.accounts_of(book) if each.is_open][:6]
    if not accounts:
        return ""
    last = queries.last_statements(accounts)
    came = BankRow.objects.filter(
        account__in=accounts, status="booked", kind="row", amount__gt=0, replaced__isnull=True
    )
    context = {
        "structure": book.structure,
        "accounts": [(each, last.get(each.pk)) for each in accounts],
        "came": came.select_related("account").order_by("-day", "-id")[:5],
    }
    return render_to_string("treasury/bank/_card.html", context, request)


def behind(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[BankAccount]]:
    """The accounts in use whose statements do not reach the end of the month."""
    reach = BankStatement.objects.filter(
        account=OuterRef("pk"), kind="statement", last_day__gte=last
    )
    return [queries.accounts_of(book).filter(~Exists(reach), is_open=True)]


def say_behind(count: int, rows: Sequence[QuerySet[BankAccount]]) -> str:
    """Of which accounts statements are missing."""
    if not count:
        return _("The statements of every bank account are here.")
    return _("Statements until the end of the month are missing: %(accounts)s.") % {
        "accounts": ", ".join(each.name for each in rows[0])
    }


BANK_CHECK = Check("bank", behind, say_behind, "treasury:bank", order=10)
