"""What is derived from events and may be computed again: states of objects, master data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ObjectState(models.Model):
    """How an object stands after its events, those declared wrong left out.

    A scan reads this and never the history. ``chambre epcis rebuild`` computes it again.
    """

    epc = models.BigIntegerField(primary_key=True)
    event = models.BigIntegerField(_("last event"))
    event_time = models.DateTimeField(_("last seen"))
    type = models.BigIntegerField(_("type of the last event"))
    action = models.SmallIntegerField(_("last action"), null=True)
    biz_step = models.BigIntegerField(_("last business step"), null=True)
    disposition = models.BigIntegerField(_("disposition"), null=True)
    read_point = models.BigIntegerField(_("last read point"), null=True)
    biz_location = models.BigIntegerField(_("place"), null=True)
    parent = models.BigIntegerField(_("in or on"), null=True)
    parent_since = models.DateTimeField(_("in or on it since"), null=True)
    ended = models.BooleanField(_("out of service"), default=False)
    persistent = models.TextField(_("lasting dispositions"), blank=True, default="")
    """Names, one space between them, in order."""
    events = models.BigIntegerField(_("events"), default=1)

    class Meta:
        verbose_name = _("state of an object")
        indexes = [
            models.Index(
                fields=["parent"],
                name="epcis_state_parent",
                condition=models.Q(parent__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.epc)


class MasterElement(models.Model):
    """What is known of a place, a party or a class beyond its URI (EPCIS master data).

    The last document that says something of it is believed; keys are computed from the texts.
    """

    id = models.BigIntegerField(primary_key=True)
    type = models.TextField(_("vocabulary"))
    uri = models.TextField(_("address"))
    uri_key = models.BigIntegerField(_("digest of the address"), db_index=True)
    attributes = models.JSONField(_("attributes"), default=dict)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("master data")

    def __str__(self) -> str:
        return self.uri


class MasterChild(models.Model):
    """One place (or class) is part of another."""

    parent = models.ForeignKey(MasterElement, on_delete=models.CASCADE, related_name="children")
    uri = models.TextField(_("address"))
    uri_key = models.BigIntegerField(_("digest of the address"))

    class Meta:
        verbose_name = _("part of a place")
        constraints = [
            models.UniqueConstraint(fields=["parent", "uri_key"], name="epcis_child_once"),
        ]

    def __str__(self) -> str:
        return self.uri
