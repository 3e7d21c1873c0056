"""How messages leave the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def mail_settings(url: str, home: Path) -> dict[str, Any]:
    """Django's mail settings from ``smtp://user:password@host:587?tls=1``.

    Without a mail server, messages are written as files that the administrator can read.

    Args:
        url: ``smtp://`` or ``smtps://`` (TLS from the first byte); ``?tls=1`` for STARTTLS.
        home: Where ``mail/`` is.

    Raises:
        ImproperlyConfigured: Another scheme, or no host.
    """
    if not url:
        return {
            "EMAIL_BACKEND": "chambre.core.letters.FileBackend",
            "EMAIL_FILE_PATH": home / "mail",
        }
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("CHAMBRE_EMAIL_URL must look like smtp://user:password@host:587")
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure and parse_qs(parts.query).get("tls") == ["1"],
        "EMAIL_TIMEOUT": 20,
    }
