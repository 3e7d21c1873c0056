"""What is sold: products, their variants, categories and photos. Money in cents, weights in grams."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A shelf of a shop, perhaps inside another one."""

    shop = models.ForeignKey("shop.Shop", on_delete=models.CASCADE, related_name="categories")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    slug = models.SlugField(_("short name"), max_length=80)
    name = models.CharField(_("name"), max_length=140)
    position = models.IntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(fields=["shop", "slug"], name="category_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is in."""
        return self.shop.structure


class Photo(models.Model):
    """A picture of a product or a producer, else of the shop; kept as it came, and in two smaller sizes.

    ``source`` is the address or file name that it had elsewhere; a photo that is still to be brought in
    has no ``file``.
    """

    shop = models.ForeignKey("shop.Shop", on_delete=models.CASCADE, related_name="photos")
    product = models.ForeignKey(
        "shop.Product", null=True, on_delete=models.CASCADE, related_name="photos"
    )
    producer = models.ForeignKey(
        "shop.Producer", null=True, on_delete=models.CASCADE, related_name="photos"
    )
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    small = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    large = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    width = models.PositiveIntegerField(_("width of the large size, in pixels"), default=0)
    height = models.PositiveIntegerField(_("height of the large size, in pixels"), default=0)
    alt = models.CharField(_("what can be seen"), max_length=200, blank=True, default="")
    source = models.CharField(_("where it came from"), max_length=500, blank=True, default="")
    position = models.IntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("photo")

    def __str__(self) -> str:
        return self.alt or str(self.pk)

    @property
    def structure(self) -> object:
        """Whose shop it is in."""
        return self.shop.structure


class Product(models.Model):
    """A thing that is sold, in one or several variants.

    ``season_from`` and ``season_until`` are month and day as one number (``601`` is 1 June); both or
    none. ``allergens`` are codes of annex II of Regulation (EU) 1169/2011, comma between.
    ``container`` names a kind of consigned container (``chambre.treasury.containers``).
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        BASKET = "basket", _("basket")
        SUSPENDED = "suspended", _("basket paid ahead for somebody else")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SOLD = "sold", _("on sale")
        HIDDEN = "hidden", _("not on sale")

    class Unit(models.TextChoices):
        PIECE = "piece", _("piece")
        BUNCH = "bunch", _("bunch")
        KILO = "kg", _("kilogram")
        LITRE = "l", _("litre")
        POT = "pot", _("pot")
        BOX = "box", _("crate")

    class Pricing(models.TextChoices):
        UNIT = "unit", _("by the piece")
        WEIGHT = "weight", _("by weight, weighed when it is prepared")

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="products")
    producer = models.ForeignKey("shop.Producer", on_delete=models.PROTECT, related_name="products")
    slug = models.SlugField(_("short name"), max_length=120)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOODS)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    summary = models.TextField(_("in short"), blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")
    categories = models.ManyToManyField(Category, blank=True, related_name="products")
    tags = models.JSONField(_("tags"), default=list, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.PIECE)
    pricing = models.CharField(_("price"), max_length=8, choices=Pricing, default=Pricing.UNIT)
    vat = models.PositiveIntegerField(_("VAT in hundredths of a percent"), default=550)
    resource = models.ForeignKey(
        "registry.Resource",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("what its sales feed"),
    )
    origin = models.CharField(_("origin"), max_length=140, blank=True, default="")
    labels = models.CharField(_("labels (organic…)"), max_length=140, blank=True, default="")
    ingredients = models.TextField(_("ingredients"), blank=True, default="")
    allergens = models.CharField(_("allergens"), max_length=140, blank=True, default="")
    season_from = models.PositiveSmallIntegerField(_("season from"), null=True, blank=True)
    season_until = models.PositiveSmallIntegerField(_("season until"), null=True, blank=True)
    container = models.CharField(_("consigned container"), max_length=120, blank=True, default="")
    containers = models.PositiveSmallIntegerField(_("containers for each piece"), default=1)
    dfc_type = models.CharField(
        _("type of the Data Food Consortium"), max_length=120, blank=True, default=""
    )
    position = models.IntegerField(_("position"), default=0)
    source = models.CharField(_("moved in from"), max_length=20, blank=True, default="")
    external_id = models.CharField(_("its number there"), max_length=100, blank=True, default="")
    cells = models.JSONField(_("its row there"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("product")
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="product_slug"),
            models.CheckConstraint(condition=Q(vat__lte=10_000), name="product_vat"),
            models.CheckConstraint(
                condition=Q(season_from__isnull=True, season_until__isnull=True)
                | Q(season_from__isnull=False, season_until__isnull=False),
                name="product_season_whole",
            ),
        ]
        indexes = [models.Index(fields=["shop", "state", "position"], name="product_shelf")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is in."""
        return self.shop.structure


class Variant(models.Model):
    """One way in which a product is sold; every product has at least one.

    ``price`` is cents for one piece, or for a kilogram when the product is sold by weight, VAT
    included. ``estimate`` is what one piece weighs before it is weighed, ``weight`` what it weighs
    as it is sent. With ``lowest`` and ``highest`` the price is free between them.
    """

    class Backorders(models.TextChoices):
        NO = "no", _("sold while there is some")
        NOTIFY = "notify", _("may be ordered beyond the stock, and this is said")
        YES = "yes", _("may be ordered beyond the stock")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    sku = models.CharField(_("reference"), max_length=100, blank=True, default="")
    name = models.CharField(_("name"), max_length=140, blank=True, default="")
    options = models.JSONField(_("options"), default=dict, blank=True)
    price = models.PositiveBigIntegerField(_("price in cents"))
    sale_price = models.PositiveBigIntegerField(_("reduced price in cents"), null=True, blank=True)
    sale_from = models.DateField(_("reduced from"), null=True, blank=True)
    sale_until = models.DateField(_("reduced until"), null=True, blank=True)
    lowest = models.PositiveBigIntegerField(_("lowest free price"), null=True, blank=True)
    highest = models.PositiveBigIntegerField(_("highest free price"), null=True, blank=True)
    step = models.PositiveIntegerField(_("ordered in steps of"), default=1)
    estimate = models.PositiveIntegerField(_("estimated weight in grams"), null=True, blank=True)
    weight = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    counted = models.BooleanField(_("its stock is counted"), default=False)
    backorders = models.CharField(
        _("beyond the stock"), max_length=6, choices=Backorders, default=Backorders.NO
    )
    available = models.BooleanField(_("on sale"), default=True)
    position = models.IntegerField(_("position"), default=0)
    external_id = models.CharField(_("its number there"), max_length=100, blank=True, default="")
    cells = models.JSONField(_("its row there"), default=dict, blank=True)

    class Meta:
        ordering = ["product_id", "position", "id"]
        verbose_name = _("variant")
        constraints = [
            models.CheckConstraint(condition=Q(step__gte=1), name="variant_step"),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True, highest__isnull=True)
                | Q(lowest__lte=F("price"), highest__gte=F("price")),
                name="variant_free_price",
            ),
        ]
        indexes = [models.Index(fields=["sku"], name="variant_sku")]

    def __str__(self) -> str:
        return f"{self.product} – {self.name}" if self.name else str(self.product)

    @property
    def structure(self) -> object:
        """Whose shop it is in."""
        return self.product.shop.structure
