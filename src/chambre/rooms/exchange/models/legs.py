"""Legs of a signed exchange, their moves, what was told about conditions, evidence in a dispute."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
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
    bounced = models.PositiveSmallIntegerField(_("how often a bank took it back"), default=0)
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
    """A leg came to the Chamber, or left it: to its taker or back to its giver, once and never both.

    Money that a bank took back while it was held is promised again, and may come again: ``round`` counts.
    """

    class Kind(models.TextChoices):
        DEPOSITED = "deposited", _("deposited")
        RELEASED = "released", _("released")
        RETURNED = "returned", _("given back")
        BOUNCED = "bounced", _("taken back by a bank")

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    round = models.PositiveSmallIntegerField(_("how often a bank took it back before"), default=0)
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
            models.UniqueConstraint(fields=["leg", "kind", "round"], name="exchange_move_once"),
            # The last line of defence: what went to its taker never goes back, nor the other way.
            models.UniqueConstraint(
                fields=["leg"],
                condition=~Q(kind__in=("deposited", "bounced")),
                name="exchange_move_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id}: {self.kind}"


class ChargeBack(models.Model):
    """A bank took the money of a leg back, as a treasurer learned; it counts once a second one confirms.

    ``entry`` takes it out of the books; ``claim``, where the leg had gone already, is what its giver owes
    since, until they have paid it again.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("to be confirmed by a second person")
        REFUSED = "refused", _("not confirmed")
        BACK = "back", _("promised again")
        CLAIMED = "claimed", _("owed by who gave it")
        PAID = "paid", _("paid again")

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="chargebacks")
    day = models.DateField(_("day on which the bank took it"))
    text = models.TextField(_("how it is known"))
    file = models.ForeignKey(
        "core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    claim = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["leg_id", "id"]
        verbose_name = _("money that a bank took back")
        constraints = [
            models.UniqueConstraint(
                fields=["leg"], condition=Q(state="asked"), name="exchange_one_chargeback"
            ),
            # Who asks may take it back, and nobody confirms what they asked for themselves.
            models.CheckConstraint(
                condition=Q(state__in=("asked", "refused")) | ~Q(decided_by=F("asked_by")),
                name="exchange_chargeback_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id}: {self.state}"


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
