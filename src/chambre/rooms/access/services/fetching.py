"""Asking for a calendar that lies elsewhere: over https, in the public internet alone, and not for ever."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from chambre.core.fetching import NotFetched
from chambre.core.fetching import fetch as ask
from chambre.rooms.access.services.feeds import MOST_BYTES


def fetch(address: str) -> bytes:
    """What lies at an address; redirections are not followed.

    Raises:
        NotFetched: No such machine, no answer in time, a larger one, or another than 200.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.username:
        raise NotFetched(_("This is only asked over https."))
    answer = ask("GET", address, {}, {}, public=True, limit=MOST_BYTES)
    if answer.status != http.client.OK:
        raise NotFetched(_("The answer is %(status)d.") % {"status": answer.status})
    return answer.body
