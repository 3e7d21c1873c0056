"""Bank accounts, the files that came for them, their statements and rows.

Files, statements and rows are facts: written once. What became of a row (matched, replaced) is said
by other rows that point at it.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.lib import bankfiles


def booking_key(statement: int, place: str, part: int) -> str:
    """Key of the entry of a row in the ledger: its place in its statement."""
    return f"bank:{statement}:{place}:{part}"


class BankAccount(models.Model):
    """An account of a structure at a bank, and the account of its book that mirrors it.

    ``since``: rows of earlier days are shown and not booked, because the book has them from
    elsewhere. ``mapping`` is how to read this bank's tables (:class:`chambre.lib.bankfiles.Mapping`).
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="bank_accounts")
    slug = models.SlugField(_("short name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=80)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    code = models.CharField(_("account of the book"), max_length=32)
    since = models.DateField(_("booked since"), null=True, blank=True)
    mapping = models.JSONField(_("how to read its tables"), default=dict, blank=True)
    is_open = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["book", "code"]
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(fields=["book", "iban"], name="bankaccount_iban_per_book"),
            models.UniqueConstraint(fields=["book", "code"], name="bankaccount_code_per_book"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> Any:
        """Whose account it is: what the rules ask."""
        return self.book.structure

    @property
    def journal(self) -> str:
        """Code of the journal that its rows are booked in."""
        return f"BQ{self.code}"


class BankFile(AppendOnlyModel):
    """A file that was brought in for an account, and what it brought. Amounts are in cents."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="files")
    # Not a foreign key: who brought a file in may discard its content.
    file = models.UUIDField(_("file"), db_index=True)
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    size = models.BigIntegerField(_("size in bytes"))
    format = models.CharField(_("format"), max_length=16)
    rows = models.PositiveIntegerField(_("rows"))
    new = models.PositiveIntegerField(_("new rows"))
    already = models.PositiveIntegerField(_("rows that were there"))
    pending = models.PositiveIntegerField(_("rows not on the account yet"))
    opening = models.BigIntegerField(_("opening balance"))
    closing = models.BigIntegerField(_("closing balance"))
    notices = models.JSONField(_("what to know"), default=list)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("bank file")

    def __str__(self) -> str:
        return self.name


class BankStatement(AppendOnlyModel):
    """A statement of an account, as a file gave it. Amounts are in cents.

    ``stated``: its balances were in the file; else they follow from what was known. ``proved``: both
    were, and opening + booked rows = closing.
    """

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(_("kind"), max_length=12)
    number = models.CharField(_("number"), max_length=64, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    opening = models.BigIntegerField(_("opening balance"))
    closing = models.BigIntegerField(_("closing balance"))
    stated = models.BooleanField(_("balances were stated"))
    proved = models.BooleanField(_("adds up"))
    booked = models.BigIntegerField(_("sum of its booked rows"))
    rows = models.PositiveIntegerField(_("booked rows"))
    pending = models.PositiveIntegerField(_("rows not on the account"))

    class Meta:
        ordering = ["account", "last_day", "id"]
        verbose_name = _("bank statement")
        indexes = [models.Index(fields=["account", "last_day"], name="statement_by_day")]

    def __str__(self) -> str:
        return self.number or f"{self.first_day} – {self.last_day}"


class BankRow(AppendOnlyModel):
    """A movement of a bank account, once, however many files it came in. Amounts are in cents.

    The columns are those of :class:`chambre.lib.bankfiles.Row`. A batch of which the bank gave the
    parts is one row per part. ``key`` and ``occurrence`` name its entry; ``part`` its place in it.
    ``is_booked``: it is in the ledger, under :attr:`booking_key`; rows that are pending, or of days
    before the account's ``since``, are not.
    """

    class Kind(models.TextChoices):
        ROW = "row", _("movement")
        OPENING = "opening", _("balance before the first statement")

    class Status(models.TextChoices):
        BOOKED = "booked", _("on the account")
        PENDING = "pending", _("announced")
        INFO = "info", _("for information")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="rows")
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ROW)
    status = models.CharField(_("status"), max_length=8, choices=Status)
    is_booked = models.BooleanField(_("in the ledger"))
    key = models.CharField(_("key of the entry"), max_length=40)
    occurrence = models.PositiveIntegerField(_("number among those alike"))
    part = models.PositiveIntegerField(_("part of the entry"), default=0)
    parts = models.PositiveIntegerField(_("parts of the entry"), default=1)
    place = models.PositiveIntegerField(_("place in the file"), default=0)
    day = models.DateField(_("booking day"))
    value_day = models.DateField(_("value day"), null=True)
    amount = models.BigIntegerField(_("amount"))
    entry_amount = models.BigIntegerField(_("amount of the whole entry"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    original_amount = models.BigIntegerField(_("amount in the other currency"), null=True)
    original_currency = models.CharField(_("other currency"), max_length=3, blank=True)
    charges = models.BigIntegerField(_("charges in the amount"), default=0)
    reversal = models.BooleanField(_("undoes another one"), default=False)
    reference = models.CharField(_("bank's reference"), max_length=140, blank=True)
    account_reference = models.CharField(
        _("bank's reference of the entry"), max_length=140, blank=True
    )
    entry_reference = models.CharField(_("number in the statement"), max_length=140, blank=True)
    end_to_end_id = models.CharField(_("end-to-end reference"), max_length=140, blank=True)
    transaction_id = models.CharField(_("transaction or cheque"), max_length=140, blank=True)
    mandate_id = models.CharField(_("mandate"), max_length=140, blank=True)
    creditor_id = models.CharField(_("creditor identifier"), max_length=35, blank=True)
    creditor_reference = models.CharField(_("creditor reference"), max_length=35, blank=True)
    party_name = models.CharField(_("other side"), max_length=140, blank=True)
    party_iban = models.CharField(_("account of the other side"), max_length=34, blank=True)
    party_bic = models.CharField(_("bank of the other side"), max_length=11, blank=True)
    ultimate_name = models.CharField(_("on behalf of"), max_length=140, blank=True)
    texts = models.TextField(_("what the payer wrote"), blank=True)
    info = models.TextField(_("what the bank adds"), blank=True)
    code = models.CharField(_("kind of movement"), max_length=64, blank=True)
    return_code = models.CharField(_("reason of the return"), max_length=35, blank=True)
    batch_reference = models.CharField(_("batch"), max_length=140, blank=True)

    class Meta:
        ordering = ["account", "day", "id"]
        verbose_name = _("bank row")
        constraints = [
            # The same movement twice is refused, also when two imports start at once.
            models.UniqueConstraint(
                fields=["account", "key", "occurrence", "parts", "part"], name="bankrow_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "day", "id"], name="bankrow_by_day"),
            models.Index(fields=["account", "amount"], name="bankrow_by_amount"),
            models.Index(
                fields=["account", "id"],
                name="bankrow_waiting",
                condition=models.Q(status="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.amount}"

    @property
    def structure(self) -> Any:
        """Whose row it is: what the rules ask."""
        return self.account.book.structure

    @property
    def booking_key(self) -> str:
        """Key of its entry in the ledger.

        Keys of one statement follow each other, because an index that grows at its end costs
        SQLite a tenth of the memory that one does which grows everywhere.
        """
        where = f"o{self.occurrence}" if self.kind == self.Kind.OPENING else f"{self.place:07d}"
        return booking_key(self.statement_id, where, self.part)

    def as_read(self) -> bankfiles.Row:
        """The row as the file gave it."""
        values = {name: getattr(self, name) for name in bankfiles.Row._fields}
        return bankfiles.Row(**values)


class RowReplacement(AppendOnlyModel):
    """A row that counts no more, because of others.

    ``booked``: it was announced, and here it is on the account; ``split``: the parts of its batch
    came; ``opening``: an earlier statement came. What was in the ledger was taken back.
    """

    class Why(models.TextChoices):
        BOOKED = "booked", _("it is on the account now")
        SPLIT = "split", _("the parts of the batch came")
        OPENING = "opening", _("an earlier statement came")

    row = models.OneToOneField(BankRow, on_delete=models.PROTECT, related_name="replaced")
    by_row = models.ForeignKey(
        BankRow, null=True, on_delete=models.PROTECT, related_name="replaces"
    )
    why = models.CharField(_("why"), max_length=8, choices=Why)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("replacement of a bank row")

    def __str__(self) -> str:
        return f"{self.row_id} {self.why}"
