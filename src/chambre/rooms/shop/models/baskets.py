"""Plans of weekly baskets: their season, sizes, complements, and what was harvested for a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BasketPlan(models.Model):
    """What people may subscribe to for a season: baskets of a product whose variants are the sizes.

    ``rhythms`` are the words of :class:`chambre.lib.shopping.subscriptions.Frequency`. Money in cents.
    Orders of a day are made ``order_days`` before it; when that is empty, as soon as its cycle is open.
    """

    class Absent(models.TextChoices):
        CREDIT = "credit", _("its price is credited to the member")
        GIFT = "gift", _("its price goes to the suspended baskets")
        OTHER_DAY = "other-day", _("it may be taken on another day, else it is paid")
        NOTHING = "nothing", _("it is paid all the same")

    class Turns(models.TextChoices):
        TAKEN = "taken", _("an absence loses no turn")
        PLANNED = "planned", _("who is absent has had their turn")

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="plans")
    slug = models.SlugField(_("short name"), max_length=50)
    name = models.CharField(_("name"), max_length=140)
    lede = models.CharField(_("in one sentence"), max_length=254, blank=True, default="")
    product = models.ForeignKey("shop.Product", on_delete=models.PROTECT, related_name="plans")
    places = models.ManyToManyField("shop.PickupPlace", related_name="plans")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    rhythms = models.JSONField(_("rhythms"), default=list)
    absences = models.PositiveSmallIntegerField(_("baskets that may be left out"), default=0)
    absence_first = models.DateField(_("absences from"), null=True, blank=True)
    absence_last = models.DateField(_("absences until"), null=True, blank=True)
    notice = models.PositiveSmallIntegerField(_("days of notice"), default=3)
    absent = models.CharField(
        _("when one is left out"), max_length=10, choices=Absent, default=Absent.CREDIT
    )
    absent_percent = models.PositiveSmallIntegerField(_("percent given back"), default=100)
    turns = models.CharField(
        _("turns of two who share"), max_length=8, choices=Turns, default=Turns.TAKEN
    )
    minimum_baskets = models.PositiveSmallIntegerField(_("baskets at least"), default=0)
    minimum_amount = models.PositiveBigIntegerField(_("cents at least"), default=0)
    instalments = models.PositiveSmallIntegerField(_("instalments at most"), default=1)
    least_instalment = models.PositiveBigIntegerField(_("smallest instalment"), default=100)
    refusals = models.PositiveSmallIntegerField(_("products one may refuse"), default=0)
    order_days = models.PositiveSmallIntegerField(
        _("orders are made so many days before"), null=True, blank=True
    )
    is_open = models.BooleanField(_("one can subscribe"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-first", "name"]
        verbose_name = _("plan of baskets")
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="basket_plan_slug"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="basket_plan_season"),
            models.CheckConstraint(
                condition=Q(instalments__gte=1, instalments__lte=12, least_instalment__gte=1),
                name="basket_plan_instalments",
            ),
            models.CheckConstraint(condition=Q(absent_percent__lte=100), name="basket_plan_absent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class BasketDay(models.Model):
    """A day of a season on which baskets are fetched."""

    plan = models.ForeignKey(BasketPlan, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))

    class Meta:
        ordering = ["plan_id", "day"]
        verbose_name = _("day of baskets")
        constraints = [models.UniqueConstraint(fields=["plan", "day"], name="basket_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class Complement(models.Model):
    """What may come besides the basket (eggs, bread), as often as its rhythm says."""

    plan = models.ForeignKey(BasketPlan, on_delete=models.CASCADE, related_name="complements")
    variant = models.ForeignKey("shop.Variant", on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(_("rhythm"), max_length=8, default="weekly")
    most = models.PositiveSmallIntegerField(_("at most"), default=10)

    class Meta:
        ordering = ["plan_id", "id"]
        verbose_name = _("complement")
        constraints = [models.UniqueConstraint(fields=["plan", "variant"], name="complement_once")]

    def __str__(self) -> str:
        return str(self.variant)


class Crop(models.Model):
    """What was harvested of a product for the baskets of a distribution.

    ``quantity`` and ``step`` are pieces, grams or millilitres; ``price`` is cents of a piece, of a
    kilogram or of a litre. With ``for_swaps`` it only stands for what somebody does not want.
    """

    class Unit(models.TextChoices):
        PIECE = "piece", _("pieces")
        GRAM = "g", _("grams")
        MILLILITRE = "ml", _("millilitres")

    distribution = models.ForeignKey(
        "shop.Distribution", on_delete=models.CASCADE, related_name="crops"
    )
    product = models.ForeignKey(
        "shop.Product", on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.GRAM)
    price = models.PositiveBigIntegerField(_("price in cents"))
    step = models.PositiveIntegerField(_("in steps of"), default=1)
    for_swaps = models.BooleanField(_("only for swaps"), default=False)

    class Meta:
        ordering = ["distribution_id", "id"]
        verbose_name = _("harvest for baskets")
        constraints = [
            models.UniqueConstraint(fields=["distribution", "product"], name="crop_once"),
            models.CheckConstraint(condition=Q(step__gte=1), name="crop_step"),
        ]

    def __str__(self) -> str:
        return str(self.product)
