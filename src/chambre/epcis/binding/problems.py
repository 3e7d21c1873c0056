"""Refusals as the standard wants them: RFC 7807 documents of types ``epcisException:…``.

Where the official OpenAPI contradicts the text of the standard, what is sent agrees with both: a
404 is of type NoSuchNameException (the only one that its schema lets pass), and a 409 says no
``status`` (its schema wants 406 there).
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chambre.core.db.busy import is_busy
from chambre.core.errors import ChambreError, Forbidden, NotFound, TooLarge
from chambre.epcis.language import QueryRefused, QueryTooComplex, QueryTooLarge
from chambre.epcis.services.capturing import DocumentRefused
from chambre.epcis.services.preparing import EventInvalid
from chambre.epcis.services.recording import EventExists

log = structlog.get_logger("chambre.epcis")
MEDIA_TYPE = "application/problem+json"


class BindingError(ChambreError):
    """A refusal of the binding itself."""

    code = "epcis.refused"
    kind = "ValidationException"
    status = 400

    def __init__(self, message: Any, *, kind: str = "", status: int = 0, **data: Any) -> None:
        super().__init__(message, **data)
        self.kind = kind or self.kind
        self.status = status or self.status


class NotAcceptable(BindingError):
    """The answer cannot be given in the form that the request wants."""

    kind, status = "NotAcceptableException", 406


class UnsupportedMediaType(BindingError):
    """What was sent is of a kind that is not read here."""

    kind, status = "UnsupportedMediaTypeException", 415


class NoAccess(BindingError):
    """Nobody is signed in, or the key is not good."""

    kind, status = "SecurityException", 401


class NoSuchMethod(BindingError):
    """The path does not do that."""

    kind, status = "ImplementationException", 405


KINDS: dict[type[ChambreError], tuple[str, int]] = {
    Forbidden: ("SecurityException", 403),
    NotFound: ("NoSuchNameException", 404),
    TooLarge: ("CaptureLimitExceededException", 413),
    EventExists: ("ResourceAlreadyExistsException", 409),
    EventInvalid: ("ValidationException", 400),
    DocumentRefused: ("ValidationException", 400),
    QueryRefused: ("QueryParameterException", 400),
    QueryTooLarge: ("QueryTooLargeException", 413),
    QueryTooComplex: ("QueryTooComplexException", 413),
}
BY_STATUS = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchNameException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
}


def kind_of(error: ChambreError) -> tuple[str, int]:
    """The standard's name of an error, and its status."""
    if isinstance(error, BindingError):
        return error.kind, error.status
    for cls, known in KINDS.items():
        if isinstance(error, cls):
            return known
    status = 400 if error.status == 422 else error.status
    return BY_STATUS.get(status, "ImplementationException"), status


def response_to(error: BaseException, request: HttpRequest) -> HttpResponse:
    """The answer to whatever went wrong."""
    if isinstance(error, Http404):
        error = NotFound()
    if isinstance(error, DataError | OverflowError | RecursionError):
        error = BindingError(_("What was sent cannot be kept or looked for."))
    if isinstance(error, IntegrityError):
        text = _("Somebody was faster. Please look again.")
        error = BindingError(text, kind="ResourceAlreadyExistsException", status=409)
    if isinstance(error, ChambreError):
        kind, status = kind_of(error)
        return problem(kind, status, str(error.message), error.data)
    if is_busy(error):
        text = _("The Chamber is busy. Please try again in a moment.")
        return problem("ImplementationException", 503, text)
    log.error("epcis.failed", path=request.path, exc_info=error)
    text = _("Something went wrong in the program. It was noted.")
    return problem("ImplementationException", 500, text)


def problem(kind: str, status: int, title: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """A problem document."""
    body: dict[str, Any] = {"type": f"epcisException:{kind}", "title": title}
    if status != 409:
        body["status"] = status
    problems = (data or {}).get("problems")
    if problems:
        body["detail"] = "\n".join(f"{one['path']}: {one['message']}" for one in problems)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        body["instance"] = f"urn:chambre:request:{request_id}"
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if seconds := (data or {}).get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response
