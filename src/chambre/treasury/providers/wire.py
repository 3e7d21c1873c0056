"""Talking to a provider over HTTPS: JSON in and out, short waits, no redirects, no secrets in errors."""

from __future__ import annotations

import functools
import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from chambre.treasury.providers.base import ProviderFault, ProviderRefusal

TIMEOUT = 15
"""Seconds to wait for an answer."""
LARGEST = 4 * 1024 * 1024
"""Octets of an answer at most."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An interface that sends us elsewhere is not the one whose keys we hold."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@functools.cache
def _opener() -> urllib.request.OpenerDirector:
    """Made when it is first needed: reading all certificates takes a tenth of a second."""
    context = ssl.create_default_context()
    return urllib.request.build_opener(_NoRedirects(), urllib.request.HTTPSHandler(context=context))


def form(data: Mapping[str, Any]) -> bytes:
    """A body as ``application/x-www-form-urlencoded``; nested names as ``a[b]``."""
    return urllib.parse.urlencode(_flat("", data)).encode()


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        inner = [(f"{prefix}[{key}]" if prefix else str(key), each) for key, each in value.items()]
    elif isinstance(value, list | tuple):
        inner = [(f"{prefix}[{index}]", each) for index, each in enumerate(value)]
    else:
        return [] if value is None else [(prefix, str(value))]
    return [pair for name, each in inner for pair in _flat(name, each)]


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    query: Mapping[str, Any] | None = None,
) -> Any:
    """Ask, and read the answer.

    Args:
        method: HTTP method.
        url: ``https://…``; ``http://`` only for a machine of our own (a test).
        headers: With the secret.
        body: What is sent.
        query: Added to the address.

    Returns:
        The JSON of the answer.

    Raises:
        ProviderFault: No answer, none that can be read, a server error, or a wait is asked for.
        ProviderRefusal: The provider said no.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ProviderFault("a provider is only talked to over https")
    if query:
        url = f"{url}?{urllib.parse.urlencode(_flat('', query))}"
    request = urllib.request.Request(url, data=body, method=method)  # noqa: S310
    for name, value in {"Accept": "application/json", **headers}.items():
        request.add_header(name, value)
    try:
        with _opener().open(request, timeout=TIMEOUT) as answer:
            return _json(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            said = _said(error.read(LARGEST))
        if error.code >= 500 or error.code in (408, 409, 425, 429):  # try again, same key
            raise ProviderFault(f"{error.code}: {said}") from None
        raise ProviderRefusal(error.code, said) from None
    except (OSError, http.client.HTTPException) as error:
        raise ProviderFault(type(error).__name__) from None


def _json(content: bytes) -> Any:
    try:
        return json.loads(content or b"null")
    except ValueError:
        raise ProviderFault("the answer is not JSON") from None


def _said(content: bytes) -> str:
    """What a provider says of an error, whichever of the usual places it puts it in."""
    try:
        said = json.loads(content)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    error = said.get("error")
    inner = error if isinstance(error, dict) else said
    for name in ("message", "detail", "error_description", "title"):
        if isinstance(inner.get(name), str):
            return str(inner[name])[:300]
    listed = said.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        return str(listed[0].get("message", ""))[:300]
    return ""
