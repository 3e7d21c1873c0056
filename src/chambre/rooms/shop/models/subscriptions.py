"""Subscriptions to baskets: who, what, their absences and moves, their instalments, their orders."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Subscription(models.Model):
    """What was agreed with one household, or with two that alternate; the first person pays.

    ``price`` is cents of one basket, ``amount`` what all planned baskets and complements cost; both
    were shown before it was signed.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        LEFT = "left", _("left")
        CANCELLED = "cancelled", _("cancelled")

    plan = models.ForeignKey(
        "shop.BasketPlan", on_delete=models.PROTECT, related_name="subscriptions"
    )
    public_id = models.CharField(max_length=32, unique=True, editable=False)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    about = models.CharField(_("digest of what was asked"), max_length=64)
    customer = models.ForeignKey(
        "shop.Customer", on_delete=models.PROTECT, related_name="subscriptions"
    )
    place = models.ForeignKey("shop.PickupPlace", on_delete=models.PROTECT, related_name="+")
    size = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(_("rhythm"), max_length=8)
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    price = models.PositiveBigIntegerField(_("price of one basket in cents"))
    amount = models.PositiveBigIntegerField(_("price of the season in cents"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    refused = models.ManyToManyField("shop.Product", blank=True, related_name="+")
    mandate = models.ForeignKey(
        "treasury.Mandate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("remark"), max_length=254, blank=True, default="")
    signed_at = models.DateTimeField(_("signed"), auto_now_add=True)
    by = models.CharField(max_length=254)

    class Meta:
        ordering = ["-signed_at", "-id"]
        verbose_name = _("subscription")
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="subscription_days"),
        ]
        indexes = [models.Index(fields=["plan", "state"], name="subscription_by_plan")]

    def __str__(self) -> str:
        return f"{self.customer} – {self.size}"

    @property
    def structure(self) -> object:
        """Whose shop it is of: what the rules about structures ask."""
        return self.plan.shop.structure


class SubscriptionPerson(models.Model):
    """Somebody who fetches the baskets; of several, in turn."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey("shop.Customer", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("place in the turns"))

    class Meta:
        ordering = ["subscription_id", "position"]
        verbose_name = _("person of a subscription")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "position"], name="subscription_person_place"
            ),
            models.UniqueConstraint(
                fields=["subscription", "customer"], name="subscription_person_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer)


class SubscribedComplement(models.Model):
    """So many of a complement each time, at the price of the day on which it was signed."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="complements"
    )
    complement = models.ForeignKey("shop.Complement", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("how many"))
    price = models.PositiveBigIntegerField(_("price in cents"))

    class Meta:
        ordering = ["subscription_id", "complement_id"]
        verbose_name = _("complement of a subscription")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "complement"], name="subscribed_complement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.complement}"


class Absence(models.Model):
    """Days, both ends in, on which no basket is taken."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="absences"
    )
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))

    class Meta:
        ordering = ["subscription_id", "first", "id"]
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_days")
        ]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class Move(models.Model):
    """A basket that is taken on another day."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="moves")
    planned = models.DateField(_("planned"))
    instead = models.DateField(_("instead"))

    class Meta:
        ordering = ["subscription_id", "planned"]
        verbose_name = _("moved basket")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "planned"], name="basket_moved_once")
        ]

    def __str__(self) -> str:
        return f"{self.planned} → {self.instead}"


class Instalment(models.Model):
    """A part of what a season costs. Asked for by a payment, or collected with a mandate.

    ``came`` is what was paid of it and did not go back, in cents; the account moves of who pays say how.
    """

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="instalments"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    day = models.DateField(_("due"))
    amount = models.PositiveBigIntegerField(_("amount in cents"))
    payment = models.OneToOneField(
        "treasury.Payment", null=True, on_delete=models.PROTECT, related_name="shop_instalment"
    )
    collection = models.OneToOneField(
        "treasury.Collection", null=True, on_delete=models.PROTECT, related_name="shop_instalment"
    )
    came = models.BigIntegerField(_("paid"), default=0)
    dropped = models.BooleanField(_("not asked for any more"), default=False)

    class Meta:
        ordering = ["subscription_id", "number"]
        verbose_name = _("instalment")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "number"], name="instalment_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.number}"


class BasketOrder(models.Model):
    """The order that was made for a subscription and a day: at most one."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="basket_orders"
    )
    day = models.DateField(_("day"))
    person = models.ForeignKey(SubscriptionPerson, on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(
        "shop.Order", on_delete=models.PROTECT, related_name="basket_order"
    )

    class Meta:
        ordering = ["subscription_id", "day"]
        verbose_name = _("order of a subscription")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "day"], name="basket_order_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.day}"


class MissedBasket(AppendOnlyModel):
    """A basket that was left out, and where its price went: the three parts sum to it, in cents."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="missed")
    day = models.DateField(_("day"))
    credit = models.PositiveBigIntegerField(_("to the member"), default=0)
    gift = models.PositiveBigIntegerField(_("to the suspended baskets"), default=0)
    kept = models.PositiveBigIntegerField(_("paid all the same"), default=0)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subscription_id", "day"]
        verbose_name = _("basket left out")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "day"], name="basket_missed_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.day}"


class SubscriptionEvent(AppendOnlyModel):
    """One thing that happened to a subscription."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what"), max_length=16)
    data = models.JSONField(default=dict)
    key = models.CharField(_("idempotency key"), max_length=120, null=True, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subscription_id", "number"]
        verbose_name = _("event of a subscription")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "number"], name="subscription_event_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.number} {self.kind}"


class PaidByOther(AppendOnlyModel):
    """What somebody else pays for an order out of what they have: less than zero when it goes back.

    ``source`` is another customer (who pays the subscription that two share); None: what was paid
    ahead for others (:class:`.SuspendedUse`).
    """

    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="paid_by_others")
    source = models.ForeignKey(
        "shop.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    amount = models.BigIntegerField(_("cents"))
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["order_id", "number"]
        verbose_name = _("paid by somebody else")
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="paid_by_other_number")
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.amount}"
