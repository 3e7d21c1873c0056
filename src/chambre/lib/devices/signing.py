"""Keys of devices: signatures of messages and of requests, and the password at the broker.

A device has either a secret that it shares with the house (HMAC with SHA-256) or a key pair of which
the house knows the public half (Ed25519). The password at the broker is made from the secret, so that
who reads the broker's traffic or its files cannot sign.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from chambre.lib.canonical import NotCanonical, canonical

SECRET_BYTES = 32
HMAC, ED25519 = "hmac-sha256", "ed25519"
_MESSAGE = b"chambre:device-message:1\x00"
_REQUEST = b"chambre:device-request:1\x00"
_PASSWORD = b"chambre:broker-password:1"


def to_text(data: bytes) -> str:
    """Bytes as text that needs no quoting anywhere (base64url without padding)."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def from_text(text: str) -> bytes:
    """The bytes of :func:`to_text`.

    Raises:
        ValueError: It is no such text.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error


def new_secret() -> str:
    """A secret of 256 random bits, as text."""
    return to_text(secrets.token_bytes(SECRET_BYTES))


def broker_password(secret: str) -> str:
    """What a device with this secret says to the broker."""
    return to_text(hmac.digest(secret.encode(), _PASSWORD, "sha256"))


def what_is_signed(message: Mapping[str, Any]) -> bytes:
    """The bytes that a signature is about: the message without ``sig``, in canonical JSON.

    Raises:
        NotCanonical: There is a number with a point in it, or text that is not Unicode.
    """
    return _MESSAGE + canonical({key: each for key, each in message.items() if key != "sig"})


def sign(message: Mapping[str, Any], *, secret: str = "", private_key: bytes = b"") -> str:
    """The ``sig`` of a message.

    Args:
        message: The message; a ``sig`` in it does not count.
        secret: The shared secret …
        private_key: … or the 32 bytes of an Ed25519 key.
    """
    return _sign(what_is_signed(message), secret, private_key)


def is_signed(
    message: Mapping[str, Any], signature: str, *, secret: str = "", public_key: bytes = b""
) -> bool:
    """Whether the signature is that of the device: by its secret, or by its public key."""
    try:
        signed = what_is_signed(message)
    except NotCanonical:
        return False
    return _is_signed(signed, signature, secret, public_key)


def _request(method: str, path: str, nonce: str, body: bytes) -> bytes:
    lines = [method.upper(), path, nonce, sha256(body).hexdigest()]
    return _REQUEST + "\n".join(lines).encode()


def sign_request(
    method: str, path: str, nonce: str, body: bytes, *, secret: str = "", private_key: bytes = b""
) -> str:
    """The signature of an HTTP request: of its method, path, nonce and body.

    There is no time in it, because clocks of devices lie; a nonce is used once, and messages are
    told apart by their numbers whatever becomes of the request.
    """
    return _sign(_request(method, path, nonce, body), secret, private_key)


def is_signed_request(
    method: str,
    path: str,
    nonce: str,
    body: bytes,
    signature: str,
    *,
    secret: str = "",
    public_key: bytes = b"",
) -> bool:
    """Whether :func:`sign_request` gave this signature."""
    return _is_signed(_request(method, path, nonce, body), signature, secret, public_key)


def _sign(signed: bytes, secret: str, private_key: bytes) -> str:
    if secret:
        return f"{HMAC}:{to_text(hmac.digest(secret.encode(), signed, 'sha256'))}"
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return f"{ED25519}:{to_text(key.sign(signed))}"


def _is_signed(signed: bytes, signature: str, secret: str, public_key: bytes) -> bool:
    method, _mark, text = signature.partition(":")
    try:
        given = from_text(text)
    except ValueError:
        return False
    if method == HMAC and secret:
        return hmac.compare_digest(given, hmac.digest(secret.encode(), signed, "sha256"))
    if method == ED25519 and public_key:
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(given, signed)
        except (InvalidSignature, ValueError):
            return False
        return True
    return False
