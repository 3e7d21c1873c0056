"""What all paths of the binding share: who asks, which method, refusals, headers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from chambre.core.actors import Actor, authorize
from chambre.core.ratelimit import address_of, limit
from chambre.core.rest.auth import SAFE
from chambre.core.tokens import actor_of_token
from chambre.epcis.binding import headers
from chambre.epcis.binding.problems import (
    BindingError,
    NoAccess,
    NoSuchMethod,
    UnsupportedMediaType,
    response_to,
)

LONGEST_ADDRESS = 16_000
"""Characters of path and query."""
BODY = 4 * 1024 * 1024
"""Octets of a body that is read whole."""
JSON = "application/json"
Handler = Callable[..., HttpResponse]


def resource(
    *,
    permission: str = "epcis.read",
    capture: bool = False,
    refusals: tuple[str, str] | None = None,
    **methods: Handler,
) -> Handler:
    """A path of the binding.

    Args:
        permission: What it takes to be here at all; a method's service asks for more.
        capture: Also tell the limits of a capture.
        refusals: Type and media type that the official OpenAPI gives a 400 here.
        **methods: ``get``, ``post``, ``delete``: what each does; OPTIONS and HEAD are added.
    """
    verbs = {name.upper(): handler for name, handler in methods.items()}
    if "GET" in verbs:
        verbs["HEAD"] = verbs["GET"]
    allow = ", ".join(
        [*(name for name in verbs if name != "HEAD"), "HEAD"] if "GET" in verbs else verbs
    )
    allow += ", OPTIONS"

    @csrf_exempt
    @wraps(next(iter(methods.values())))
    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            response = _answer(request, values, verbs, allow, permission, capture)
        except Exception as error:  # every failure is a problem document
            response = response_to(error, request)
            if response.status_code == 405:
                response["Allow"] = allow
            if response.status_code == 400 and refusals is not None:
                _retype(response, *refusals)
        if "Location" in response:
            response["Location"] = request.build_absolute_uri(response["Location"])
        return headers.describe(response)

    return view


def _answer(
    request: HttpRequest,
    values: dict[str, str],
    verbs: dict[str, Handler],
    allow: str,
    permission: str,
    capture: bool,
) -> HttpResponse:
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        text = _("The address is longer than %(n)d characters.") % {"n": LONGEST_ADDRESS}
        raise BindingError(text, kind="URITooLongException", status=414)
    if any("\0" in value for value in values.values()):
        raise BindingError(_("An address holds no NUL."))
    by = identify(request)
    authorize(by, permission)
    if request.method == "OPTIONS":
        return headers.discover(HttpResponse(status=204), allow, capture=capture)
    handler = verbs.get(request.method or "")
    if handler is None:
        raise NoSuchMethod(_("This path does not do that."))
    headers.check(request)
    return handler(request, by, **values)


def identify(request: HttpRequest) -> Actor:
    """Who asks: a key, or a person who is signed in here.

    Raises:
        NoAccess: Nobody, or a key that is not (or no longer) good.
    """
    kind, _mark, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        by = actor_of_token(key.strip())
        if by is None:
            limit("epcis.token", address_of(request), times=120, seconds=60)
            raise NoAccess(_("This access key is unknown, revoked or past its end."))
        request.user = by.user  # type: ignore[assignment]
        request.actor = by  # type: ignore[attr-defined]
        return by
    if not kind and request.user.is_authenticated and request.method in SAFE:
        return Actor.of(request.user)
    raise NoAccess(_("Send an access key: Authorization: Bearer …"))


def _retype(response: HttpResponse, kind: str, media: str) -> None:
    """A 400 of the one type that the official OpenAPI has for this path."""
    body = json.loads(response.content)
    body["type"] = f"epcisException:{kind}"
    response.content = json.dumps(body, ensure_ascii=False).encode()
    response["Content-Type"] = media


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    """JSON."""
    try:
        content = json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        content = json.dumps(value).encode()
    return HttpResponse(content, status=status, content_type=JSON)


def media_type(request: HttpRequest) -> None:
    """Refuse what is not JSON.

    Raises:
        UnsupportedMediaType: It says that it is something else.
    """
    said = (request.content_type or "").lower()
    if said not in ("application/json", "application/ld+json"):
        raise UnsupportedMediaType(_("Send JSON (application/json)."))


def body_of(request: HttpRequest) -> Any:
    """The JSON of a body.

    Raises:
        UnsupportedMediaType: It is not JSON.
        BindingError: It cannot be read, or is too large to be read at once.
    """
    from chambre.lib import epcis as lib

    content = request.read(BODY + 1)
    if len(content) > BODY:
        text = _("This is larger than what is accepted.")
        raise BindingError(text, kind="CaptureLimitExceededException", status=413)
    if not content:
        raise BindingError(_("The body is empty."))
    media_type(request)
    try:
        return lib.read_document(content)
    except lib.EpcisError as error:
        text = _("This cannot be read: %(why)s") % {"why": error.problems[0].message}
        raise BindingError(text) from None
