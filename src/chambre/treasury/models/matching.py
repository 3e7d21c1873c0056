"""What became of bank rows: matches, their parts, what was undone; proposals; habits.

Matches are facts, written once; undoing one is another fact. Proposals and habits are working
tables: each run of the matching makes the proposals anew, habits grow with what people choose.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.treasury.models.bank import BankRow


class Habit(models.Model):
    """Rows that look alike are booked alike; see :class:`chambre.lib.reconciling.Habit`.

    ``use`` or ``account`` says on what. A habit that was forgotten decides and proposes nothing any
    more; it stays, because matches name it. Amounts are in cents.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="habits")
    name = models.CharField(_("name"), max_length=140)
    direction = models.CharField(_("direction"), max_length=3)
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    words = models.JSONField(_("words"), default=list)
    least = models.BigIntegerField(_("smallest amount"))
    most = models.BigIntegerField(_("largest amount"))
    seen = models.PositiveIntegerField(_("times"), default=1)
    always = models.BooleanField(_("without asking"), default=False)
    anybody = models.BooleanField(_("whoever it is"), default=False)
    use = models.CharField(_("use"), max_length=40, blank=True, default="")
    account = models.CharField(_("account"), max_length=32, blank=True, default="")
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("habit")

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> Any:
        """Whose habit it is: what the rules ask."""
        return self.book.structure


class Match(AppendOnlyModel):
    """What a row was, decided once: the items it settles, accounts, or the row that it cancels.

    A row has one match at a time: the next one (``number``) comes after the former was undone.
    ``reasons`` are those of :mod:`chambre.lib.reconciling`, as code and facts.
    """

    class How(models.TextChoices):
        ALONE = "alone", _("matched alone")
        PERSON = "person", _("chosen by a person")

    row = models.ForeignKey(BankRow, on_delete=models.PROTECT, related_name="matches")
    number = models.PositiveIntegerField(_("number of the row's matches"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    reasons = models.JSONField(_("why"), default=list)
    habit = models.ForeignKey(
        Habit, null=True, on_delete=models.PROTECT, related_name="matches", verbose_name=_("habit")
    )
    cancels = models.ForeignKey(
        BankRow, null=True, on_delete=models.PROTECT, related_name="cancelled_by"
    )
    day = models.DateField(_("booked on"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("match of a bank row")
        constraints = [
            # Two people at once: the second one gets an IntegrityError.
            models.UniqueConstraint(fields=["row", "number"], name="match_one_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.row_id}/{self.number}"

    @property
    def structure(self) -> Any:
        """Whose match it is: what the rules ask."""
        return self.row.structure

    @property
    def booking_key(self) -> str:
        """Key of its entry in the ledger; rows that cancel each other have none."""
        return f"match:{self.row_id}:{self.number}"


class MatchPart(AppendOnlyModel):
    """So many cents of a row: for an item of a source (``kind``, ``item``), a use or an account.

    What the item was is kept beside it: the item itself may be gone from the list of what is open.
    ``amount`` has the sign of the row; ``opened`` is what was open of the item before.
    """

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=24)
    item = models.CharField(_("item"), max_length=120, blank=True, default="")
    use = models.CharField(_("use"), max_length=40, blank=True, default="")
    account = models.CharField(_("account"), max_length=32, blank=True, default="")
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.BigIntegerField(_("amount"))
    opened = models.BigIntegerField(_("was open"), default=0)
    label = models.CharField(_("what it is"), max_length=250)
    url = models.CharField(_("page"), max_length=250, blank=True, default="")
    party_name = models.CharField(_("third party"), max_length=140, blank=True, default="")
    references = models.JSONField(_("references"), default=list)
    due = models.DateField(_("due"), null=True)

    class Meta:
        ordering = ["match", "number"]
        verbose_name = _("part of a match")
        constraints = [
            models.UniqueConstraint(fields=["match", "number"], name="matchpart_one_per_number"),
        ]
        indexes = [models.Index(fields=["kind", "item"], name="matchpart_by_item")]

    def __str__(self) -> str:
        return self.label

    @property
    def settling(self) -> str:
        """What the source knows this settling by."""
        return f"{self.match.booking_key}:{self.number}"


class MatchUndo(AppendOnlyModel):
    """A match was undone: the items are open again, the row waits again."""

    match = models.OneToOneField(Match, on_delete=models.PROTECT, related_name="undo")
    reason = models.CharField(_("why"), max_length=254, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("undone match")

    def __str__(self) -> str:
        return str(self.match)


class RowNote(models.Model):
    """Why the last run left a row to a person; there is none for a row that is matched."""

    row = models.OneToOneField(
        BankRow, on_delete=models.CASCADE, related_name="note", primary_key=True
    )
    why = models.JSONField(_("why"))
    labels = models.JSONField(_("names of items in it"), default=dict)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("why a row is not matched")

    def __str__(self) -> str:
        return str(self.row_id)


class Proposal(models.Model):
    """What a row may be, as the last run saw it; ``place`` 0 is the most likely one.

    ``parts`` are lists of kind, item, cents (positive) and label; ``rest`` are cents left over.
    """

    row = models.ForeignKey(BankRow, on_delete=models.CASCADE, related_name="proposals")
    place = models.PositiveIntegerField(_("place"))
    score = models.PositiveIntegerField(_("score"))
    parts = models.JSONField(_("parts"), default=list)
    rest = models.BigIntegerField(_("rest"), default=0)
    habit = models.ForeignKey(Habit, null=True, on_delete=models.CASCADE, related_name="+")
    use = models.CharField(_("use"), max_length=40, blank=True, default="")
    reverses = models.ForeignKey(BankRow, null=True, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(_("why"), default=list)

    class Meta:
        ordering = ["row", "place"]
        verbose_name = _("proposal for a bank row")
        constraints = [
            models.UniqueConstraint(fields=["row", "place"], name="proposal_one_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.row_id}#{self.place}"
