"""Types, objects with their codes, and what happened to each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class ItemType(models.Model):
    """A kind of reusable object. Identifiable ones are fixed assets, the others are stock."""

    class Counting(models.TextChoices):
        SERIAL = "serial", _("each object has its own code")
        CLASS = "class", _("counted only, without codes")

    scheme = models.ForeignKey("deposit.Scheme", on_delete=models.PROTECT, related_name="types")
    slug = models.SlugField(_("short name"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=140)
    counting = models.CharField(_("counted"), max_length=8, choices=Counting)
    identifiable = models.BooleanField(
        _("identifiable"), help_text=_("Each object can be told apart: it is a fixed asset.")
    )
    grai = models.CharField(
        _("GRAI of the class"), max_length=14, blank=True, help_text=_("0, twelve digits, check.")
    )
    equipment = models.BooleanField(_("equipment rather than packaging"), default=False)
    wash = models.BooleanField(_("washed and inspected before it is issued again"), default=False)
    own_uri = models.CharField(
        _("name of the class that it had already"),
        max_length=200,
        blank=True,
        help_text=_("An address with https, or a UUID."),
    )
    material = models.CharField(_("made of"), max_length=60, blank=True)
    grams = models.PositiveIntegerField(
        _("weight of one, in grams"), default=0, help_text=_("0: nobody said.")
    )
    unit_cost = models.PositiveBigIntegerField(_("cost of one, in cents"), default=0)
    life = models.PositiveSmallIntegerField(
        _("years of use"), default=0, help_text=_("0: it is not depreciated.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("type of object")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counting="class", identifiable=False)
                | models.Q(counting="serial"),
                name="type_class_is_stock",
            ),
            models.UniqueConstraint(
                fields=["grai"], condition=~models.Q(grai=""), name="type_one_per_grai"
            ),
            models.UniqueConstraint(
                fields=["own_uri"], condition=~models.Q(own_uri=""), name="type_one_per_own_uri"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uri(self) -> str:
        """The class of these objects, as events name it when they are only counted."""
        if self.own_uri:
            return self.own_uri
        base = self.scheme.base_uri
        return f"{base}/8003/{self.grai}" if self.grai else f"{base}/consigne/types/{self.slug}"


class Lot(AppendOnlyModel):
    """Objects of a type that were put in service together: a batch, for recalls."""

    type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="lots")
    name = models.CharField(_("batch"), max_length=60)
    count = models.PositiveIntegerField(_("objects"))
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("batch")

    def __str__(self) -> str:
        return self.name


class LotRecall(AppendOnlyModel):
    """A batch was recalled: why, and how many of its objects were here and with people then."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    reason = models.CharField(_("why it is recalled"), max_length=254)
    here = models.PositiveIntegerField(_("objects that were here"))
    out = models.PositiveIntegerField(_("objects that were with people"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("recall of a batch")

    def __str__(self) -> str:
        return f"{self.lot}: {self.reason}"


class Depreciation(AppendOnlyModel):
    """What each object of a batch lost of its cost in a year; undone by another row, its opposite.

    ``number`` counts the runs of a year: odd ones book, even ones undo the one before.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="depreciations")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("number of the run"))
    each = models.BigIntegerField(_("of each object, in cents"))
    count = models.PositiveIntegerField(_("objects"))
    entry = models.BigIntegerField(_("journal entry"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("depreciation")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "year", "number"], name="depreciation_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.year}: {self.each}"


class Item(models.Model):
    """One reusable object as it stands now; how it came there is in its moves."""

    class State(models.TextChoices):
        ACTIVE = "active", _("ready to be issued")
        OUT = "out", _("in circulation")
        RETURNED = "returned", _("brought back")
        WASHING = "washing", _("washed")
        DAMAGED = "damaged", _("damaged")
        REPAIR = "repair", _("in repair")
        RETIRED = "retired", _("out of service")
        LOST = "lost", _("lost")
        RECALLED = "recalled", _("recalled")

    scheme = models.ForeignKey("deposit.Scheme", on_delete=models.PROTECT, related_name="items")
    type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="items")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="items")
    uri = models.CharField(_("code"), max_length=200, unique=True)
    serial = models.CharField(_("serial"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    place = models.ForeignKey(
        "deposit.Place", null=True, on_delete=models.PROTECT, related_name="items"
    )
    moves_count = models.PositiveIntegerField(default=0)
    rotations = models.PositiveIntegerField(_("rotations"), default=0)
    moved_at = models.DateTimeField(_("last seen"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("object")
        indexes = [
            models.Index(fields=["scheme", "state", "place"], name="item_state"),
            models.Index(fields=["serial"], name="item_serial"),
        ]

    def __str__(self) -> str:
        return self.serial


class Code(AppendOnlyModel):
    """Another code that leads to an object: a tag, an old label. The first one is the object's own."""

    class Kind(models.TextChoices):
        QR = "qr", _("printed code")
        NFC = "nfc", _("tag that is tapped")
        OLD = "old", _("label that was replaced")
        OTHER = "other", _("another code")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="codes")
    text = models.CharField(_("code"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    reason = models.CharField(_("why"), max_length=254, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("code")

    def __str__(self) -> str:
        return self.text


class Move(AppendOnlyModel):
    """One thing that happened to an object. Written once; a mistake is corrected by another move.

    ``place`` is where; of a transfer, where it went. It is the fact; the event that tells it follows.
    """

    class Kind(models.TextChoices):
        COMMISSIONED = "commissioned", _("put in service")
        ISSUED = "issued", _("issued")
        RETURNED = "returned", _("brought back")
        SEEN = "seen", _("scanned")
        WASHED = "washed", _("washed")
        INSPECTED = "inspected", _("inspected")
        REPAIRED = "repaired", _("repaired")
        TRANSFERRED = "transferred", _("handed on")
        RECALLED = "recalled", _("recalled")
        RETIRED = "retired", _("taken out of service")
        LOST = "lost", _("written off as lost")
        RELABELLED = "relabelled", _("given another code")
        CORRECTED = "corrected", _("a scan was taken back")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="moves", db_index=False)
    number = models.PositiveIntegerField(_("number in the life of the object"))
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    place = models.ForeignKey(
        "deposit.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    act = models.ForeignKey(
        "deposit.Act", null=True, on_delete=models.PROTECT, related_name="moves"
    )
    contract = models.ForeignKey(
        "deposit.Contract",
        null=True,
        on_delete=models.PROTECT,
        related_name="moves",
        db_index=False,
    )
    state = models.CharField(_("state afterwards"), max_length=10, choices=Item.State)
    happened_at = models.DateTimeField(_("happened"))
    facts = models.JSONField(
        _("what was measured or found"), null=True, help_text=_("Method, temperature, result…")
    )
    note = models.CharField(_("note"), max_length=254, blank=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    by = models.CharField(max_length=254)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["item", "number"]
        constraints = [
            # Two cannot write the same step: the second one gets an IntegrityError.
            models.UniqueConstraint(fields=["item", "number"], name="move_one_per_number"),
        ]
        indexes = [
            # The log of washes by day; scans at the counter do not pay for it.
            models.Index(
                fields=["happened_at"], name="move_washed", condition=models.Q(kind="washed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number} {self.kind}"


class Untold(models.Model):
    """Moves that the repository of events has not been told yet; the row goes when it has.

    Written in the transaction of the moves: what was committed is told, however it is cut.
    """

    moves = models.JSONField(_("moves"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("moves to be told")

    def __str__(self) -> str:
        return str(self.pk)
