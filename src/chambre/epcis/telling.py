"""Handing a message to a receiver somewhere else: signed, and never inside our own network.

The name is looked up once and the address that was looked at is the one that is called: a name that
answers differently a moment later leads nowhere. Nothing follows a redirect.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from chambre.lib.web import is_public

TIMEOUT = 15
"""Seconds to wait for each step."""


class NotTold(Exception):
    """The receiver was not reached, or did not say that it took the message; why, in words."""


def objection(address: str) -> str:
    """Why a receiver's address is not taken, as far as that can be seen without a look-up; empty: it is."""
    parts = urlsplit(address)
    if settings.CHAMBRE_EPCIS_PRIVATE_CALLBACKS:
        return ""
    if parts.scheme != "https":
        return _("A receiver is called over https.")
    host = (parts.hostname or "").rstrip(".")
    try:
        private = not is_public(host)
    except ValueError:
        private = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return _("A receiver has a public address.") if private else ""


def _looked_up(host: str, port: int) -> tuple[Any, ...]:
    """Where to connect: family, and address as the socket takes it.

    Raises:
        NotTold: No address, or one that is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotTold(_("The name of the receiver leads nowhere.")) from None
    if not settings.CHAMBRE_EPCIS_PRIVATE_CALLBACKS and not all(
        is_public(str(one[4][0])) for one in found
    ):
        raise NotTold(_("A receiver has a public address."))
    return found[0][0], found[0][4]


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked at, and speaks TLS to the name."""

    def __init__(self, host: str, port: int, *, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        """Look up, connect, begin TLS."""
        family, address = _looked_up(self.host, self.port)
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(TIMEOUT)
        try:
            plain.connect(address)
            self.sock = (
                plain
                if self._context is None
                else self._context.wrap_socket(plain, server_hostname=self.host)
            )
        except BaseException:
            plain.close()
            raise


def signature(body: bytes, secret: str) -> str:
    """``GS1-Signature``: HMAC with SHA-256 of the body, in hexadecimal."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).hexdigest()


def tell(address: str, body: bytes, *, headers: Mapping[str, str], secret: str = "") -> None:
    """Hand a message over.

    Args:
        address: ``https://…``.
        body: The message.
        headers: Beside those of HTTP.
        secret: With which the receiver knows us; signs the body.

    Raises:
        NotTold: It was not taken: only an answer 2xx says that it was.
    """
    if refused := objection(address):
        raise NotTold(refused)
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    all_headers = {"Content-Type": "application/json", "User-Agent": "Chambre", **headers}
    if secret:
        all_headers["GS1-Signature"] = signature(body, secret)
    connection = _Pinned(parts.hostname or "", port, secure=secure)
    try:
        connection.request("POST", path, body, all_headers)
        status = connection.getresponse().status
    except NotTold:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = _("The receiver did not answer (%(why)s).")
        raise NotTold(text % {"why": type(error).__name__}) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTold(_("The receiver answered %(status)d.") % {"status": status})
