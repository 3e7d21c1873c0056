"""Customers of a shop and what they have with it. Personal data is here, and not in the ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Customer(models.Model):
    """Somebody who orders in a shop, known by their e-mail address; an account is theirs to choose.

    ``party`` is who they are in the structure's books: a code there, nothing else.
    """

    shop = models.ForeignKey("shop.Shop", on_delete=models.PROTECT, related_name="customers")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=140)
    phone = models.CharField(_("telephone"), max_length=32, blank=True, default="")
    address = models.CharField(_("address"), max_length=254, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=16, blank=True, default="")
    city = models.CharField(_("town"), max_length=70, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    party = models.ForeignKey(
        "treasury.Party", null=True, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("language"), max_length=5, default="fr")
    reminders = models.BooleanField(_("reminders by e-mail"), default=True)
    note = models.TextField(_("note of the shop"), blank=True, default="")
    tags = models.JSONField(_("tags"), default=list, blank=True)
    source = models.CharField(_("moved in from"), max_length=20, blank=True, default="")
    external_id = models.CharField(_("its number there"), max_length=100, blank=True, default="")
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("customer")
        constraints = [
            models.UniqueConstraint(fields=["shop", "email"], name="customer_once_per_shop"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose customer: what the rules about structures ask."""
        return self.shop.structure


class AccountMove(AppendOnlyModel):
    """What changes what a customer has with the shop, in cents: paid is more, bought is less.

    Deposits are not in it: they are held by their scheme. The sum is the balance of their party on
    the accounts of advances and of customers, with the sign turned.
    """

    class Kind(models.TextChoices):
        PAID = "paid", _("paid")
        BOUGHT = "bought", _("bought")
        REFUNDED = "refunded", _("refunded")
        OTHER = "other", _("other")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount = models.BigIntegerField(_("cents"))
    order = models.ForeignKey("shop.Order", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("day"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("movement of a customer's account")

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
