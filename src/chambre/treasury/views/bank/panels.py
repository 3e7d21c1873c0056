"""What the bank shows on a structure's treasury page, and asks before a month is closed."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.treasury.models import BankRow
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


def bank_check(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether the statements of every account in use reach the end of the month."""
    address = reverse("treasury:bank", args=[book.structure.slug])
    behind = []
    accounts = list(queries.accounts_of(book).filter(is_open=True))
    statements = queries.last_statements(accounts)
    for account in accounts:
        newest = statements.get(account.pk)
        if newest is None or newest.last_day < last:
            behind.append(account.name)
    if not behind:
        return True, _("The statements of every bank account are here."), address
    return (
        False,
        _("Statements until %(day)s are missing: %(accounts)s.")
        % {"day": figures.day(last), "accounts": ", ".join(behind)},
        address,
    )
