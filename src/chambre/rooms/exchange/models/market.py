"""The market: what people offer and need, what they write to each other, rings that are proposed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Posting(models.Model):
    """Something that a person or a structure (``owner``) offers or needs.

    ``folded`` repeats its words without accents and capitals, for searching. ``value`` is estimated, in
    cents; nothing where nobody said. After ``last`` it is over by itself. ``closed_at``: it was taken
    off, or it was given and got in a ring.
    """

    class Kind(models.TextChoices):
        OFFER = "offer", _("offer")
        NEED = "need", _("need")

    class Category(models.TextChoices):
        FOOD = "food", _("food")
        PLANTS = "plants", _("plants and seeds")
        TOOLS = "tools", _("tools")
        HOME = "home", _("furniture and household")
        CLOTHES = "clothes", _("clothes")
        BOOKS = "books", _("books and games")
        MATERIALS = "materials", _("materials")
        REPAIR = "repair", _("repairs")
        GARDEN = "garden", _("work in the garden")
        BUILDING = "building", _("building work")
        TRANSPORT = "transport", _("transport")
        TEACHING = "teaching", _("lessons")
        DIGITAL = "digital", _("websites and computers")
        CARE = "care", _("help at home")
        OTHER = "other", _("other services")

    class Ended(models.TextChoices):
        OPEN = "", _("open")
        CLOSED = "closed", _("taken off")
        MET = "met", _("agreed in a ring")

    THINGS = ("food", "plants", "tools", "home", "clothes", "books", "materials")
    """Categories of things; the others are services."""

    owner = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("offer or need"), max_length=5, choices=Kind)
    title = models.CharField(_("what"), max_length=120)
    words = models.TextField(_("in more words"), max_length=4000, blank=True, default="")
    category = models.CharField(_("category"), max_length=10, choices=Category)
    place = models.CharField(_("place"), max_length=80, blank=True, default="")
    first = models.DateField(_("from"), null=True, blank=True)
    last = models.DateField(_("until"), null=True, blank=True)
    quantity = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    value = models.BigIntegerField(_("estimated value"), null=True, blank=True)
    folded = models.TextField(editable=False)
    ended = models.CharField(max_length=6, choices=Ended, blank=True, default="")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("offer or need")
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0), name="exchange_posting_value"
            ),
            models.CheckConstraint(
                condition=Q(first=None) | Q(last=None) | Q(last__gte=models.F("first")),
                name="exchange_posting_days",
            ),
        ]
        indexes = [
            models.Index(
                fields=["chamber", "kind", "category"], condition=Q(ended=""),
                name="exchange_posting_open",
            ),
            models.Index(fields=["owner"], name="exchange_posting_owner"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_thing(self) -> bool:
        """A thing, and no service."""
        return self.category in self.THINGS


class PostingPhoto(models.Model):
    """A photo of what is offered or needed, in two sizes, without what the camera noted."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="photos")
    small = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    large = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField(_("width of the large size, in pixels"))
    height = models.PositiveIntegerField(_("height of the large size, in pixels"))
    alt = models.CharField(_("what can be seen"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ["id"]
        verbose_name = _("photo")

    def __str__(self) -> str:
        return self.alt or str(self.pk)


class PostingFavourite(models.Model):
    """Somebody wants to find an offer or a need again."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="favourites")
    person = models.ForeignKey("registry.Agent", on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("favourite")
        constraints = [
            models.UniqueConstraint(fields=["person", "posting"], name="exchange_favourite_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.posting_id}"


class MarketMessage(AppendOnlyModel):
    """A message about an offer or a need, between its owner and ``asker``, and nobody else.

    ``author`` is a person: ``asker``, or one who acts for the owner.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="messages")
    asker = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=4000)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("message")
        indexes = [
            models.Index(fields=["posting", "asker", "id"], name="exchange_message_talk"),
            models.Index(fields=["asker", "id"], name="exchange_message_asker"),
        ]

    def __str__(self) -> str:
        return f"{self.posting_id}/{self.asker_id}"


class BarterRing(models.Model):
    """A ring that was found and is proposed to its people.

    ``key`` is made of what is given in it: the same ring is proposed once, ever. All say yes: it is
    agreed, and ``exchange`` is written. One says no, or nobody says anything until ``until``: it is over.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        AGREED = "agreed", _("all said yes")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("nobody answered in time")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    until = models.DateField(_("answers until"))
    exchange = models.ForeignKey(
        "exchange.Exchange", null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("barter ring")
        indexes = [models.Index(fields=["state", "until"], name="exchange_ring_due")]

    def __str__(self) -> str:
        return str(self.pk)


class RingGift(AppendOnlyModel):
    """One gift of a ring: an offer, and the need that it meets."""

    ring = models.ForeignKey(BarterRing, on_delete=models.PROTECT, related_name="gifts")
    number = models.PositiveSmallIntegerField(_("place in the ring"))
    offer = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ring_id", "number"]
        verbose_name = _("gift in a ring")
        constraints = [
            models.UniqueConstraint(fields=["ring", "giver"], name="exchange_gift_giver"),
            models.UniqueConstraint(fields=["ring", "taker"], name="exchange_gift_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.ring_id}/{self.number}"


class RingVoice(AppendOnlyModel):
    """What one of a ring (``person``; or a structure, by who acts for it) said: yes or no, once."""

    ring = models.ForeignKey(BarterRing, on_delete=models.PROTECT, related_name="voices")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    yes = models.BooleanField(_("yes"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer to a ring")
        constraints = [
            models.UniqueConstraint(fields=["ring", "person"], name="exchange_ring_voice_once")
        ]

    def __str__(self) -> str:
        return f"{self.ring_id} {self.yes}"
