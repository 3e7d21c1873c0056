"""Limits on how often something is tried, counted across all processes.

Each try is one statement on one row, the same on both databases, so that two processes never count
one try for two. A window slides: the count of the previous one fades out over the present one, so
that nobody gets twice the limit around a border. Example::

    limit("token", address_of(request), times=20, seconds=60)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import time

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from chambre.core.models import RateCount
from chambre.core.patience import too_many


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as the outermost trusted proxy saw it; an IPv6 network is one visitor.

    With ``CHAMBRE_PROXIES=0`` the header that anybody can send is not believed.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.CHAMBRE_PROXIES:
        chain = request.headers.get("X-Forwarded-For", "").split(",")
        address = chain[-min(settings.CHAMBRE_PROXIES, len(chain))].strip() or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _key(action: str, who: str) -> str:
    """What is counted, without saying who it is."""
    return hashlib.sha256(f"{action}\0{who}\0{settings.SECRET_KEY}".encode()).hexdigest()


def hit(action: str, who: str, *, seconds: int) -> int:
    """Count one try; how many there were in the last ``seconds``, this one included."""
    now = time.time()
    window = int(now // seconds)
    key = _key(action, who)
    expires = timezone.now() + dt.timedelta(seconds=2 * seconds)
    table = RateCount._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {table} ("key", "window", "count", "expires_at")'  # noqa: S608
            ' VALUES (%s, %s, 1, %s) ON CONFLICT ("key", "window") DO UPDATE'
            f' SET "count" = {table}."count" + 1 RETURNING "count"',
            [key, window, connection.ops.adapt_datetimefield_value(expires)],
        )
        present = int(cursor.fetchone()[0])
    before = (
        RateCount.objects.filter(key=key, window=window - 1).values_list("count", flat=True).first()
    )
    remaining = seconds - int(now - window * seconds)
    return present + (before or 0) * remaining // seconds


def limit(action: str, who: str, *, times: int, seconds: int) -> None:
    """Count one try and refuse it when there were too many.

    Args:
        action: What is tried, ``app.verb``.
        who: An address, an account, a key.
        times: How many are allowed …
        seconds: … in so many seconds.

    Raises:
        TooMany: ``data["retry_after"]`` says when to come back, in seconds.
    """
    if hit(action, who, seconds=seconds) > times:
        raise too_many(seconds)


def forget_old() -> int:
    """Remove counts that no longer matter; how many."""
    return RateCount.objects.filter(expires_at__lt=timezone.now()).delete()[0]
