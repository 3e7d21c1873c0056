"""What takes something off the price of an order: coupons, and work that was done. Money in cents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Coupon(models.Model):
    """A reduction for whoever types its code, within bounds.

    ``value`` is hundredths of a percent, or cents. Without products, categories and producers it
    concerns everything. ``used`` counts the live orders on which it is; it is raised by a statement
    that also asks whether a use is left.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("a percentage")
        AMOUNT = "amount", _("an amount in all")
        PER_PIECE = "per-piece", _("an amount from each piece")

    shop = models.ForeignKey("shop.Shop", on_delete=models.CASCADE, related_name="coupons")
    code = models.CharField(_("code"), max_length=24)
    label = models.CharField(_("label"), max_length=140, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.PositiveBigIntegerField(_("value"))
    minimum = models.PositiveBigIntegerField(_("goods at least, in cents"), default=0)
    most = models.PositiveBigIntegerField(_("reduction at most, in cents"), null=True, blank=True)
    products = models.ManyToManyField("shop.Product", blank=True, related_name="+")
    categories = models.ManyToManyField("shop.Category", blank=True, related_name="+")
    producers = models.ManyToManyField("shop.Producer", blank=True, related_name="+")
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    per_person = models.PositiveIntegerField(_("uses per person"), null=True, blank=True)
    in_all = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0)
    not_on_sale = models.BooleanField(_("not for what is reduced already"), default=False)
    alone = models.BooleanField(_("not together with another one"), default=False)
    is_on = models.BooleanField(_("can be used"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("coupon")
        constraints = [
            models.UniqueConstraint("shop", Upper("code"), name="coupon_code"),
            models.CheckConstraint(
                condition=~Q(kind="percent") | Q(value__lte=10_000), name="coupon_percent"
            ),
            models.CheckConstraint(
                condition=Q(in_all__isnull=True) | Q(used__lte=F("in_all")), name="coupon_uses"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class CouponUse(models.Model):
    """A coupon on a live order; it goes when the order is cancelled or not paid in time."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="coupon_uses")
    customer = models.ForeignKey("shop.Customer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("use of a coupon")
        constraints = [
            models.UniqueConstraint(fields=["coupon", "order"], name="coupon_once_per_order"),
        ]
        indexes = [models.Index(fields=["coupon", "customer"], name="coupon_by_person")]

    def __str__(self) -> str:
        return f"{self.coupon} {self.order}"


class WorkShift(models.Model):
    """Work at a distribution against a discount: so many places, so many cents for each who came."""

    distribution = models.ForeignKey(
        "shop.Distribution", on_delete=models.PROTECT, related_name="shifts"
    )
    title = models.CharField(_("what is to be done"), max_length=140)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    places = models.PositiveSmallIntegerField(_("places"))
    taken = models.PositiveSmallIntegerField(_("people"), default=0)
    discount = models.PositiveBigIntegerField(_("discount in cents"))

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("work shift")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_times"),
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="shift_places"),
        ]

    def __str__(self) -> str:
        return self.title


class ShiftSignup(models.Model):
    """Somebody who comes to work; once the shop confirms it, ``code`` takes ``credit`` cents off.

    ``used`` is what live orders took of it.
    """

    class State(models.TextChoices):
        SIGNED = "signed", _("signed up")
        DONE = "done", _("done")
        MISSED = "missed", _("did not come")
        WITHDRAWN = "withdrawn", _("withdrawn")

    shift = models.ForeignKey(WorkShift, on_delete=models.PROTECT, related_name="signups")
    customer = models.ForeignKey("shop.Customer", on_delete=models.PROTECT, related_name="shifts")
    code = models.CharField(_("code"), max_length=24, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SIGNED)
    credit = models.PositiveBigIntegerField(_("discount in cents"), default=0)
    used = models.PositiveBigIntegerField(_("used of it, in cents"), default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("person of a work shift")
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "customer"], condition=~Q(state="withdrawn"), name="shift_once"
            ),
            models.CheckConstraint(condition=Q(used__lte=F("credit")), name="shift_used"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.shift}"


class WorkUse(models.Model):
    """What a live order takes of the discount of a shift."""

    signup = models.ForeignKey(ShiftSignup, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="work_uses")
    amount = models.PositiveBigIntegerField(_("cents"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("use of work done")
        constraints = [
            models.UniqueConstraint(fields=["signup", "order"], name="work_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.signup} {self.amount}"
