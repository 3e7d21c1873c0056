"""What events are about: kinds of things, stocks and single objects, processes, and where it is.

A :class:`StockItem` is ValueFlows' *EconomicResource*: something that has a quantity, or one
identified object. It may stand for a resource of the register (``about``). All but
:class:`Specification` and :class:`Process` is derived from events, and written by the event
service alone; ``rebuild_positions`` works it out again.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Specification(models.Model):
    """A kind of thing (VF ResourceSpecification), and how far below zero stocks of it may go."""

    class Overdraw(models.TextChoices):
        FORBID = "forbid", _("refused")
        LIMIT = "limit", _("down to a limit")
        OBSERVE = "observe", _("recorded and flagged")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(_("short name"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=16)
    overdraw = models.CharField(_("overdraw"), max_length=8, choices=Overdraw, default="forbid")
    limit = models.BigIntegerField(_("limit"), default=0)

    class Meta:
        ordering = ["name"]
        verbose_name = _("kind of thing")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "slug"], name="specification_slug"),
            models.CheckConstraint(
                condition=models.Q(limit=0) | models.Q(overdraw="limit", limit__gt=0),
                name="specification_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockItem(models.Model):
    """A stock of interchangeable things, or one identified object.

    Its attributes (``accountable`` to ``state``) say what all its positions agree on.
    ``sequence`` is the number of the last event that touched it; ``present`` is false for one
    whose only event was taken back.
    """

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200, blank=True)
    about = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="stock_items"
    )
    specification = models.ForeignKey(
        Specification, null=True, on_delete=models.PROTECT, related_name="stock_items"
    )
    unit = models.CharField(_("unit"), max_length=16)
    serialized = models.BooleanField(_("one identified object"), default=False)
    lot = models.CharField(_("lot"), max_length=120, blank=True)
    tracking = models.CharField(_("serial number"), max_length=120, blank=True)
    accountable = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    custodian = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    inside = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(_("stage"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=120, blank=True)
    present = models.BooleanField(_("present"), default=False)
    sequence = models.BigIntegerField(_("number of its last event"), default=0)

    class Meta:
        ordering = ["id"]
        verbose_name = _("stock")
        indexes = [
            models.Index(fields=["accountable", "specification"], name="stock_of_somebody"),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class Process(models.Model):
    """Something that things go into and come out of (VF Process)."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    based_on = models.CharField(_("kind of process"), max_length=120, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("process")

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """How much of a stock is whose, with whom, where, and inside what; never zero."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="positions")
    accountable = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="positions_accountable"
    )
    custodian = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="positions_held"
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=16)
    # Of lib.valueflows HoldKind, or empty: free. A process, or (container) another stock.
    within_kind = models.CharField(_("inside"), max_length=12, blank=True)
    within_id = models.BigIntegerField(_("inside which"), default=0)
    quantity = models.BigIntegerField(_("quantity"))
    may_overdraw = models.BooleanField(_("may be below zero"), default=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("position")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "item", "accountable", "custodian", "place", "unit", "within_kind", "within_id",
                ],
                name="position_key",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0) | models.Q(may_overdraw=True),
                name="position_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(within_kind="", within_id=0)
                | (~models.Q(within_kind="") & models.Q(within_id__gt=0, quantity__gte=0)),
                name="position_within",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["within_id", "within_kind"],
                name="position_by_hold",
                condition=models.Q(within_id__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit}"
