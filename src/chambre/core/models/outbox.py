"""The outbox: what happened, to be told to those who want to hear it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction in which it happened."""

    name = models.CharField(_("event"), max_length=80)
    payload = models.JSONField(_("facts"))
    actor = models.CharField(_("actor"), max_length=254, blank=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)
    emitted_at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Delivery(models.Model):
    """One event for one handler. Its state changes in the transaction of the handler's effect."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("set aside after too many failures")

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(_("handler"), max_length=160)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("not before"))
    done_at = models.DateTimeField(_("done at"), null=True)
    error = models.TextField(_("last failure"), blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler"),
        ]
        indexes = [
            # What is left to do, and nothing else: the delivered ones are many.
            models.Index(
                fields=["next_at"],
                name="delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.handler}"
