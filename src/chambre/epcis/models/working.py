"""What is under way: captures, named queries, subscriptions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaptureJob(models.Model):
    """A document that was sent in, and how far it is (EPCIS 2.0 §8.2.7, ``CaptureJob``)."""

    class Behaviour(models.TextChoices):
        """What becomes of the good events of a document with bad ones."""

        ROLLBACK = "rollback", _("all or nothing")
        PROCEED = "proceed", _("what is good")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(
        "core.StoredFile",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("document"),
    )
    job = models.ForeignKey(
        "core.Job",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("work in the background"),
    )
    digest = models.CharField(_("SHA-256 of the document"), max_length=64)
    size = models.BigIntegerField(_("octets"))
    behaviour = models.CharField(_("on errors"), max_length=8, choices=Behaviour)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    actor = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(_("sent in"))
    finished_at = models.DateTimeField(_("ended"), null=True)
    running = models.BooleanField(_("at work"), default=True)
    success = models.BooleanField(_("without an error"), default=True)
    read = models.BigIntegerField(_("events read"), default=0)
    stored = models.BigIntegerField(_("events recorded"), default=0)
    already = models.BigIntegerField(_("events known before"), default=0)
    refused = models.BigIntegerField(_("events refused"), default=0)
    errors = models.JSONField(_("errors"), default=list)
    position = models.JSONField(_("where to go on"), null=True)
    """Number of the next event, octet behind the last one, keys that lead to the list."""

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("capture")
        indexes = [models.Index(fields=["-created_at", "-id"], name="epcis_capture_time")]

    def __str__(self) -> str:
        return str(self.id)


class NamedQuery(models.Model):
    """A question that is kept under a name."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    query = models.JSONField(_("question"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("named query")

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """Somebody who is told what a named query newly finds.

    ``cursor`` is the number of the last event that the receiver has confirmed; it moves only after
    the receiver said so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    dest = models.CharField(_("address of the receiver"), max_length=2000)
    token = models.TextField(_("sealed secret of the receiver"), blank=True, default="")
    stream = models.BooleanField(_("at once"), default=False)
    schedule = models.JSONField(_("times"), null=True)
    report_if_empty = models.BooleanField(_("also when there is nothing"), default=False)
    epc_format = models.CharField(_("form of identifiers"), max_length=30)
    initial_record_time = models.DateTimeField(_("from"))
    min_record_time = models.DateTimeField(_("last run"), null=True)
    cursor = models.BigIntegerField(_("last event confirmed"), default=0)
    due_at = models.DateTimeField(_("next run"), null=True, db_index=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_notified_at = models.DateTimeField(_("last confirmed"), null=True)
    failures = models.IntegerField(_("failures in a row"), default=0)
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("subscription")

    def __str__(self) -> str:
        return str(self.id)
