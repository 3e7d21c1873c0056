"""Mandates and collections (*prélèvements SEPA*): money that debtors let a structure draw."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.treasury.models.orders import OrderEvent


class CreditorIdentity(AppendOnlyModel):
    """The SEPA creditor identifier (*ICS*) of a structure; the newest one holds."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="creditor_ids")
    identifier = models.CharField(_("creditor identifier (ICS)"), max_length=35)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.identifier


class Mandate(AppendOnlyModel):
    """What a debtor signed: this structure may draw from this account.

    It ends by a :class:`MandateEnd`, and by itself 36 months after the last collection.
    """

    class Scheme(models.TextChoices):
        CORE = "CORE", _("anybody (CORE)")
        B2B = "B2B", _("between companies (B2B)")

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="mandates")
    party = models.ForeignKey(
        "treasury.Party", on_delete=models.PROTECT, related_name="mandates", verbose_name=_("from")
    )
    reference = models.CharField(_("unique mandate reference (RUM)"), max_length=35)
    holder = models.CharField(_("holder of the account"), max_length=140)
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    signed_on = models.DateField(_("signed on"))
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme, default=Scheme.CORE)
    is_recurrent = models.BooleanField(_("for several collections"), default=True)
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"), default=14,
        help_text=_("Fourteen unless the debtor agreed to fewer in writing."),
    )  # fmt: skip
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("noted"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.UniqueConstraint(fields=["book", "reference"], name="mandate_reference"),
            models.CheckConstraint(
                condition=models.Q(notice_days__gte=1, notice_days__lte=14), name="mandate_notice"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def structure(self) -> object:
        """Who may draw: what the rules ask."""
        return self.book.structure

    def account(self, at: dt.datetime | None = None) -> Mandate | MandateAmendment:
        """What names the debtor's account: the mandate itself, or its newest amendment.

        Args:
            at: As it was then; absent: as it is now.
        """
        known = [row for row in self.amendments.all() if at is None or row.at <= at]
        return max(known, key=lambda row: row.number) if known else self


class MandateAmendment(AppendOnlyModel):
    """The debtor moved to another account; the mandate stays, and the bank is told once."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField(_("number in its life"))
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    told_on = models.DateField(_("told by the debtor on"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("noted"), auto_now_add=True)

    class Meta:
        ordering = ["mandate_id", "number"]
        verbose_name = _("amendment of a mandate")
        verbose_name_plural = _("amendments of mandates")
        constraints = [
            models.UniqueConstraint(fields=["mandate", "number"], name="mandate_amendment_number"),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} {self.number}"


class MandateEnd(AppendOnlyModel):
    """The end of a mandate: nothing is drawn with it any more."""

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(_("why"), max_length=254)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.mandate}: {self.reason}"


class Collection(AppendOnlyModel):
    """One collection with a mandate. Never changed: it is withdrawn and another one planned."""

    book = models.ForeignKey("ledger.Book", on_delete=models.PROTECT, related_name="collections")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="collections")
    code = models.CharField(_("number"), max_length=20, unique=True)
    amount = models.BigIntegerField(_("amount"))
    day = models.DateField(_("due on"))
    reason = models.CharField(_("what for"), max_length=140)
    use = models.CharField(_("use"), max_length=40)
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(_("asked by the room"), max_length=40, blank=True, default="")
    origin_key = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(_("planned"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="collection_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def structure(self) -> object:
        """Whose money it becomes: what the rules ask."""
        return self.book.structure


class CollectionEvent(OrderEvent):
    """Something that happened to a collection; the newest one says where it stands."""

    owner = "collection"

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="events")
    sequence = models.CharField(_("first, later, only"), max_length=4, blank=True, default="")

    class Meta:
        ordering = ["collection", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "number"], name="collection_event_number"
            ),
            models.UniqueConstraint(
                fields=["collection", "kind", "key"], name="collection_event_key"
            ),
            models.UniqueConstraint(
                fields=["collection"],
                condition=models.Q(kind="exported"),
                name="collection_sent_once",
            ),
        ]
        indexes = [models.Index(fields=["file"], name="collection_event_file")]


class CollectionNotice(models.Model):
    """The e-mail that tells a debtor of a collection. Written first, then sent, then announced."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="notices")
    day = models.DateField(_("day that it names"))
    to = models.EmailField(_("to"), blank=True)
    language = models.CharField(_("language"), max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    key = models.CharField(_("idempotency key"), max_length=160, unique=True)
    by = models.CharField(_("by"), max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("why it did not go"), max_length=254, blank=True, default="")

    class Meta:
        ordering = ["collection_id", "id"]
        verbose_name = _("notice of a collection")
        verbose_name_plural = _("notices of collections")
        indexes = [models.Index(fields=["sent_at", "created_at"], name="collection_notice_waits")]

    def __str__(self) -> str:
        return self.subject
