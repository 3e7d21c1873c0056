"""What is written once: terms, batches, events, and the indexes by object and by field.

An event is kept as it came (``body``, JSON text); the columns and the two indexes beside it only
serve to find it. They are written with it, in its transaction, and never change.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.epcis import numbers


class Kind(models.IntegerChoices):
    """What a term names."""

    EPC = int(numbers.Kind.EPC), _("object")
    CLASS = int(numbers.Kind.CLASS), _("class of objects")
    READ_POINT = int(numbers.Kind.READ_POINT), _("read point")
    BIZ_LOCATION = int(numbers.Kind.BIZ_LOCATION), _("place")
    BIZ_STEP = int(numbers.Kind.BIZ_STEP), _("business step")
    DISPOSITION = int(numbers.Kind.DISPOSITION), _("disposition")
    EVENT_TYPE = int(numbers.Kind.EVENT_TYPE), _("event type")
    FIELD = int(numbers.Kind.FIELD), _("field")


class Term(AppendOnlyModel):
    """A URI or word that events use, once; its key is computed from it, so that nobody looks it up.

    See :func:`chambre.epcis.terms.term_id`.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.SmallIntegerField(_("what it names"), choices=Kind)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("term")
        indexes = [models.Index(fields=["kind", "id"], name="epcis_term_kind")]

    def __str__(self) -> str:
        return self.text


class Context(AppendOnlyModel):
    """A JSON-LD context that events were captured with; most say nothing beyond the standard's."""

    id = models.BigIntegerField(primary_key=True)
    body = models.TextField(_("JSON-LD context"))

    class Meta:
        verbose_name = _("context")

    def __str__(self) -> str:
        return self.body[:80]

    @property
    def value(self) -> Any:
        """The context as JSON."""
        return json.loads(self.body)


class Batch(AppendOnlyModel):
    """Events that were recorded in one transaction, by whom, and under which key."""

    key = models.CharField(_("idempotency key"), max_length=160, unique=True)
    at = models.DateTimeField(_("recorded"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    actor = models.CharField(_("by"), max_length=254)
    stored = models.JSONField(_("events"), default=list)
    """Numbers of the events in the order of what was given (0 for one that was left out)."""

    class Meta:
        verbose_name = _("recording")

    def __str__(self) -> str:
        return self.key


class Event(AppendOnlyModel):
    """An EPCIS event as it was captured.

    ``event_key`` is a digest of its eventID and ``declared`` one of its error declaration (0: none):
    an event and the declaration that it was wrong bear the same eventID.
    """

    id = models.BigAutoField(primary_key=True)
    event_key = models.UUIDField(_("digest of the event's id"))
    declared = models.BigIntegerField(_("digest of the error declaration"), default=0)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    context = models.ForeignKey(
        Context, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    type = models.BigIntegerField(_("event type"))
    action = models.SmallIntegerField(_("action"), null=True)
    event_time = models.DateTimeField(_("happened"))
    record_time = models.DateTimeField(_("recorded"))
    biz_step = models.BigIntegerField(_("business step"), null=True)
    disposition = models.BigIntegerField(_("disposition"), null=True)
    read_point = models.BigIntegerField(_("read point"), null=True)
    biz_location = models.BigIntegerField(_("place"), null=True)
    body = models.TextField(_("event"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")
        constraints = [
            models.UniqueConstraint(fields=["event_key", "declared"], name="epcis_event_once")
        ]
        indexes = [
            models.Index(fields=["event_time", "id"], name="epcis_event_time"),
            models.Index(fields=["record_time", "id"], name="epcis_record_time"),
            models.Index(fields=["biz_step", "id"], name="epcis_biz_step"),
            models.Index(fields=["disposition", "id"], name="epcis_disposition"),
            models.Index(fields=["read_point", "id"], name="epcis_read_point"),
            models.Index(fields=["biz_location", "id"], name="epcis_biz_location"),
        ]

    def __str__(self) -> str:
        return str(self.value.get("eventID", self.pk))

    @property
    def value(self) -> dict[str, Any]:
        """The event as JSON, as it was captured."""
        found: dict[str, Any] = json.loads(self.body)
        return found


class EventObject(AppendOnlyModel):
    """An object, or a quantity of a class, that an event is about, and in which place of it."""

    class Role(models.IntegerChoices):
        """Where in the event it stands."""

        EPC = int(numbers.Role.EPC), numbers.FIELDS[numbers.Role.EPC]
        CHILD = int(numbers.Role.CHILD), numbers.FIELDS[numbers.Role.CHILD]
        PARENT = int(numbers.Role.PARENT), numbers.FIELDS[numbers.Role.PARENT]
        INPUT = int(numbers.Role.INPUT), numbers.FIELDS[numbers.Role.INPUT]
        OUTPUT = int(numbers.Role.OUTPUT), numbers.FIELDS[numbers.Role.OUTPUT]
        QUANTITY = int(numbers.Role.QUANTITY), numbers.FIELDS[numbers.Role.QUANTITY]
        CHILD_QUANTITY = (
            int(numbers.Role.CHILD_QUANTITY),
            numbers.FIELDS[numbers.Role.CHILD_QUANTITY],
        )
        INPUT_QUANTITY = (
            int(numbers.Role.INPUT_QUANTITY),
            numbers.FIELDS[numbers.Role.INPUT_QUANTITY],
        )
        OUTPUT_QUANTITY = (
            int(numbers.Role.OUTPUT_QUANTITY),
            numbers.FIELDS[numbers.Role.OUTPUT_QUANTITY],
        )

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    epc = models.BigIntegerField(_("object"))
    role = models.SmallIntegerField(_("role"), choices=Role)
    event_time = models.DateTimeField(_("happened"))
    quantity = models.FloatField(_("quantity"), null=True)
    uom = models.CharField(_("unit"), max_length=3, blank=True, default="")

    class Meta:
        verbose_name = _("object of an event")
        indexes = [models.Index(fields=["epc", "event_time", "event"], name="epcis_object_life")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.get_role_display()}"


class EventFact(AppendOnlyModel):
    """A further field of an event by which it can be asked for (extensions, sensors, parties…).

    ``field`` is the term of its name; text is found by its digest, numbers and times by value.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    field = models.BigIntegerField(_("field"))
    digest = models.BigIntegerField(_("digest of the text"), null=True)
    text = models.TextField(_("text"), blank=True, default="")
    number = models.FloatField(_("number"), null=True)
    at = models.DateTimeField(_("time"), null=True)

    class Meta:
        verbose_name = _("field of an event")
        indexes = [
            models.Index(fields=["field", "digest", "event"], name="epcis_fact_text"),
            models.Index(fields=["field", "number"], name="epcis_fact_number"),
            models.Index(fields=["event"], name="epcis_fact_event"),
        ]

    def __str__(self) -> str:
        return self.text
