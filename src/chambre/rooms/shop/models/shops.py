"""A shop, and the producers who sell in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Shop(models.Model):
    """A shop of one structure; several producers may sell in it."""

    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=140)
    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="shops")
    resource = models.ForeignKey(
        "registry.Resource",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shops",
        verbose_name=_("what its sales feed"),
        help_text=_("The resource on which sales are booked when a product names no other."),
    )
    lede = models.CharField(_("in one sentence"), max_length=254, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")
    terms = models.TextField(_("terms of sale"), blank=True, default="")
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=32, blank=True, default="")
    pay_ahead = models.BooleanField(_("orders can be paid when they are placed"), default=True)
    pay_at_pickup = models.BooleanField(_("orders can be paid when they are fetched"), default=True)
    by_card = models.BooleanField(_("card payments are offered"), default=True)
    hold_minutes = models.PositiveIntegerField(
        _("minutes that goods are kept for an order that is not paid"), default=2880
    )
    is_open = models.BooleanField(_("open"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("shop")

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is: what the rules about structures ask."""
        return self.book.structure


class Producer(models.Model):
    """Who grows or makes what is sold: the shop's own structure, or another one.

    What another one sells is not the shop's income: their share is owed to them, the commission
    (hundredths of a percent) is the shop's.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="producers")
    slug = models.SlugField(_("short name"), max_length=50)
    name = models.CharField(_("name"), max_length=140)
    agent = models.ForeignKey(
        "registry.Agent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("in the register"),
    )
    party = models.ForeignKey(
        "treasury.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("third party to whom sales are owed"),
        help_text=_("None: the sales are the shop's own."),
    )
    commission = models.PositiveIntegerField(
        _("share of the shop, in hundredths of a percent"), default=0
    )
    description = models.TextField(_("description"), blank=True, default="")
    place = models.CharField(_("place"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ["name"]
        verbose_name = _("producer")
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="producer_slug"),
            models.CheckConstraint(
                condition=models.Q(commission__lte=10_000), name="producer_commission"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is in."""
        return self.shop.structure
