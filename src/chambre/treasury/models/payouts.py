"""Payouts: money that a structure owes somebody and sends by transfer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.treasury.models.orders import OrderEvent


class Payout(AppendOnlyModel):
    """A transfer that was asked for. Never changed: another one replaces it.

    What people agree to is therefore what is sent: payee, account, amount and words are its own.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="payouts")
    code = models.CharField(
        _("number"), max_length=20, unique=True, help_text=_("Comes back on the statement.")
    )
    party = models.ForeignKey(
        "treasury.Party", on_delete=models.PROTECT, related_name="payouts", verbose_name=_("to")
    )
    holder = models.CharField(_("holder of the account"), max_length=140)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("not before"), null=True, blank=True)
    reason = models.CharField(_("what for"), max_length=140)
    reference = models.CharField(
        _("reference of the payee"), max_length=25, blank=True, default="",
        help_text=_("Begins with RF; travels instead of the words."),
    )  # fmt: skip
    origin = models.CharField(_("asked by the room"), max_length=40, blank=True, default="")
    origin_key = models.CharField(max_length=120, blank=True, default="")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_label = models.CharField(_("asked by"), max_length=254)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payout_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def structure(self) -> object:
        """Whose money it is: what the rules ask."""
        return self.book.structure


class PayoutLine(AppendOnlyModel):
    """What a part of a payout is for, and so where it is booked."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    use = models.CharField(_("use"), max_length=40, blank=True, default="")
    account = models.CharField(_("account"), max_length=32, blank=True, default="")
    amount = models.BigIntegerField(_("amount"))
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    label = models.CharField(_("words"), max_length=140, blank=True, default="")
    party = models.ForeignKey(
        "treasury.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("third party of the line, when it is not the payee"),
    )  # fmt: skip
    piece = models.CharField(_("document"), max_length=60, blank=True, default="")

    class Meta:
        ordering = ["payout", "number"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "number"], name="payout_line_number"),
        ]

    def __str__(self) -> str:
        return f"{self.payout} {self.number}"


class PayoutEvent(OrderEvent):
    """Something that happened to a payout; the newest one says where it stands."""

    owner = "payout"

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="events")

    class Meta:
        ordering = ["payout", "number"]
        constraints = [
            # Two people, or two clicks, cannot write the same step.
            models.UniqueConstraint(fields=["payout", "number"], name="payout_event_number"),
            models.UniqueConstraint(fields=["payout", "kind", "key"], name="payout_event_key"),
            # Four eyes: a person agrees once; a payout is in one file.
            models.UniqueConstraint(
                fields=["payout", "user"],
                condition=models.Q(kind="approved"),
                name="payout_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="approved") | models.Q(user__isnull=False),
                name="payout_people_agree",
            ),
            models.UniqueConstraint(
                fields=["payout"], condition=models.Q(kind="exported"), name="payout_sent_once"
            ),
        ]
        indexes = [models.Index(fields=["file"], name="payout_event_file")]
