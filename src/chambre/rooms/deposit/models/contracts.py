"""Deposit contracts, one per rotation, and the acts that opened and ended them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.models import AppendOnlyModel


class Act(AppendOnlyModel):
    """What somebody asked for, once, with the answer that the same key always gets.

    ``about`` is what was asked for (the codes, in order): a key is not used again for another.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", _("issue")
        RETURN = "return", _("return")
        CASE = "case", _("decision of a case")
        UNCLAIMED = "unclaimed", _("deposits that nobody claimed")
        TRANSFER = "transfer", _("transfer between partners")
        CARE = "care", _("wash, inspection, repair")
        RECEIPT = "receipt", _("a receipt was paid out")

    scheme = models.ForeignKey(
        "deposit.Scheme", on_delete=models.PROTECT, related_name="acts", db_index=False
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    key = models.CharField(_("idempotency key"), max_length=200, unique=True)
    about = models.CharField(_("digest of what it is about"), max_length=64)
    place = models.ForeignKey(
        "deposit.Place", null=True, on_delete=models.PROTECT, related_name="acts", db_index=False
    )
    answer = models.JSONField(_("answer"))
    total = models.BigIntegerField(_("cents paid out or taken"), default=0)
    device = models.CharField(_("device"), max_length=80, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("act")
        indexes = [
            models.Index(fields=["place", "at"], name="act_place"),
            models.Index(fields=["by", "at"], name="act_by"),
            models.Index(fields=["device", "at"], name="act_device", condition=~Q(device="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Contract(models.Model):
    """The deposit of one rotation of one object, or of a number of objects that are only counted.

    Facts of the opening never change; it ends once. ``item`` is empty for objects that are counted.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("contract", "open")
        CLOSED = "closed", _("brought back")
        SOLD = "sold", _("never brought back, counted as sold")
        VOID = "void", _("taken back: it was a mistake")

    uid = models.UUIDField(_("number that names nobody"), default=uuid.uuid4, unique=True)
    scheme = models.ForeignKey(
        "deposit.Scheme", on_delete=models.PROTECT, related_name="contracts", db_index=False
    )
    type = models.ForeignKey(
        "deposit.ItemType", on_delete=models.PROTECT, related_name="contracts", db_index=False
    )
    item = models.ForeignKey(
        "deposit.Item", null=True, on_delete=models.PROTECT, related_name="contracts"
    )
    place = models.ForeignKey(
        "deposit.Place", on_delete=models.PROTECT, related_name="contracts", db_index=False
    )
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="opened")
    quantity = models.PositiveIntegerField(_("objects"), default=1)
    amount = models.PositiveBigIntegerField(_("deposit that was paid, in cents"))
    vat = models.PositiveIntegerField(_("VAT on what is kept, in hundredths of a percent"))
    means = models.CharField(_("paid by"), max_length=12)
    payment = models.CharField(_("payment"), max_length=40, blank=True)
    holder = models.ForeignKey(
        "registry.Agent",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        verbose_name=_("who has it"),
    )
    opened_at = models.DateTimeField(_("issued"))
    opened_on = models.DateField(_("day of the issue"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(_("ended"), null=True)
    back = models.PositiveIntegerField(_("objects that came back"), default=0)
    refunded = models.PositiveBigIntegerField(_("paid back, in cents"), default=0)
    kept = models.PositiveBigIntegerField(_("kept, in cents"), default=0)

    class Meta:
        ordering = ["id"]
        verbose_name = _("deposit contract")
        constraints = [
            # The heart of it: an object has one open deposit, whoever writes.
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="open"), name="contract_one_open_per_item"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("refunded") + F("kept")), name="contract_refund_le_paid"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("back")), name="contract_back_le_out"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True) | Q(quantity=1), name="contract_item_is_one"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(~Q(state="open"), closed_at__isnull=False, amount=F("refunded") + F("kept")),
                name="contract_ended_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["scheme", "place"], name="contract_open", condition=Q(state="open")
            ),
            models.Index(
                fields=["type", "opened_at"],
                name="contract_counted_open",
                condition=Q(state="open", item__isnull=True),
            ),
            models.Index(fields=["scheme", "opened_on"], name="contract_cohort"),
            models.Index(
                fields=["holder"], name="contract_holder", condition=Q(holder__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def uri(self) -> str:
        """How events name it."""
        return f"urn:uuid:{self.uid}"


class Refund(AppendOnlyModel):
    """What a contract gave back and what was kept; one per contract of an object, for ever.

    ``reason`` :data:`UNCLAIMED`: nothing came back, the whole deposit is kept and the object is sold.
    """

    UNCLAIMED = "unclaimed"

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="refunds")
    serial = models.PositiveBigIntegerField(
        _("the contract again, when it is of one object"), null=True, unique=True
    )
    quantity = models.PositiveIntegerField(_("objects"), default=1)
    paid = models.PositiveBigIntegerField(_("deposit of these, in cents"))
    amount = models.PositiveBigIntegerField(_("paid back, in cents"))
    kept = models.PositiveBigIntegerField(_("kept, in cents"), default=0)
    reason = models.CharField(_("why"), max_length=20)
    entry = models.BigIntegerField(_("journal entry"), null=True)
    at = models.DateTimeField(_("when"))
    day = models.DateField(_("day of the return"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("refund")
        indexes = [
            models.Index(fields=["day"], name="refund_day"),
            models.Index(
                fields=["contract"], name="refund_of_counted", condition=Q(serial__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(paid=F("amount") + F("kept")), name="refund_is_what_was_paid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.amount}"


class Part(AppendOnlyModel):
    """How (a part of) what an act pays out or takes goes or comes."""

    class Channel(models.TextChoices):
        CASH = "cash", _("in cash")
        VOUCHER = "voucher", _("voucher")
        GIFT = "gift", _("gift to a commons")
        SEPA = "sepa", _("transfer")
        CARD = "card", _("back to the card")
        SUSPENDED = "suspended", _("suspended ticket")
        RECEIPT = "receipt", _("receipt, paid out later")
        PARTNER = "partner", _("on the partner's account")
        PAYMENT = "payment", _("with a payment of the treasury")

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="parts")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    amount = models.BigIntegerField(_("cents; negative when they were taken"))
    reference = models.CharField(_("number in the treasury"), max_length=64, blank=True)
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("part of a refund")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="part_not_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.amount}"


class Receipt(AppendOnlyModel):
    """A one-time slip: who shows it is paid. Only the digest of its code is kept."""

    scheme = models.ForeignKey("deposit.Scheme", on_delete=models.PROTECT, related_name="receipts")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="receipts")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("last signs"), max_length=4)
    amount = models.PositiveBigIntegerField(_("cents"))
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("receipt")

    def __str__(self) -> str:
        return f"…{self.hint}"


class ReceiptUse(AppendOnlyModel):
    """A receipt was paid out: once, for ever."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="use")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("use of a receipt")

    def __str__(self) -> str:
        return str(self.receipt)
