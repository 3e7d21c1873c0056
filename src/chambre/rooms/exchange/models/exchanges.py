"""Exchanges: what was written, who signs it, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel, SentCode


class Exchange(models.Model):
    """An agreement between several; its words are in its versions.

    ``number`` is of the version that is worked on, offered, or signed by all. ``state`` and ``deadline``
    repeat what the turns say, for lists, and are written under the row's lock; ``deadline`` is the last
    day, extensions included. ``decide_by``: until then the mediator decides.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNING = "signing", _("being signed")
        OPEN = "open", _("signed, being deposited")
        DISPUTED = "disputed", _("in dispute")
        SETTLED = "settled", _("settled")
        PART_SETTLED = "part-settled", _("settled in part")
        RETURNED = "returned", _("everything given back")
        ABANDONED = "abandoned", _("given up")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=140)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    number = models.PositiveIntegerField(_("number of the version"), default=1)
    deadline = models.DateField(_("last day"))
    decide_by = models.DateField(_("the mediator decides until"), null=True, blank=True)
    agreement = models.ForeignKey(
        "ledger.Agreement", null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(_("proposed by"), max_length=40, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    made_by = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("exchange")
        indexes = [models.Index(fields=["state", "deadline"], name="exchange_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def current(self) -> ExchangeVersion:
        """The version that counts, see above."""
        return self.versions.get(number=self.number)


class ExchangeVersion(AppendOnlyModel):
    """The words of an exchange as they were written once: TOML, and the digest that is signed."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("exchange"))
    digest = models.CharField(_("digest"), max_length=80)
    note = models.CharField(_("what changed"), max_length=500, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["exchange_id", "-number"]
        verbose_name = _("version of an exchange")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="exchange_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id}/{self.number}"


class ExchangeParty(AppendOnlyModel):
    """Whom a version concerns: its parties, who sign it, and those whom it names besides."""

    class Role(models.TextChoices):
        PARTY = "party", _("party")
        INSPECTOR = "inspector", _("inspector")
        KEEPER = "keeper", _("keeper of what is deposited")
        MEDIATOR = "mediator", _("mediator")

    version = models.ForeignKey(ExchangeVersion, on_delete=models.PROTECT, related_name="parties")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("as what"), max_length=10, choices=Role)
    name = models.CharField(_("name in the text"), max_length=80)

    class Meta:
        ordering = ["version_id", "id"]
        verbose_name = _("party to an exchange")
        constraints = [
            models.UniqueConstraint(fields=["version", "agent", "role"], name="exchange_party_once")
        ]

    def __str__(self) -> str:
        return self.name


class ExchangeSignature(AppendOnlyModel):
    """One person signed for a party: the digest that they saw, and how they showed who they are."""

    class Means(models.TextChoices):
        PASSKEY = "passkey", _("passkey")
        CODE = "code", _("code sent by e-mail")

    party = models.OneToOneField(ExchangeParty, on_delete=models.PROTECT, related_name="signature")
    signer = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(_("digest"), max_length=80)
    means = models.CharField(_("how"), max_length=10, choices=Means)
    capacity = models.CharField(_("in which capacity"), max_length=140, blank=True, default="")
    at = models.DateTimeField(_("signed"))

    class Meta:
        ordering = ["party_id", "id"]
        verbose_name = _("signature")

    def __str__(self) -> str:
        return f"{self.party_id}: {self.signer_id}"


class ExchangeCode(SentCode):
    """A code that was sent to somebody who wants to sign for a party."""

    party = models.ForeignKey(ExchangeParty, on_delete=models.CASCADE, related_name="codes")

    class Meta(SentCode.Meta):
        verbose_name = _("code for signing")

    def __str__(self) -> str:
        return f"{self.user_id} {self.party_id}"


class ExchangeTurn(AppendOnlyModel):
    """What became of an exchange, and why; the last one is its state."""

    class Kind(models.TextChoices):
        OFFERED = "offered", _("offered for signing")
        TAKEN_BACK = "taken-back", _("taken back to be changed")
        OPENED = "opened", _("signed by all")
        EXTENDED = "extended", _("given a later deadline")
        WITHDRAWN = "withdrawn", _("a party withdrew")
        DISPUTED = "disputed", _("disputed")
        DECIDED = "decided", _("decided by the mediator")
        SETTLED = "settled", _("settled")
        PART_SETTLED = "part-settled", _("settled in part")
        RETURNED = "returned", _("everything given back")
        MONEY_GONE = "money-gone", _("a bank took money back")
        EXPIRED = "expired", _("the deadline passed")
        ABANDONED = "abandoned", _("given up")

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="turns")
    version = models.ForeignKey(
        ExchangeVersion, null=True, on_delete=models.PROTECT, related_name="turns"
    )
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    about = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("why"), blank=True, default="")
    until = models.DateField(_("until"), null=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["exchange_id", "id"]
        verbose_name = _("turn of an exchange")

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.kind}"


class Extension(models.Model):
    """A later deadline that somebody proposes; it holds once every party has said yes."""

    class State(models.TextChoices):
        OPEN = "open", _("being decided")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateField(_("new last day"))
    reason = models.TextField(_("why"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["exchange_id", "-id"]
        verbose_name = _("extension of an exchange")
        constraints = [
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(state="open"), name="exchange_one_extension"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.until}"


class ExtensionVoice(AppendOnlyModel):
    """What a party says of a later deadline, once."""

    extension = models.ForeignKey(Extension, on_delete=models.PROTECT, related_name="voices")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    yes = models.BooleanField(_("yes"))
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["extension_id", "id"]
        verbose_name = _("voice on an extension")
        constraints = [
            models.UniqueConstraint(fields=["extension", "agent"], name="exchange_voice_once")
        ]

    def __str__(self) -> str:
        return f"{self.extension_id}: {self.agent_id}"
