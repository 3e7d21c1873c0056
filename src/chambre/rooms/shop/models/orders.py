"""Orders: what somebody wants, what it costs, and everything that happened to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Order(models.Model):
    """What somebody orders for one distribution.

    Prices, VAT and names are frozen on its lines. The sums repeat those of the lines, for lists;
    they are written under the row's lock with them. All amounts in cents, VAT included.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("waiting for payment")
        CONFIRMED = "confirmed", _("confirmed")
        PREPARED = "prepared", _("ready")
        HANDED = "handed", _("handed over")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("not paid in time")
        MISSED = "missed", _("not fetched")

    class Pay(models.TextChoices):
        AHEAD = "ahead", _("now")
        PICKUP = "pickup", _("when it is fetched")
        SEASON = "season", _("with the subscription")
        OTHERS = "others", _("by others, ahead")

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="orders")
    public_id = models.CharField(max_length=32, unique=True, editable=False)
    code = models.CharField(_("number"), max_length=12)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    about = models.CharField(_("digest of what was asked"), max_length=64)
    customer = models.ForeignKey("shop.Customer", on_delete=models.PROTECT, related_name="orders")
    distribution = models.ForeignKey(
        "shop.Distribution", on_delete=models.PROTECT, related_name="orders"
    )
    slot = models.ForeignKey(
        "shop.Slot", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    state = models.CharField(_("state"), max_length=10, choices=State)
    pay = models.CharField(_("paid"), max_length=8, choices=Pay)
    goods = models.BigIntegerField(_("goods"), default=0)
    reduction = models.BigIntegerField(_("reductions"), default=0)
    deposits = models.BigIntegerField(_("deposits on containers"), default=0)
    total = models.BigIntegerField(_("total"), default=0)
    credit = models.PositiveBigIntegerField(_("taken from what the customer had"), default=0)
    note = models.TextField(_("remark"), blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1)
    placed_at = models.DateTimeField(_("placed"))
    hold_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["-placed_at", "-id"]
        verbose_name = _("order")
        constraints = [
            models.UniqueConstraint(fields=["shop", "code"], name="order_code"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total"),
        ]
        indexes = [
            models.Index(fields=["distribution", "state"], name="order_by_distribution"),
            models.Index(
                fields=["hold_until"], condition=Q(state="placed"), name="order_to_expire"
            ),
            models.Index(fields=["shop", "-placed_at"], name="order_newest"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class OrderLine(models.Model):
    """One variant of an order; what it said when it was ordered stays.

    ``unit_price`` is cents for a piece, or for a kilogram when it is weighed. ``gross`` is the price
    before reductions, by the estimated weight until it is weighed; ``reduction`` is what comes off.
    ``given`` pieces and ``grams`` are known when it is prepared.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("number"))
    variant = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="+")
    producer = models.ForeignKey("shop.Producer", on_delete=models.PROTECT, related_name="+")
    stock = models.ForeignKey("shop.Stock", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=340)
    unit = models.CharField(_("unit"), max_length=8)
    weighed = models.BooleanField(_("sold by weight"), default=False)
    quantity = models.PositiveIntegerField(_("ordered"))
    given = models.PositiveIntegerField(_("given"), null=True)
    estimate = models.PositiveIntegerField(_("estimated grams of a piece"), default=0)
    grams = models.PositiveIntegerField(_("weighed grams"), null=True)
    unit_price = models.PositiveBigIntegerField(_("price in cents"))
    gross = models.BigIntegerField(_("price before reductions"))
    reduction = models.BigIntegerField(_("reduction"), default=0)
    vat = models.PositiveIntegerField(_("VAT in hundredths of a percent"))
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    container = models.CharField(_("container"), max_length=120, blank=True, default="")
    containers = models.PositiveIntegerField(_("containers"), default=0)
    deposit = models.PositiveBigIntegerField(_("deposit of a container"), default=0)
    note = models.CharField(_("remark"), max_length=254, blank=True, default="")

    class Meta:
        ordering = ["order_id", "number"]
        verbose_name = _("line of an order")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_line_number"),
            models.CheckConstraint(
                condition=Q(reduction__gte=0) & Q(reduction__lte=models.F("gross")),
                name="order_line_reduction",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def net(self) -> int:
        """What is paid for the goods, in cents."""
        return self.gross - self.reduction

    @property
    def deposits(self) -> int:
        """Deposits on its containers, in cents."""
        return self.containers * self.deposit


class LineCredit(AppendOnlyModel):
    """What was credited of a line after it was handed over: spoiled, forgotten, not as it should be.

    ``amount`` is cents, VAT included; all of a line together are never more than it cost.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="credits")
    amount = models.PositiveBigIntegerField(_("cents"))
    reason = models.CharField(_("why"), max_length=200)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("credit of a line")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="line_credit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.amount}"


class Adjustment(models.Model):
    """A reduction of an order and its reason; what it takes off each line is on the lines."""

    class Kind(models.TextChoices):
        COUPON = "coupon", _("coupon")
        WORK = "work", _("work done")
        SUSPENDED = "suspended", _("paid ahead by others")
        GOODWILL = "goodwill", _("goodwill of the shop")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="adjustments")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    label = models.CharField(_("label"), max_length=140)
    amount = models.PositiveBigIntegerField(_("cents off"))
    origin = models.CharField(_("what gives it"), max_length=64, blank=True, default="")

    class Meta:
        ordering = ["order_id", "number"]
        verbose_name = _("reduction")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="adjustment_number"),
        ]

    def __str__(self) -> str:
        return self.label


class OrderPayment(models.Model):
    """A payment of the treasury that was asked for an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    payment = models.OneToOneField(
        "treasury.Payment", on_delete=models.PROTECT, related_name="shop_order"
    )
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_payment_number"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.number}"


class OrderEvent(AppendOnlyModel):
    """One thing that happened to an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what"), max_length=16)
    data = models.JSONField(default=dict)
    key = models.CharField(_("idempotency key"), max_length=120, null=True, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["order_id", "number"]
        verbose_name = _("event of an order")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_event_number"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.number} {self.kind}"
