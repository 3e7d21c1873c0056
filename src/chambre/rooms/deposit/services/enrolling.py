"""Devices and their keys: enrolled at a place, given another key, revoked at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core import sealing
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.lib import devices as lib
from chambre.lib.devices.signing import from_text
from chambre.rooms.deposit.models import Device, DeviceCommand, DeviceKey, Place
from chambre.rooms.deposit.queries.errors import NameTaken, NoPlace

PURPOSE = b"deposit.device"
LONGEST = dt.timedelta(days=30)
"""How long an old key may stay good beside a new one."""
COMMAND_MINUTES = 60


class DeviceRevoked(Conflict):
    """The device was revoked and is not heard any more."""

    code = "deposit.device-revoked"
    default_message = gettext_lazy("This device was revoked. Enrol it again under another name.")


@dataclass(frozen=True, slots=True)
class Proof:
    """How a device proves that it is itself.

    Attributes:
        kind: A value of :class:`~chambre.rooms.deposit.models.DeviceKey.Kind`.
        public: Public key (base64url) or certificate (PEM); empty for a secret, which is drawn here.
    """

    kind: str = DeviceKey.Kind.SECRET
    public: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device with what is shown once.

    Attributes:
        secret: The shared secret; empty when the device keeps its key to itself.
        password: What it says to the broker; empty without a secret.
    """

    device: Device
    secret: str

    @property
    def password(self) -> str:
        """What it says to the broker."""
        return lib.broker_password(self.secret) if self.secret else ""


def _checked(proof: Proof, name: str) -> None:
    """Refuse a key that cannot work.

    Raises:
        Invalid: No such sort of key, or no such key.
    """
    if proof.kind == DeviceKey.Kind.SECRET and not proof.public:
        return
    if proof.kind == DeviceKey.Kind.ED25519:
        try:
            if len(from_text(proof.public)) == 32:
                return
        except ValueError:
            pass
        text = _("An Ed25519 public key is 32 bytes, written in base64url (43 signs).")
    elif proof.kind == DeviceKey.Kind.CERTIFICATE:
        if _common_name(proof.public) == name:
            return
        text = _("It is no certificate in PEM whose common name is %(name)s.") % {"name": name}
    else:
        text = _("A key is a secret, a public key or a certificate.")
    raise Invalid(text, fields={"public": [text]})


def _common_name(pem: str) -> str:
    """The name that a certificate is about; empty: it cannot be read."""
    try:
        subject = x509.load_pem_x509_certificate(pem.encode()).subject
        names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return str(names[0].value) if names else ""


def _new_key(device: Device, proof: Proof, by: Actor) -> str:
    """Give a device a key; the secret, if there is one."""
    _checked(proof, device.name)
    secret = lib.new_secret() if proof.kind == DeviceKey.Kind.SECRET else ""
    DeviceKey.objects.create(
        device=device,
        kind=proof.kind,
        sealed=sealing.seal(secret, PURPOSE) if secret else "",
        public=proof.public,
        by=by.label[:254],
    )
    return secret


