"""Contracts: what was written, who signs it, what became of it, and the uses that it counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Contract(models.Model):
    """A contract of reciprocity over a resource; its words are in its versions.

    ``number`` is of the version that is worked on while it is a draft, of the one that is offered while
    it is being signed, and of the one that binds once it is in force. The state repeats the last
    :class:`Turn`, for lists; both are written under the row's lock. ``copied_digest`` is that of the
    version it was copied from.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNING = "signing", _("being signed")
        IN_FORCE = "in-force", _("in force")
        SUSPENDED = "suspended", _("suspended")
        ENDED = "ended", _("ended")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=140)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("resource"),
    )  # fmt: skip
    holder = models.ForeignKey(
        "registry.Agent", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("structure that holds the money"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.PositiveIntegerField(_("number of the version"), default=0)
    template = models.CharField(_("template"), max_length=60, blank=True, default="")
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    copied_digest = models.CharField(_("digest"), max_length=80, blank=True, default="")
    public = models.BooleanField(_("anybody may read it"), default=True)
    made_by = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("contract")
        indexes = [models.Index(fields=["resource", "state"], name="recip_of_resource")]

    def __str__(self) -> str:
        return self.name

    @property
    def structure(self) -> object:
        """Whose book the distributions are booked in."""
        return self.holder

    @property
    def current(self) -> Version:
        """The version that counts, see above."""
        return self.versions.get(number=self.number)


class Version(AppendOnlyModel):
    """The words of a contract as they were written once: TOML, and the digest that is signed."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("contract"))
    digest = models.CharField(_("digest"), max_length=80)
    note = models.CharField(_("what changed"), max_length=500, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["contract_id", "-number"]
        verbose_name = _("version of a contract")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="recip_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.number}"


class Party(AppendOnlyModel):
    """Somebody who is bound by a version once it is signed.

    ``name`` is theirs in the contract's text. ``hands`` is how many people must sign for them: one for a
    person, more where a structure asks for co-signature.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="parties")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name in the contract"), max_length=80)
    hands = models.PositiveSmallIntegerField(_("people who must sign"), default=1)

    class Meta:
        ordering = ["version_id", "id"]
        verbose_name = _("party to a contract")
        constraints = [
            models.UniqueConstraint(fields=["version", "agent"], name="recip_party_once"),
            models.CheckConstraint(condition=Q(hands__gte=1), name="recip_party_hands"),
        ]

    def __str__(self) -> str:
        return self.name


class Signature(AppendOnlyModel):
    """One person signed for a party: the digest that they saw, and how they showed who they are."""

    class Means(models.TextChoices):
        PASSKEY = "passkey", _("passkey")
        CODE = "code", _("code sent by e-mail")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(_("digest"), max_length=80)
    means = models.CharField(_("how"), max_length=10, choices=Means)
    capacity = models.CharField(_("in which capacity"), max_length=140, blank=True, default="")
    at = models.DateTimeField(_("signed"))

    class Meta:
        ordering = ["party_id", "id"]
        verbose_name = _("signature")
        constraints = [
            models.UniqueConstraint(fields=["party", "signer"], name="recip_signature_once")
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.signer_id}"


class Turn(AppendOnlyModel):
    """What became of a contract, and why; the last one is its state."""

    class Kind(models.TextChoices):
        OFFERED = "offered", _("offered for signing")
        WITHDRAWN = "withdrawn", _("taken back to be changed")
        IN_FORCE = "in-force", _("in force")
        BREACH = "breach", _("breach noted")
        REMEDIED = "remedied", _("breach remedied")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("in force again")
        MEDIATION = "mediation", _("given to the mediator")
        ENDED = "ended", _("ended")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="turns")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    about = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("why"), blank=True, default="")
    until = models.DateField(_("until"), null=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["contract_id", "id"]
        verbose_name = _("turn of a contract")

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.kind}"


class Use(AppendOnlyModel):
    """A use that a contract counts: diffusions, hours, pieces; told by whoever used it, or by a machine.

    A mistaken one is taken back by another with the opposite quantity that names it.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="uses")
    user = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey("registry.Resource", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    unit = models.CharField(_("unit"), max_length=24)
    day = models.DateField(_("day"))
    note = models.CharField(_("remark"), max_length=300, blank=True, default="")
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="correction"
    )
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["day", "id"]
        verbose_name = _("use")
        indexes = [models.Index(fields=["contract", "day"], name="recip_use_day")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit}"
