"""Legs of a signed exchange, their moves, what was told about conditions, evidence in a dispute."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel

LATER = dt.date.max
"""Stands for the day of a leg that comes after something that is not there yet."""


class Leg(models.Model):
    """One party gives something to another; made when all have signed, from the words that they signed.

    ``amount`` is in cents, minutes, hundredths of a unit, or counts ``unit``. ``state`` repeats the last
    :class:`LegMove` and is written with it under the exchange's lock. ``payment`` is the public id of what
    the giver of euros was asked for; ``payout`` the code of what pays them out. ``turn_on`` is the day from
    which it can be deposited as things stand, for lists; :data:`LATER`: once something else is there.
    """

    class Kind(models.TextChoices):
        EUROS = "euros", _("euros")
        HOURS = "hours", _("hours")
        CREDIT = "credit", _("units of the chamber")
        GOODS = "goods", _("goods")
        SERVICE = "service", _("service")
        RIGHT = "right", _("right of use")
        CUSTODY = "custody", _("custody of an object")

    class State(models.TextChoices):
        PROMISED = "promised", _("promised")
        DEPOSITED = "deposited", _("deposited with the Chamber")
        RELEASED = "released", _("released")
        RETURNED = "returned", _("given back")

    exchange = models.ForeignKey("exchange.Exchange", on_delete=models.PROTECT, related_name="legs")
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("short name"), max_length=80)
    giver = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    amount = models.BigIntegerField(_("how much"))
    unit = models.CharField(_("unit"), max_length=16, blank=True, default="")
    what = models.CharField(_("in words"), max_length=500, blank=True, default="")
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    value = models.BigIntegerField(_("value in cents, VAT included"), default=0)
    vat = models.PositiveSmallIntegerField(_("VAT rate"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROMISED)
    turn_on = models.DateField(_("its turn from"), null=True)
    item = models.ForeignKey(
        "ledger.StockItem", null=True, on_delete=models.PROTECT, related_name="+"
    )
    payment = models.CharField(max_length=32, blank=True, default="")
    payout = models.CharField(max_length=40, blank=True, default="")
    invoice = models.ForeignKey(
        "treasury.Invoice", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["exchange_id", "number"]
        verbose_name = _("leg of an exchange")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "name"], name="exchange_leg_name"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="exchange_leg_amount"),
        ]
        indexes = [models.Index(fields=["kind", "state"], name="exchange_leg_state")]

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.name}"


class LegMove(AppendOnlyModel):
    """A leg came to the Chamber, or left it: to its taker or back to its giver, once and never both."""

    class Kind(models.TextChoices):
        DEPOSITED = "deposited", _("deposited")
        RELEASED = "released", _("released")
        RETURNED = "returned", _("given back")

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    event = models.ForeignKey("ledger.Event", null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    units = models.ForeignKey(
        "treasury.CreditMove", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("remark"), max_length=500, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["leg_id", "id"]
        verbose_name = _("move of a leg")
        constraints = [
            models.UniqueConstraint(fields=["leg", "kind"], name="exchange_move_once"),
            # The last line of defence: what went to its taker never goes back, nor the other way.
            models.UniqueConstraint(
                fields=["leg"], condition=~Q(kind="deposited"), name="exchange_move_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id}: {self.kind}"


class ConditionTold(AppendOnlyModel):
    """Somebody told that a condition holds, or that it does not any more; the last one of each counts."""

    exchange = models.ForeignKey("exchange.Exchange", on_delete=models.PROTECT, related_name="told")
    condition = models.CharField(_("condition"), max_length=80)
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    holds = models.BooleanField(_("holds"))
    note = models.CharField(_("remark"), max_length=500, blank=True, default="")
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["exchange_id", "id"]
        verbose_name = _("word on a condition")

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.condition}"


class Evidence(AppendOnlyModel):
    """What a party says or shows in a dispute."""

    exchange = models.ForeignKey(
        "exchange.Exchange", on_delete=models.PROTECT, related_name="evidence"
    )
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what happened"))
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["exchange_id", "id"]
        verbose_name = _("evidence")

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.agent_id}"
