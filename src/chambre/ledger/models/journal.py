"""Journal entries and lines: written once, balanced in every cell."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class JournalEntry(AppendOnlyModel):
    """A journal entry (écriture) of one book.

    Its lines are inserted first; the trigger on this table's insert proves that they are all
    there and that they balance in every (resource, unit) cell. Later lines are refused.

    The triggers also hold what foreign keys would (journal and book, book and chamber): checking
    a whole insert as a set costs a fraction of checking it row by row.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        OPENING = "opening", _("opening entry")
        CLOSING = "closing", _("closing entry")
        ATTRIBUTION = "attribution", _("attribution to resources")
        REVERSAL = "reversal", _("reversal")

    id = models.BigIntegerField(primary_key=True)
    chamber = models.ForeignKey(
        "registry.Agent",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    book = models.ForeignKey(
        "ledger.Book",
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    journal = models.ForeignKey(
        "ledger.Journal",
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ENTRY)
    number = models.CharField(_("number"), max_length=64, blank=True)
    day = models.DateField(_("effective day"))
    label = models.CharField(_("label"), max_length=1000, blank=True)
    validated_on = models.DateField(_("validated on"), null=True)
    key = models.CharField(_("idempotency key"), max_length=120)
    # SHA-256 of the content (applets.drafts.digest_of); not of id, event and recorded_at, which
    # the seals cover.
    digest = models.BinaryField(_("digest"), max_length=32)
    line_count = models.PositiveIntegerField(_("number of lines"))
    event_id = models.BigIntegerField(_("event"), null=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    about = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="attributions", db_index=False
    )
    source = models.CharField(_("source"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "key"], name="journalentry_key"),
            models.CheckConstraint(
                condition=models.Q(kind="attribution", about__isnull=False)
                | (~models.Q(kind="attribution") & models.Q(about__isnull=True)),
                name="journalentry_about",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
                name="journalentry_reverses",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "day"], name="journalentry_by_book"),
            models.Index(
                fields=["about"],
                name="journalentry_by_about",
                condition=models.Q(about__isnull=False),
            ),
            models.Index(
                fields=["event_id"],
                name="journalentry_by_event",
                condition=models.Q(event_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.number} {self.label}"


class Line(AppendOnlyModel):
    """A line (ligne): an account of a book, a resource, a signed amount.

    ``amount`` is in the smallest part of ``unit`` (cents, minutes), debit positive, credit
    negative. ``side`` says in which column it stands: a negative amount on side D is a negative
    debit, which is how a reversal or an attribution leaves the turnover of an account unchanged.
    ``resource`` empty means: the structure itself, not attributed to a shared resource.

    Lines of an entry are numbered from 1 without a gap. Account, auxiliary account, book and
    chamber are held together by the triggers, not by foreign keys (see :class:`JournalEntry`).
    """

    id = models.BigIntegerField(primary_key=True)
    # PostgreSQL: the guards put a deferred trigger in the place of this foreign key, which also
    # refuses a line that arrives while its entry is being written by somebody else.
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField(_("line"))
    chamber = models.ForeignKey(
        "registry.Agent",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    book = models.ForeignKey(
        "ledger.Book",
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    account = models.ForeignKey(
        "ledger.Account",
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
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
    side = models.CharField(
        _("side"), max_length=1, choices=[("D", _("debit")), ("C", _("credit"))]
    )
    day = models.DateField(_("effective day"))
    # 0 movement, 1 opening (à nouveau), 2 closing: equal to the kind of the entry it belongs to
    # (of the entry that an attribution is about, or that a reversal reverses). Statements leave
    # closings out, and openings of a year whose previous year is in the ledger, without reading
    # the entries.
    phase = models.PositiveSmallIntegerField(_("phase"), default=0)
    label = models.CharField(_("label"), max_length=1000, blank=True)
    auxiliary = models.ForeignKey(
        "ledger.Auxiliary",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    piece = models.CharField(_("piece"), max_length=250, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(side__in=["D", "C"], phase__in=[0, 1, 2], number__gte=1),
                name="line_shape",
            ),
        ]
        indexes = [
            # Statements by resource and by structure read these two and nothing else. What is not
            # attributed is read by book. PostgreSQL keeps what follows the day beside the key
            # (migration 0005): less to compare at each insert.
            models.Index(
                fields=["resource", "account", "day", "unit", "phase", "side", "amount", "book"],
                name="line_by_resource",
                condition=models.Q(resource__isnull=False),
            ),
            models.Index(
                fields=["book", "account", "day", "unit", "phase", "side", "amount", "resource"],
                name="line_by_book",
            ),
            # How a line is split over resources now: read before every attribution.
            models.Index(
                fields=["source_line", "resource", "amount"],
                name="line_by_source",
                condition=models.Q(source_line__isnull=False),
            ),
            # What structures owe each other, for eliminations, and a third party's account.
            models.Index(
                fields=["auxiliary", "day"],
                name="line_by_auxiliary",
                condition=models.Q(auxiliary__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.amount}"
