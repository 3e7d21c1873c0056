"""Economic events: what happened, written once, with everything that it changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Event(AppendOnlyModel):
    """Something that happened (VF EconomicEvent).

    ``resource`` and ``to_resource`` are stocks (VF resourceInventoriedAs); empty: nothing is
    inventoried. ``concerns`` is the resource of the register that the fact is about, for reading
    by resource, whether a stock changed or not. ``payload`` holds the event as it was asked for
    (``event``) and the steps with all they changed (``outcome``), so that nobody has to interpret
    it again.
    """

    id = models.BigAutoField(primary_key=True)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=24)
    provider = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="events_provided"
    )
    receiver = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="events_received"
    )
    resource = models.ForeignKey(
        "ledger.StockItem", null=True, on_delete=models.PROTECT, related_name="events"
    )
    to_resource = models.ForeignKey(
        "ledger.StockItem", null=True, on_delete=models.PROTECT, related_name="events_into"
    )
    concerns = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="ledger_events"
    )
    quantity = models.BigIntegerField(_("quantity"), null=True)
    unit = models.CharField(_("unit"), max_length=16, blank=True)
    effort = models.BigIntegerField(_("effort in minutes"), null=True)
    input_of = models.ForeignKey(
        "ledger.Process", null=True, on_delete=models.PROTECT, related_name="inputs"
    )
    output_of = models.ForeignKey(
        "ledger.Process", null=True, on_delete=models.PROTECT, related_name="outputs"
    )
    day = models.DateField(_("day"))
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    agreement = models.ForeignKey(
        "ledger.Agreement", null=True, on_delete=models.PROTECT, related_name="events"
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    key = models.CharField(_("idempotency key"), max_length=120)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    # SHA-256 of what was asked for, to tell a repetition from a reused key; and of the content.
    asked = models.BinaryField(_("digest of the request"), max_length=32)
    digest = models.BinaryField(_("digest"), max_length=32)
    payload = models.JSONField(_("what it changed"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="event_key"),
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=True) | models.Q(corrects__isnull=True),
                name="event_reverses_or_corrects",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True)
                | models.Q(quantity__gte=1)
                | models.Q(reverses__isnull=False),
                name="event_quantity",
            ),
        ]
        indexes = [models.Index(fields=["concerns", "day"], name="event_by_concerns")]

    def __str__(self) -> str:
        return f"{self.day} {self.action} {self.quantity or ''} {self.unit}".strip()


class Trace(AppendOnlyModel):
    """That an event touched a stock: the n-th to do so, without a gap."""

    item = models.ForeignKey(
        "ledger.StockItem", on_delete=models.PROTECT, related_name="trace", db_index=False
    )
    sequence = models.BigIntegerField(_("number"))
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="trace")

    class Meta:
        ordering = ["item", "sequence"]
        verbose_name = _("trace")
        constraints = [
            models.UniqueConstraint(fields=["item", "sequence"], name="trace_number"),
            models.UniqueConstraint(fields=["item", "event"], name="trace_once"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="trace_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.sequence}"