@transaction.atomic
def enrol(
    *,
    name: str,
    place: str,
    by: Actor,
    presence: str = Device.Presence.MACHINE,
    issues: bool = False,
    signs: bool = False,
    slips_a_day: int = 100,
    proof: Proof | None = None,
) -> Enrolled:
    """Enrol a device at a place.

    Args:
        name: Its name, once in the house; it is the user at the broker and part of its topics.
        place: Short name of the place.
        by: Who manages the scheme.
        presence: Whether a machine or a person holds the objects.
        issues: It also issues objects, and so takes deposits.
        signs: Every message must be signed: it comes through a gateway.
        slips_a_day: Receipts that it may hand out on one day while out of touch.
        proof: Its key; absent: a secret is drawn.

    Raises:
        Forbidden, NoPlace, NameTaken: As they say.
        Invalid: The name or the key cannot be used.
    """
    row = Place.objects.select_related("scheme__book").filter(slug=place).first()
    if row is None:
        raise NoPlace(_("There is no place %(slug)s.") % {"slug": place})
    authorize(by, "deposit.manage", row.scheme)
    if not lib.NAME.fullmatch(name) or name.startswith(HOUSE):
        text = _("A name has letters, digits and hyphens, and does not begin with chambre-.")
        raise Invalid(text, fields={"name": [text]})
    if presence not in Device.Presence.values:
        raise Invalid(_("A device is a machine or a counter."), fields={"presence": [presence]})
    if Device.objects.filter(name=name).exists():
        text = _("There is a device %(name)s already.") % {"name": name}
        raise NameTaken(text, fields={"name": [text]})
    device = Device.objects.create(
        name=name,
        scheme=row.scheme,
        place=row,
        presence=presence,
        issues=issues,
        signs=signs,
        slips_a_day=slips_a_day,
        by=by.label[:254],
    )
    secret = _new_key(device, proof or Proof(), by)
    audit(by, "deposit.device.enrolled", device, place=row.slug, issues=issues)
    return Enrolled(device, secret)


HOUSE = "chambre-"
"""How the names of the house's own users at the broker begin."""


def _locked(device: Device, by: Actor) -> Device:
    """The device, locked, for who manages its scheme.

    Raises:
        DeviceRevoked: It is not heard any more.
    """
    authorize(by, "deposit.manage", device.scheme)
    row = Device.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=device.pk)
    if not row.is_active:
        raise DeviceRevoked
    return row


@transaction.atomic
def rotate(
    device: Device, *, by: Actor, proof: Proof | None = None, keep: dt.timedelta = dt.timedelta(0)
) -> Enrolled:
    """Give a device another key.

    Args:
        device: Which.
        by: Who manages the scheme.
        proof: The new key; absent: a secret is drawn.
        keep: How long the old key stays good, at most :data:`LONGEST`; a device that is out of
            touch can then still say what it kept. The broker knows only the new password.

    Raises:
        Forbidden, DeviceRevoked, Invalid: As they say.
    """
    row = _locked(device, by)
    if not dt.timedelta(0) <= keep <= LONGEST:
        raise Invalid(_("An old key stays good for at most 30 days."), fields={"keep": [str(keep)]})
    end = timezone.now() + keep
    row.keys.filter(Q(ends_at=None) | Q(ends_at__gt=end)).update(ends_at=end)
    secret = _new_key(row, proof or Proof(), by)
    audit(by, "deposit.device.rotated", row, kept_hours=int(keep.total_seconds() // 3600))
    return Enrolled(row, secret)


@transaction.atomic
def revoke(device: Device, *, by: Actor) -> Device:
    """Hear nothing more from a device, from now on. Revoking it again changes nothing."""
    authorize(by, "deposit.manage", device.scheme)
    row = Device.objects.select_for_update().get(pk=device.pk)
    if row.is_active:
        now = timezone.now()
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        row.keys.filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now)
        audit(by, "deposit.device.revoked", row)
    return row


@transaction.atomic
def command(
    device: Device, verb: str, *, by: Actor, text: str = "", minutes: int = COMMAND_MINUTES
) -> DeviceCommand:
    """Ask something of a device; it is forgotten when the device does not hear it in time.

    Raises:
        Forbidden, DeviceRevoked: As they say.
        Invalid: No such command.
    """
    row = _locked(device, by)
    if verb not in DeviceCommand.Verb.values or not 1 <= minutes <= 10_080:
        raise Invalid(_("A device has no such command."), fields={"verb": [verb]})
    asked = DeviceCommand.objects.create(
        device=row,
        verb=verb,
        text=text[:120],
        by=by.label[:254],
        expires_at=timezone.now() + dt.timedelta(minutes=minutes),
    )
    audit(by, "deposit.device.commanded", row, verb=verb)
    return asked
