"""Roll-ups: sums of lines by year and by month, derived, never on the posting path."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class _Balance(models.Model):
    """Sums of the lines of one account in one cell over a stretch of time.

    ``resource`` is 0 for what is not attributed, so that the key has no empty part. Closing
    entries are not in it. Amounts are in the smallest part of the unit.
    """

    start = models.DateField(_("from"))
    resource = models.BigIntegerField(_("resource"))
    book = models.BigIntegerField(_("book"))
    account = models.CharField(_("account"), max_length=32)
    opening = models.BooleanField(_("opening entries"))
    unit = models.CharField(_("unit"), max_length=16)
    debit = models.BigIntegerField(_("debit"))
    credit = models.BigIntegerField(_("credit"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.start} {self.account}: {self.debit} / {self.credit}"


_KEY = ["resource", "unit", "start", "book", "account", "opening"]


class YearBalance(_Balance):
    """Sums by calendar year."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=_KEY, name="yearbalance_key")]


class MonthBalance(_Balance):
    """Sums by month."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=_KEY, name="monthbalance_key")]


class BalanceMark(models.Model):
    """How far the roll-ups go: every journal entry up to this one is in them. One row."""

    last_entry = models.BigIntegerField(_("last entry"), default=0)
    refreshed_at = models.DateTimeField(_("refreshed"), auto_now=True)

    def __str__(self) -> str:
        return str(self.last_entry)
