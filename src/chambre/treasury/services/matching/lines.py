"""The lines of a match in the ledger: suspense against what the row was."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.ledger.models import Book, FinancialYear, Line
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import BankRow
from chambre.treasury.queries.bank import entry_of
from chambre.treasury.queries.months import is_closed
from chambre.treasury.services.booking import rule_of
from chambre.treasury.services.matching.drafts import BookedPart
from chambre.treasury.services.matching.errors import NotMatchable


def suspense_line(row: BankRow) -> BookLine:
    """The line that clears a row from suspense: on the very account that its entry is on.

    Raises:
        NotMatchable: The row has no entry.
    """
    entry = entry_of(row)
    lines = Line.objects.filter(entry=entry, amount=-row.amount) if entry else Line.objects.none()
    place = (
        lines.exclude(account__code=row.account.code)
        .order_by("number")
        .values_list("account__code", "account__label", "resource_id")
        .first()
    )
    if place is None:
        raise NotMatchable
    code, label, resource = place
    return BookLine(row.amount, account=code, account_label=label, resource=resource)


def booked_lines(book: Book, part: BookedPart) -> list[BookLine]:
    """The counterparts of money that is booked straight on a use or an account.

    A use whose rule has a VAT rate is booked without the VAT, and the VAT (included in the amount,
    rounded to the nearest cent) on its own line: collected on income, deductible on the rest.

    Raises:
        Invalid: No such use, or not an account number.
    """
    resource = part.resource.pk if part.resource else None
    if part.account:
        code = part.account.strip().upper()
        if not (code[:3].isdigit() and 3 <= len(code) <= 32 and code.isalnum()):
            raise Invalid(
                _("An account number begins with three digits."), fields={"account": [code]}
            )
        return [BookLine(-part.amount, account=code, resource=resource, label=part.label)]
    rule = rule_of(book, part.use)
    vat = _vat_in(part.amount, rule.vat or 0)
    resource = resource or rule.resource
    lines = [BookLine(vat - part.amount, use=part.use, resource=resource, label=part.label)]
    if vat:
        use = "vat.collected" if rule.account.startswith("7") else "vat.deductible"
        lines.append(BookLine(-vat, use=use, resource=resource, label=part.label))
    return lines


def _vat_in(amount: int, rate: int) -> int:
    """The VAT in an amount that includes it; the rate in hundredths of a percent."""
    whole, size = 10_000 + rate, abs(amount)
    vat = (2 * size * rate + whole) // (2 * whole)
    return vat if amount > 0 else -vat


def booking_day(row: BankRow) -> dt.date:
    """The day on which a match is booked: the row's own, or today once that is closed."""
    book = row.account.book
    shut = FinancialYear.objects.filter(
        book=book, start__lte=row.day, end__gte=row.day, closed_at__isnull=False
    )
    if is_closed(book, row.day) or shut.exists():
        return max(registry.today(), row.day)
    return row.day
