"""Secrets of receivers, kept so that a copy of the database alone does not show them.

They are sealed with a key made from the house's own secret key, which is not in the database. When
that key is changed, what was sealed cannot be opened any more: the subscription says so.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box() -> Fernet:
    digest = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"epcis.token")
    return Fernet(base64.urlsafe_b64encode(digest.digest()))


def seal(secret: str) -> str:
    """A secret as it is kept."""
    return _box().encrypt(secret.encode("utf-8", "surrogatepass")).decode("ascii")


def unseal(sealed: str) -> str | None:
    """The secret again; None when it was sealed with another key."""
    try:
        return _box().decrypt(sealed.encode()).decode("utf-8", "surrogatepass")
    except InvalidToken:
        return None
