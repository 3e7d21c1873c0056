"""Journal entries and lines: written once, balanced in every cell; and their seals."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class JournalEntry(AppendOnlyModel):
    """A journal entry (écriture) of one book.

    Its lines are inserted first; the trigger on this table's insert proves that they are all
    there and that they balance in every (resource, unit) cell. Later lines are refused.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        OPENING = "opening", _("opening entry")
        CLOSING = "closing", _("closing entry")
        ATTRIBUTION = "attribution", _("attribution to resources")
        REVERSAL = "reversal", _("reversal")

    id = models.BigIntegerField(primary_key=True)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="entries")
    journal = models.ForeignKey("ledger.Journal", on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ENTRY)
    number = models.CharField(_("number"), max_length=64, blank=True)
    day = models.DateField(_("effective day"))
    label = models.CharField(_("label"), max_length=254, blank=True)
    validated_on = models.DateField(_("validated on"), null=True)
    key = models.CharField(_("idempotency key"), max_length=120)
    digest = models.BinaryField(_("digest"), max_length=32)
    line_count = models.PositiveIntegerField(_("number of lines"))
    event_id = models.BigIntegerField(_("event"), null=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    about = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="attributions"
    )
    source = models.CharField(_("source"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="journalentry_key"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.number} {self.label}"


class Line(AppendOnlyModel):
    """A line (ligne): an account of a book, a resource, a signed amount.

    ``amount`` is in the smallest part of ``unit`` (cents, minutes), debit positive, credit
    negative. ``side`` says in which column it stands: a negative amount on side D is a negative
    debit, which is how a reversal or an attribution leaves the turnover of an account unchanged.
    ``resource`` empty means: the structure itself, not attributed to a shared resource.
    """

    id = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField(_("line"))
    chamber = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    book = models.ForeignKey(
        "ledger.Book", on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    account = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    resource = models.ForeignKey(
        "registry.Resource",
        null=True,
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
    )
    unit = models.CharField(_("unit"), max_length=16, default="EUR")
    amount = models.BigIntegerField(_("amount"))
    side = models.CharField(_("side"), max_length=1, choices=[("D", _("debit")), ("C", _("credit"))])
    day = models.DateField(_("effective day"))
    label = models.CharField(_("label"), max_length=254, blank=True)
    auxiliary = models.ForeignKey(
        "ledger.Auxiliary", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    piece = models.CharField(_("piece"), max_length=120, blank=True)
    piece_day = models.DateField(_("date of the piece"), null=True)
    lettering = models.CharField(_("lettering"), max_length=32, blank=True)
    lettered_on = models.DateField(_("lettered on"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    currency_amount = models.CharField(_("amount in currency"), max_length=40, blank=True)
    source_line = models.BigIntegerField(_("line that it attributes"), null=True)
    extra = models.JSONField(_("further columns"), null=True)

    class Meta:
        ordering = ["entry", "number"]
        verbose_name = _("line")
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="line_number_per_entry"),
        ]
        indexes = [
            # Statements by resource and by structure read these two and nothing else.
            models.Index(
                fields=["resource", "unit", "account", "day", "side", "amount", "book"],
                name="line_by_resource",
            ),
            models.Index(
                fields=["book", "unit", "account", "day", "side", "amount"], name="line_by_book"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.amount}"


class Seal(AppendOnlyModel):
    """A link of the chain: one Merkle root over a batch of journal entries and events."""

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(_("number in the chain"))
    first = models.BigIntegerField(_("first entry"))
    last = models.BigIntegerField(_("last entry"))
    count = models.PositiveIntegerField(_("entries"))
    root = models.BinaryField(_("Merkle root"), max_length=32)
    previous = models.BinaryField(_("previous seal"), max_length=32)
    digest = models.BinaryField(_("digest"), max_length=32)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["chamber", "number"], name="seal_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {bytes(self.digest).hex()[:12]}"
