"""When and where: order cycles, distributions with their slots, places, rounds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class PickupPlace(models.Model):
    """Where orders are fetched, or the area to which they are brought.

    Latitude and longitude in millionths of a degree. ``container_place`` is the place of the deposit
    scheme where containers go out and come back, by its short name.
    """

    class Kind(models.TextChoices):
        PICKUP = "pickup", _("people fetch their order")
        HOME = "home", _("orders are brought home")

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="places")
    slug = models.SlugField(_("short name"), max_length=50)
    name = models.CharField(_("name"), max_length=140)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PICKUP)
    address = models.CharField(_("address"), max_length=254, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=16, blank=True, default="")
    city = models.CharField(_("town"), max_length=70, blank=True, default="")
    latitude = models.IntegerField(_("latitude"), null=True, blank=True)
    longitude = models.IntegerField(_("longitude"), null=True, blank=True)
    instructions = models.TextField(_("how to find it"), blank=True, default="")
    container_place = models.CharField(
        _("place of the deposit scheme"), max_length=50, blank=True, default=""
    )
    drawer = models.ForeignKey(
        "treasury.CashDrawer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("cash drawer"),
    )
    is_open = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("place")
        constraints = [models.UniqueConstraint(fields=["shop", "slug"], name="pickup_place_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class Cycle(models.Model):
    """A time in which people order for one or several distributions."""

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="cycles")
    name = models.CharField(_("name"), max_length=140)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed before its time"), null=True, blank=True)
    most_orders = models.PositiveIntegerField(
        _("closes when there are so many orders"), null=True, blank=True
    )
    note = models.TextField(_("for those who order"), blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-closes_at"]
        verbose_name = _("order cycle")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="cycle_times"),
        ]
        indexes = [models.Index(fields=["shop", "closes_at"], name="cycle_by_end")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class Offer(models.Model):
    """What a cycle says of a variant: a price of its own, or that it is not there this time.

    Where a cycle says nothing, everything on sale and in season is offered at its usual price.
    ``target`` is what the sales of a free price should bring in all, in cents.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="offers")
    variant = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="offers")
    is_there = models.BooleanField(_("offered"), default=True)
    price = models.PositiveBigIntegerField(_("price in cents"), null=True, blank=True)
    target = models.PositiveBigIntegerField(_("to reach in all, in cents"), null=True, blank=True)

    class Meta:
        ordering = ["cycle_id", "variant_id"]
        verbose_name = _("offer")
        constraints = [models.UniqueConstraint(fields=["cycle", "variant"], name="offer_once")]

    def __str__(self) -> str:
        return f"{self.variant} ({self.cycle})"


class Round(models.Model):
    """A delivery round: the distributions of one journey, in order."""

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="rounds")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=140)
    driver = models.CharField(_("who drives"), max_length=140, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")

    class Meta:
        ordering = ["-day", "name"]
        verbose_name = _("delivery round")

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class Distribution(models.Model):
    """Orders of a cycle are handed over at a place, at a time."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        PREPARING = "preparing", _("being prepared")
        OPEN = "open", _("people fetch their orders")
        DONE = "done", _("done")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="distributions")
    place = models.ForeignKey(PickupPlace, on_delete=models.PROTECT, related_name="distributions")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    round = models.ForeignKey(
        Round, null=True, blank=True, on_delete=models.SET_NULL, related_name="stops"
    )
    stop = models.PositiveSmallIntegerField(_("place in the round"), default=0)

    class Meta:
        ordering = ["starts_at", "place_id"]
        verbose_name = _("distribution")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "place", "starts_at"], name="distribution_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="distribution_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {localtime(self.starts_at):%Y-%m-%d}"

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.cycle.shop.structure


class Slot(models.Model):
    """A part of a distribution for which only so many can come. ``taken`` counts live orders."""

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    capacity = models.PositiveIntegerField(_("orders at most"))
    taken = models.PositiveIntegerField(_("orders"), default=0)

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("time slot")
        constraints = [
            models.UniqueConstraint(fields=["distribution", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_times"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_capacity"),
        ]

    def __str__(self) -> str:
        return f"{localtime(self.starts_at):%H:%M}–{localtime(self.ends_at):%H:%M}"
