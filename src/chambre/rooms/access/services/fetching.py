"""Asking for a calendar that lies elsewhere: https, the public internet alone, bounded."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from chambre import __version__
from chambre.epcis.telling import is_public
from chambre.rooms.access.services.feeds import MOST_BYTES

TIMEOUT = 15
"""Seconds to wait for each step."""
LONGEST = 60
"""Seconds for a whole answer."""


class NotFetched(OSError):
    """There is no answer that can be used; says why, in words."""


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was looked at, and speaks TLS to the name."""

    def connect(self) -> None:
        """Look up, refuse what is not public, connect, begin TLS."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotFetched(_("This name leads nowhere.")) from None
        if not found or not all(is_public(str(one[4][0])) for one in found):
            raise NotFetched(_("This is not an address in the public internet."))
        plain = socket.socket(found[0][0], socket.SOCK_STREAM)
        plain.settimeout(TIMEOUT)
        try:
            plain.connect(found[0][4])
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def fetch(address: str) -> bytes:
    """What lies at an address; redirections are not followed.

    Raises:
        NotFetched: No such machine, no answer in time, a larger one, or another than 200.
    """
    parts = urlsplit(address)
    try:
        port = parts.port or 443
    except ValueError:
        raise NotFetched(_("This is not an address.")) from None
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise NotFetched(_("This is only asked over https."))
    connection = _Pinned(parts.hostname, port, timeout=TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", target, headers={"User-Agent": f"Chambre/{__version__}"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise NotFetched(_("The answer is %(status)d.") % {"status": answer.status})
        return _body(answer)
    except NotFetched:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = _("There is no answer (%(why)s).") % {"why": type(error).__name__}
        raise NotFetched(text) from None
    finally:
        connection.close()


def _body(answer: http.client.HTTPResponse) -> bytes:
    """The whole answer, if it is not too large and does not take for ever."""
    end = time.monotonic() + LONGEST
    pieces, size = [], 0
    while piece := answer.read1(64 * 1024):
        size += len(piece)
        if size > MOST_BYTES:
            raise NotFetched(_("The answer is too large."))
        if time.monotonic() > end:
            raise NotFetched(_("The answer takes too long."))
        pieces.append(piece)
    return b"".join(pieces)
