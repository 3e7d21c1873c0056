"""A scheme, its dated rules and tariff, and its places. What was decided once stays readable."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Scheme(models.Model):
    """A deposit scheme: a resource held in common, and the structure that keeps the money."""

    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=140)
    resource = models.OneToOneField(
        "registry.Resource", on_delete=models.PROTECT, related_name="deposit_scheme"
    )
    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="schemes")
    base_uri = models.URLField(_("address that its codes begin with"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("deposit scheme")

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose money it is: what the rules about structures ask."""
        return self.book.structure


class Terms(AppendOnlyModel):
    """The rules of a scheme from a day on; the highest number whose day has come holds.

    ``liability``: with whom the debt is when an object moves from one partner to another. Percents
    are whole; an empty one means that a person decides.
    """

    class Liability(models.TextChoices):
        SCHEME = "scheme", _("the scheme owes it, wherever the object is")
        PRODUCT = "product", _("the deposit follows the product: who hands it on is credited")

    class TakesBack(models.TextChoices):
        ANY = "any", _("every place of the scheme")
        SAME = "same", _("the place that issued it")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField(_("version"))
    since = models.DateField(_("holds from"))
    liability = models.CharField(_("who owes the deposit"), max_length=8, choices=Liability)
    takes_back = models.CharField(
        _("where it may be brought back"), max_length=8, choices=TakesBack
    )
    condition = models.CharField(_("in which condition"), max_length=500, blank=True)
    damaged_kept = models.PositiveSmallIntegerField(
        _("percent kept of a damaged object"), null=True, blank=True
    )
    late_after = models.PositiveIntegerField(_("late after so many days"), null=True, blank=True)
    late_kept = models.PositiveSmallIntegerField(
        _("percent kept of a late object"), null=True, blank=True
    )
    distance_limit = models.PositiveIntegerField(
        _("most that a code alone may pay, away from a place, in cents"), default=0
    )
    burst_count = models.PositiveIntegerField(_("refunds that are many; 0: never"), default=300)
    burst_minutes = models.PositiveIntegerField(_("in so many minutes"), default=10)
    top_speed = models.PositiveIntegerField(_("fastest way of an object, in km/h"), default=150)
    counted_more = models.PositiveIntegerField(
        _("counted objects that may come back at a place beyond what went out near it"), null=True
    )
    counted_days = models.PositiveIntegerField(_("in so many days"), null=True)
    unlink_after = models.PositiveIntegerField(
        _("days after which nobody knows any more who held what"), default=30
    )
    reason = models.CharField(_("decided where, and why"), max_length=254)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-number"]
        verbose_name = _("rules of a scheme")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="terms_number"),
            models.CheckConstraint(
                condition=models.Q(damaged_kept__isnull=True) | models.Q(damaged_kept__lte=100),
                name="terms_damaged_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(late_kept__isnull=True) | models.Q(late_kept__lte=100),
                name="terms_late_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} v{self.number}"


class Tariff(AppendOnlyModel):
    """What a deposit is from a day on, for a type or for all; what was paid is paid back."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="tariffs")
    type = models.ForeignKey(
        "deposit.ItemType", null=True, on_delete=models.PROTECT, related_name="tariffs"
    )
    since = models.DateField(_("holds from"))
    amount = models.PositiveBigIntegerField(_("deposit in cents"))
    vat = models.PositiveIntegerField(_("VAT on what is kept, in hundredths of a percent"))
    reason = models.CharField(_("decided where, and why"), max_length=254, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-since", "-id"]
        verbose_name = _("tariff")
        constraints = [
            models.CheckConstraint(condition=models.Q(vat__lte=10_000), name="tariff_vat"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.since}: {self.amount}"


class Costs(AppendOnlyModel):
    """What one rotation costs from a day on, and what the throwaway object would; for a type or all."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="costs")
    type = models.ForeignKey(
        "deposit.ItemType", null=True, on_delete=models.PROTECT, related_name="costs"
    )
    since = models.DateField(_("holds from"))
    wash = models.PositiveBigIntegerField(_("wash and way of one rotation, in cents"))
    instead = models.PositiveBigIntegerField(_("one throwaway object, in cents"))
    reason = models.CharField(_("where the figures come from"), max_length=254)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-since", "-id"]
        verbose_name = _("costs of a rotation")

    def __str__(self) -> str:
        return f"{self.scheme} {self.since}: {self.wash} / {self.instead}"


class UnclaimedDecision(AppendOnlyModel):
    """What becomes of deposits that nobody claims: decided by the commons, dated, never a default."""

    class Outcome(models.TextChoices):
        SALE = "sale", _("the object counts as sold")
        KEEP = "keep", _("the deposit stays owed, without end")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="unclaimed")
    since = models.DateField(_("decided on"))
    after_days = models.PositiveIntegerField(_("days after the issue"))
    outcome = models.CharField(_("what becomes of them"), max_length=8, choices=Outcome)
    reference = models.CharField(_("decision"), max_length=254)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-since", "-id"]
        verbose_name = _("decision about unclaimed deposits")

    def __str__(self) -> str:
        return f"{self.scheme} {self.since}: {self.outcome}"


class Place(models.Model):
    """Where objects are issued and brought back. Latitude and longitude in millionths of a degree."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="places")
    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=140)
    address = models.CharField(_("address"), max_length=254, blank=True)
    hours = models.CharField(_("opening hours"), max_length=254, blank=True)
    latitude = models.IntegerField(_("latitude"), null=True, blank=True)
    longitude = models.IntegerField(_("longitude"), null=True, blank=True)
    partner = models.ForeignKey(
        "registry.Agent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deposit_places",
        verbose_name=_("partner that runs it"),
    )
    drawer = models.ForeignKey(
        "treasury.CashDrawer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    issues = models.BooleanField(_("issues objects"), default=True)
    returns = models.BooleanField(_("takes objects back"), default=True)
    closed_on = models.DateField(_("closed for good on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("place")

    def __str__(self) -> str:
        return self.name

    @property
    def uri(self) -> str:
        """How events name it."""
        return f"{self.scheme.base_uri}/consigne/lieux/{self.slug}"

    def is_closed(self, day: dt.date) -> bool:
        """Whether it is closed for good on a day."""
        return self.closed_on is not None and self.closed_on <= day

    @property
    def auxiliary(self) -> str:
        """Code of the auxiliary account that keeps the deposits of this place apart."""
        return f"CONS-{self.slug}"
