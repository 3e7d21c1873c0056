"""Months of a structure's treasury: closed by a person, and opened again by one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class MonthMark(AppendOnlyModel):
    """A month was closed, or opened again. The newest of a book and month holds.

    ``figures`` is what the books said at that moment: balance in cents at the end of the month by
    account of money, and the number of entries. When the books say something else later, the page
    of the month shows it.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="month_marks")
    month = models.DateField(_("first day of the month"))
    closed = models.BooleanField(_("closed"))
    figures = models.JSONField(_("figures"), default=dict)
    note = models.CharField(_("note"), max_length=254, blank=True, default="")
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["book", "month", "-id"], name="month_mark_newest")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
