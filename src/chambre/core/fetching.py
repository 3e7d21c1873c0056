"""Asking other machines: https, no redirections, short waits, answers of a bounded size.

An address that somebody gives us must not make this machine talk to its neighbours: where ``public`` is said,
the name is looked up once, every address that it leads to has to be public, and that one is called.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from chambre import __version__
from chambre.lib.web import Response, is_public

TIMEOUT = 20
"""Seconds to wait for each step."""
LONGEST = 120
"""Seconds for a whole answer."""
LARGEST = 32 * 1024 * 1024
"""Bytes of an answer."""
CHUNK = 64 * 1024
OWN = frozenset({"localhost", "127.0.0.1", "::1"})


class NotFetched(OSError):
    """There is no answer that can be used; says why, in words."""


def fetch(
    method: str,
    address: str,
    headers: Mapping[str, str],
    params: Mapping[str, str],
    *,
    public: bool = False,
    limit: int = LARGEST,
) -> Response:
    """Ask once. Redirections are answers like others.

    Args:
        method: HTTP method.
        address: ``https://…``; ``http://`` only on this machine, or of what is public anyway.
        headers: Sent along.
        params: Added to the address.
        public: Only machines in the public internet are asked. Over http too, so secrets go with it only
            where the caller saw to it that the address is https.
        limit: Bytes of the answer at most.

    Raises:
        NotFetched: No such machine, no answer in time, or a larger one.
    """
    parts = urlsplit(address)
    try:
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
    except ValueError:
        raise NotFetched(_("This is not an address.")) from None
    if parts.scheme not in ("http", "https") or not host:
        raise NotFetched(_("This is not an address."))
    if not secure and not public and host not in OWN:
        raise NotFetched(_("This is only asked over https."))
    query = urlencode(params)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if query:
        target += ("&" if parts.query else "?") + query
    connection = _Pinned(host, port or (443 if secure else 80), secure=secure, public=public)
    try:
        connection.request(
            method, target, headers={"User-Agent": f"Chambre/{__version__}", **headers}
        )
        answer = connection.getresponse()
        return Response(answer.status, dict(answer.getheaders()), _body(answer, limit))
    except NotFetched:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = _("There is no answer (%(why)s).") % {"why": type(error).__name__}
        raise NotFetched(text) from None
    finally:
        connection.close()


def _body(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """The whole answer, if it is not too large and does not take for ever."""
    end = time.monotonic() + LONGEST
    pieces, size = [], 0
    while piece := answer.read1(CHUNK):
        size += len(piece)
        if size > limit:
            raise NotFetched(_("The answer is too large."))
        if time.monotonic() > end:
            raise NotFetched(_("The answer takes too long."))
        pieces.append(piece)
    return b"".join(pieces)


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked at, and speaks TLS to the name."""

    def __init__(self, host: str, port: int, *, secure: bool, public: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._public = public
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        """Look up, connect, begin TLS."""
        family, address = _looked_up(self.host, self.port, public=self._public)
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


def _looked_up(host: str, port: int, *, public: bool) -> tuple[Any, Any]:
    """Where to connect: family, and address as the socket takes it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched(_("This name leads nowhere.")) from None
    if public and not all(is_public(str(one[4][0])) for one in found):
        raise NotFetched(_("This is not an address in the public internet."))
    return found[0][0], found[0][4]
