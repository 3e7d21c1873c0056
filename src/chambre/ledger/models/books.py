"""Books: a structure's accounts, its journals, its financial years."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Book(models.Model):
    """The accounts of one structure."""

    class Chart(models.TextChoices):
        PCG = "pcg", _("general chart of accounts (PCG)")
        ASSOCIATIF = "associatif", _("chart of accounts of associations")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    structure = models.OneToOneField(
        "registry.Agent", on_delete=models.PROTECT, related_name="book", verbose_name=_("structure")
    )
    chart = models.CharField(_("chart"), max_length=12, choices=Chart, default=Chart.PCG)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["structure__name"]
        verbose_name = _("book")

    def __str__(self) -> str:
        return str(self.structure)


class Account(models.Model):
    """An account that a book uses. The number is the book's own; the label is the first seen."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(_("account"), max_length=32)
    label = models.CharField(_("label"), max_length=200)
    is_link = models.BooleanField(_("link account"), default=False)

    class Meta:
        ordering = ["book", "code"]
        constraints = [models.UniqueConstraint(fields=["book", "code"], name="account_per_book")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Auxiliary(models.Model):
    """A third party's account below a collective one (compte auxiliaire). Never public."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="auxiliaries")
    code = models.CharField(_("auxiliary account"), max_length=64)
    label = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        ordering = ["book", "code"]
        constraints = [models.UniqueConstraint(fields=["book", "code"], name="auxiliary_per_book")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Journal(models.Model):
    """A journal of a book: sales, purchases, bank, opening…"""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="journals")
    code = models.CharField(_("journal"), max_length=32)
    label = models.CharField(_("label"), max_length=200, blank=True)

    class Meta:
        ordering = ["book", "code"]
        constraints = [models.UniqueConstraint(fields=["book", "code"], name="journal_per_book")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class FinancialYear(models.Model):
    """A financial year (exercice) of a book. Once closed, nothing is posted into it."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="years")
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        ordering = ["book", "start"]
        constraints = [
            models.UniqueConstraint(fields=["book", "start"], name="year_start_per_book"),
            models.UniqueConstraint(fields=["book", "end"], name="year_end_per_book"),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="year_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"


class YearClosing(AppendOnlyModel):
    """That a financial year was closed: between which days, when, and with which differences.

    ``differences`` lists the accounts that the next year's own openings do not take over as they
    stood (account, expected and found in minor units), accepted by whoever closed.
    """

    year = models.OneToOneField(FinancialYear, on_delete=models.PROTECT, related_name="closing")
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    closed_at = models.DateTimeField(_("closed"))
    differences = models.JSONField(_("differences"), default=list)

    class Meta:
        ordering = ["id"]
        verbose_name = _("closing of a financial year")

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"
