"""Bookings, what became of them, series, and who waits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.models import AppendOnlyModel


class Booking(models.Model):
    """A thing, a person, a time.

    ``seat`` tells the places of a thing that several may use at once. ``busy_until`` is the end with the
    buffer of the rules that it was made under. No two that hold (:data:`HOLDING`) and have the same resource
    and seat meet between ``starts_at`` and ``busy_until``: an exclusion constraint on PostgreSQL, triggers on
    SQLite (migration 0002). The state repeats the last :class:`BookingStep`.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for approval")
        HELD = "held", _("kept for you")
        CONFIRMED = "confirmed", pgettext_lazy("state of a booking", "booked")
        OUT = "out", pgettext_lazy("state of a booking", "in use")
        DONE = "done", pgettext_lazy("state of a booking", "brought back")
        CANCELLED = "cancelled", _("cancelled")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="bookings")
    terms = models.ForeignKey("access.Terms", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey("registry.Resource", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    seat = models.IntegerField(_("place"), default=1)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    busy_until = models.DateTimeField(_("kept free until"))
    state = models.CharField(_("state"), max_length=9, choices=State)
    purpose = models.CharField(_("what for"), max_length=300, blank=True, default="")
    series = models.ForeignKey(
        "access.Series", null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    held_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("booking")
        indexes = [
            models.Index(fields=["resource", "busy_until", "starts_at"], name="access_when"),
            models.Index(fields=["person", "starts_at"], name="access_whose"),
            models.Index(
                fields=["held_until"], condition=Q(state="held"), name="access_held_until"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")) & Q(ends_at__lte=F("busy_until")),
                name="access_booking_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.starts_at:%Y-%m-%d %H:%M}"


HOLDING = (
    Booking.State.ASKED,
    Booking.State.HELD,
    Booking.State.CONFIRMED,
    Booking.State.OUT,
    Booking.State.DONE,
)
"""States in which a booking keeps others out."""


class BookingStep(AppendOnlyModel):
    """What became of a booking, in order."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=9, choices=Booking.State)
    reason = models.CharField(_("why"), max_length=300, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["booking_id", "id"]
        verbose_name = _("step of a booking")

    def __str__(self) -> str:
        return f"{self.booking_id} {self.state}"


class Series(AppendOnlyModel):
    """Bookings that were made together, as a repetition."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    frequency = models.CharField(_("how often"), max_length=7, choices=Frequency)
    until = models.DateField(_("until"))
    key = models.CharField(_("idempotency key"), max_length=80, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("series of bookings")

    def __str__(self) -> str:
        return f"{self.offer_id} {self.frequency}"


class Wait(models.Model):
    """Somebody waits for a time that is taken. The booking that is kept for them is ``booking``."""

    class State(models.TextChoices):
        WAITING = "waiting", _("on the waiting list")
        OFFERED = "offered", _("kept for you")
        TAKEN = "taken", _("taken")
        LAPSED = "lapsed", _("not taken in time")
        LEFT = "left", _("left the list")

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="waits")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    priority = models.PositiveSmallIntegerField(_("rank"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    purpose = models.CharField(_("what for"), max_length=300, blank=True, default="")
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="wait"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["offer_id", "id"]
        verbose_name = _("place on the waiting list")
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "person", "starts_at", "ends_at"], condition=Q(state="waiting"),
                name="access_waits_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.offer_id} {self.person_id}"


class Closure(models.Model):
    """A thing is out of use for a time: in repair, or for another reason; no end: until it is mended."""

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="closures")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=300)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["offer_id", "starts_at", "id"]
        verbose_name = _("time out of use")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="access_closure_forward",
            ),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(ends_at__isnull=True), name="access_one_breakdown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.starts_at:%Y-%m-%d}"
