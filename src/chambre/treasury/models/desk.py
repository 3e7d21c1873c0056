"""The desk: drawers of cash with their counts, cheques and the slips they are paid in with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class CashDrawer(models.Model):
    """A drawer of coins and notes; an account of the book mirrors it."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="drawers")
    slug = models.SlugField(_("short name"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    account = models.CharField(_("account of the book"), max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["book", "id"]
        verbose_name = _("cash drawer")
        constraints = [
            models.UniqueConstraint(fields=["book", "slug"], name="drawer_slug_per_book"),
            models.UniqueConstraint(fields=["book", "account"], name="drawer_account_per_book"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose drawer it is: what the rules ask."""
        return self.book.structure


class CashCount(AppendOnlyModel):
    """A drawer was counted: when it was opened, when it was closed. The difference is booked."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        CLOSING = "closing", _("closing")

    drawer = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="counts")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    day = models.DateField(_("day"))
    pieces = models.JSONField(
        _("coins and notes"), help_text=_("How many of each, by their value in cents.")
    )
    counted = models.BigIntegerField(_("counted"))
    expected = models.BigIntegerField(_("expected"))
    note = models.CharField(_("note"), max_length=254, blank=True, default="")
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(_("idempotency key"), max_length=120)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["drawer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["drawer", "number"], name="cash_count_number"),
            models.UniqueConstraint(fields=["drawer", "key"], name="cash_count_key"),
        ]

    def __str__(self) -> str:
        return f"{self.drawer} {self.number}"

    @property
    def difference(self) -> int:
        """Cents too much (positive) or missing (negative)."""
        return self.counted - self.expected


class CashMove(AppendOnlyModel):
    """Cash that came into a drawer or left it, outside of payments; booked at once."""

    class Kind(models.TextChoices):
        IN = "in", _("put in")
        OUT = "out", _("taken out")
        BANK = "bank", _("taken to the bank")

    drawer = models.ForeignKey(CashDrawer, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("day"))
    reason = models.CharField(_("what for"), max_length=140)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(_("idempotency key"), max_length=120)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["drawer", "id"]
        constraints = [
            models.UniqueConstraint(fields=["drawer", "key"], name="cash_move_key"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="cash_move_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.drawer} {self.kind} {self.amount}"


class ChequeSlip(AppendOnlyModel):
    """A slip with which cheques were paid in (*bordereau de remise*)."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="slips")
    number = models.PositiveIntegerField(_("number"))
    account = models.ForeignKey(
        "treasury.BankAccount", on_delete=models.PROTECT, related_name="slips"
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("cheques"))
    total = models.BigIntegerField(_("sum"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("paying-in slip")
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="slip_number_per_book")
        ]

    def __str__(self) -> str:
        return f"R{self.number:04d}"


class Cheque(AppendOnlyModel):
    """A cheque that was received, as it stands on its face; booked at once."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="cheques")
    drawn_by = models.CharField(_("drawn by"), max_length=140)
    bank = models.CharField(_("bank"), max_length=80)
    number = models.CharField(_("number of the cheque"), max_length=20)
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("received on"))
    reason = models.CharField(_("what for"), max_length=140)
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    receipt = models.ForeignKey(
        "treasury.PaymentEvent", null=True, on_delete=models.PROTECT, related_name="cheques"
    )
    key = models.CharField(_("idempotency key"), max_length=100, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("cheque")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="cheque_positive"),
            # The same cheque is received once.
            models.UniqueConstraint(fields=["book", "bank", "number"], name="cheque_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"

    @property
    def structure(self) -> object:
        """Whose cheque it is: what the rules ask."""
        return self.book.structure


class SlipLine(AppendOnlyModel):
    """A cheque on a slip; it is on one only."""

    slip = models.ForeignKey(ChequeSlip, on_delete=models.PROTECT, related_name="lines")
    cheque = models.OneToOneField(Cheque, on_delete=models.PROTECT, related_name="slip_line")

    def __str__(self) -> str:
        return f"{self.slip}: {self.cheque}"


class ChequeReturn(AppendOnlyModel):
    """The bank did not get the money of a cheque (*impayé*): what it paid is due again."""

    cheque = models.OneToOneField(Cheque, on_delete=models.PROTECT, related_name="bounced")
    day = models.DateField(_("day"))
    reason = models.CharField(_("why"), max_length=254)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.cheque}: {self.reason}"


class DeskSettling(AppendOnlyModel):
    """A row of the statement is a deposit of the desk (a slip, cash, a cheque that came back)."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    item = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    row = models.BigIntegerField()
    key = models.CharField(max_length=160, unique=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.item}"
