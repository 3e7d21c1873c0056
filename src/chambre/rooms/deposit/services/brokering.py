"""The configuration of Mosquitto: who may say and hear what, written from the enrolled devices.

Passwords are in no file as they are said: the broker checks them by PBKDF2, as its own
``mosquitto_passwd`` writes them. Files are written whole and then put in place.
"""

from __future__ import annotations

import base64
import getpass
import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.lib.devices import ROOT
from chambre.lib.devices.topics import UPWARD, Kind
from chambre.rooms.deposit.services.enrolling import HOUSE
from chambre.rooms.deposit.services.proving import Known, known

LISTENER = f"{HOUSE}ingest"
"""The user of ``chambre deposit listen`` at the broker."""
ITERATIONS = 101
"""As Mosquitto has it; passwords have 256 random bits, so that more would protect nothing."""
INFLIGHT = 500
QUEUED = 1_000_000
"""Messages that are kept for a client that is away; Mosquitto's own 1,000 would lose scans."""
LARGEST = 8192
"""Largest packet: a message of 4 KiB with its topic and properties."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the broker is reached.

    Attributes:
        folder: Where the files go.
        host: Address to listen on.
        port: Port to listen on.
        certificate: The broker's certificate (PEM); with ``key``, connections are encrypted.
        key: Its key.
        client_authority: Who signs the certificates of devices; they then need one, and its common
            name is who they are.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 1883
    certificate: str = ""
    key: str = ""
    client_authority: str = ""


def password_line(user: str, password: str, *, salt: bytes = b"") -> str:
    """A line of Mosquitto's password file (PBKDF2 with SHA-512, as of version 2)."""
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    said = (base64.b64encode(part).decode("ascii") for part in (salt, digest))
    return f"{user}:$7${ITERATIONS}${'$'.join(said)}"


def access_rules(devices: dict[str, Known]) -> str:
    """Mosquitto's access file: each device on its own topics, the listener on all."""
    answers = [f"topic write {ROOT}/+/+/+/{kind}" for kind in (Kind.ACK, Kind.CMD)]
    lines = [f"user {LISTENER}", f"topic read {ROOT}/#", *answers, ""]
    for name in sorted(devices):
        device = devices[name].device
        own = f"{ROOT}/{device.scheme.slug}/{device.place.slug}/{name}"
        lines.append(f"user {name}")
        lines += [f"topic write {own}/{kind.value}" for kind in UPWARD]
        lines += [f"topic read {own}/{kind.value}" for kind in (Kind.ACK, Kind.CMD)]
        lines.append("")
    return "\n".join(lines)


def configuration(wanted: Wanted) -> str:
    """``mosquitto.conf``."""
    folder = wanted.folder.resolve()
    lines = [
        "# Written by « chambre deposit broker-config »; write it again rather than change it.",
        f"user {getpass.getuser()}",
        "per_listener_settings false",
        f"listener {wanted.port} {wanted.host}",
        "allow_anonymous false",
        f"acl_file {folder / 'acl'}",
    ]
    if not wanted.client_authority:
        lines.append(f"password_file {folder / 'passwords'}")
    if wanted.certificate:
        lines += [
            f"certfile {Path(wanted.certificate).resolve()}",
            f"keyfile {Path(wanted.key).resolve()}",
            "tls_version tlsv1.2",
        ]
    if wanted.client_authority:
        lines += [
            f"cafile {Path(wanted.client_authority).resolve()}",
            "require_certificate true",
            "use_identity_as_username true",
        ]
    lines += [
        "# What a device says waits here while nobody listens.",
        "persistence true",
        f"persistence_location {folder / 'kept'}/",
        "autosave_interval 60",
        "persistent_client_expiration 14d",
        f"max_inflight_messages {INFLIGHT}",
        f"max_queued_messages {QUEUED}",
        "max_queued_bytes 0",
        f"max_packet_size {LARGEST}",
        "queue_qos0_messages false",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "",
    ]
    return "\n".join(lines)


def write(wanted: Wanted, *, by: Actor) -> dict[str, Path]:
    """Write all files of a broker. Devices that are enrolled later need it again, and a SIGHUP.

    The listener's password is drawn once, and stays in ``listener-password``.

    Raises:
        Forbidden: ``by`` is not the machine's administrator.
        Invalid: A certificate without its key, or without a file.
    """
    authorize(by, "core.administer")
    if bool(wanted.certificate) != bool(wanted.key):
        raise Invalid(_("A certificate comes with its key."), fields={"certificate": []})
    if wanted.client_authority and not wanted.certificate:
        text = _("Certificates of devices need a certificate of the broker.")
        raise Invalid(text, fields={"client_authority": []})
    folder = wanted.folder
    (folder / "kept").mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = folder / "listener-password"
    if not secret.exists():
        _put(secret, secrets.token_urlsafe(32) + "\n")
    devices = known()
    said = {name: each.password() for name, each in sorted(devices.items())}
    lines = [password_line(LISTENER, secret.read_text(encoding="utf-8").strip())]
    lines += [password_line(name, password) for name, password in said.items() if password]
    files = {
        "passwords": "\n".join(lines) + "\n",
        "acl": access_rules(devices),
        "mosquitto.conf": configuration(wanted),
    }
    for name, text in files.items():
        _put(folder / name, text)
    return {name: folder / name for name in (*files, "listener-password")}


def _put(path: Path, text: str) -> None:
    """Write a file whole, for nobody else to read."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(draft).replace(path)
