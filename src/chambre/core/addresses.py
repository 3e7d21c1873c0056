"""Where this house is, for what is not asked for over the web: letters, files, codes on objects."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def is_local(address: str) -> bool:
    """Whether an address leads nowhere from another machine: no phone opens it."""
    host = (urlsplit(address).hostname or "").lower()
    return host in LOCAL or host.endswith(".localhost")


def own_address(*, scheme: str = "") -> str:
    """The address of this house, without a slash at the end.

    The first of ``CHAMBRE_ORIGINS``; ``chambre serve`` and ``chambre demo`` say where they serve when nobody
    said another. Else the first name of ``CHAMBRE_HOSTS``.

    Args:
        scheme: Of a name without an origin; by default ``https`` where cookies are only sent over it.
    """
    if settings.CSRF_TRUSTED_ORIGINS:
        return str(settings.CSRF_TRUSTED_ORIGINS[0]).rstrip("/")
    host = next((each for each in settings.ALLOWED_HOSTS if each.strip("*.")), "localhost")
    scheme = scheme or ("https" if settings.SESSION_COOKIE_SECURE else "http")
    return f"{scheme}://{host.lstrip('.')}"
