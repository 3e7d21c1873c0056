"""Letters about exchanges and the market: that one is due is written down with what happened."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import DueLetter, letters_to_send


class ExchangeLetter(DueLetter):
    """An e-mail about an exchange to somebody whom it concerns, or who may bind whom it concerns."""

    class Kind(models.TextChoices):
        SIGN = "sign", _("to sign")
        AGAIN = "again", _("changed: to sign again")
        TAKEN_BACK = "taken-back", _("taken back to be changed")
        ABANDONED = "abandoned", _("given up")
        OPENED = "opened", _("signed by all")
        NEXT = "next", _("something can be deposited or told now")
        LATER = "later", _("a later day is proposed")
        REFUSED = "refused", _("a later day was refused")
        EXTENDED = "extended", _("given a later deadline")
        WITHDRAWN = "withdrawn", _("a party withdrew")
        DISPUTED = "disputed", _("disputed")
        DECIDED = "decided", _("decided by the mediator")
        SETTLED = "settled", _("settled")
        PART_SETTLED = "part-settled", _("settled in part")
        RETURNED = "returned", _("everything given back")
        MONEY_GONE = "money-gone", _("a bank took money back")
        NEAR = "near", _("the last day is near")

    exchange = models.ForeignKey(
        "exchange.Exchange", on_delete=models.PROTECT, related_name="letters"
    )
    kind = models.CharField(_("about what"), max_length=12, choices=Kind)
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    turn = models.ForeignKey(
        "exchange.ExchangeTurn", null=True, on_delete=models.PROTECT, related_name="+"
    )
    extension = models.ForeignKey(
        "exchange.Extension", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(DueLetter.Meta):
        indexes = [letters_to_send("exchange_letter_to_send")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.kind}"


class MarketLetter(DueLetter):
    """An e-mail about an offer or a need, or about a ring."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("a message")
        CHANGED = "changed", _("a favourite changed")
        GONE = "gone", _("a favourite is over")
        RING = "ring", _("a ring is proposed")
        RING_NEAR = "ring-near", _("a ring waits for an answer")
        RING_OVER = "ring-over", _("a ring is over")

    kind = models.CharField(_("about what"), max_length=9, choices=Kind)
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    posting = models.ForeignKey(
        "exchange.Posting", null=True, on_delete=models.PROTECT, related_name="+"
    )
    message = models.ForeignKey(
        "exchange.MarketMessage", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ring = models.ForeignKey(
        "exchange.BarterRing", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(DueLetter.Meta):
        verbose_name = _("letter about the market")
        indexes = [letters_to_send("exchange_market_to_send")]

    def __str__(self) -> str:
        return f"{self.posting_id or self.ring_id} {self.kind}"
