"""What came from another shop: the files and shops that were brought in, and what was sold there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Arrival(models.Model):
    """A file of products that was brought in, or is looked at before it is.

    ``columns`` are its headers: products keep the cells of their row only. ``options`` say how it was
    read (:class:`~chambre.rooms.shop.services.moving.reading.Reading`); ``report`` what became of it.
    """

    class State(models.TextChoices):
        LOOKED = "looked", _("looked at")
        DONE = "done", _("brought in")

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="arrivals")
    name = models.CharField(_("file"), max_length=254)
    digest = models.CharField("SHA-256", max_length=64)
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    columns = models.JSONField(_("headers"), default=list)
    delimiter = models.CharField(_("delimiter"), max_length=1, default=",")
    options = models.JSONField(_("how it is read"), default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.LOOKED)
    report = models.JSONField(_("report"), default=dict)
    by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(_("brought in"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("products brought in")
        indexes = [models.Index(fields=["shop", "digest"], name="arrival_by_digest")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose shop it is of."""
        return self.shop.structure


class ImportedOrder(models.Model):
    """An order of a former shop, to be read: nothing of it is booked here.

    Amounts in the smallest parts of ``currency``, VAT included. An order that changed over there since is
    another row; the newest one counts. When its customer is erased, it keeps the sum and by what it is
    known again, and no more: it does not come back with the next visit.
    """

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="former_orders")
    customer = models.ForeignKey(
        "shop.Customer", null=True, on_delete=models.PROTECT, related_name="former_orders"
    )
    source = models.CharField(_("moved in from"), max_length=20)
    external_id = models.CharField(_("its number there"), max_length=100)
    number = models.CharField(_("number"), max_length=100)
    status = models.CharField(_("state there"), max_length=40)
    placed_at = models.DateTimeField(_("placed"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    refunded = models.BigIntegerField(_("given back"), default=0)
    lines = models.JSONField(_("lines"), default=list)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        ordering = ["-placed_at", "-id"]
        verbose_name = _("order of a former shop")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source", "external_id", "digest"], name="former_order_once"
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="former_order_named"),
        ]
        indexes = [models.Index(fields=["customer"], name="former_order_by_customer")]

    def __str__(self) -> str:
        return self.number
