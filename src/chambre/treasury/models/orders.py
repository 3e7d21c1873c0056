"""What payouts and collections share: the files that a bank is given, and what happened."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.lib.orderstates import Happening, State

HAPPENINGS = {
    Happening.ASKED: _("asked for"),
    Happening.APPROVED: _("agreed to"),
    Happening.REFUSED: _("refused"),
    Happening.WITHDRAWN: _("withdrawn"),
    Happening.ANNOUNCED: _("announced to the debtor"),
    Happening.MOVED: _("moved to another day"),
    Happening.EXPORTED: _("put into a file for the bank"),
    Happening.SETTLED: _("seen on the statement"),
    Happening.RELEASED: _("taken off the row of the statement again"),
    Happening.REJECTED: _("not done by the bank"),
    Happening.RETURNING: _("sent back, says the bank"),
    Happening.RETURNED: _("the money is back"),
    Happening.UNRETURNED: _("taken off the row of the return again"),
    Happening.KEPT: _("does not come back after all"),
}
"""What happened, in people's words."""

STATES = {
    State.ASKED: _("two people must agree"),
    State.HALF: _("one more person must agree"),
    State.AGREED: _("ready to be sent"),
    State.PLANNED: _("to be announced"),
    State.ANNOUNCED: _("announced to the debtor"),
    State.SENT: _("at the bank"),
    State.PAID: _("done"),
    State.PAID_BESIDE: _("done, without our file"),
    State.RETURNING: _("coming back"),
    State.RETURNED: _("came back"),
    State.REJECTED: _("not done by the bank"),
    State.REFUSED: _("refused"),
    State.WITHDRAWN: _("withdrawn"),
}
"""Where an order stands, in people's words."""


class OrderFile(AppendOnlyModel):
    """A file that was made for a bank. Made once; what it holds is never made again."""

    class Kind(models.TextChoices):
        TRANSFERS = "transfers", _("transfers")
        COLLECTIONS = "collections", _("collections")

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="order_files")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    message = models.CharField(_("identifier of the message"), max_length=30, unique=True)
    iban = models.CharField("IBAN", max_length=34)
    is_batch = models.BooleanField(_("one movement on the statement for all of a day"))
    count = models.PositiveIntegerField(_("payments"))
    total = models.BigIntegerField(_("sum"))
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("file for the bank")
        verbose_name_plural = _("files for the bank")

    def __str__(self) -> str:
        return self.message

    @property
    def structure(self) -> object:
        """Whose file it is: what the rules ask."""
        return self.book.structure


class OrderEvent(AppendOnlyModel):
    """Something that happened to an order. ``number`` counts from 1: nobody writes a step twice.

    Attributes:
        owner: Name of the field that holds the order.
    """

    owner: ClassVar[str]

    number = models.PositiveIntegerField(_("number in its life"))
    kind = models.CharField(_("what happened"), max_length=12, choices=list(HAPPENINGS.items()))
    state = models.CharField(_("state after it"), max_length=12, choices=list(STATES.items()))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    key = models.CharField(_("idempotency key"), max_length=160)
    reason = models.CharField(_("why"), max_length=254, blank=True, default="")
    code = models.CharField(_("reason code of the bank"), max_length=4, blank=True, default="")
    file = models.ForeignKey(
        OrderFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("day"), null=True, blank=True)
    row = models.BigIntegerField(_("row of the statement"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number}. {self.kind}"

    @property
    def words(self) -> object:
        """What happened, for people."""
        return HAPPENINGS[Happening(self.kind)]
