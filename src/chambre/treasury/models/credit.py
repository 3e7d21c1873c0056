"""The chamber's credit units: who has an account, how far below zero it may go, and every move."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class CreditAccount(models.Model):
    """Somebody's account in the credit units, or the hours, of a chamber.

    ``held`` repeats what the ledger says (the chamber's book, ``unit``, auxiliary account ``code``),
    written under the row's lock with each move and never otherwise. It is below zero for who owes the
    others, and never below what was agreed with them, nor above what was agreed that they may hold.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("a member’s")
        COMMON = "common", _("the chamber’s own")
        PARTNER = "partner", _("another chamber’s")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="credit_accounts"
    )
    kind = models.CharField(_("whose"), max_length=8, choices=Kind, default=Kind.MEMBER)
    unit = models.CharField(_("unit"), max_length=16, default="CRD")
    number = models.PositiveIntegerField(_("number"))
    # Where the chamber's book has it: known without asking when a payment is made in one call.
    auxiliary = models.ForeignKey(
        "ledger.Auxiliary", null=True, on_delete=models.PROTECT, related_name="+"
    )
    limit = models.BigIntegerField(_("agreed limit"), default=0)
    ceiling = models.BigIntegerField(_("holds at most"), null=True)
    accepts = models.PositiveSmallIntegerField(_("share of a price taken in units"), default=100)
    held = models.BigIntegerField(_("held"), default=0)
    # Many pay it at once: its row is locked last, and as briefly as can be (services.credit_many).
    is_busy = models.BooleanField(_("many pay it at once"), default=False)
    is_open = models.BooleanField(_("open"), default=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["chamber", "number"]
        verbose_name = _("account in units")
        constraints = [
            models.UniqueConstraint(
                fields=["chamber", "agent", "unit"], name="credit_account_one_a_unit"
            ),
            models.UniqueConstraint(fields=["chamber", "number"], name="credit_account_number"),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="credit_limit"),
            models.CheckConstraint(
                condition=models.Q(held__gte=-models.F("limit")), name="credit_not_overdrawn"
            ),
            models.CheckConstraint(
                condition=models.Q(ceiling__isnull=True)
                | models.Q(ceiling__gte=0, held__lte=models.F("ceiling")),
                name="credit_not_too_much",
            ),
            models.CheckConstraint(
                condition=models.Q(accepts__lte=100), name="credit_accepts_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(is_open=True) | models.Q(held=0), name="credit_closed_at_zero"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Its auxiliary account in the chamber's book: a number and no name."""
        return f"U{self.number:06d}"

    @property
    def left(self) -> int:
        """What can be given, in hundredths of a unit: what is held and the agreed limit."""
        return self.held + self.limit if self.is_open else 0

    @property
    def room(self) -> int | None:
        """What can still come, in hundredths of a unit; None: as much as anybody gives."""
        if not self.is_open:
            return 0
        return None if self.ceiling is None else self.ceiling - self.held


class CreditMove(AppendOnlyModel):
    """Units that went from one account to another; taken back by a move the other way."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="given")
    target = models.ForeignKey(CreditAccount, on_delete=models.PROTECT, related_name="received")
    amount = models.BigIntegerField(_("amount in hundredths of a unit"))
    reason = models.CharField(_("what for"), max_length=140)
    day = models.DateField(_("day"))
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(
        "treasury.Payment",
        null=True,
        on_delete=models.PROTECT,
        related_name="credit_moves",
        verbose_name=_("payment that it pays"),
    )
    undoes = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("move of which it gives back"),
    )
    origin = models.CharField(_("asked by"), max_length=40, blank=True, default="")
    origin_key = models.CharField(_("key of who asked"), max_length=120, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=160)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("move of units")
        indexes = [models.Index(fields=["origin", "origin_key"], name="credit_origin")]
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="credit_move_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="credit_positive"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="credit_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}: {self.amount}"
