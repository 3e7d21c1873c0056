"""How somebody is paid: by a request that is scanned, by a ticket that needs no network."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Request(models.Model):
    """What a payee asks for; whoever scans its code may pay it, once."""

    public_id = models.CharField(max_length=24, unique=True)
    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="requests"
    )
    amount = models.BigIntegerField(_("amount"))
    price = models.BigIntegerField(_("whole price"), null=True)
    reason = models.CharField(_("what for"), max_length=140)
    until = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(null=True)
    move = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=80)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request for units")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="credit_request_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_request_amount"),
            models.CheckConstraint(
                condition=Q(move__isnull=True) | Q(withdrawn_at__isnull=True),
                name="credit_request_one_end",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Ticket(models.Model):
    """Units set aside by who made it, for whoever brings it first; or given back after its last day."""

    serial = models.CharField(max_length=24, unique=True)
    community = models.ForeignKey(
        "credit.Community", on_delete=models.PROTECT, related_name="tickets"
    )
    account = models.ForeignKey(
        "treasury.CreditAccount", on_delete=models.PROTECT, related_name="tickets"
    )
    amount = models.BigIntegerField(_("amount"))
    until = models.DateField(_("last day"))
    aside = models.OneToOneField("treasury.CreditMove", on_delete=models.PROTECT, related_name="+")
    taken = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )
    back = models.OneToOneField(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=80)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("ticket")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="credit_ticket_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_ticket_amount"),
            models.CheckConstraint(
                condition=Q(taken__isnull=True) | Q(back__isnull=True), name="credit_ticket_one_end"
            ),
        ]

    def __str__(self) -> str:
        return self.serial
