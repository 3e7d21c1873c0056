"""Calendars that go out under a secret address, and busy calendars of others that come in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalendarKey(models.Model):
    """A secret address: of the calendar of a thing, or of a person. Another number, another address."""

    offer = models.OneToOneField(
        "access.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="calendar"
    )
    person = models.OneToOneField(
        "registry.Agent", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveIntegerField(_("number"), default=1)

    class Meta:
        ordering = ["id"]
        verbose_name = _("address of a calendar")
        constraints = [
            models.CheckConstraint(
                condition=Q(offer__isnull=True, person__isnull=False)
                | Q(offer__isnull=False, person__isnull=True),
                name="access_calendar_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id or self.person_id}/{self.number}"


class BusyCalendar(models.Model):
    """A calendar kept elsewhere: what is taken there is taken here."""

    offer = models.ForeignKey("access.Offer", on_delete=models.PROTECT, related_name="feeds")
    name = models.CharField(_("name"), max_length=140)
    address = models.URLField(_("address"), max_length=500, blank=True, default="")
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    error = models.CharField(_("what was wrong"), max_length=300, blank=True, default="")
    made_by = models.CharField(max_length=254)

    class Meta:
        ordering = ["offer_id", "id"]
        verbose_name = _("calendar kept elsewhere")

    def __str__(self) -> str:
        return self.name


class BusyTime(models.Model):
    """A time that a calendar kept elsewhere says is taken."""

    calendar = models.ForeignKey(BusyCalendar, on_delete=models.CASCADE, related_name="times")
    uid = models.CharField(max_length=250, blank=True, default="")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("time taken elsewhere")
        indexes = [models.Index(fields=["calendar", "ends_at"], name="access_taken_until")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="access_busy_forward"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.starts_at:%Y-%m-%d %H:%M}"
