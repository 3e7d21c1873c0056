"""Invoices and credit notes: drafts that may change, and what was issued, which never does."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class InvoiceIssuer(models.Model):
    """How a structure signs its invoices, on what terms, and whether it reminds of them.

    Each invoice keeps what held when it was issued.
    """

    class Regime(models.TextChoices):
        VAT = "vat", _("charges VAT")
        FRANCHISE = "franchise", _("no VAT: small business (art. 293 B of the CGI)")
        NON_PROFIT = "non-profit", _("no VAT: non-profit body (art. 261, 7, 1° of the CGI)")

    book = models.OneToOneField(
        "ledger.Book", on_delete=models.PROTECT, related_name="invoice_issuer"
    )
    name = models.CharField(_("registered name"), max_length=140)
    street = models.CharField(_("street and number"), max_length=140, blank=True, default="")
    more_address = models.CharField(_("building, place"), max_length=140, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=16, blank=True, default="")
    city = models.CharField(_("town"), max_length=70, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, default="FR")
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    siret = models.CharField("SIRET", max_length=14, blank=True, default="")
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True, default="")
    legal = models.CharField(
        _("legal form, capital, register"), max_length=254, blank=True, default=""
    )
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    regime = models.CharField(_("VAT"), max_length=12, choices=Regime, default=Regime.VAT)
    on_debits = models.BooleanField(_("VAT on debits"), default=False)
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    prefix = models.CharField(_("beginning of the numbers"), max_length=16)
    term_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    end_of_month = models.BooleanField(_("then to the end of the month"), default=False)
    penalty_rate = models.CharField(_("penalties, % a year"), max_length=8, blank=True, default="")
    remind = models.BooleanField(_("remind by e-mail when it is late"), default=False)
    first_reminder = models.PositiveSmallIntegerField(_("first reminder, days late"), default=7)
    second_reminder = models.PositiveSmallIntegerField(_("second reminder, days late"), default=21)
    last_reminder = models.PositiveSmallIntegerField(_("last reminder, days late"), default=45)

    class Meta:
        verbose_name = _("issuer of invoices")
        constraints = [
            # A number alone names one invoice of the chamber.
            models.UniqueConstraint(fields=["prefix"], name="invoice_prefix_of_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose invoices: what the rules ask."""
        return self.book.structure

    @property
    def reminder_days(self) -> tuple[int, int, int]:
        """Days after the due day on which each level is due."""
        return self.first_reminder, self.second_reminder, self.last_reminder


class NumberSeries(models.Model):
    """The last number given in a series. Its row is locked from drawing to commit: no hole.

    A number that is drawn in a transaction that fails was never drawn.
    """

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="number_series")
    name = models.CharField(_("series"), max_length=32)
    last = models.PositiveIntegerField(_("last number"), default=0)
    last_day = models.DateField(_("day of the last number"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "name"], name="number_series_per_book")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Invoice(AppendOnlyModel):
    """An invoice or a credit note that was issued. Amounts in cents; a credit note's are positive.

    ``content`` is the whole of it as :class:`chambre.lib.invoicing.Invoice`, frozen.
    """

    class Kind(models.TextChoices):
        INVOICE = "380", _("invoice")
        CREDIT = "381", _("credit note")

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=3, choices=Kind, default=Kind.INVOICE)
    number = models.CharField(_("number"), max_length=35)
    party = models.ForeignKey("treasury.Party", on_delete=models.PROTECT, related_name="invoices")
    issued = models.DateField(_("day of issue"))
    due = models.DateField(_("due day"), null=True)
    taxable = models.BigIntegerField(_("sum without VAT"))
    vat = models.BigIntegerField(_("VAT"))
    payable = models.BigIntegerField(_("to be paid"))
    prepaid = models.BigIntegerField(_("paid before"), default=0)
    barter = models.BooleanField(_("paid by compensation"), default=False)
    language = models.CharField(_("language"), max_length=2, default="fr")
    reference = models.CharField(_("reference of payment"), max_length=25)
    content = models.JSONField(_("content"))
    credits = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(_("asked for by"), max_length=32, blank=True, default="")
    origin_key = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    digest = models.CharField(_("digest of what was asked"), max_length=64)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-issued", "-id"]
        verbose_name = _("invoice")
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="invoice_number_per_book"),
            models.CheckConstraint(condition=models.Q(payable__gte=0), name="invoice_not_negative"),
        ]
        indexes = [
            models.Index(fields=["book", "-issued"], name="invoice_by_day"),
            models.Index(fields=["number"], name="invoice_by_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def structure(self) -> object:
        """Whose invoice: what the rules ask."""
        return self.book.structure

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note."""
        return self.kind == self.Kind.CREDIT

    @property
    def gross(self) -> int:
        """Sum with VAT, in cents."""
        return self.taxable + self.vat


class InvoiceLine(AppendOnlyModel):
    """A line as it was issued: what credit notes and books refer to."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("what"), max_length=254)
    quantity = models.BigIntegerField(_("quantity, in ten-thousandths"))
    unit = models.CharField(_("unit"), max_length=3)
    net = models.BigIntegerField(_("without VAT, in cents"))
    category = models.CharField(_("VAT category"), max_length=2)
    rate = models.PositiveSmallIntegerField(_("VAT rate"), default=0)
    use = models.CharField(_("use"), max_length=40)
    resource = models.ForeignKey(
        "registry.Resource", null=True, on_delete=models.PROTECT, related_name="+"
    )
    credits = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credited_by"
    )

    class Meta:
        ordering = ["invoice", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="invoice_line_number")
        ]

    def __str__(self) -> str:
        return self.name


class InvoiceDraft(models.Model):
    """What is being prepared. It has no number; nothing follows from it until it is issued."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="invoice_drafts")
    party = models.ForeignKey(
        "treasury.Party", null=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(_("what was typed"), default=dict)
    invoice = models.OneToOneField(
        Invoice, null=True, on_delete=models.PROTECT, related_name="draft"
    )
    by = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at", "-id"]
        verbose_name = _("draft of an invoice")

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def structure(self) -> object:
        """Whose draft: what the rules ask."""
        return self.book.structure


class InvoiceSettlement(AppendOnlyModel):
    """Part of an invoice was settled (positive), or a settling was undone (negative)."""

    class How(models.TextChoices):
        BANK = "bank", _("bank")
        PAYMENT = "payment", _("payment")
        CREDIT = "credit", _("credit note")
        BARTER = "barter", _("compensation")
        LOSS = "loss", _("written off")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="settlements")
    amount = models.BigIntegerField(_("amount"))
    over = models.BigIntegerField(_("paid above what was open"), default=0)
    day = models.DateField(_("day"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    row = models.BigIntegerField(_("row of the bank"), default=0)
    key = models.CharField(_("idempotency key"), max_length=160, unique=True)
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    note = models.CharField(_("note"), max_length=254, blank=True, default="")
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["invoice", "id"]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.amount}"


class InvoicePaper(AppendOnlyModel):
    """The Factur-X file of an invoice, as it was first given out: later copies are the same."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="paper")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.invoice}"


class InvoiceMail(models.Model):
    """An invoice or a reminder of it, sent by e-mail. Written first, then sent, then noted."""

    class Level(models.IntegerChoices):
        INVOICE = 0, _("the invoice")
        FIRST = 1, _("first reminder")
        SECOND = 2, _("second reminder")
        LAST = 3, _("last reminder")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="mails")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    key = models.CharField(max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        ordering = ["invoice", "id"]

    def __str__(self) -> str:
        return self.subject
