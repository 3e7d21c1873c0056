"""Secrets of others, kept so that a copy of the database alone does not show them.

They are sealed with a key made from the house's own secret key, which is not in the database. When
that key is changed, what was sealed cannot be opened any more: who needs it says so.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box(purpose: bytes) -> Fernet:
    digest = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose)
    return Fernet(base64.urlsafe_b64encode(digest.digest()))


def seal(secret: str, purpose: bytes) -> str:
    """A secret as it is kept.

    Args:
        secret: Any text.
        purpose: What it is for, at most 16 bytes; what was sealed for one is not opened for another.
    """
    return _box(purpose).encrypt(secret.encode("utf-8", "surrogatepass")).decode("ascii")


def unseal(sealed: str, purpose: bytes) -> str | None:
    """The secret again; None when it was sealed with another key or for something else."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode("utf-8", "surrogatepass")
    except InvalidToken:
        return None
