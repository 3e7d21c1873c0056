"""Connected objects: devices, their keys, what they said and what they were answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Device(models.Model):
    """A machine or a counter that reports what happens to objects at a place.

    What it says last is kept here; what it said before is in its messages.
    """

    class Presence(models.TextChoices):
        MACHINE = "machine", _("a machine takes the objects in")
        COUNTER = "counter", _("a person of the place holds them")

    name = models.SlugField(
        _("name"), max_length=60, unique=True, help_text=_("As the broker and its topics have it.")
    )
    scheme = models.ForeignKey("deposit.Scheme", on_delete=models.PROTECT, related_name="devices")
    place = models.ForeignKey("deposit.Place", on_delete=models.PROTECT, related_name="devices")
    presence = models.CharField(_("who is there"), max_length=8, choices=Presence)
    issues = models.BooleanField(_("also issues objects"), default=False)
    signs = models.BooleanField(
        _("must sign"),
        default=False,
        help_text=_("Its messages come through a gateway that others use too."),
    )
    slips_a_day = models.PositiveIntegerField(_("receipts a day while out of touch"), default=100)
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)
    revoked_at = models.DateTimeField(_("revoked on"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last heard"), null=True)
    boot = models.CharField(_("its last start"), max_length=36, blank=True)
    seq = models.PositiveBigIntegerField(_("its last number"), default=0)
    skew_ms = models.BigIntegerField(_("its clock is ahead by, in ms"), null=True)
    status = models.CharField(_("how it says that it is"), max_length=10, blank=True)
    alerts = models.JSONField(_("alerts"), default=list)
    status_at = models.DateTimeField(_("said so"), null=True)
    refused = models.PositiveIntegerField(_("messages refused"), default=0)
    refused_words = models.CharField(_("why the last one was"), max_length=254, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("device")

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether what it says is heard."""
        return self.revoked_at is None


class DeviceKey(models.Model):
    """What proves that a message is a device's. It is shown once, and ends."""

    class Kind(models.TextChoices):
        SECRET = "secret", _("shared secret")
        ED25519 = "ed25519", _("public key (Ed25519)")
        CERTIFICATE = "certificate", _("certificate (X.509)")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(_("sort of key"), max_length=12, choices=Kind)
    sealed = models.TextField(_("secret, sealed with the house's own key"), blank=True)
    public = models.TextField(_("public key or certificate"), blank=True)
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)
    by = models.CharField(max_length=254)
    ends_at = models.DateTimeField(_("ends"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("key of a device")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="secret", public="") & ~Q(sealed="")
                | ~Q(kind="secret") & Q(sealed="") & ~Q(public=""),
                name="devicekey_one_half",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.kind}"


class DeviceMessage(AppendOnlyModel):
    """A message, once, with the answer that every repetition of it gets.

    Times of the device are in milliseconds since 1970 and are never used to order money.
    """

    class Clock(models.TextChoices):
        RIGHT = "right", _("believed, and corrected")
        WRONG = "wrong", _("not believed")

    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    boot = models.CharField(_("start of the device"), max_length=36)
    seq = models.PositiveBigIntegerField(_("number since that start"))
    kind = models.CharField(_("sort of message"), max_length=8)
    digest = models.BinaryField(_("SHA-256 of what it says"), max_length=32)
    body = models.JSONField(_("what it says"), null=True)
    answer = models.JSONField(_("answer"))
    device_ms = models.BigIntegerField(_("when, by the device"))
    skew_ms = models.BigIntegerField(_("how far its clock is ahead, in ms"))
    clock = models.CharField(_("clock"), max_length=5, choices=Clock)
    received_at = models.DateTimeField(_("arrived"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("message of a device")
        constraints = [
            # The last line of defence: a message has its effect once.
            models.UniqueConstraint(fields=["device", "boot", "seq"], name="devicemessage_once"),
        ]
        indexes = [
            models.Index(fields=["device", "received_at"], name="devicemessage_arrived"),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.boot}/{self.seq}"


class DeviceNonce(models.Model):
    """A nonce of a request over HTTP: the same request is not heard twice."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="nonces")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["device", "nonce"], name="devicenonce_once"),
        ]

    def __str__(self) -> str:
        return self.nonce


class DeviceCommand(models.Model):
    """Something that people ask of a device; it is forgotten when the device does not hear in time."""

    class Verb(models.TextChoices):
        OPEN = "open", _("open it")
        CLOSE = "close", _("close it")
        EMPTIED = "emptied", _("it was emptied")
        SHOW = "show", _("show a text")
        RESTART = "restart", _("start it again")

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="commands")
    verb = models.CharField(_("what to do"), max_length=10, choices=Verb)
    text = models.CharField(_("text"), max_length=120, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("asked at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("forgotten at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("command to a device")
        indexes = [
            models.Index(fields=["id"], name="devicecommand_waits", condition=Q(sent_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.verb}"
