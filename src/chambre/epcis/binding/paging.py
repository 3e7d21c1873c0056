"""Pages by key: the token says where the next one begins, for whom, and until when.

A token is signed and holds everything, so that any process answers it and nothing is kept; one that
was given up early is remembered until its end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.epcis.binding.problems import BindingError
from chambre.epcis.times import moment, written

LIFE = dt.timedelta(hours=24)
SALT = "chambre.epcis.page"
SIZE, LARGEST = 30, 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is asked for.

    Attributes:
        size: How many.
        after: Where the page before ended; None: the first page.
        left: What ``eventCountLimit`` leaves.
        about: What the pages are of.
    """

    size: int
    after: list[Any] | None
    left: int | None
    about: str


def asked(request: HttpRequest, by: Actor, question: str = "") -> Asked:
    """Which page a request asks for.

    Raises:
        BindingError: A size that is none, a token that is not ours, not of this question, given up or
            past its end.
    """
    size = _size(request.GET.get("perPage"))
    about = hashlib.sha256(
        f"{request.path}\0{question}\0{by.user.pk if by.user else ''}".encode("utf-8", "replace")
    ).hexdigest()[:24]
    token = request.GET.get("nextPageToken")
    if token is None:
        return Asked(size, None, None, about)
    known = _read(token)
    if known is None or known["a"] != about or cache.get(_given_up(token)):
        raise BindingError(
            _("This nextPageToken is not (or no longer) good."), kind="QueryParameterException"
        )
    return Asked(size, known["k"], known["n"], about)


def _size(text: str | None) -> int:
    if text is None:
        return SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise BindingError(_("perPage is a whole number from 1."), kind="QueryParameterException")
    return min(int(text), LARGEST)


def _read(token: str) -> dict[str, Any] | None:
    try:
        known: dict[str, Any] = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return known if moment(known["e"]) > timezone.now() else None


def _given_up(token: str) -> str:
    return f"epcis-page-{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}"


def give_up(token: str) -> None:
    """Let a token be no good from now on."""
    if _read(token) is not None:
        cache.set(_given_up(token), True, int(LIFE.total_seconds()))


def lead_on(
    response: HttpResponse,
    request: HttpRequest,
    page: Asked,
    after: list[Any] | None,
    left: int | None = None,
) -> HttpResponse:
    """Say where the next page is; the last one says nothing."""
    if after is None:
        return response
    until = timezone.now() + LIFE
    token = signing.dumps(
        {"a": page.about, "k": after, "n": left, "e": written(until)}, salt=SALT, compress=True
    )
    query: list[tuple[str, str]] = [
        (name, value)
        for name, values in request.GET.lists()
        if name != "nextPageToken"
        for value in values
    ]
    address = request.build_absolute_uri(
        f"{request.path}?{urlencode([*query, ('nextPageToken', token)])}"
    )
    response["Link"] = f'<{_ascii(address)}>; rel="next"'
    response["GS1-Next-Page-Token-Expires"] = written(until)
    return response


def _ascii(address: str) -> str:
    from django.utils.encoding import iri_to_uri

    return iri_to_uri(address)


def flat(parameters: Mapping[str, Any]) -> str:
    """Parameters as text, for the digest of a question."""
    return urlencode(sorted((name, str(value)) for name, value in parameters.items()))
