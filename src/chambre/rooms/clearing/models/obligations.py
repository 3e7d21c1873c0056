"""What one owes another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Obligation(models.Model):
    """What one owes another, in cents; known to these two only, and counted once its debtor accepted.

    ``cleared`` repeats what booked rounds set off, for the database to hold the bound; it is written
    under the row's lock. What is said of the debt itself never changes.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for the debtor")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")

    class Source(models.TextChoices):
        PROMISE = "promise", _("promise")
        TABLE = "table", _("table")
        INVOICE = "invoice", _("invoice")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    debtor = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+", verbose_name=_("who owes")
    )
    creditor = models.ForeignKey(
        "registry.Agent",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("whom they owe"),
    )
    amount = models.BigIntegerField(_("amount"))
    cleared = models.BigIntegerField(_("set off"), default=0)
    reference = models.CharField(_("reference"), max_length=60)
    day = models.DateField(_("day"))
    due = models.DateField(_("due day"), null=True, blank=True)
    source = models.CharField(_("from"), max_length=8, choices=Source)
    state = models.CharField(_("state"), max_length=9, choices=State)
    invoice = models.ForeignKey(
        "treasury.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purchase = models.ForeignKey(
        "treasury.Purchase", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(_("decided by"), max_length=254, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name = _("obligation")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="clearing_owed_something"),
            models.CheckConstraint(
                condition=Q(cleared__gte=0) & Q(cleared__lte=F("amount")), name="clearing_no_more"
            ),
            models.CheckConstraint(
                condition=~Q(debtor=F("creditor")), name="clearing_not_to_oneself"
            ),
            # An invoice is one debt, whoever brings it in.
            models.UniqueConstraint(
                fields=["debtor", "creditor", "reference"], name="clearing_number_once",
                condition=Q(state__in=["proposed", "accepted"], source="invoice"),
            ),
            models.UniqueConstraint(
                fields=["invoice"], name="clearing_invoice_once",
                condition=Q(state__in=["proposed", "accepted"], invoice__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["purchase"], name="clearing_purchase_once",
                condition=Q(state__in=["proposed", "accepted"], purchase__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["debtor", "state"], name="clearing_by_debtor"),
            models.Index(fields=["creditor", "state"], name="clearing_by_creditor"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def left(self) -> int:
        """Cents that no round has set off."""
        return self.amount - self.cleared
